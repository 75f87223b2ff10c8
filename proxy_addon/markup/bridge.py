"""UTF-16 pages as bytes whose ASCII is ASCII, and back, exactly; and which bridge an encoding needs.

The inner form of UTF-16 is UTF-8 in which a lone surrogate is written as if it were a character: every two bytes outside have
one form inside, and each form leads back to them. A last odd byte never gets in. This module does not know what is done in
between.
"""

from __future__ import annotations

from typing import Protocol

from proxy_addon.markup.encoding import Encoding
from proxy_addon.markup.iso2022jp import Iso2022Jp

_CODECS = {"utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}


def _outer_whole(data: bytes, codec: str) -> int:
    """How many bytes are whole characters; a first half of a pair waits for its second."""
    even = len(data) & ~1
    high = data[even - 1 if codec == "utf-16-le" else even - 2] if even else 0
    return even - 2 if 0xD8 <= high <= 0xDB else even


def _inner_whole(data: bytes) -> int:
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte >= 0xC0:
            return len(data) - back if back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else len(data)
        if byte < 0x80:
            break
    return len(data)


class Bridge(Protocol):
    """One page's way in and out. What waits on either side is kept here."""

    def inward(self, data: bytes, *, last: bool = False) -> bytes: ...
    def outward(self, inner: bytes, *, last: bool = False) -> bytes: ...
    def held(self, inner: bytes) -> bytes: ...


class Utf16:
    """One page's bridge; ``codec`` is ``utf-16-le`` or ``utf-16-be``."""

    def __init__(self, codec: str) -> None:
        self._codec = codec
        self._outside = b""
        self._inside = b""

    def inward(self, data: bytes, *, last: bool = False) -> bytes:
        """The inner form of further bytes; the odd byte of a document stays behind."""
        data = self._outside + data
        whole = len(data) & ~1 if last else _outer_whole(data, self._codec)
        self._outside = data[whole:]
        return data[:whole].decode(self._codec, "surrogatepass").encode("utf-8", "surrogatepass")

    def outward(self, inner: bytes, *, last: bool = False) -> bytes:
        """The outer form of further inner bytes, and of what stayed behind once it is the ``last``."""
        inner = self._inside + inner
        whole = len(inner) if last else _inner_whole(inner)
        self._inside = inner[whole:]
        return self._outer(inner[:whole]) + (self._outside if last else b"")

    def held(self, inner: bytes) -> bytes:
        """The outer form of what has not come out: what waits here, and ``inner``, which waits between."""
        return self._outer(self._inside + inner) + self._outside

    def _outer(self, inner: bytes) -> bytes:
        return inner.decode("utf-8", "surrogatepass").encode(self._codec, "surrogatepass")


def bridge(encoding: Encoding) -> Bridge | None:
    """The bridge that an encoding needs; None where markup is ASCII bytes already."""
    if encoding.name == "iso-2022-jp":
        return Iso2022Jp()
    codec = _CODECS.get(encoding.name)
    return Utf16(codec) if codec else None
