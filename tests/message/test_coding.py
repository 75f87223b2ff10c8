"""Codings are undone as a stream, whatever the split; what is wrong is told apart from what only bears the wrong label."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable, Iterable

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard

from proxy_addon.message.coding import LIMIT, STEP, CodingError, decoder, is_text, known, names

PAGE = b"<!doctype html><title>x</title>" + b"".join(b"<p>Some words, number %d.</p>\n" % n for n in range(3000))
SIZES = (1, 2, 3, 7, 50, 1000, 65535, 10**9)
Encode = Callable[[bytes], bytes]


def br(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=5))


def raw_deflate(data: bytes) -> bytes:
    compress = zlib.compressobj(6, zlib.DEFLATED, -15)
    return compress.compress(data) + compress.flush()


def gzip_with_every_header_field(data: bytes) -> bytes:
    head = b"\x1f\x8b\x08\x1e" + b"\0" * 4 + b"\0\xff" + b"\x03\x00abc" + b"name\0" + b"remark\0" + b"\x12\x34"
    return head + raw_deflate(data) + b"wrong crc"[:8]


def halves(encode: Encode, between: bytes = b"") -> Encode:
    return lambda data: encode(data[: len(data) // 3]) + between + encode(data[len(data) // 3 :])


def skippable(data: bytes) -> bytes:
    return b"\x53\x2a\x4d\x18\x05\0\0\0hello" + zstandard.compress(data)


BODIES: dict[str, tuple[str | None, Encode]] = {
    "no field": (None, bytes),
    "identity": ("identity", bytes),
    "an empty field": (" , ", bytes),
    "gzip": ("gzip", gzip.compress),
    "GZIP": ("GZIP", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "gzip, two members": ("gzip", halves(gzip.compress)),
    "gzip, zeros between members": ("gzip", halves(gzip.compress, b"\0" * 300)),
    "gzip, zeros at the end": ("gzip", lambda data: gzip.compress(data) + b"\0" * 512),
    "gzip, junk at the end": ("gzip", lambda data: gzip.compress(data) + b"junk \x1f and more junk"),
    "gzip, no checksum": ("gzip", lambda data: gzip.compress(data)[:-8]),
    "gzip, wrong checksum": ("gzip", lambda data: gzip.compress(data)[:-8] + b"12345678"),
    "gzip, a header with everything": ("gzip", gzip_with_every_header_field),
    "gzip in name only": ("gzip", bytes),
    "deflate as zlib": ("deflate", zlib.compress),
    "deflate without header": ("deflate", raw_deflate),
    "deflate, wrong checksum": ("deflate", lambda data: zlib.compress(data)[:-4] + b"1234"),
    "deflate, junk at the end": ("deflate", lambda data: zlib.compress(data) + b"junk"),
    "deflate in name only": ("deflate", bytes),
    "br": ("br", br),
    "br in name only": ("br", bytes),
    "zstd": ("zstd", zstandard.compress),
    "zstd, two frames": ("zstd", halves(zstandard.compress)),
    "zstd, a frame to skip": ("zstd", skippable),
    "zstd, junk at the end": ("zstd", lambda data: zstandard.compress(data) + b"junk"),
    "zstd in name only": ("zstd", bytes),
    "gzip, then br": ("gzip, br", lambda data: br(gzip.compress(data))),
    "gzip twice": ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
    "deflate, identity, zstd": ("deflate,identity,zstd", lambda data: zstandard.compress(zlib.compress(data))),
}
BOMBS: dict[str, tuple[str, Encode]] = {
    "gzip": ("gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "br": ("br", br),
    "zstd": ("zstd", zstandard.compress),
    "gzip in gzip": ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
    "br in zstd": ("br, zstd", lambda data: zstandard.compress(br(data))),
}


def decoded(coding: str | None, pieces: Iterable[bytes], *, limit: int = LIMIT) -> bytes:
    decode = decoder(coding, limit=limit)
    assert decode is not None
    return b"".join(out for piece in pieces for out in decode.feed(piece))


def cut(data: bytes, size: int) -> Iterable[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", BODIES)
def test_every_body_is_decoded_whatever_the_split(name: str, size: int) -> None:
    coding, encode = BODIES[name]
    assert decoded(coding, cut(encode(PAGE), size)) == PAGE


@pytest.mark.parametrize("name", BODIES)
def test_empty_pieces_anywhere_change_nothing(name: str) -> None:
    coding, encode = BODIES[name]
    pieces = [piece for part in cut(encode(PAGE), 500) for piece in (b"", part, b"", b"")]
    assert decoded(coding, pieces) == PAGE


@pytest.mark.parametrize("name", [name for name, (coding, _) in BODIES.items() if coding])
def test_a_truncated_body_gives_what_it_held(name: str) -> None:
    coding, encode = BODIES[name]
    noise = random.Random(7).randbytes(300_000).hex().encode()
    body = encode(noise)
    given = decoded(coding, [body[: len(body) * 3 // 4]])
    assert noise.startswith(given)
    assert len(given) > len(noise) // 4


@pytest.mark.parametrize(("coding", "encode"), BOMBS.values(), ids=BOMBS)
def test_pieces_are_small_and_never_empty(coding: str, encode: Encode) -> None:
    decode = decoder(coding)
    assert decode is not None
    sizes = [len(piece) for part in cut(encode(b"\0" * 10**7), 65535) for piece in decode.feed(part)]
    assert sum(sizes) == 10**7
    assert min(sizes) > 0
    assert max(sizes) <= STEP


@pytest.mark.parametrize(("coding", "encode"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_given_up_at_the_limit(coding: str, encode: Encode) -> None:
    decode = decoder(coding, limit=10**6)
    assert decode is not None
    sizes: list[int] = []
    pieces = decode.feed(encode(b"\0" * 10**8))
    with pytest.raises(CodingError, match="decodes to over 1000000 bytes; the site must mend it"):
        sizes.extend(map(len, pieces))
    assert sum(sizes) <= 10**6


def test_a_long_page_is_no_bomb() -> None:
    noise = random.Random(7).randbytes(2_000_000).hex().encode()
    assert noise == decoded("gzip", cut(gzip.compress(noise), 65535), limit=10**6)


def half_in_deflate(window_bits: int) -> bytes:
    compress = zlib.compressobj(6, zlib.DEFLATED, window_bits)
    return compress.compress(PAGE) + compress.flush(zlib.Z_FULL_FLUSH)


def half_in_br() -> bytes:
    compress = brotli.Compressor()
    return bytes(compress.process(PAGE) + compress.flush())


def half_in_zstd() -> bytes:
    compress = zstandard.ZstdCompressor().compressobj()
    return compress.compress(PAGE) + compress.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


# After these, bits that are all ones begin a block of a kind that is reserved.
HALVES = {
    "gzip": half_in_deflate(31),
    "deflate": half_in_deflate(15),
    "br": half_in_br(),
    "zstd": half_in_zstd(),
}


@pytest.mark.parametrize("size", [7, 65535])
@pytest.mark.parametrize("coding", HALVES)
def test_a_body_that_breaks_in_the_middle_is_an_error_the_site_must_mend(coding: str, size: int) -> None:
    decode = decoder(coding)
    assert decode is not None
    before = b"".join(out for piece in cut(HALVES[coding], size) for out in decode.feed(piece))
    assert before == PAGE
    with pytest.raises(CodingError, match="the site must mend it"):
        list(decode.feed(b"\xff" * 500))


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"\x1f\x8b\x07" + b"\0" * 60),
        ("gzip", b"\x1f\x8b\x08\xe0" + b"\0" * 60),
        ("gzip", b"\x1f\x8b\x08\x08" + b"a" * 200_000),
        ("deflate", b"\x78\x9c\xff\x00\x01"),
        ("br", b"\xff\x00\x80<html>"),
        ("zstd", b"\x28\xb5\x2f\xfd" + b"\xff" * 60),
    ],
)
def test_what_begins_as_its_coding_and_fails_is_an_error(coding: str, body: bytes) -> None:
    with pytest.raises(CodingError):
        decoded(coding, [body])


def test_a_zstd_window_above_8_mib_is_an_error() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=24)
    encode = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(CodingError):
        decoded("zstd", [encode.compress(PAGE) + encode.flush()])


@pytest.mark.parametrize("value", ["dcb", "dcz", "aws-chunked", "gzip, dcb", "utf-8", "gzip,gzip,gzip,gzip,gzip"])
def test_a_coding_that_is_not_known_gives_no_decoder(value: str) -> None:
    assert not known(value)
    assert decoder(value) is None


def test_names_are_in_the_order_applied() -> None:
    assert names(" GZIP ,, identity,\tbr") == ("gzip", "br")


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"<p>\r\n\t\x0c", True), (b"\x1b$B", True), ("да".encode("cp1251"), True), (b"a\0b", False), (b"\x10", False)],
)
def test_text_is_told_by_its_controls(data: bytes, expected: bool) -> None:
    assert expected is is_text(data)
