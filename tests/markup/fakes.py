"""A matcher of plain words, so that what is tested here does not depend on any language; and the real pages."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from proxy_addon.glossary.model import Glossary
from proxy_addon.markup.annotation import Annotator
from proxy_addon.markup.rewriter import Rewriter
from proxy_addon.options import Density

WORDS = ("war", "special operation", "война", "войны", "战争", "戦争", "전쟁", "über")
ANNOTATOR = Annotator(Glossary())
STYLE = ANNOTATOR.style_element().encode("ascii")


@dataclass(frozen=True)
class Match:
    """As the matcher's."""

    start: int
    end: int
    entries: tuple[str, ...]
    quoted: bool = False


@dataclass
class WordPage:
    """As the matcher's; remembers what it was asked."""

    pattern: re.Pattern[str]
    about: dict[str, str | None]
    blocks: list[tuple[str, str | None]] = field(default_factory=list)

    def find(self, block: str, *, lang: str | None = None) -> Sequence[Match]:
        self.blocks.append((block, lang))
        return [
            Match(found.start(), found.end(), (re.sub(r"\s+", "-", found.group().lower()),))
            for found in self.pattern.finditer(block)
        ]


class WordMatcher:
    """Finds whole words, phrases across white space."""

    glossary = Glossary()

    def __init__(self, words: Sequence[str] = WORDS) -> None:
        ascii_words = [rf"\b{word}\b".replace(" ", r"\s+") if ord(word[0]) < 0x2E80 else word for word in words]
        self._pattern = re.compile("|".join(ascii_words), re.IGNORECASE)
        self._first = re.compile("|".join(word.split()[0] for word in words), re.IGNORECASE)
        self.pages: list[WordPage] = []

    def suspects(self, text: str, edges: Callable[[], Sequence[int] | None] | None = None) -> Sequence[int]:
        return [found.start() for found in self._first.finditer(text)]

    def page(self, *, lang: str | None = None, title: str = "", description: str = "") -> WordPage:
        self.pages.append(WordPage(self._pattern, {"lang": lang, "title": title, "description": description}))
        return self.pages[-1]


def rewritten(
    data: bytes,
    size: int | None = None,
    *,
    content_type: str | None = "text/html; charset=utf-8",
    density: Density = "all",
    matcher: WordMatcher | None = None,
) -> bytes:
    """A page through the rewriter, in pieces of ``size`` bytes."""
    rewriter = Rewriter(matcher or WordMatcher(), ANNOTATOR, content_type=content_type, density=density)
    step = size or max(len(data), 1)
    out = [rewriter.feed(data[at : at + step]) for at in range(0, len(data), step)]
    out.append(rewriter.close())
    assert rewriter.pending == b""
    return b"".join(out)


def marked(data: bytes) -> str:
    """A rewritten page with our markup short: the style dropped, ``[`` ``]`` for a run and ``{`` ``}`` for a term."""
    short = data.replace(STYLE, b"").replace(b"<gl-run data-gl>", b"[").replace(b"</gl-run>", b"]")
    return re.sub(rb"<gl-term [^>]*>", b"{", short).replace(b"</gl-term>", b"}").decode("utf-8", "replace")


def pages(shared: Path) -> list[Path]:
    """Every page of the collection, whatever its name ends in."""
    with (shared / "pages" / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        return [shared / "pages" / row["file"] for row in csv.DictReader(file, delimiter="\t")]
