"""One document in, what the proxy would make of it out: the annotated page, or every match as a record.

Pages go through the proxy's own rewriter, with the settings of ``glossator proxy --no-script``: what comes out is what the proxy
would send, byte for byte, of a page with the same Content-Type that no policy in the head of the answer keeps from bearing our
style. Of pages that a framework owns the proxy leaves the text alone, and so does this. In records, which are not for the eye,
everything is told: also of such pages, and of crowded ones. This module knows no files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from proxy_addon.glossary.model import Glossary
from proxy_addon.headless.blockpath import block_paths
from proxy_addon.headless.documents import Document, Inner, inner
from proxy_addon.headless.prose import page, passages
from proxy_addon.markup.annotation import Annotator
from proxy_addon.markup.marks import Found
from proxy_addon.markup.rewriter import Rewriter
from proxy_addon.markup.runs import Block
from proxy_addon.markup.stretch import Stretch
from proxy_addon.matching.matcher import Match, Matcher
from proxy_addon.matching.surroundings import Sentences
from proxy_addon.options import Density


class Record(NamedTuple):
    """One match. ``start``, ``end``: code points of the block; ``byte_start``, ``byte_end``: bytes of the document, from the
    first of the match's pieces to the last. ``block`` is the path of the block's element, or the line of a text. ``rule``
    says why it counts; ``glossary`` is the version that found it."""

    document: str
    url: str
    entries: tuple[str, ...]
    kinds: tuple[str, ...]
    text: str
    sentence: str
    block: str
    start: int
    end: int
    byte_start: int
    byte_end: int
    rule: str
    quoted: bool
    glossary: str


class Engine:
    """A glossary at work on documents. It can be sent to another process, where it is made ready anew."""

    def __init__(self, glossary: Glossary, *, language: str = "en", density: Density = "block") -> None:
        self.glossary, self.language, self.density = glossary, language, density

    def __getstate__(self) -> dict[str, Any]:
        return {"glossary": self.glossary, "language": self.language, "density": self.density}

    @cached_property
    def matcher(self) -> Matcher:
        """Compiled, or read from the cache, when it is first needed."""
        return Matcher(self.glossary)

    @cached_property
    def annotator(self) -> Annotator:
        """What writes the explanations."""
        return Annotator(self.glossary, language=self.language)

    def annotated(self, document: Document) -> bytes:
        """The page with its terms annotated, every other byte as it was; a text becomes a page first."""
        if document.form != "html":
            document = replace(document, data=page(document, inner(document)), content_type="text/html; charset=utf-8")
        rewriter = Rewriter(
            self.matcher, self.annotator, content_type=document.content_type, density=self.density, script_owned="leave"
        )
        return rewriter.feed(document.data) + rewriter.close()

    def records(self, document: Document) -> list[Record]:
        """Every match in the document, in order. InputError if its encoding can't be read."""
        within = inner(document)
        found = list(self._in_page(document, within) if document.form == "html" else self._in_text(document, within))
        outward = within.outward([offset for place in found for offset in (place.first, place.behind)])
        return [self._record(document, place, outward) for place in found]

    def _in_page(self, document: Document, within: Inner) -> Iterator[_Place]:
        seen = _Matches()
        rewriter = Rewriter(self.matcher, self.annotator, content_type=document.content_type, density=None, watcher=seen)
        rewriter.feed(document.data)
        rewriter.close()
        paths = block_paths(within.data, [block.runs[0].at for block, _ in seen.found])
        for block, matches in seen.found:
            path = paths[block.runs[0].at]
            for match in matches:
                pieces = list(block.pieces(match.start, match.end))
                first, behind = (pieces[0][1], pieces[-1][2]) if pieces else (block.runs[0].at, block.runs[-1].end)
                yield _Place(block.text, path, match, first, behind)

    def _in_text(self, document: Document, within: Inner) -> Iterator[_Place]:
        judge = self.matcher.page()
        for passage in passages(document, within):
            for match in judge.find(passage.text):
                first, behind = passage.span(match.start, match.end, within.encoding)
                yield _Place(passage.text, f"line {passage.line}", match, first, behind)

    def _record(self, document: Document, place: _Place, outward: dict[int, int]) -> Record:
        match = place.match
        low, high = Sentences(place.text).around(match.start)
        entries = self.glossary.entries
        return Record(
            document=document.name,
            url=document.url,
            entries=match.entries,
            kinds=tuple(dict.fromkeys(entries[entry].kind for entry in match.entries)),
            text=place.text[match.start : match.end],
            sentence=" ".join(place.text[low:high].split()),
            block=place.path,
            start=match.start,
            end=match.end,
            byte_start=outward[place.first],
            byte_end=outward[place.behind],
            rule=match.rule,
            quoted=match.quoted,
            glossary=self.glossary.version,
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """A match in the text of its block, and the bytes in which it stands."""

    text: str
    path: str
    match: Match
    first: int
    behind: int


@dataclass(slots=True)
class _Matches:
    """Looks on while a page is read, and keeps what is found."""

    found: list[tuple[Block, list[Match]]] = field(default_factory=list)

    def texts(self, stretch: Stretch, end: int, hidden: Sequence[int]) -> None:
        pass

    def block(self, block: Block, matches: Sequence[Found]) -> None:
        if kept := [match for match in matches if isinstance(match, Match)]:
            self.found.append((block, kept))
