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
from pathlib import Path

from proxy_addon.glossary.model import Entry, Form, Glossary
from tests.conftest import SHARED

LANGUAGES = {"EN": ("eng",), "CYR": ("rus", "ukr", "bul"), "CJK": ("cmn", "jpn")}
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
    """``size`` terms of one to three words (two to five characters in Chinese) in the proportions of real term lists.

    One in twenty really occurs on the pages; the others join words of the pages that do not stand together. First words are
    taken from the rarer half of the vocabulary, as in real glossaries, whose terms rarely begin with "the".
    """
    draw = random.Random(seed)
    words = _vocabulary(corpus)
    terms = dict.fromkeys(_found(corpus, words, size // 20, draw))
    while len(terms) < size:
        terms[_made(corpus, words, draw)] = None
    code = CODES[corpus.name]
    form = {term: Form(term, code, inflect=False) for term in terms}
    entries = (Entry(f"t{n}", "euphemism", (form[term],), {"en": "x"}, lang=code) for n, term in enumerate(terms))
    return Glossary({entry.id: entry for entry in entries}, version=f"{corpus.name}-{size}-{seed}")


def _vocabulary(corpus: Corpus) -> list[str]:
    pattern = r"[\u4e00-\u9fff]+" if corpus.name == "CJK" else r"[^\W\d_]{4,}"
    counts = Counter(word.lower() for page in corpus.pages for word in re.findall(pattern, visible(page)))
    if corpus.name == "CJK":
        counts = Counter(word[i : i + 2] for word in counts for i in range(len(word) - 1))
    ranked = [word for word, _ in counts.most_common()]
    return ranked[len(ranked) // 2 :]


def _found(corpus: Corpus, words: list[str], size: int, draw: random.Random) -> list[str]:
    return draw.sample(words, min(size, len(words)))


def _made(corpus: Corpus, words: list[str], draw: random.Random) -> str:
    count = draw.choice((2, 2, 3))
    return ("" if corpus.name == "CJK" else " ").join(draw.choice(words) for _ in range(count))


def folder_of(corpus: Corpus, place: Path) -> Path:
    """The gzipped pages as files, for a peer that is its own process."""
    place.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(corpus.gzipped):
        (place / f"{number:04}.gz").write_bytes(page)
    return place
