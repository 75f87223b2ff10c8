"""What must be found: every form of paradigms typed by hand, in four languages. What must not: forms of another word."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from proxy_addon.matching.languages import spellings

PARADIGMS = Path(__file__).parent / "paradigms"


def typed(text: str) -> set[str]:
    """``войн{а,ы} / воен`` written out; a product of its own, so that the notation under test does not test itself."""
    found = set()
    for item in text.split(" / "):
        pieces = [piece.strip("{}").split(",") if piece.startswith("{") else [piece] for piece in re.split(r"(\{.*?\})", item)]
        found |= {"".join(each).strip() for each in product(*pieces)}
    return found


def paradigms(lang: str) -> list[tuple[str, set[str]]]:
    lines = (PARADIGMS / f"{lang}.tsv").read_text(encoding="utf-8").splitlines()
    return [(lemma, typed(forms)) for lemma, forms in (line.split("\t") for line in lines)]


def folded(forms: set[str] | frozenset[str]) -> set[str]:
    return {form.lower().replace("ё", "е").replace("’", "'") for form in forms}


@pytest.mark.parametrize("lang", ["ru", "uk", "be", "en"])
def test_ninety_nine_of_a_hundred_typed_forms_are_found(lang: str) -> None:
    missing, count = [], 0
    for lemma, forms in paradigms(lang):
        found = folded(spellings(lemma, lang))
        count += len(forms)
        missing += [f"{lemma}: {form}" for form in sorted(folded(forms) - found)]
    assert len(missing) <= count // 100, missing


@pytest.mark.parametrize("lang", ["ru", "uk", "be", "en"])
def test_sixty_phrases_are_typed(lang: str) -> None:
    assert len(paradigms(lang)) >= 60
