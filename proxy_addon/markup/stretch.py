"""A stretch of a page cut into text and markup, and the groups of text between block tags.

The first text behind a block tag opens a group; the next block tag closes it. A group whose source is longer than ``LONG`` is
cut at the next line break, and one longer than ``LONGEST`` anyway, at a place that depends on the document alone, so that
nothing depends on how the bytes arrived. This module knows no element but through ``joint``, and keeps nothing from one stretch
to the next.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from proxy_addon.markup.encoding import Encoding
from proxy_addon.markup.grammar import SPLIT, TAG_NAME, TOKEN, UNIT, lower
from proxy_addon.markup.passages import following, self_closing
from proxy_addon.markup.runs import BOUNDARY, LINE, OBJECT, SHORT, Block, Run, joint, readable, short_joint
from proxy_addon.matching.normalize import IGNORED, MARKS

# Bytes of source after which a group of text is cut at one line break, and at all: so much of a page may have to wait for more,
# and is lost if none comes. Of a thousand texts on real pages two are longer.
# As many pieces of text: no page with something to read has so many small ones in one block; a page of nothing else would be
# cut anew with whatever of it had to wait.
LONG, LONGEST, MOST = 1024, 4096, 512
_SPACES = re.compile(rb"[\t\n\x0c\r ]")
_SENTENCES = re.compile(rb"[.!?][\t\n\x0c\r ]")
# The first bytes of combining marks in UTF-8: most pages have none of them.
_BYTES_OF_MARKS = (b"\xcc", b"\xcd", b"\xd2", b"\xd9")
_NUL = re.compile("\0")
_MARK = re.compile(f"[{MARKS}]")
# Each gap once, from its beginning: a text may consist of nothing else.
_GAP_BEFORE_MARK = re.compile(f"(?<![\0{IGNORED}])[\0{IGNORED}]++[{MARKS}]")
_REFERENCE_BEGINS = re.compile(rb"&[#0-9A-Za-z]*\Z")

# Whether the text at a document offset may be annotated, and its language.
Reading = Callable[[int], tuple[bool, str | None]]


@dataclass(slots=True)
class Stretch:
    """``parts`` are text, markup, text … text and join to the first ``stop`` bytes of the buffer, whose offset is ``at``."""

    at: int
    parts: list[bytes] = field(default_factory=list)
    stop: int = 0
    foreign: set[int] = field(default_factory=set)
    _ends: list[int] = field(default_factory=list)
    _joints: dict[int, str] = field(default_factory=dict)

    def offset(self, index: int) -> int:
        """The document offset of a part."""
        return self._begins()[index]

    def _begins(self) -> list[int]:
        if not self._ends:
            self._ends = list(accumulate(map(len, self.parts), initial=self.at))
        return self._ends

    def index_at(self, place: int) -> int:
        """The index of the part in which the byte at this document offset stands."""
        return bisect_right(self._begins(), place) - 1

    def runs(self, low: int, high: int, reading: Reading) -> Iterator[tuple[Run, str, str | None]]:
        """The readable texts from ``low`` to ``high``, each with what stands between it and the one before, and its language."""
        between = ""
        begins = self._begins()
        for index in range(low, high, 2):
            if index > low:
                between += self.joint(index - 1)
            if source := self.parts[index]:
                visible, lang = reading(begins[index])
                if visible:
                    yield Run(begins[index], source), between, lang
                    between = ""

    def joint(self, index: int) -> str:
        """What the markup ``parts[index]`` puts between the texts beside it."""
        if not self.foreign and len(self.parts[index]) <= SHORT:
            return short_joint(self.parts[index])
        known = self._joints.get(index)
        if known is None:
            known = self._joints[index] = OBJECT if index in self.foreign else joint(self.parts[index])
        return known

    def open_group(self) -> int:
        """The index of the text that opens the group which is not closed yet; behind the last part if there is none."""
        begin = len(self.parts)
        for index in range(len(self.parts) - 1, -1, -2):
            if self.parts[index]:
                begin = index
            if index and self.joint(index - 1) is BOUNDARY:
                break
        return begin

    def group_of(self, index: int) -> tuple[int, int]:
        """The texts of one group: from this index up to, not including, that one."""
        low, high = index, index
        while low and self.joint(low - 1) is not BOUNDARY:
            low -= 2
        while high + 1 < len(self.parts) and self.joint(high + 1) is not BOUNDARY:
            high += 2
        return low, high + 1

    def end_at(self, place: int) -> None:
        """Drop everything from this document offset on, where a unit of markup begins."""
        index = next(index for index in range(len(self.parts) - 1, -1, -1) if self.offset(index) <= place)
        kept = self.parts[index][: place - self.offset(index)]
        self.cut(index)
        self.parts += [kept, b""]
        self.stop = place - self.at

    def cut(self, index: int) -> None:
        """Drop everything from the markup at ``index`` on."""
        self.stop -= sum(map(len, self.parts[index:]))
        del self.parts[index:]
        self._ends = []
        self._joints = {}


class Glued:
    """Texts as one, readable, without what stands between them."""

    def __init__(self, sources: list[bytes], encoding: Encoding) -> None:
        self._sources, self._encoding = sources, encoding
        # NULs, which no reader sees, keep apart what a broken character or an unfinished reference would join.
        joined = b"\0".join(sources)
        apart = encoding.decode(joined)
        self._apart = html.unescape(apart) if "&" in apart else apart
        self._has_marks = apart is not self._apart or encoding.codec != "utf-8" or any(byte in joined for byte in _BYTES_OF_MARKS)
        self.text = self._apart.replace("\0", "")

    @cached_property
    def edges(self) -> list[int] | None:
        """Where each of the texts ends, in characters of ``text``; None if that can't be told."""
        texts = self._apart.split("\0")
        if len(texts) != len(self._sources):
            texts = [readable(self._encoding.decode(source)) for source in self._sources]
        ends = list(accumulate(map(len, texts)))
        return ends if ends and ends[-1] == len(self.text) else None

    def numbers(self, places: Iterable[int]) -> list[int] | None:
        """Which of the texts each of these characters is in, in order; None if that can't be told."""
        edges = self.edges
        return None if edges is None else sorted([bisect_right(edges, place) for place in places])

    def met(self) -> set[int] | None:
        """The texts between which a letter met a mark: glued, they read as another letter, behind which a term may hide.

        None if some met but it can't be told which.
        """
        gaps = [found.span() for found in self._gaps_before_marks()]
        if not gaps:
            return set()
        between = [found.start() for found in _NUL.finditer(self._apart)]
        if len(between) + 1 != len(self._sources):
            return None
        return {nth for begin, end in gaps for nth in range(bisect_left(between, begin), bisect_left(between, end) + 1)}

    def _gaps_before_marks(self) -> Iterator[re.Match[str]]:
        """Where texts meet before a combining mark."""
        if self._has_marks and not self._apart.isascii() and _MARK.search(self._apart):
            yield from (found for found in _GAP_BEFORE_MARK.finditer(self._apart) if "\0" in found.group())


