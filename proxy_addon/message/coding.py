"""Content codings undone as a stream: gzip, x-gzip, deflate, br, zstd and any row of them (RFC 9110 section 8.4).

Promises: every byte that can be decoded is given as soon as it can be, so there is nothing to close and a truncated body
gives what it held; pieces are at most ``STEP`` bytes; a decoder holds at most one library step (``STEP`` for gzip and deflate,
twice that for Brotli >= 1.2, 2 MiB for zstd, 32 MiB for Brotli 1.1) besides the library's own window; one ``feed``
decodes to at most ``limit`` bytes, else it is a bomb. A body that bears the wrong label goes through as it came wherever that
can be told: by the magic number of gzip and zstd, by being text for the others.

As browsers do, it ignores checksums and lengths after the data of gzip and deflate, and junk after the last gzip member or
zstd frame. It does not know HTML, header fields or the proxy.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]
import zstandard

# The largest piece of decoded body given at once, in bytes.
STEP = 1 << 16
# The most that one call to ``feed`` may decode to, in bytes: a piece of 64 kB that grows by more than this is a bomb.
LIMIT = 32 << 20
# RFC 8878 section 3.1.1.1.2 recommends decoders to support 8 MiB; RFC 9659 makes it the limit of the coding on the web.
ZSTD_WINDOW = 8 << 20
# A zstd block is at most 128 KiB and takes at least 4 bytes, so a slice of 64 bytes gives at most 2 MiB.
ZSTD_SLICE = 64
# Brotli 1.1 has no output limit. A meta-block of 16 MiB takes about 14 bytes, so a slice of 16 gives at most two.
BROTLI_SLICE = 16
# More codings than this in a row are no page.
MOST_CODINGS = 4

_GZIP_MAGIC = (b"\x1f\x8b",)
_ZSTD_MAGIC = (b"\x28\xb5\x2f\xfd", *(bytes((0x50 + n, 0x2A, 0x4D, 0x18)) for n in range(16)))
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


class CodingError(Exception):
    """The origin must mend this: the body is not what its Content-Encoding says, or grows beyond all measure."""


class Stream(Protocol):
    """One coding of one body. ``feed`` gives the decoded bytes in pieces, and raises CodingError."""

    def feed(self, data: bytes) -> Iterator[bytes]: ...


class Member(Stream, Protocol):
    """One self-contained part of a body: a gzip member or a zstd frame. After ``ended``, ``unused`` holds what follows it."""

    ended: bool
    unused: bytes


class _Inflate:
    """Raw deflate data (RFC 1951); zlib's output is drawn in steps of at most ``STEP`` bytes."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self.ended = False
        self.unused = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        piece = b""
        while not self.ended and (data or len(piece) == STEP):
            try:
                piece = self._inflate.decompress(data, STEP)
            except zlib.error as error:
                raise CodingError(f"the deflate data of this body is broken ({error}); the site must mend it") from error
            data, self.ended = self._inflate.unconsumed_tail, self._inflate.eof
            if piece:
                yield piece
        self.unused = self._inflate.unused_data


class _GzipMember:
    """One gzip member: header, deflate data, and eight bytes of checksum and length that nobody checks (RFC 1952)."""

    def __init__(self) -> None:
        self._head: bytes | None = b""
        self._inflate = _Inflate()
        self._tail = b""
        self.ended = False
        self.unused = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._head is not None:
            data = self._after_header(self._head + data)
        if not self._inflate.ended:
            yield from self._inflate.feed(data)
            data = self._inflate.unused
        if self._inflate.ended:
            self._tail += data
            self.ended, self.unused = len(self._tail) >= 8, self._tail[8:]

    def _after_header(self, data: bytes) -> bytes:
        """What follows the header; nothing while the header is incomplete."""
        length = gzip_header(data)
        if length is None and len(data) > STEP:
            raise CodingError("the gzip header of this body has no end; the site must mend it")
        self._head = data if length is None else None
        return b"" if length is None else data[length:]


class _Frame:
    """One zstd frame (RFC 8878), or a skippable one, in slices that bound what one step can give."""

    def __init__(self) -> None:
        self._frame = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).decompressobj()
        self.ended = False
        self.unused = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        start = 0
        while not self.ended and start < len(data):
            try:
                yield self._frame.decompress(data[start : start + ZSTD_SLICE])
            except zstandard.ZstdError as error:
                raise CodingError(f"the zstd data of this body is broken ({error}); the site must mend it") from error
            start += ZSTD_SLICE
            self.ended = self._frame.eof
        self.unused = self._frame.unused_data + data[start:] if self.ended else b""


class _Members:
    """A body made of members, each told by its magic number; zeros between them and junk after them are ignored."""

    def __init__(self, magic: tuple[bytes, ...], member: Callable[[], Member]) -> None:
        self._magic = magic
        self._new = member
        self._member: Member | None = None
        self._head = b""
        self._begun = self._plain = self._over = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._over:
            if self._member is None:
                data = self._begin(self._head + data)
            if self._member is None:
                yield data
                return
            yield from self._member.feed(data)
            data = self._member.unused
            if self._member.ended:
                self._member = None

    def _begin(self, data: bytes) -> bytes:
        """Open a member if ``data`` begins one; give what is to be decoded, or passed on if there is no member."""
        if self._plain:
            return data
        data = data.lstrip(b"\0") if self._begun else data
        self._head = b""
        if data.startswith(self._magic):
            self._begun, self._member = True, self._new()
            return data
        if any(magic.startswith(data) for magic in self._magic):
            self._head = data
            return b""
        self._plain, self._over = not self._begun, self._begun
        return data if self._plain else b""


