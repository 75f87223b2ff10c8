"""Which matches are marked, and what is written where.

Edits are ``(offset, order, bytes)``: insertions only, so that what stands between them is the page's own. This module promises
that every insertion lies beside text of a run, never inside a tag or a character. It does not know how runs were found.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from proxy_addon.markup.annotation import RUN_END, RUN_START, TERM_END
from proxy_addon.markup.encoding import Encoding
from proxy_addon.markup.runs import Block
from proxy_addon.options import Density

# The guard: more than this many marks within so many bytes (about one mark in ten words) and a page is marked no further.
CROWD, CROWDED = 64, 4096

Edit = tuple[int, int, bytes]
# Of insertions at one place: what ends comes before what begins, a term ends within its run and begins within it.
_TERM_ENDS, _RUN_ENDS, STYLE_ORDER, SCRIPT_ORDER, _RUN_BEGINS, _TERM_BEGINS = range(6)


class Found(Protocol):
    """A match: characters ``start`` to ``end`` of a block, the entries it may stand for, whether it is in quotation marks."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def entries(self) -> tuple[str, ...]: ...
    @property
    def quoted(self) -> bool: ...


class Writer(Protocol):
    """What writes the start tag of an annotation, and the elements that go before the first.

    ``script_element`` is empty where the page gets none; ``policies`` are the texts of its meta policies. ``wants``: whether a
    match of these entries is to be marked at all. ``last``: nothing is marked behind this one, as marks stand too close.
    """

    def opening(self, entries: tuple[str, ...], *, quoted: bool, first: bool, last: bool) -> str: ...
    def style_element(self) -> str: ...
    def script_element(self, mode: Literal["wrap", "overlay"], policies: Sequence[str]) -> str: ...
    def wants(self, entries: tuple[str, ...]) -> bool: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes ``start`` to ``end`` of a run, which hold a match or a part of it."""

    start: int
    end: int
    match: Found
    first: bool
    last: bool


@dataclass(slots=True)
class Marks:
    """The marks of one page. ``counts`` counts matches by entry, marked or not; ``crowded`` that the guard has closed.

    ``density`` None marks nothing.
    """

    writer: Writer
    encoding: Encoding
    density: Density | None
    counts: Counter[str] = field(default_factory=Counter)
    crowded: bool = False
    # Whether the page's style has been written, or is among the edits.
    styled: bool = False
    # Whether a mark has been made.
    begun: bool = False
    headings: list[int] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _section: int = 0
    _passed: int = 0
    _recent: deque[int] = field(default_factory=lambda: deque(maxlen=CROWD))

    def block(self, block: Block, matches: Iterable[Found]) -> Iterator[Edit]:
        """The edits for the matches of a block."""
        if self.density == "block":
            self._seen.clear()
        terms: dict[int, list[Piece]] = {}
        for match in matches:
            self.counts.update(match.entries)
            if self._wanted(match, block.runs[0].at):
                for index, piece in self._pieces(block, match):
                    pieces = terms.setdefault(index, [])
                    # Two matches may share a reference that stands for several characters.
                    if not pieces or pieces[-1].end <= piece.start:
                        pieces.append(piece)
        for index, pieces in terms.items():
            yield from self._run(block, index, pieces)

    def passes(self, at: int) -> None:
        """Nothing before this offset will be marked any more."""
        passed = bisect_left(self.headings, at)
        self._passed += passed
        del self.headings[:passed]

    def style(self, at: int) -> Edit:
        """The edit that puts the page's style at an offset."""
        self.styled = True
        return at, STYLE_ORDER, self.writer.style_element().encode("ascii")

    def script(self, at: int, mode: Literal["wrap", "overlay"]) -> list[Edit]:
        """The edit that puts the page's script at an offset; none where the page gets no script."""
        element = self.writer.script_element(mode, self.policies)
        return [(at, SCRIPT_ORDER, element.encode("ascii"))] if element else []

    def _wanted(self, match: Found, at: int) -> bool:
        if self.density == "section" and (section := self._passed + bisect_left(self.headings, at)) != self._section:
            self._section = section
            self._seen.clear()
        if self.density is None or self.crowded or (self.density != "all" and self._seen.issuperset(match.entries)):
            return False
        if not self.writer.wants(match.entries):
            return False
        self._seen.update(match.entries)
        return True

    def _pieces(self, block: Block, match: Found) -> Iterator[tuple[int, Piece]]:
        for nth, (index, start, end) in enumerate(block.pieces(match.start, match.end)):
            if not nth:
                self._guard(start)
            yield index, Piece(start, end, match, first=not nth, last=self.crowded)

    def _guard(self, at: int) -> None:
        if len(self._recent) == CROWD and at - self._recent[0] < CROWDED:
            self.crowded = True
        self._recent.append(at)

    def _run(self, block: Block, index: int, pieces: list[Piece]) -> Iterator[Edit]:
        run = block.runs[index]
        beside = run.source[: pieces[0].start - run.at] + run.source[pieces[0].end - run.at :]
        alone = len(pieces) == 1 and not beside.strip()
        yield from self._before(pieces[0].start if alone else run.at)
        if not alone:
            yield run.at, _RUN_BEGINS, RUN_START.encode("ascii")
            yield run.end, _RUN_ENDS, RUN_END.encode("ascii")
        for piece in pieces:
            yield piece.start, _TERM_BEGINS, self.encoding.encode(self._opening(piece))
            yield piece.end, _TERM_ENDS, TERM_END.encode("ascii")

    def _before(self, at: int) -> Iterator[Edit]:
        """What goes before the first mark."""
        if not self.styled:
            yield self.style(at)
        if not self.begun:
            self.begun = True
            yield from self.script(at, "wrap")

    def _opening(self, piece: Piece) -> str:
        match = piece.match
        return self.writer.opening(match.entries, quoted=match.quoted, first=piece.first, last=piece.last)


def spliced(data: bytes, edits: list[Edit], at: int = 0, fence: bytes = b"") -> bytes:
    """``data``, which begins at offset ``at``, with the edits made, each between two fences."""
    if not edits:
        return data
    out: list[bytes] = []
    done = 0
    for offset, _, inserted in sorted(edits, key=_place):
        out += (data[done : offset - at], fence, inserted, fence)
        done = offset - at
    out.append(data[done:])
    return b"".join(out)


def _place(edit: Edit) -> tuple[int, int]:
    return edit[:2]
