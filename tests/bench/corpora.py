"""What the benchmarks read: real pages by script, and glossaries of any size whose words are those of the pages."""

from __future__ import annotations

import csv
import gzip
import html
import random
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice
from pathlib import Path

from proxy_addon.glossary.model import Entry, Form, Glossary
from tests.conftest import SHARED

LANGUAGES = {"EN": ("eng",), "CYR": ("rus", "ukr", "bul"), "CJK": ("cmn", "jpn")}
# Of so many terms of a made glossary, one is a word of the pages.
FOUND = 1000
# Beginnings of Russian words, one for most letters: reading the whole dictionary takes a minute.
PREFIXES = [
    "авт",
    "бел",
    "вос",
    "гор",
    "дет",
    "жив",
    "зем",
    "изб",
    "кар",
    "лес",
    "мас",
    "нач",
    "обр",
    "пер",
    "раз",
    "сол",
    "тех",
    "убе",
    "фор",
    "хоз",
    "цен",
    "чер",
    "шко",
    "эле",
    "юри",
    "яст",
]
CODES = {"EN": "en", "CYR": "ru", "CJK": "zh-Hans"}


@dataclass(frozen=True)
class Corpus:
    """Pages of one script, in UTF-8, as bytes and as they travel (gzip)."""

    name: str
    pages: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return sum(map(len, self.pages))

    @property
    def gzipped(self) -> tuple[bytes, ...]:
        return _gzipped(self.pages)


@cache
def _gzipped(pages: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(gzip.compress(page, 6) for page in pages)


@cache
def corpora() -> tuple[Corpus, ...]:
    """English, Cyrillic and Chinese-Japanese pages of the collection; empty without it."""
    folder = SHARED / "pages"
    if not (folder / "MANIFEST.tsv").is_file():
        return ()
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["encoding"] in ("utf-8", "ascii")]
    return tuple(
        Corpus(name, tuple((folder / row["file"]).read_bytes() for row in rows if row["detected_lang"] in codes))
        for name, codes in LANGUAGES.items()
    )


def visible(page: bytes) -> str:
    """Roughly the readable text: enough to take words from."""
    text = re.sub(r"(?is)<(script|style|noscript)\b.*?</\1>|<!--.*?-->|<[^>]*>", " ", page.decode("utf-8", "replace"))
    return html.unescape(text)


def glossary(corpus: Corpus, size: int, *, seed: int = 7) -> Glossary:
    """``size`` terms of one to three words (two to five characters in Chinese), in the shape of real term lists.

    One in ``FOUND`` is a word of the pages, so that about a third of the English pages hold a term, as real glossaries were
    measured to do; the words of the others are drawn from a dictionary of the language (the inflection packages' own), as the
    terms of a list that was made for other texts are. In Chinese, which needs no first word, characters of the pages are put
    together anew.
    """
    draw = random.Random(seed)
    words = vocabulary(corpus)
    terms = dict.fromkeys(draw.sample(words, min(size // FOUND, len(words))))
    source = words if corpus.name == "CJK" else dictionary(corpus.name)
    while len(terms) < size:
        terms[("" if corpus.name == "CJK" else " ").join(draw.choice(source) for _ in range(draw.choice((2, 2, 3))))] = None
    code = CODES[corpus.name]
    forms = {term: Form(term, code, inflect=False) for term in terms}
    entries = (Entry(f"t{n}", "euphemism", (form,), {"en": "x"}, lang=code) for n, form in enumerate(forms.values()))
    return Glossary({entry.id: entry for entry in entries}, version=f"{corpus.name}-{size}-{seed}")


@cache
def dictionary(name: str) -> tuple[str, ...]:
    """The words of English or Russian that the inflection packages know, in the order of the alphabet."""
    if name == "CYR":
        from pymorphy3 import MorphAnalyzer

        words = MorphAnalyzer().dictionary.words
        return tuple(word for prefix in PREFIXES for word in islice(words.iterkeys(prefix), 2000))
    lookup = resources.files("lemminflect").joinpath("resources/lemma_lu.csv.gz").read_bytes()
    rows = gzip.decompress(lookup).decode("utf-8").splitlines()
    return tuple(sorted({word for row in rows if (word := row.partition(",")[0]).isalpha() and len(word) > 3}))


def vocabulary(corpus: Corpus) -> list[str]:
    """The rarer half of the words of the pages (in Chinese: pairs of characters)."""
    pattern = r"[\u4e00-\u9fff]+" if corpus.name == "CJK" else r"[^\W\d_]{4,}"
    counts = Counter(word.lower() for page in corpus.pages for word in re.findall(pattern, visible(page)))
    if corpus.name == "CJK":
        counts = Counter(word[i : i + 2] for word in counts for i in range(len(word) - 1))
    ranked = [word for word, _ in counts.most_common()]
    return ranked[len(ranked) // 2 :]


def folder_of(corpus: Corpus, place: Path) -> Path:
    """The gzipped pages as files, for a peer that is its own process."""
    place.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(corpus.gzipped):
        (place / f"{number:04}.gz").write_bytes(page)
    return place
