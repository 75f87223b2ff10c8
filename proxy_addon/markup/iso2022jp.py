"""ISO-2022-JP pages as bytes whose ASCII is markup, and back, exactly (WHATWG Encoding standard, 12.2).

There the bytes of ``<`` and ``"`` may be halves of characters, and escape sequences say when. Inside, text is EUC-JP, a row of
escape sequences is one NUL, which no reader sees, and every character that a browser can't read is one byte FF; what they stand
for waits in a queue. What is put in between is ASCII and stands between two fences.

Browsers show U+FFFD for two escape sequences with nothing between, so what is put in must not make neighbours of any: at the
edge of a stretch of Japanese it goes to the far side of the escape sequence that stands there, and within, it gets a pair of
its own. A page's own neighbours are one row; rows that became neighbours had something of ours between them, and of them the
pair that came with it is taken out again. Our style element says that all this was so: ``strip`` must know.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from proxy_addon.markup.annotation import STYLE_START

# The start tag of our style element in a page like this.
STYLE_START_HERE = STYLE_START[:-1].encode("ascii") + b"=iso-2022-jp>"
FENCE = b"\x1b"

# A state is named by the escape sequence that leads to it: one-byte sets, and two names of one set of two bytes.
ASCII, ROMAN, KANA = b"\x1b(B", b"\x1b(J", b"\x1b(I"
_KANJI = (b"\x1b$@", b"\x1b$B")

_ESCAPE = rb"\x1b(?:\([BIJ]|\$[@B])"
# Whatever a pattern below takes, so many bytes behind it decided that; at the end of what has come, they are waited for.
_AHEAD = 8
_UNSEEN, _BROKEN = b"\0", b"\xff"
_INNER = re.compile(rb"\x1b([^\x1b]*)\x1b|[\0\xff]|[^\x1b\0\xff]+")
# Where Roman has a yen sign and an overline.
_NOT_ROMAN = re.compile(rb"[\\~]")
_HIGH = bytes(byte | 0x80 for byte in range(256))
_LOW = bytes(byte & 0x7F for byte in range(256))


def _pattern(text: bytes, broken: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?P<row>(?:%b)+)|(?P<text>%b)|(?P<broken>%b)" % (_ESCAPE, text, broken), re.DOTALL)


def _japanese(state: bytes, character: bytes, broken: bytes) -> re.Pattern[bytes]:
    """An escape sequence that leads where one is already is broken with what stands beside it: nothing can be put there."""
    again = re.escape(state)
    unit = rb"(?>%b|(?!%b)(?:%b))" % (character, _ESCAPE, broken)
    text = rb"(?:%b(?!%b))++|%b(?!%b(?!%b))" % (character, again, character, again, _ESCAPE)
    return _pattern(text, rb"%b(?:%b(?!%b)(?:%b)?)*+" % (unit, again, _ESCAPE, unit))


_ONE_BYTE = _pattern(rb"[\x01-\x0d\x10-\x1a\x1c-\x7f]++", rb".")
_PATTERNS = {
    ASCII: _ONE_BYTE,
    ROMAN: _ONE_BYTE,
    KANA: _japanese(KANA, rb"[\x21-\x5f]", rb"."),
    # A first half without its second takes along what stands there instead, but for an escape.
    **{
        state: _japanese(state, rb"[\x21-\x7e]{2}", rb"[\x21-\x7e][^\x1b\x21-\x7e]|.")
        for state in _KANJI
    },
}  # fmt: skip


@dataclass(slots=True)
class _Place:
    """Where a walk over inner bytes is: the state it is in, what was put in there, and the row of escapes that stands there."""

    state: bytes = ASCII
    added: bytes = b""
    row: bytes = b""

    def settled(self) -> bytes:
        """What was put in and the row, in the order that changes nothing of the page; behind them the state is the row's."""
        state, added, row = self.state, self.added, self.row
        self.state, self.added, self.row = row[-3:] or state, b"", b""
        if not added or _takes(state, added) or row == state:
            return added + row
        if not row:
            return ASCII + added + state
        return row + added if _takes(self.state, added) else ASCII + added + row

    def passes(self, row: bytes) -> None:
        """A row of escapes. Had it a neighbour, then that was ours, and so is this if it only leads back."""
        if self.row == ASCII:
            self.row = b"" if row == self.state else row
        else:
            self.row += row


