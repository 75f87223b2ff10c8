"""A head changes where its body's change demands it, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_addon.message import fields
from proxy_addon.message.fields import Fields, MediaType, mark, unmark

VERSION = "0a1b2c3d"
OTHER = "ffffffff"

# Everything that need not change, with repeated names, odd case, odd bytes and an order that matters.
KEPT: Fields = (
    (b"Date", b"Tue, 24 Nov 2026 00:00:00 GMT"),
    (b"Set-Cookie", b"a=1; Path=/"),
    (b"content-type", b'Text/HTML; Charset="windows-1251"'),
    (b"Set-Cookie", b"b=2, c"),
    (b"X-Odd", b"\xff\xfe"),
    (b"set-cookie", b"a=1; Path=/"),
    (b"Cache-Control", b"private, no-transform"),
    (b"Link", b"</a.css>; rel=preload"),
    (b"Link", b"</b.css>; rel=preload"),
    (b"Strict-Transport-Security", b"max-age=31536000"),
    (b"Alt-Svc", b'h3=":443"'),
    (b"Age", b"7"),
)
GONE: Fields = (
    (b"Content-Length", b"5"),
    (b"content-encoding", b"br"),
    (b"Transfer-Encoding", b"chunked"),
    (b"Content-MD5", b"x"),
    (b"Digest", b"x"),
    (b"Content-Digest", b"x"),
    (b"Repr-Digest", b"x"),
    (b"Unencoded-Digest", b"x"),
    (b"Accept-Ranges", b"bytes"),
    (b"Use-As-Dictionary", b'match="/*"'),
    (b"Last-Modified", b"Tue, 24 Nov 2026 00:00:00 GMT"),
    (b"Expires", b"Thu, 24 Dec 2026 00:00:00 GMT"),
)
VARY = ((b"Vary", b"Sec-Fetch-Mode"),)
ADDED = ((b"Cache-Control", b"no-cache"), *VARY)
TAGS = [
    (b'"v1"', b'W/"s!v1.gl-0a1b2c3d"'),
    (b'W/"v1"', b'W/"w!v1.gl-0a1b2c3d"'),
    (b"v1", b'W/"u!v1.gl-0a1b2c3d"'),
    (b'"a,b c"', b'W/"s!a,b c.gl-0a1b2c3d"'),
    (b'"\xe9!.gl-x"', b'W/"s!\xe9!.gl-x.gl-0a1b2c3d"'),
    (b'W/"s!v1.gl-ffffffff"', b'W/"w!s!v1.gl-ffffffff.gl-0a1b2c3d"'),
    (b'"5f3-gzip"', b'W/"s!5f3-gzip.gl-0a1b2c3d"'),
]


def mixed() -> Fields:
    """What is kept and what is gone, one after the other."""
    pairs = zip(KEPT, GONE, strict=True)
    return tuple(field for pair in pairs for field in pair)


@pytest.mark.parametrize("chunked", [True, False])
def test_a_rewritten_head_keeps_all_else_in_order(chunked: bool) -> None:
    framing = ((b"Transfer-Encoding", b"chunked"),) if chunked else ()
    assert KEPT + ADDED + framing == fields.rewritten(mixed(), version=VERSION, chunked=chunked)


def test_a_304_loses_what_described_the_origins_bytes_and_gets_no_framing() -> None:
    assert fields.not_modified(mixed(), version=VERSION) == KEPT + ADDED


def test_html_that_is_not_changed_keeps_all_and_gets_vary() -> None:
    assert mixed() + VARY == fields.varied(mixed())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((), VARY),
        (((b"vary", b"Accept-Encoding"),), ((b"vary", b"Accept-Encoding, Sec-Fetch-Mode"),)),
        (((b"Vary", b"*"),), ((b"Vary", b"*"),)),
        (((b"Vary", b"Accept, SEC-FETCH-MODE"),), ((b"Vary", b"Accept, SEC-FETCH-MODE"),)),
        (((b"Vary", b""),), VARY),
        (
            ((b"Vary", b"A"), (b"X", b"1"), (b"Vary", b"B")),
            ((b"Vary", b"A"), (b"X", b"1"), (b"Vary", b"B, Sec-Fetch-Mode")),
        ),
    ],
)
def test_vary_is_added_once(before: Fields, after: Fields) -> None:
    assert after == fields.varied(before)
    assert after == fields.varied(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((), (b"no-cache",)),
        ((b"max-age=600",), (b"no-cache",)),
        ((b"public, max-age=31536000, immutable",), (b"public", b"no-cache")),
        ((b"Private , S-MaxAge=5,MAX-AGE = 5",), (b"Private", b"no-cache")),
        ((b'max-age="600", must-revalidate',), (b"must-revalidate", b"no-cache")),
        ((b"max-age=60, stale-while-revalidate=600, stale-if-error=600",), (b"no-cache",)),
        ((b"max-age=0", b"private"), (b"private", b"no-cache")),
        ((b"no-cache",), (b"no-cache",)),
        ((b"No-Cache, max-age=5",), (b"No-Cache",)),
        ((b"no-store, max-age=600",), (b"no-store",)),
        ((b"private,no-transform",), (b"private,no-transform", b"no-cache")),
        ((b'no-cache="Set-Cookie, X", max-age=600',), (b'no-cache="Set-Cookie, X"', b"no-cache")),
        ((b"x-max-age=600, x=max-age",), (b"x-max-age=600, x=max-age", b"no-cache")),
        ((b"",), (b"", b"no-cache")),
    ],
)
def test_a_page_is_asked_for_each_time_it_is_shown(before: tuple[bytes, ...], after: tuple[bytes, ...]) -> None:
    head = tuple((b"Cache-Control", value) for value in before)
    expected = tuple((b"Cache-Control", value) for value in after) + VARY
    assert fields.rewritten(head, version=VERSION, chunked=False) == expected
    assert fields.not_modified(head, version=VERSION) == expected
    assert fields.varied(head) == head + VARY


@pytest.mark.parametrize(
    ("client", "origin", "expected"),
    [
        ("HTTP/1.1", "HTTP/1.1", True),
        ("HTTP/1.1", "HTTP/2.0", True),
        ("HTTP/1.1", "HTTP/1.0", False),
        ("HTTP/1.0", "HTTP/1.1", False),
        ("HTTP/2.0", "HTTP/1.1", False),
        ("HTTP/2.0", "HTTP/2.0", False),
        ("HTTP/3", "HTTP/3", False),
    ],
)
def test_chunks_are_for_http_1_1(client: str, origin: str, expected: bool) -> None:
    assert expected is fields.chunked(client, origin)


@pytest.mark.parametrize(("tag", "marked"), TAGS)
def test_a_tag_is_marked_and_told_again(tag: bytes, marked: bytes) -> None:
    assert marked == mark(tag, VERSION)
    assert tag == unmark(marked, VERSION)


@given(st.binary(min_size=1).filter(lambda core: b'"' not in core), st.sampled_from((b'"%b"', b'W/"%b"')))
def test_every_tag_survives_the_round_trip(core: bytes, form: bytes) -> None:
    tag = form % core
    marked = mark(tag, VERSION)
    assert marked is not None
    assert tag == unmark(marked, VERSION)
    assert None is unmark(marked, OTHER)


@pytest.mark.parametrize("tag", [b"", b'""', b'"a"b"', b'"', b'W/"a', b"  "])
def test_a_tag_that_could_not_be_told_again_is_dropped(tag: bytes) -> None:
    assert fields.rewritten(((b"ETag", tag),), version=VERSION, chunked=False) == ADDED


@pytest.mark.parametrize(
    "tag", [b'"v1"', b"*", b"", b'W/"s!v1"', b'W/"x!v1.gl-0a1b2c3d"', b'"s!v1.gl-0a1b2c3d"', b'W/"s!v1.gl-ffffffff"']
)
def test_a_tag_that_is_not_ours_is_not_asked_for(tag: bytes) -> None:
    assert fields.asked(((b"If-None-Match", tag),), version=VERSION) == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'W/"s!v1.gl-0a1b2c3d"', b'"v1"'),
        (b'W/"w!v1.gl-0a1b2c3d"', b'W/"v1"'),
        (b'W/"s!a,b.gl-0a1b2c3d" ,"foreign",W/"s!old.gl-ffffffff", W/"w!c.gl-0a1b2c3d", *', b'"a,b", W/"c"'),
    ],
)
def test_the_origin_is_asked_for_its_own_tags(before: bytes, after: bytes) -> None:
    others = ((b"Cookie", b"a=1"), (b"User-Agent", b"x"))
    asked = fields.asked((others[0], (b"if-none-match", before), others[1]), version=VERSION)
    assert (others[0], (b"if-none-match", after), others[1]) == asked


def test_dates_and_dictionaries_are_not_asked_for() -> None:
    request = (
        (b"If-Modified-Since", b"Tue, 24 Nov 2026 00:00:00 GMT"),
        (b"Available-Dictionary", b":abc=:"),
        (b"dictionary-id", b'"x"'),
        (b"Accept", b"text/html"),
    )
    assert fields.asked(request, version=VERSION) == ((b"Accept", b"text/html"),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"gzip, deflate, br, zstd", b"gzip, deflate, br, zstd"),
        (b"gzip,deflate;q=0.5 , BR", b"gzip,deflate;q=0.5 , BR"),
        (b"gzip, br, dcb, dcz;q=0.8, zstd", b"gzip, br, zstd"),
        (b"dcb", b"identity"),
        (b"identity;q=1, *;q=0", b"identity;q=1, *;q=0"),
    ],
)
def test_only_codings_that_can_be_undone_are_asked_for(before: bytes, after: bytes) -> None:
    assert ((b"accept-encoding", after),) == fields.asked(((b"accept-encoding", before),), version=VERSION)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), None),
        ((b"",), None),
        ((b"html",), None),
        ((b"text/html",), MediaType("text/html")),
        ((b" Text/HTML ; Charset=KOI8-R ",), MediaType("text/html", "KOI8-R")),
        ((b'text/html;charset="windows-1251"',), MediaType("text/html", "windows-1251")),
        ((b'text/html; x="a;charset=b"; charset="wind\\ows-1251"',), MediaType("text/html", "windows-1251")),
        ((b"text/html; charset=gbk; charset=utf-8",), MediaType("text/html", "gbk")),
        ((b"text/html; charset=",), MediaType("text/html")),
        ((b"text/html;;charset='utf-8'",), MediaType("text/html", "'utf-8'")),
        ((b'text/html; charset="gbk',), MediaType("text/html", "gbk")),
        ((b'text/html; charset=gbk"',), MediaType("text/html", 'gbk"')),
        ((b"text/html; charset = gbk",), MediaType("text/html")),
        ((b'text/html; charset=""; charset=gbk',), MediaType("text/html", "")),
        ((b"text/html; charset; charset=gbk",), MediaType("text/html", "gbk")),
        ((b'text/html; charset="gbk" x',), MediaType("text/html", "gbk")),
        ((b"text/html;charset=gbk, text/html;charset=koi8-r",), MediaType("text/html", "koi8-r")),
        ((b"text/html;charset=gbk, text/plain, text/html",), MediaType("text/html")),
        ((b"text/plain, text/html",), MediaType("text/html")),
        ((b"text/html; charset=gbk", b"text/html"), MediaType("text/html", "gbk")),
        ((b"text/html; charset=gbk", b"*/*"), MediaType("text/html", "gbk")),
        ((b"text/html; charset=gbk", b"text/plain"), MediaType("text/plain")),
        ((b'text/html; x="a, b/c"',), MediaType("text/html")),
    ],
)
def test_the_type_is_read_as_browsers_read_it(values: tuple[bytes, ...], expected: MediaType | None) -> None:
    assert expected == fields.media_type(tuple((b"Content-Type", value) for value in values))


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (MediaType("text/html"), "text/html"),
        (MediaType("text/html", "KOI8-R"), "text/html; charset=KOI8-R"),
        (MediaType("text/html", ""), 'text/html; charset=""'),
        (MediaType("text/html", "'gbk'"), "text/html; charset=\"'gbk'\""),
        (MediaType("text/html", 'a"b\\c'), r'text/html; charset="a\"b\\c"'),
        (MediaType("text/html", "gbk foo"), 'text/html; charset="gbk foo"'),
    ],
)
def test_a_type_is_written_so_that_it_is_read_again(read: MediaType, written: str) -> None:
    assert (str(read), fields.media_type(((b"Content-Type", written.encode()),))) == (written, read)


@given(st.lists(st.binary()))
def test_any_bytes_are_taken(values: list[bytes]) -> None:
    names = (b"ETag", b"If-None-Match", b"Accept-Encoding", b"Vary", b"Content-Type", b"Cache-Control")
    head = tuple((name, value) for name in names for value in values)
    fields.media_type(head)
    untouched = {b"If-None-Match", b"Accept-Encoding", b"Content-Type"}
    kept = tuple(field for field in fields.rewritten(head, version=VERSION, chunked=False) if field[0] in untouched)
    assert tuple(field for field in head if field[0] in untouched) == kept
