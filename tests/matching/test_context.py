"""Ambiguous words count where the text is about their topic: the nearest sign first, then the block, then the page."""

from __future__ import annotations

import pytest

from proxy_addon.glossary.model import Form
from proxy_addon.matching.context import KEPT
from proxy_addon.matching.matcher import Verdict

from .samples import entry, matcher, of, weak, words

WAR = of(weak("war", "en"))


@pytest.mark.parametrize(
    ("text", "title", "places"),
    [
        ("A war.", "", []),
        ("A war in Gaza.", "", []),
        ("A war in Gaza.", "Ukraine today", []),
        ("A war that nobody expected to last so long in Iraq.", "Ukraine today", [2]),
        ("Russia said so. A war.", "", []),
        ("A war in Ukraine.", "", [2]),
        ("Ukraine is far. A war.", "", [18]),
        ("Russia spoke in Moscow. A war.", "", [26]),
        ("A war.", "Kyiv today", [2]),
        ("A war.", "Kyiv and Gaza", []),
        ("A war.", "Russia and Moscow", [2]),
        ("Gaza is far. A war.", "Kyiv today", []),
        ("the war in Ukraine and the war in Gaza", "", [4]),
        ("the war in Gaza and the war in Ukraine", "", [24]),
        ("the «war» of nobody", "", []),
        ("the «war» of Russia", "", [5]),
        ("the war of Russia", "", []),
    ],
)
def test_a_weak_form_counts_where_its_topic_shows(text: str, title: str, places: list[int]) -> None:
    assert [match.start for match in WAR.find(text, title=title)] == places


@pytest.mark.parametrize(
    ("blocks", "last"),
    [
        (["Kyiv today."], 1),
        (["Kyiv today.", "It rains.", "It rains.", "It rains."], 1),
        (["Kyiv today.", "Gaza and Iraq."], 0),
        (["Russia today."], 0),
        (["Kyiv today.", *["It rains."] * 9], 0),
    ],
)
def test_what_stood_before_on_the_page_carries_over(blocks: list[str], last: int) -> None:
    page = WAR.page()
    for block in blocks:
        page.find(block)
    assert len(page.find("A war.")) == last


def test_the_description_counts_like_the_title() -> None:
    assert len(WAR.page(description="News from Ukraine").find("A war.")) == 1


NEAR = of(Form("хлопок", "ru", near={"ru": ("взрыв", "газ")}, not_near={"ru": ("урожай", "ткань")}))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Хлопок.", 0),
        ("Хлопок газа.", 1),
        ("Урожай хлопка.", 0),
        ("Урожай хлопка. Взрыв на складе: хлопок.", 1),
        ("Собран урожай; хлопок газа", 1),
    ],
)
def test_near_words_are_needed_and_not_near_words_refuse(text: str, count: int) -> None:
    assert len(NEAR.find(text)) == count


def test_not_near_alone_refuses_a_form_that_else_always_counts() -> None:
    found = of(Form("хлопок", "ru", not_near={"ru": ("урожай",)}))
    assert (words(found, "Хлопок."), words(found, "Урожай хлопка.")) == (["Хлопок"], [])


def test_words_inside_a_refused_phrase_are_no_evidence() -> None:
    found = of(weak("war", "en", not_in={"en": ("Ukraine war museum",)}))
    assert words(found, "The Ukraine war museum. A war.") == []


def test_a_form_that_always_counts_speaks_for_the_topics_of_its_entry() -> None:
    op = entry("op", Form("special operation", "en"), weak("operation", "en"))
    found = matcher(op, entry("war", weak("war", "en")))
    assert words(found, "A special operation. A war.") == ["special operation", "war"]
    assert words(found, "An operation. A war.") == []