def _takes(state: bytes, added: bytes) -> bool:
    return state == ASCII or (state == ROMAN and _NOT_ROMAN.search(added) is None)


class Iso2022Jp:
    """One page's way in and out, as ``bridge.Bridge``."""

    def __init__(self) -> None:
        self._reads = ASCII
        self._outside = b""
        self._queue: deque[bytes] = deque()
        self._place = _Place()

    def inward(self, data: bytes, *, last: bool = False) -> bytes:
        """The inner form of further bytes; what can't be told yet stays behind."""
        data = self._outside + data
        out, at = [], 0
        while at < len(data):
            inner, end = self._read(data, at, last)
            if end == at:
                break
            out.append(inner)
            at = end
        self._outside = data[at:]
        return b"".join(out)

    def outward(self, inner: bytes, *, last: bool = False) -> bytes:
        """The outer form of further inner bytes; what it depends on what follows waits, but for the ``last``."""
        out = list(self._outer(inner, self._place, self._taken()))
        if last:
            out += (self._place.settled(), self._outside)
        return b"".join(out)

    def held(self, inner: bytes) -> bytes:
        """The outer form of what has not come out: what waits here, and ``inner``, which waits between; ours is left out."""
        place = _Place(self._place.state, b"", self._place.row)
        return b"".join((*self._outer(inner, place, iter(self._queue)), place.settled(), self._outside))

    def _taken(self) -> Iterator[bytes]:
        while self._queue:
            yield self._queue.popleft()

    def _read(self, data: bytes, at: int, last: bool) -> tuple[bytes, int]:
        """One stretch from ``at`` on: its inner form and where it ends; at ``at`` if that can't be told yet."""
        found = _PATTERNS[self._reads].match(data, at)
        assert found is not None, "any byte is at least broken"
        end = found.end()
        single = self._reads in (ASCII, ROMAN)
        if not last and end + _AHEAD > len(data) and not (single and found.lastgroup == "text"):
            end = at + (len(data) - _AHEAD - at) // 2 * 2 if found.lastgroup == "text" else at
        source = data[at:end]
        # One that leads nowhere at the end of the document never gets in: nothing could be put behind it.
        if end <= at or (found.lastgroup == "broken" and source[1:].endswith(self._reads)):
            return b"", at
        if found.lastgroup == "text":
            return source if single else self._japanese_text(source), end
        if found.lastgroup == "row":
            self._reads = source[-3:]
        unseen = found.lastgroup == "row" or (single and source == _UNSEEN)
        return self._queued(source, _UNSEEN if unseen else _BROKEN), end

    def _queued(self, source: bytes, inner: bytes) -> bytes:
        self._queue.append(source)
        return inner

    def _japanese_text(self, source: bytes) -> bytes:
        inner = source.translate(_HIGH)
        if self._reads == KANA:
            return b"".join(b"\x8e%c" % byte for byte in inner)
        try:
            inner.decode("euc_jp")
        except UnicodeDecodeError:
            pairs = (source[at : at + 2] for at in range(0, len(source), 2))
            return b"".join(pair.translate(_HIGH) if _known(pair) else self._queued(pair, _BROKEN) for pair in pairs)
        return inner

    @staticmethod
    def _outer(inner: bytes, place: _Place, queue: Iterator[bytes]) -> Iterator[bytes]:
        for piece in _INNER.finditer(inner):
            own = piece.group()
            if piece.group(1) is not None:
                place.added += piece.group(1).replace(STYLE_START.encode("ascii"), STYLE_START_HERE)
                continue
            if own in (_UNSEEN, _BROKEN):
                waiting = own
                own = next(queue)
                if waiting == _UNSEEN and own != _UNSEEN:
                    place.passes(own)
                    continue
                yield place.settled()
            else:
                yield place.settled()
                own = _translated(own, place.state)
            yield own


def _known(pair: bytes) -> bool:
    try:
        return len(pair.translate(_HIGH).decode("euc_jp")) == 1
    except UnicodeDecodeError:
        return False


def _translated(own: bytes, state: bytes) -> bytes:
    if state in _KANJI:
        return own.translate(_LOW)
    return own.translate(_LOW, b"\x8e") if state == KANA else own
