"""A text or a saved page through the matcher, with every decision explained. Nothing of it is kept.

A saved page is shown as the proxy would show it; what may hold a term in it is then explained block by block, in the order of
the page. It does not know HTTP, nor how decisions are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from proxy_addon.glossary.model import Entry
from proxy_addon.markup.annotation import Annotator
from proxy_addon.markup.marks import Found
from proxy_addon.markup.rewriter import Rewriter
from proxy_addon.markup.runs import Block
from proxy_addon.markup.stretch import Stretch
from proxy_addon.matching.matcher import Matcher, Verdict
from proxy_addon.service.desk.looking import cut

# So many decisions are shown.
ROWS = 500

# A piece of text, the entry that it is a term of, and the words of its tooltip.
Shown = tuple[str, Entry | None, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate: the words, the entry, whether it was kept, by which rule, and the words that spoke for or against it."""

    words: str
    entry: str
    kept: bool
    rule: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Tried:
    """Either ``blocks`` of a text, or a ``page``; the first ``ROWS`` decisions, and how many ``more`` there are."""

    rows: list[Row]
    more: int
    blocks: list[list[Shown]] = field(default_factory=list)
    page: str = ""


def tried_text(matcher: Matcher, language: str, text: str, *, lang: str | None, title: str) -> Tried:
    """A text whose blocks are parted by blank lines."""
    verdicts = matcher.explain(text, lang=lang, title=title)
    annotator = Annotator(matcher.glossary, language=language)
    matches = {match.start: match for match in matcher.find(text, lang=lang, title=title)}
    shown: list[Shown] = []
    at = 0
    for piece, marked in cut(text, [(match.start, match.end) for match in matches.values()]):
        match = matches[at] if marked else None
        entry = matcher.glossary.entries[match.entries[0]] if match else None
        shown.append((piece, entry, annotator.description(match.entries, quoted=match.quoted) if match else ""))
        at += len(piece)
    return _tried([_row(text, verdict) for verdict in verdicts], blocks=[shown])


def tried_page(matcher: Matcher, language: str, page: str) -> Tried:
    """A page, as it would be shown, every occurrence marked."""
    seen = _Seen()
    annotator = Annotator(matcher.glossary, language=language)
    rewriter = Rewriter(matcher, annotator, content_type="text/html; charset=utf-8", density="all", watcher=seen)
    annotated = rewriter.feed(page.encode("utf-8", "replace")) + rewriter.close()
    read = matcher.page(lang=next((block.lang for block in seen.blocks if block.lang), None))
    rows = [_row(block.text, verdict) for block in seen.blocks for verdict in read.explain(block.text, lang=block.lang)]
    return _tried(rows, page=annotated.decode("utf-8", "replace"))


def _tried(rows: list[Row], blocks: list[list[Shown]] | None = None, page: str = "") -> Tried:
    return Tried(list(islice(rows, ROWS)), max(0, len(rows) - ROWS), blocks or [], page)


def _row(text: str, verdict: Verdict) -> Row:
    words = text[verdict.start : verdict.end]
    return Row(words, verdict.entry, verdict.kept, verdict.rule, ", ".join(map(str, verdict.evidence)))


class _Seen:
    """The blocks of a page that may hold a term."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []

    def texts(self, stretch: Stretch, end: int, hidden: Sequence[int]) -> None:
        """Not needed."""

    def block(self, block: Block, matches: Sequence[Found]) -> None:
        self.blocks.append(block)