def test_a_strong_form_of_the_topic_is_evidence_for_a_weak_one() -> None:
    found = matcher(entry("op", Form("special operation", "en", about=("war",))), entry("war", weak("war", "en")))
    assert words(found, "A special operation. A war.") == ["special operation", "war"]


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (Form("SPOP", "en", about=("war",), case="exact"), "A spop. A war."),
        (Form("operation", "en", about=("war",)), "An anti-operation. A war."),
        (Form("operation", "en", about=("war",)), "See operation.com. A war."),
        (Form("operation", "en", about=("war",), quoted="only"), "An operation. A war."),
        (Form("operation", "en", about=("war",), not_in={"en": ("operation room",)}), "An operation room. A war."),
    ],
)
def test_what_cannot_be_the_term_is_no_evidence(op: Form, text: str) -> None:
    assert words(matcher(entry("op", op), entry("war", weak("war", "en"))), text) == []


def test_an_entry_is_no_evidence_for_itself() -> None:
    assert words(of(weak("war", "en"), weak("wars", "en")), "A war, wars.") == []


@pytest.mark.parametrize(
    ("form", "title", "blocks"),
    [
        (weak("attack", "en"), "", ["An attack."] * 6),
        (weak("attack", "en"), "Attack explained", ["An attack."] * 6),
        (weak("attack", "en"), "Attack on Russia", ["An attack that nobody had expected in Iraq."]),
        (weak("attack", "en"), "", ["An «attack»."] * 6),
        (weak("война", "ru"), "", ["Шла война."] * 6),
    ],
)
def test_an_entry_is_no_evidence_for_itself_anywhere_on_the_page(form: Form, title: str, blocks: list[str]) -> None:
    page = of(form).page(title=title)
    assert [len(page.find(block)) for block in blocks] == [0] * len(blocks)


@pytest.mark.parametrize(
    ("blocks", "last"),
    [
        (["Russia today."] * 5, 0),
        (["Russia and Moscow today."] * 5, 0),
        (["Russia today.", "It rains in Moscow."], 0),
    ],
)
def test_a_weak_word_said_again_and_again_is_one_word(blocks: list[str], last: int) -> None:
    page = WAR.page()
    for block in blocks:
        page.find(block)
    assert len(page.find("A war.")) == last


def after_a_long_time(*blocks: str) -> int:
    """How many matches the last block has, a page's length after the others."""
    page = WAR.page()
    for block in (*blocks[:-1], *["It rains. " * 60] * (2 * KEPT // 600)):
        page.find(block)
    return len(page.find(blocks[-1]))


@pytest.mark.parametrize(
    ("blocks", "last"),
    [
        (["Kyiv and Ukraine today."] * 6 + ["A war."], 0),
        (["Kyiv and Ukraine today."] * 6 + ["A war.", "A war."], 1),
        (["Kyiv today." + " It rains." * KEPT, "A war."], 0),
    ],
)
def test_of_what_stood_long_before_only_that_is_known_which_was_asked(blocks: list[str], last: int) -> None:
    assert after_a_long_time(*blocks) == last


def test_a_block_of_any_length_is_heard_by_those_after_it_if_it_was_asked() -> None:
    page = WAR.page()
    page.find("A war in Ukraine." + " It rains." * KEPT)
    assert len(page.find("A war.")) == 1


def test_a_sign_is_no_evidence_for_the_words_it_is_made_of() -> None:
    found = of(weak("Ukraine", "en"), weak("Ukraine crisis", "en"))
    assert words(found, "Ukraine.") == []
    assert words(found, "Ukraine, Ukraine.") == ["Ukraine", "Ukraine"]


def test_every_candidate_is_accounted_for() -> None:
    told = WAR.explain("War in Ukraine. anti-war. A war in Gaza.")
    assert told == [
        Verdict(0, 3, "it", True, "sentence", False, ("Ukraine",)),
        Verdict(21, 24, "it", False, "joined by a hyphen"),
        Verdict(28, 31, "it", False, "contrary word in the sentence", False, ("Gaza",)),
    ]
