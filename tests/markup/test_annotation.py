"""What an annotation says, and how it is written."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_addon.glossary.model import Entry, Form, Glossary, Rule, in_language
from proxy_addon.markup.annotation import STYLE, STYLE_END, STYLE_HASH, STYLE_START, Annotator, attribute
from proxy_addon.markup.phrases import PHRASES, phrases
from proxy_addon.options import LANGUAGES

RULE = Rule("notice", {"en": "Roskomnadzor", "ru": "Роскомнадзор"}, {"en": "notice to the media"}, since="2022-02-26")
WAR = Entry("ru-voina", "banned", (Form("война", "ru"),), {"en": "A war.", "ru": "Это война."}, lang="ru", rules=("notice",))
CLAP = Entry("ru-hlopok", "euphemism", (Form("хлопок", "ru"),), {"en": "An explosion."}, who={"en": "officials"}, since="2017")
JUNE = replace(WAR, id="cn-june", means={"en": "Killings."}, since="1989", who={"en": "platforms"}, rules=("law",))
LIKE_RULE = replace(WAR, id="ru-like", since="2022-02-26")
OLD = Entry("su-old", "label", (Form("враг", "ru"),), {"en": "A label."}, status="ended", until="1956", who={"en": "courts"})
BARE = Entry("bare", "euphemism", (Form("x", "en"),), {"en": "Nobody is named."})
UNDER = replace(OLD, id="su-under", since="1937", rules=("code",))
LAW = Rule("law", {"en": "Congress"}, {"en": "Cyber Law of 2016"}, since="2016")
CODE = Rule("code", {"en": "The Soviet Union"}, {"en": "Penal Code"}, since="1926", until="1960")
TWO = Entry(
    "two", "label", (), {"en": "English.", "ru": "Русский.", "zh-Hans": "简"}, who={"en": "courts", "ru": "суды", "zh-Hans": "院"}
)
GLOSSARY = Glossary(
    {entry.id: entry for entry in (WAR, CLAP, OLD, BARE, JUNE, LIKE_RULE, UNDER, TWO)},
    {rule.id: rule for rule in (RULE, LAW, CODE)},
)


@pytest.mark.parametrize(
    ("language", "entries", "quoted", "said"),
    [
        ("en", ("ru-voina",), False, "A war.\nForbidden or penalised by Roskomnadzor (notice to the media, since 2022-02-26)\nbanned or penalised word"),
        ("ru", ("ru-voina",), False, "Это война.\nЗапрещает или наказывает: Роскомнадзор (notice to the media, с 2022-02-26)\nзапрещаемое или наказуемое слово"),
        ("ru-RU", ("ru-hlopok",), False, "An explosion.\nУпотребляет: officials, с 2017\nэвфемизм"),
        ("xx", ("ru-hlopok",), True, "An explosion.\nUsed by officials, since 2017\neuphemism (in quotation marks here)"),
        ("en", ("su-old",), False, "A label.\nAssigned or used by courts, until 1956\nlabel · no longer in force"),
        ("en", ("ru-like",), False, "A war.\nForbidden or penalised by Roskomnadzor, since 2022-02-26 (notice to the media)\nbanned or penalised word"),
        ("en", ("cn-june",), False, "Killings.\nForbidden or penalised by platforms, since 1989 (Cyber Law of 2016)\nbanned or penalised word"),
        ("en", ("su-under",), False, "A label.\nAssigned or used by courts, since 1937, until 1956 (Penal Code, until 1960)\nlabel · no longer in force"),
        ("be", ("two",), False, "Русский.\nПрысвойвае або ўжывае: суды\nабазначэнне"),
        ("uk", ("two",), False, "English.\nНадає або вживає: courts\nпозначення"),
        ("zh-Hant", ("two",), False, "简\n認定或使用者： 院\n標籤"),
        ("en", ("bare",), False, "Nobody is named.\neuphemism"),
        ("en", ("bare", "ru-hlopok"), False, "1. Nobody is named.\neuphemism\n2. An explosion.\nUsed by officials, since 2017\neuphemism"),
    ],
)  # fmt: skip
def test_a_tooltip_says_the_meaning_then_who_since_when_then_the_kind(
    language: str, entries: tuple[str, ...], quoted: bool, said: str
) -> None:
    assert Annotator(GLOSSARY, language=language).description(entries, quoted=quoted) == said


@pytest.mark.parametrize(
    ("wanted", "there", "found"),
    [
        ("be", "en ru", "ru"),
        ("be", "en ru be", "be"),
        ("be-tarask", "en ru be", "be"),
        ("ru-RU", "en ru", "ru"),
        ("uk", "en ru", "en"),
        ("uk", "ru", "ru"),
        ("zh-Hant", "en zh-Hans", "zh-Hans"),
        ("zh-Hans", "en zh-Hant", "zh-Hant"),
        ("zh-Hant-HK", "en zh-Hans", "zh-Hans"),
        ("zh", "en zh-Hant", "zh-Hant"),
        ("ru", "en be", "en"),
        ("de", "ru tr", "ru"),
        ("de", "", ""),
    ],
)
def test_a_text_is_shown_in_the_reader_s_language_or_one_that_is_read_too(wanted: str, there: str, found: str) -> None:
    assert in_language({code: code.upper() for code in there.split()}, wanted) == (found, found.upper())


def test_the_first_piece_is_focusable_and_later_ones_are_not() -> None:
    annotator = Annotator(GLOSSARY)
    first, later = (annotator.opening(("bare",), first=piece) for piece in (True, False))
    assert (
        first
        == '<gl-term data-entry="bare" data-kind="euphemism" tabindex="0" aria-description="Nobody is named.&#10;euphemism">'
    )
    assert later == '<gl-term data-entry="bare" data-kind="euphemism" data-part="" data-note="Nobody is named.&#10;euphemism">'


TAG = re.compile(r'<gl-term data-entry="[^"<>]*"(?: [a-z-]+="[^"<>]*")*>')


@given(st.text(), st.text(min_size=1), st.booleans(), st.booleans())
def test_whatever_an_entry_says_the_tag_keeps_its_shape(means: str, who: str, quoted: bool, first: bool) -> None:
    entry = Entry("e", "label", (), {"en": means}, who={"en": who})
    assert TAG.fullmatch(Annotator(Glossary({"e": entry})).opening(("e",), quoted=quoted, first=first))


@given(st.text())
def test_an_attribute_reads_back(text: str) -> None:
    import html

    unchanged_by_parsers = text.replace("\r", "").replace("\0", "")
    written = attribute(unchanged_by_parsers)
    assert not set('"<>\n') & set(written)
    assert html.unescape(written) == unchanged_by_parsers


def test_the_hash_is_of_the_exact_bytes_shipped() -> None:
    element = Annotator(GLOSSARY).style_element()
    content = element.removeprefix(STYLE_START).removesuffix(STYLE_END)
    assert content == STYLE
    assert base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() == STYLE_HASH.strip("'").removeprefix("sha256-")


@pytest.mark.parametrize("refused", ["url(", "@import", "expression(", "</", "<!--"])
def test_the_style_loads_nothing_and_closes_nothing(refused: str) -> None:
    assert refused not in STYLE


def test_the_style_is_ascii_and_small() -> None:
    assert STYLE.isascii()
    assert len(STYLE) < 6_000


def test_every_interface_language_has_every_phrase() -> None:
    assert set(PHRASES) == set(LANGUAGES) - {"auto"}
    for code, row in PHRASES.items():
        assert set(row.kinds) == set(row.who) == {"banned", "mandated", "euphemism", "label"}, code
        assert all("{}" in pattern for pattern in (row.since, row.until)), code
    assert phrases("ru-RU") is PHRASES["ru"]
    assert phrases("tlh") is PHRASES["en"]
