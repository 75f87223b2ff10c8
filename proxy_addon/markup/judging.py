"""Which of a page's texts the matcher looks at closely: the groups in which it suspects something, block by block.

Promises: blocks are judged in the order of the page, each once and whole, and which are judged depends on the document alone;
of a group that is not closed one block waits, of no more than ``LONGEST`` bytes. Where terms stand too close together for prose
nothing is judged. This module does not know what a term is, nor how pages are cut.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from proxy_addon.markup.marks import Edit, Found, Marks
from proxy_addon.markup.reader import Reader
from proxy_addon.markup.runs import Block
from proxy_addon.markup.stretch import LONG, LONGEST, Glued, Stretch, blocks

# Where more than so many terms may begin in one block, and more than one in so many characters, nobody has written to be read.
FEW, APART = 24, 12
# Nor where so many short blocks (in characters) that may hold a term stand, on average, no farther apart (in bytes).
MANY, BRIEF, CLOSE = 300, 40, 20


class Judge(Protocol):
    """A page in the matcher's eyes; blocks are given to it in document order."""

    def find(self, block: str, *, lang: str | None = None) -> Sequence[Found]: ...


class Finder(Protocol):
    """What finds terms: ``suspects`` quickly says where in texts glued together there may be one, ``page`` begins a page."""

    def suspects(self, text: str, edges: Callable[[], Sequence[int] | None] | None = None) -> Sequence[int]: ...
    def page(self, *, lang: str | None = None, title: str = "", description: str = "") -> Judge: ...


class Watcher(Protocol):
    """What looks on while a page is read, and changes nothing: for reports on a page rather than the page.

    ``texts``: what stands in ``stretch`` before the document offset ``end`` is done with and does not come again; the texts
    at the offsets ``hidden`` are not for reading. ``block``: a block that may hold a term was judged, in the order of the page.
    Offsets are bytes of the page; of UTF-16 pages, bytes of the bridge's inner form.
    """

    def texts(self, stretch: Stretch, end: int, hidden: Sequence[int]) -> None: ...
    def block(self, block: Block, matches: Sequence[Found]) -> None: ...


@dataclass(slots=True)
class Judging:
    """The judging of one page."""

    matcher: Finder
    reader: Reader
    marks: Marks
    watcher: Watcher | None = None
    _judge: Judge | None = None
    # The text of each suspect, by number, in order; None if that can't be told.
    _suspected: list[int] | None = field(default_factory=list)
    # Where the last short blocks began that may hold a term.
    _brief: deque[int] = field(default_factory=lambda: deque(maxlen=MANY))

    def finish(self, stretch: Stretch, end: int, *, last: bool, ours: bool, idle: bool) -> tuple[list[Edit], int]:
        """The edits of the groups that are complete; and the offset from which text must wait.

        ``end`` is the offset up to which the page is known. ``ours``: markup like ours begins where the stretch stops, or may.
        ``idle``: nothing is looked at any more.
        """
        idle = idle or self.marks.crowded
        begin = len(stretch.parts) if last else stretch.open_group()
        edits: list[Edit] = []
        for low, high in () if idle else self._suspicious(stretch, begin):
            for block in self._blocks(stretch, low, high):
                if self._may_hold(block, stretch):
                    self._judged(block, edits)
        if begin >= len(stretch.parts):
            return edits, stretch.at + stretch.stop
        start = stretch.offset(begin)
        if end - start < LONG:
            return edits, start
        return edits, self._open_group(stretch, begin, stretch.at + stretch.stop if ours else end, idle, edits)

    def _blocks(self, stretch: Stretch, low: int, high: int) -> Iterator[Block]:
        return blocks(stretch.runs(low, high, self.reader.reading), self.marks.encoding)

    def _open_group(self, stretch: Stretch, begin: int, end: int, idle: bool, edits: list[Edit]) -> int:
        held = stretch.at + stretch.stop
        found = list(self._blocks(stretch, begin, len(stretch.parts)))
        # What is just as long may go on, and is then cut elsewhere.
        if found and end - found[-1].runs[0].at <= LONGEST:
            held = found.pop().runs[0].at
            self.reader.holds(held, stretch.offset(stretch.index_at(held)))
        for block in () if idle else found:
            if _is_prose(self._suspects(block), block):
                self._judged(block, edits)
        return held

    def _suspicious(self, stretch: Stretch, behind: int) -> Iterator[tuple[int, int]]:
        """The groups in which there may be a term, in order."""
        texts = stretch.parts[0:behind:2]
        for at in self.reader.hidden:
            index = stretch.index_at(at)
            if index < behind:
                texts[index // 2] = b""
        glued = Glued(texts, self.marks.encoding)
        suspects = self.matcher.suspects(glued.text, lambda: glued.edges) if glued.text else ()
        met = glued.met()
        numbers = glued.numbers(suspects) if suspects else []
        self._suspected = None if met else numbers
        holding = range(len(texts)) if numbers is None or met is None else sorted({*numbers, *met})
        done = 0
        for nth in holding:
            if 2 * nth >= done:
                low, done = stretch.group_of(2 * nth)
                yield low, done

    def _may_hold(self, block: Block, stretch: Stretch) -> bool:
        """Whether a block is worth judging. Among texts glued together there are never fewer suspects than in the block alone,
        so it is rarely asked for its own; but only its own don't depend on how the page arrived."""
        if self._suspected is not None:
            first, last = (stretch.index_at(run.at) // 2 for run in (block.runs[0], block.runs[-1]))
            most = bisect_right(self._suspected, last) - bisect_left(self._suspected, first)
            if not most or _is_prose(most, block):
                return most > 0
        # Between texts that meet before a mark more may hide than is seen in the texts glued.
        return _is_prose(self._suspects(block), block)

    def _suspects(self, block: Block) -> int:
        return len(self.matcher.suspects(block.text, tuple))

    def _judged(self, block: Block, edits: list[Edit]) -> None:
        if self.marks.crowded:
            return
        evidence = self.reader.evidence
        if self._judge is None:
            self._judge = self.matcher.page(lang=evidence.lang, title=evidence.title, description=evidence.description)
        found = self._judge.find(block.text, lang=block.lang)
        if self.watcher:
            self.watcher.block(block, found)
        edits += self.marks.block(block, found)
        if len(block.text) <= BRIEF and self.marks.density is not None and self._suspects(block):
            self._guard(block.runs[0].at)

    def _guard(self, at: int) -> None:
        """A word that stands alone hundreds of times is no prose, though it may be a term each time."""
        if len(self._brief) == MANY and at - self._brief[0] < MANY * CLOSE:
            self.marks.crowded = True
        self._brief.append(at)


def _is_prose(suspects: int, block: Block) -> bool:
    """Something is suspected, and somebody has written the block to be read."""
    return 0 < suspects <= FEW or 0 < suspects * APART <= len(block.text)
