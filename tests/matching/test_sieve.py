"""What a sieve lets fall is not there; what it holds back is looked at again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy_addon.glossary.model import Form
from proxy_addon.matching.compiled import compile_glossary
from proxy_addon.matching.scanner import Reading, Scanner
from proxy_addon.matching.sieve import TERMS, Sieve, prepare

from .samples import entry, glossary, weak
from .test_scanner import FORMS, PIECES, group_of

MORE = (
    Form("кто не скачет, тот", "ru"),
    Form("207.3", "ru"),
    Form("no to the war", "en"),
    Form("709案", "zh-Hans"),
    Form("64", "zh-Hans"),
    Form("савӑш", "ru"),
    Form("vpn савӑш", "ru"),
    Form("حرب", "ar"),
    Form("حرب على VPN", "ar"),
)
TABLES = compile_glossary(glossary(entry("it", *FORMS, *MORE), entry("weak", weak("mir*", "en"))))
prepare(TABLES)
FAST, SLOW = Scanner(TABLES), Scanner(TABLES, fast=False)
GROUPS = [{group_of(meaning) for meaning in meanings} for meanings in TABLES.meanings]
SIEVES = list(map(Sieve, TABLES.sieves))
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
        "савӑш",
        "vpn",
        "حرب",
        "على",
        "VPN",
        "²",
        "Ё",
        "№",
        "İ",
        "\u2009",
        "\u2010",
        "ı",
    ],
]


@given(st.lists(st.sampled_from(WORDS), max_size=14).map("".join))
@settings(max_examples=3000, deadline=None)
def test_nothing_falls_through(text: str) -> None:
    reading = Reading(text)
    for group in range(len(TABLES.sieves)):
        theirs = {hit for hit in SLOW.scan(reading, group) if group in GROUPS[hit.payload]}
        assert theirs <= set(FAST.scan(reading, group))


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
        ("«Специальная»\u00a0—\u00a0военная", True),
        ("специалист", False),
        ("no to the peace", False),
        ("no to the war", True),
        ("1964", True),
    ],
)
def test_most_texts_fall_through_at_once(text: str, found: bool) -> None:
    reading = Reading(text)
    assert bool(SIEVES[TERMS].anchors(reading.data)) is found
