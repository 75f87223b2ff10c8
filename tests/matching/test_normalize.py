"""Folding makes alike what readers read alike, and every folded character knows its source."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy_addon.matching.normalize import fold

# Characters that folding treats specially, among ordinary ones.
TRICKY = (
    "aAиИеЁёўЎ\u0306\u0301\u0300\u0308İıIﬁﬃＷａ\u00ad\u200b\u200d\ufeff\ufe0f\u0640\u064bأىكك’ʼ'-\u00a0 \n\ud800\udc00😀战戰Σς"
)
TEXTS = st.text(st.one_of(st.sampled_from(TRICKY), st.characters(codec=None)), max_size=40)


@pytest.mark.parametrize("text", ["", "война", "war in ukraine", "战争 2022", "a\u00a0b", "re-education", "\ud800", "😀"])
def test_what_is_folded_already_stays(text: str) -> None:
    assert fold(text) == (text, None)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ВОЙНА", "война"),
        ("вои\u0306на", "война"),
        ("во\u0301йна", "война"),
        ("вой\u00adна", "война"),
        ("во\u200bй\u2060на", "война"),
        ("Ёлка", "елка"),
        ("е\u0308лка", "елка"),
        ("Ўкраіна", "украіна"),
        ("İstanbul", "istanbul"),
        ("ＷＡＲ", "war"),
        ("oﬃcial", "official"),
        ("е\u0457", "еї"),
        ("Мін’юст", "мін'юст"),
        ("cafe\u0301", "café"),
        ("حَرْب", "حرب"),
        ("كتابي", "کتابی"),
        ("\u0301war", "war"),
    ],
)
def test_spellings_that_read_alike_become_equal(written: str, folded: str) -> None:
    assert fold(written).text == folded


@pytest.mark.parametrize(
    ("text", "word", "source"),
    [
        ("о во\u0301йне\u0301!", "войне", "во\u0301йне\u0301"),
        ("о вой\u00adне\u00ad!", "войне", "вой\u00adне"),
        ("вои\u0306ны", "войны", "вои\u0306ны"),
        ("an oﬃcial", "official", "oﬃcial"),
        ("İİ war", "war", "war"),
    ],
)
def test_the_source_of_a_word_takes_its_marks_and_leaves_its_neighbours(text: str, word: str, source: str) -> None:
    folded = fold(text)
    at = folded.text.index(word)
    start, end = folded.source(at, at + len(word))
    assert text[start:end] == source


def check_offsets(text: str) -> None:
    folded = fold(text)
    spans = [folded.source(at, at + 1) for at in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    # Units follow each other; the letters of one ligature share theirs.
    assert all(one[1] <= two[0] or one == two for one, two in pairwise(spans))
    if spans:
        assert folded.source(0, len(spans)) == (spans[0][0], spans[-1][1])
    assert folded.segments is not None or len(folded.text) == len(text)


@given(TEXTS)
@settings(max_examples=3000, deadline=None)
def test_every_folded_character_has_its_place_in_the_source(text: str) -> None:
    check_offsets(text)


@pytest.mark.slow
@given(TEXTS)
@settings(max_examples=100_000, deadline=None)
def test_every_folded_character_has_its_place_in_the_source_of_100_000_texts(text: str) -> None:
    check_offsets(text)


@given(TEXTS)
@settings(max_examples=1000, deadline=None)
def test_folding_the_folded_text_again_changes_nothing_in_ordinary_scripts(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once or any(ord(char) > 0x250 for char in once)
