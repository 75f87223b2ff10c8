"""How much of a page is its main text, and what of it: judged by words and links, on the way through the rewriter.

A block is main text if it has more than ``FEWEST`` words, at most a third of them in links: the two features that tell most in
Kohlschütter, Fankhauser, Nejdl, "Boilerplate Detection using Shallow Text Features" (WSDM 2010). So a short paragraph of an
article is missed and a long notice in a footer is taken. A word is what stands between spaces; in Chinese and Japanese,
which put none, each character counts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from proxy_addon.markup.encoding import Encoding
from proxy_addon.markup.marks import Found
from proxy_addon.markup.runs import BOUNDARY, Block
from proxy_addon.markup.stretch import Stretch
from proxy_addon.matching.matcher import Match

FEWEST = 16
# A block whose every piece is shorter (in bytes) is not looked at: it has hardly ever so many words.
_SHORTEST = 60
# In UTF-8 all Chinese and Japanese characters begin with one of these bytes, which stand nowhere else.
_LEADS = bytes(range(0xE3, 0xEA))
# The same as &nbsp;, written as a character.
_SPACE = "\xa0".encode()
# So much text, in bytes, is kept to guess the language from.
_SAMPLE = 4000
_CHARACTERS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_LINK = re.compile(rb"(?i)<(/?)a[\s>]")


def words(source: bytes, encoding: Encoding) -> int:
    """How many words a text has, given as the page writes it."""
    if b"&nbsp;" in source:
        source = source.replace(b"&nbsp;", b" ")
    if source.isascii():
        return len(source.split())
    if encoding.codec == "utf-8" and len(source.translate(None, _LEADS)) == len(source):
        return len(source.replace(_SPACE, b" ").split())
    text = encoding.decode(source)
    if _is_of_single_bytes(encoding.codec):
        return len(text.split())
    pieces = _CHARACTERS.split(text)
    return len(text) - sum(map(len, pieces)) + sum(len(piece.split()) for piece in pieces)


@cache
def _is_of_single_bytes(codec: str) -> bool:
    """Whether the encoding has a byte for each character, and so none for Chinese and Japanese ones."""
    return codec != "utf-8" and len(bytes(range(0x80, 0x100)).decode(codec, "replace")) == 0x80


@dataclass(slots=True)
class Measure:
    """Looks on while a page is read. ``words`` of all text that can be seen, ``main_words`` of the main text, and ``matches``,
    each with the offset of its block, in the order of the page; ``sample`` is the beginning of the text."""

    encoding: Encoding
    words: int = 0
    main_words: int = 0
    sample: bytes = b""
    matches: list[tuple[int, Match]] = field(default_factory=list)
    _main: list[tuple[int, int]] = field(default_factory=list)
    # Whether a link is open where the text begins that comes next.
    _linked: bool = False

    def block(self, block: Block, matches: Sequence[Found]) -> None:
        self.matches += [(block.runs[0].at, match) for match in matches if isinstance(match, Match)]

    def texts(self, stretch: Stretch, end: int, hidden: Sequence[int]) -> None:
        parts = self._visible(stretch, end, hidden)
        seen = b" ".join(filter(None, parts))
        self.words += words(seen, self.encoding)
        if len(self.sample) < _SAMPLE:
            self.sample += seen[:_SAMPLE]
        done = 0
        for nth in [nth for nth, text in enumerate(parts) if len(text) > _SHORTEST]:
            if nth >= done:
                low, high = stretch.group_of(2 * nth)
                done = high // 2 + 1
                self._group(stretch, parts, low, high)
        self._linked = self._links(stretch, 2 * (len(parts) - 1))

    def is_main(self, at: int) -> bool:
        """Whether the block that begins at this offset is main text."""
        nth = bisect_right(self._main, (at, 1 << 62)) - 1
        return nth >= 0 and self._main[nth][0] <= at < self._main[nth][1]

    def _visible(self, stretch: Stretch, end: int, hidden: Sequence[int]) -> list[bytes]:
        parts = stretch.parts[::2]
        last = min(stretch.index_at(end) if end < stretch.at + stretch.stop else len(stretch.parts), len(stretch.parts) - 1)
        if end < stretch.at + stretch.stop:
            del parts[last // 2 + 1 :]
            if not last % 2:
                parts[last // 2] = parts[last // 2][: end - stretch.offset(last)]
        for at in hidden:
            if stretch.at <= at < end and (index := stretch.index_at(at)) // 2 < len(parts):
                parts[index // 2] = b""
        return parts

    def _group(self, stretch: Stretch, parts: list[bytes], low: int, high: int) -> None:
        linked = self._links(stretch, low)
        plain: list[bytes] = []
        links: list[bytes] = []
        for index in range(low, min(high, 2 * len(parts)), 2):
            if index > low:
                told = _ends_in_link(stretch.parts[index - 1])
                linked = linked if told is None else told
            (links if linked else plain).append(parts[index // 2])
        beside = words(b"".join(plain), self.encoding)
        within = words(b"".join(links), self.encoding) if links else 0
        if beside + within > FEWEST and 2 * within <= beside:
            self.main_words += beside + within
            self._main.append((stretch.offset(low), stretch.offset(min(high, len(stretch.parts) - 1)) + 1))

    def _links(self, stretch: Stretch, index: int) -> bool:
        """Whether the text ``parts[index]`` stands in a link."""
        for before in range(index - 1, -1, -2):
            told = _ends_in_link(stretch.parts[before])
            if told is not None or stretch.joint(before) is BOUNDARY:
                return bool(told)
        return self._linked


def _ends_in_link(markup: bytes) -> bool | None:
    """Whether text behind this markup stands in a link; None if it says nothing of links."""
    if b"a" not in markup and b"A" not in markup:
        return None
    found = _LINK.findall(markup)
    return not found[-1] if found else None