class _Deflate:
    """The coding ``deflate``: zlib data (RFC 1950) or, from servers that misread the name, raw deflate data."""

    def __init__(self) -> None:
        self._inflate = _Inflate()
        self._head: bytes | None = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._head is not None:
            data = self._head + data
            self._head = data if len(data) < 2 else None
            data = data[_zlib_header(data) :] if self._head is None else b""
        yield from self._inflate.feed(data)


class _Brotli:
    """The coding ``br`` (RFC 7932). Each major release of the library has its own way to bound a step."""

    def __init__(self) -> None:
        self._brotli = brotli.Decompressor()
        self._ended = False
        self._steps = self._limited if hasattr(self._brotli, "can_accept_more_data") else self._sliced

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._ended:
            return
        try:
            yield from self._steps(data)
            self._ended = self._brotli.is_finished()
        except brotli.error as error:
            raise CodingError(f"the br data of this body is broken ({error}); the site must mend it") from error

    def _limited(self, data: bytes) -> Iterator[bytes]:
        # Being ready for more does not mean that all was given: only an empty step shows that (google/brotli#1234).
        piece = self._brotli.process(data, output_buffer_limit=STEP)
        while piece or not self._brotli.can_accept_more_data():
            yield piece
            if self._brotli.is_finished():
                return
            piece = self._brotli.process(b"", output_buffer_limit=STEP)

    def _sliced(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), BROTLI_SLICE):
            if self._brotli.is_finished():
                return
            yield self._brotli.process(data[start : start + BROTLI_SLICE])


class _Unmarked:
    """A coding without magic number: a body that fails before it gave anything, and is text, goes through as it came."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._held: bytes | None = b""
        self._plain = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._plain:
            yield data
            return
        held = self._held = None if self._held is None or len(self._held) > STEP else self._held + data
        try:
            for piece in filter(None, self._stream.feed(data)):
                held = self._held = None
                yield piece
        except CodingError:
            if held is None or not is_text(held):
                raise
            self._plain, self._held = True, None
            yield held


def _gzip() -> Stream:
    return _Members(_GZIP_MAGIC, _GzipMember)


STREAMS: dict[str, Callable[[], Stream]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": lambda: _Unmarked(_Deflate()),
    "br": lambda: _Unmarked(_Brotli()),
    "zstd": lambda: _Members(_ZSTD_MAGIC, _Frame),
}


class Decoder:
    """The codings of one body undone, last applied first. With no codings it only cuts the body into pieces."""

    def __init__(self, streams: tuple[Stream, ...], *, limit: int = LIMIT) -> None:
        self._streams = streams
        self._limit = limit

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decoded pieces of 1 to ``STEP`` bytes, to be taken to the end; CodingError if the origin sent something else."""
        pieces: Iterator[bytes] = iter((data,))
        for stream in self._streams:
            pieces = self._limited(stream, pieces)
        yield from _even(pieces)

    def _limited(self, stream: Stream, pieces: Iterator[bytes]) -> Iterator[bytes]:
        given = 0
        for piece in pieces:
            for decoded in stream.feed(piece):
                given += len(decoded)
                if given > self._limit:
                    raise CodingError(f"one piece of this body decodes to over {self._limit} bytes; the site must mend it")
                yield decoded


def names(content_encoding: str | None) -> tuple[str, ...]:
    """The codings of a Content-Encoding value in the order they were applied, in lower case and without ``identity``."""
    listed = (name.strip(" \t").lower() for name in (content_encoding or "").split(","))
    return tuple(name for name in listed if name not in ("", "identity"))


def known(content_encoding: str | None) -> bool:
    """Whether every coding can be undone here."""
    applied = names(content_encoding)
    return len(applied) <= MOST_CODINGS and all(name in STREAMS for name in applied)


def decoder(content_encoding: str | None, *, limit: int = LIMIT) -> Decoder | None:
    """A decoder for a Content-Encoding value; None if some coding is unknown, and then the body must be left alone."""
    if not known(content_encoding):
        return None
    return Decoder(tuple(STREAMS[name]() for name in reversed(names(content_encoding))), limit=limit)


def gzip_header(data: bytes) -> int | None:
    """Length of the gzip header at the start of ``data``, None while it is incomplete (RFC 1952 section 2.3)."""
    if len(data) < 10:
        return None
    flags, end = data[3], 10
    if data[2] != 8 or flags & 0xE0:
        raise CodingError("the gzip header of this body is of no known kind; the site must mend it")
    if flags & 4:
        end += 2 + int.from_bytes(data[10:12], "little")
    for flag in (8, 16):
        if flags & flag:
            end = data.find(b"\0", end) + 1
            if not end:
                return None
    end += flags & 2
    return end if end <= len(data) else None


def is_text(data: bytes) -> bool:
    """Whether the first half kilobyte has no control characters but those of text (ISO 2022 escapes among them)."""
    return not _CONTROL.search(data, 0, 512)


def _zlib_header(data: bytes) -> int:
    """Length of the zlib header at the start of ``data``: 2, or 0 for raw deflate data (RFC 1950 section 2.2)."""
    return 2 if data[0] & 15 == zlib.DEFLATED and int.from_bytes(data[:2], "big") % 31 == 0 else 0


def _even(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of ``STEP``, and a last shorter one."""
    held = bytearray()
    for piece in pieces:
        for start in range(0, len(piece), STEP):
            held += piece[start : start + STEP]
            if len(held) >= STEP:
                yield bytes(held[:STEP])
                del held[:STEP]
    if held:
        yield bytes(held)
