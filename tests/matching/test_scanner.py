"""The automaton and plain Python find the same."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy_addon.glossary.model import Form
from proxy_addon.matching.compiled import ENTRY, REFUSAL, SIGN, compile_glossary
from proxy_addon.matching.scanner import Hit, Reading, Scanner
from proxy_addon.matching.sieve import prepare
from proxy_addon.matching.suspects import Suspicion

from .samples import entry, glossary

FORMS = (
    Form("война", "ru"),
    Form("специальная военная операция", "ru"),
    Form("не скачет", "ru"),
    Form("м'яка посадка", "uk"),
    Form("фашист*", "ru"),
    Form("украин* фашист*", "ru"),
    Form("war", "en"),
    Form("war on terror", "en", not_in={"en": ("war on terror war",), "ru": ("война и мир",)}),
    Form("维稳", "zh-Hans"),
    Form("八平方", "zh-Hans"),
)
TABLES = compile_glossary(glossary(entry("it", *FORMS)))
prepare(TABLES)
FAST, SLOW = Scanner(TABLES), Scanner(TABLES, fast=False)
PIECES = [
    "война",
    "войне",
    "вoйна",
    "специальной",
    "военную",
    "операцию",
    "не",
    "скачет",
    "м'яку",
    "посадка",
    "фашистский",
    "украинские",
    "war",
    "on",
    "terror",
    "WAR",
    "维",
    "稳",
    "維穩",
    "八",
    "平方",
    "用",
    *(" ", "  ", "-", "'", "’", ",", "_", "\n", "\u00ad", "\u0301", "x", "\ud800", "1"),
]


TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def found(scanner: Scanner, text: str) -> list[set[tuple[Hit, int]]]:
    """The hits of each group, and which of their meanings belong to it."""
    reading = Reading(text)
    return [
        {
            (hit, number)
            for hit in scanner.scan(reading, group)
            for number, meaning in enumerate(TABLES.meanings[hit.payload])
            if (group_of(meaning)) == group
        }
        for group in range(len(TABLES.sieves))
    ]


def group_of(meaning: tuple[object, ...]) -> int:
    return {ENTRY: 0, REFUSAL: 1}.get(meaning[0], 2 + meaning[1] if meaning[0] == SIGN else 0)  # type: ignore[call-overload, no-any-return, operator]


@pytest.mark.skipif(find_spec("ahocorasick_rs") is None, reason="ahocorasick_rs is not installed")
@given(TEXTS)
@settings(max_examples=2000, deadline=None)
def test_with_and_without_the_library_the_hits_are_the_same(text: str) -> None:
    assert found(FAST, text) == found(SLOW, text)


@given(TEXTS)
@settings(max_examples=1000, deadline=None)
def test_where_nothing_is_suspected_nothing_is_found(text: str) -> None:
    for fast in (True, False):
        suspicion = Suspicion(TABLES, fast=fast)
        for edges in (None, (), (len(text),)):
            assert suspicion.suspects(text, edges) or not any(found(SLOW, text))
