"""The automaton and plain Python find the same."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy_addon.glossary.model import Form
from proxy_addon.matching.compiled import compile_glossary
from proxy_addon.matching.normalize import fold
from proxy_addon.matching.scanner import Scanner

from .samples import entry, glossary

FORMS = (
    Form("война", "ru"),
    Form("специальная военная операция", "ru"),
    Form("не скачет", "ru"),
    Form("м'яка посадка", "uk"),
    Form("фашист*", "ru"),
    Form("украин* фашист*", "ru"),
    Form("war", "en"),
    Form("war on terror", "en"),
    Form("维稳", "zh-Hans"),
    Form("八平方", "zh-Hans"),
)
TABLES = compile_glossary(glossary(entry("it", *FORMS)))
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


@pytest.mark.skipif(find_spec("ahocorasick_rs") is None, reason="ahocorasick_rs is not installed")
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=2000, deadline=None)
def test_with_and_without_the_library_the_hits_are_the_same(text: str) -> None:
    folded = fold(text).text
    assert sorted(set(Scanner(TABLES).scan(folded))) == sorted(set(Scanner(TABLES, fast=False).scan(folded)))


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=1000, deadline=None)
def test_where_nothing_is_suspected_nothing_is_found(text: str) -> None:
    folded = fold(text).text
    for fast in (True, False):
        scanner = Scanner(TABLES, fast=fast)
        assert scanner.suspects(folded) or not scanner.scan(folded)