def split(buffer: bytes, at: int, last: bool) -> Stretch:
    """Cut a buffer up to its first unfinished construct; foreign content is one piece of markup."""
    stretch = Stretch(at, stop=len(buffer))
    parts, rest = stretch.parts, buffer
    while True:
        pieces = SPLIT.split(rest)
        if len(pieces) == 1 or pieces[-1] or (pieces[-2].endswith(b">") and UNIT.match(pieces[-2])):
            parts += pieces
            return stretch
        stopped = pieces[-2]
        parts += pieces[:-2]
        end = _foreign_end(stopped, last)
        if not end:
            stretch.stop -= len(stopped)
            return stretch
        stretch.foreign.add(len(parts))
        parts.append(stopped[:end])
        rest = stopped[end:]


def _foreign_end(stopped: bytes, last: bool) -> int:
    begin = TAG_NAME.match(stopped)
    name = lower(begin.group(2)) if begin and not begin.group(1) else ""
    found = TOKEN.match(stopped) if name in ("svg", "math") else None
    if found is None or found.group(2) is None:
        return 0
    passage = following(name, found.group(), closed=self_closing(found.group()))
    if passage is None:
        return found.end()
    end, ended = passage.advance(stopped, found.end(), last)
    return end if ended else 0


def _cut_within(source: bytes, room: int, encoding: Encoding) -> int:
    """Where to cut a text that has no more than ``room`` bytes left: behind a sentence or a space, else between characters."""
    for pattern in (_SENTENCES, _SPACES):
        if ends := [found.end() for found in pattern.finditer(source, max(0, room - 512), room)]:
            return ends[-1]
    reference = _REFERENCE_BEGINS.search(source, max(0, room - 40), room)
    return encoding.whole(source[: reference.start() if reference else room])


def blocks(runs: Iterable[tuple[Run, str, str | None]], encoding: Encoding) -> Iterator[Block]:
    """The blocks of one group, from its runs, each with what stands before it and its language.

    A block ends at two line breaks with nothing but space between, at one behind LONG bytes, where the language changes, at
    LONGEST bytes and MOST runs.
    """
    block, breaks, limit = None, 0, 0
    for run, between, lang in runs:
        # Nearly always: a page may consist of runs of a few bytes.
        goes_on = block is not None and not between and not breaks and lang == block.lang and run.at + len(run.source) <= limit
        if block is not None and goes_on and len(block.runs) < MOST:
            block.add(run, between)
            continue
        breaks += between.count(LINE)
        while run.source:
            if block is None or _ends(block, run, lang, breaks):
                if block is not None and block.runs:
                    yield block
                block, breaks, limit = Block(lang, encoding), 0, run.at + LONGEST
            room = limit - run.at
            keep = len(run.source) if len(run.source) <= room else _cut_within(run.source, room, encoding)
            if breaks and run.source[:keep].strip():
                breaks = 0
            if keep == len(run.source):
                block.add(run, between)
                break
            if keep:
                block.add(Run(run.at, run.source[:keep]), between)
            run, between = Run(run.at + keep, run.source[keep:]), ""
            if run.source:
                yield block
                block = None
    if block is not None and block.runs:
        yield block


def _ends(block: Block, run: Run, lang: str | None, breaks: int) -> bool:
    length = run.at - block.runs[0].at
    if length >= LONGEST or len(block.runs) >= MOST or block.lang != lang:
        return True
    return breaks > (length < LONG) and bool(run.source.strip())
