"""What a sieve lets fall is not there; what it holds back is looked at again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy_addon.glossary.model import Form
from proxy_addon.matching.compiled import ENTRY, SIGN, compile_glossary
from proxy_addon.matching.normalize import fold
from proxy_addon.matching.scanner import Scanner
from proxy_addon.matching.sieve import prepare

from .samples import entry, glossary, weak
from .test_scanner import FORMS, PIECES

MORE = (
    Form("кто не скачет, тот", "ru"),
    Form("207.3", "ru"),
    Form("no to the war", "en"),
    Form("709案", "zh-Hans"),
    Form("64", "zh-Hans"),
)
TABLES = compile_glossary(glossary(entry("it", *FORMS, *MORE), entry("weak", weak("mir*", "en"))))
prepare(TABLES)
SCANNER = Scanner(TABLES)
WORDS = [
    *PIECES,
    *[
        "кто",
        "скачет",
        "тот",
        "207",
        "3",
        "no",
        "to",
        "the",
        "709案",
        "64",
        "mirror",
        "Ukraine",
        "Украине",
        "Газа",
        "Gaza",
        "é",
        "ß",
        "ж",
        ".",
        ",",
        "(",
        "«",
        "—",
        "’",
        "\xa0",
        "•",
        "×",
    ],
]


def meanings(text: str, sort: int) -> set[int]:
    return {meaning[1] for hit in SCANNER.scan(text) for meaning in TABLES.meanings[hit.payload] if meaning[0] == sort}  # type: ignore[misc]


@given(st.lists(st.sampled_from(WORDS), max_size=14).map("".join))
@settings(max_examples=3000, deadline=None)
def test_no_term_and_no_sign_falls_through(text: str) -> None:
    folded = fold(text).text
    assert SCANNER.finds_terms(folded) or not meanings(folded, ENTRY)
    topics = SCANNER.topics(folded)
    assert topics is None or meanings(folded, SIGN) <= topics


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", False),
        ("Nothing to see, prewarned; software", False),
        ("the war", True),
        ("war_crime", False),
        ("war\u2022", True),
        ("специальная, военная операция", False),
        ("специальная военная операция", True),
        ("«Специальная»\u00a0—\u00a0военная", False),
        ("no to the peace", False),
        ("no to the war", True),
        ("1964", True),
    ],
)
def test_most_texts_fall_through_at_once(text: str, found: bool) -> None:
    assert SCANNER.finds_terms(fold(text).text) is found
