"""Prose about other things stays unmarked: every hit in it has been read and judged, and few are wrong.

``clean/verdicts.tsv`` keeps the judgements. A hit without one fails: read it, and write its verdict (true, false, borderline)
with the reason into the list; if it is false, mend the entry's conditions first. Rows whose hit is gone do no harm.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from proxy_addon.matching.matcher import Matcher

from .prose import Hit, Reading, read_books, read_pages

VERDICTS = Path(__file__).with_name("clean") / "verdicts.tsv"

# Words (Chinese: characters) at least read, by language.
PAGE_WORDS = {"ru": 59_000, "zh": 200_000, "de": 35_000, "en": 25_000, "uk": 1_800}
BOOK_WORDS = {"ru": 400_000, "zh": 200_000, "de": 500_000, "en": 2_000_000, "uk": 400_000}
# Wrong hits in a million words, at most.
WRONG_IN_PAGES = 3
WRONG_IN_BOOKS = 10

Verdicts = dict[tuple[str, str, str], str]


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    with VERDICTS.open(encoding="utf-8", newline="") as listed:
        return {(row["file"], row["entry"], row["text"]): row["verdict"] for row in csv.DictReader(listed, delimiter="\t")}


def verdict(hit: Hit, verdicts: Verdicts) -> str:
    return verdicts.get((hit.file, hit.entry, hit.text), "")


def wrong_in_a_million(reading: Reading, verdicts: Verdicts) -> float:
    wrong = sum(verdict(hit, verdicts) == "false" for hit in reading.hits)
    return 1_000_000 * wrong / sum(reading.words.values())


def short_of(floors: dict[str, int], reading: Reading) -> dict[str, int]:
    return {lang: reading.words[lang] for lang, floor in floors.items() if reading.words[lang] < floor}


def test_every_verdict_is_one_of_three_and_has_a_reason() -> None:
    with VERDICTS.open(encoding="utf-8", newline="") as listed:
        rows = list(csv.DictReader(listed, delimiter="\t"))
    wanting = [row for row in rows if row["verdict"] not in {"true", "false", "borderline"} or not row["reason"]]
    assert (len(rows) > 0, wanting) == (True, [])


def test_every_hit_in_real_pages_has_been_judged_and_few_are_wrong(shared: Path, shipped: Matcher, verdicts: Verdicts) -> None:
    reading = read_pages(shared / "pages", shipped)
    assert short_of(PAGE_WORDS, reading) == {}
    assert [hit for hit in reading.hits if not verdict(hit, verdicts)] == []
    assert wrong_in_a_million(reading, verdicts) <= WRONG_IN_PAGES


@pytest.mark.slow
def test_every_hit_in_books_has_been_judged_and_few_are_wrong(shipped: Matcher, verdicts: Verdicts) -> None:
    folder = os.environ.get("GLOSSATOR_BOOKS")
    if not folder:
        pytest.skip("no books: set GLOSSATOR_BOOKS to the folder that tests/matching/prose.py describes")
    reading = read_books(Path(folder), shipped)
    assert short_of(BOOK_WORDS, reading) == {}
    assert [hit for hit in reading.hits if not verdict(hit, verdicts)] == []
    assert wrong_in_a_million(reading, verdicts) <= WRONG_IN_BOOKS
