"""The editor's notation: what is left alone first, then alternatives, joints, marks."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proxy_addon.matching.languages import guessed, language, spellings


@pytest.mark.parametrize("lang", ["xx", "", "zh-Hans", "zh-Hant", "ja", "my", "sr-Cyrl"])
def test_a_language_without_rules_gives_the_alternatives_as_written(lang: str) -> None:
    assert spellings("维稳{办,工作}", lang) == {"维稳办", "维稳工作"}


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("СВО", "ru"),
        ("=война", "ru"),
        ("ЗСУ", "uk"),
        ("БЧБ", "be"),
        ("=war", "en"),
        ("207.3", "ru"),
        ("десять лет без права переписки", "ru"),
        ("в связи с хлопком", "ru"),
    ],
)
def test_a_frozen_word_stays(text: str, lang: str) -> None:
    assert spellings(text, lang) == {text.lstrip("=")}


@pytest.mark.parametrize("lang", ["ru", "uk", "be", "be-latn", "en", "de", "fr", "nl", "tr", "fa", "ar", "zh"])
def test_without_inflection_only_the_notation_is_written_out(lang: str) -> None:
    assert spellings("a|b {c,d}", lang, inflect=False) == {f"{first} {last}" for first in ("ab", "a-b", "a b") for last in "cd"}


@pytest.mark.parametrize("text", ["", "   ", "{}", "=", "*"])
def test_nothing_written_gives_nothing(text: str) -> None:
    assert spellings(text, "ru") == frozenset()


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        # A group behind letters lists endings: the word is not inflected further.
        ("войн{а,ы}", "ru", {"война", "войны"}),
        ("Krieg{,e,es,en,s}", "de", {"Krieg", "Kriege", "Krieges", "Kriegen", "Kriegs"}),
        # Groups nest, and multiply.
        ("={a,b{c,d}} ={e,f}", "xx", {"a e", "a f", "bc e", "bc f", "bd e", "bd f"}),
        ("мирн*", "ru", {"мирн*"}),
        ("etkisiz hale getir*", "tr", {"etkisiz hale getir*"}),
        # A brace without its partner is a character.
        ("a{b", "xx", {"a{b"}),
        ("a}b", "xx", {"a}b"}),
    ],
)
def test_the_notation_says_what_is_listed(text: str, lang: str, expected: set[str]) -> None:
    assert spellings(text, lang) == expected


def test_whole_words_in_braces_are_inflected() -> None:
    assert spellings("{centre,center}", "en") == {"centre", "centres", "center", "centers"}


def test_a_space_in_braces_begins_another_word() -> None:
    found = spellings("охлаждение{, экономики}", "ru")
    assert {"охлаждению", "охлаждению экономики"} <= found
    assert not any("охлаждениеэ" in form for form in found)


def test_a_joint_is_written_in_three_ways_in_every_form() -> None:
    assert {"спецоперацией", "спец-операцией", "спец операцией"} <= spellings("спец|операция", "ru")


def test_a_star_names_the_head() -> None:
    text = "СМИ, *выполняющие функции иностранного агента"
    assert "СМИ, выполняющих функции иностранного агента" in spellings(text, "ru")
    assert spellings("*враг народа", "ru") == spellings("враг народа", "ru")


def test_capitals_and_quotation_marks_are_those_of_the_text() -> None:
    assert "«Вежливых Людей»" in spellings("«Вежливые Люди»", "ru")
    assert "украины" not in spellings("Украина", "ru")


@pytest.mark.parametrize(
    ("text", "lang", "form"),
    [
        # A participle keeps its voice and tense.
        ("оккупированные территории", "ru", "оккупирующие территории"),
        # A genitive stays.
        ("жест доброй воли", "ru", "жест доброй волей"),
        # A plural stays plural.
        ("вежливые люди", "ru", "вежливый человек"),
        ("enemies of the people", "en", "enemy of the people"),
        # What a preposition governs stays.
        ("переговоры про мирные инициативы", "ru", "переговоров про мирных инициативы"),
        ("war on terror", "en", "war on terrors"),
        # A word of two kinds is a noun.
        ("strike", "en", "struck"),
    ],
)
def test_what_does_not_inflect(text: str, lang: str, form: str) -> None:
    assert form not in spellings(text, lang)


def test_guesses_are_told() -> None:
    assert guessed("СМИ-иноагент", "ru") == ("иноагент",)
    assert guessed("специальная военная операция", "ru") == ()
    assert guessed("siloviki", "en") == ("siloviki",)
    assert guessed("Rohingya", "en") == ()
    assert guessed("war", "en") == guessed("war", "xx") == ()


@pytest.mark.parametrize(
    ("code", "edges", "hyphen", "latin"),
    [
        ("en-US", "word", False, True),
        ("be-Latn", "word", True, True),
        ("be-tarask", "word", True, False),
        ("zh-Hant-TW", "none", True, False),
        ("sr", "word", True, False),
        ("pl", "word", True, True),
    ],
)
def test_a_language_is_found_by_the_beginning_of_its_code(code: str, edges: str, hyphen: bool, latin: bool) -> None:
    found = language(code)
    assert (found.edges, found.hyphen, found.latin) == (edges, hyphen, latin)


LANGUAGES = st.sampled_from(["ru", "uk", "be", "be-latn", "en", "de", "fr", "nl", "tr", "fa", "ar", "zh", "xx"])
TEXTS = st.text(st.sampled_from("воиайьськцaeiıszt{},|=*- -’'«»،ةهА1"), max_size=14)


@given(TEXTS, LANGUAGES)
@example("ь", "be-latn")
def test_any_text_gives_strings_and_always_the_same(text: str, lang: str) -> None:
    found = spellings(text, lang)
    assert found == spellings(text, lang)
    assert all(form and "\x00" not in form for form in found)
