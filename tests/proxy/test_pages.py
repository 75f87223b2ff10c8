"""Through a real proxy: pages are annotated, framed for each protocol, validated and told apart, and never harmed."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from typing import Any

import pytest
from mitmproxy import ctx, http

from proxy_addon import strip_annotations
from proxy_addon.markup.annotation import STYLE_HASH

from .conftest import Start
from .origin import CLOSE, RESET, Origin
from .reader import FETCH, NAVIGATE, Reader
from .test_life import wait

TEXT = b"<!doctype html><title>t</title><p>A zorbling came.</p>"
HTML = "Content-Type: text/html; charset=utf-8"
HEAD = f"HTTP/1.1 200 OK\r\n{HTML}\r\n".encode()
TERM = b'<gl-term data-entry="test-zorb"'


def test_a_page_is_annotated_and_its_connections_are_kept(reader: Reader, origin: Origin) -> None:
    url = origin.page("/x", TEXT)
    replies = [reader.get(url) for _ in range(20)]
    for reply in replies:
        assert TERM in reply.body
        assert strip_annotations(reply.body) == TEXT
        assert (reply.field("Content-Length"), reply.field("Transfer-Encoding")) == (None, "chunked")
    assert (reader.connections, origin.connections) == (1, 1)


def test_a_chunked_page_is_annotated(reader: Reader, origin: Origin) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (TEXT[:40], TEXT[40:45], TEXT[45:]))
    origin.answers["/x"] = [HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"]
    replies = [reader.get(origin.url("/x")) for _ in range(2)]
    assert [(TERM in reply.body, strip_annotations(reply.body)) for reply in replies] == [(True, TEXT)] * 2
    assert reader.connections == 1


def test_a_compressed_page_is_annotated_and_sent_as_it_is(reader: Reader, origin: Origin) -> None:
    reply = reader.get(origin.page("/x", gzip.compress(TEXT), HTML, "Content-Encoding: gzip"))
    assert (reply.field("Content-Encoding"), strip_annotations(reply.body), TERM in reply.body) == (None, TEXT, True)


def test_an_http_1_0_reader_gets_no_chunks(reader: Reader, origin: Origin) -> None:
    reply = reader.get(origin.page("/x", TEXT), version="1.0")
    assert (reply.field("Transfer-Encoding"), strip_annotations(reply.body), TERM in reply.body) == (None, TEXT, True)


def test_an_http_1_0_reader_is_told_the_end_by_the_end_of_the_connection(reader: Reader, origin: Origin) -> None:
    head, _, body = rest(reader.send(origin.page("/x", TEXT), version="1.0")).partition(b"\r\n\r\n")
    names = {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
    assert (strip_annotations(body), names & {b"content-length", b"transfer-encoding"}) == (TEXT, set())


def rest(link: socket.socket) -> bytes:
    """What comes until the other side closes the connection; an error where it does not."""
    received = b""
    while chunk := link.recv(65536):
        received += chunk
    return received


def test_an_http_1_0_origin_gets_no_chunks_added(reader: Reader, origin: Origin) -> None:
    origin.answers["/x"] = [HEAD.replace(b"1.1", b"1.0") + b"\r\n" + TEXT, CLOSE]
    reply = reader.get(origin.url("/x"))
    assert (reply.field("Transfer-Encoding"), strip_annotations(reply.body), TERM in reply.body) == (None, TEXT, True)


def test_large_bodies_set_to_stream_are_annotated_all_the_same(start: Start, origin: Origin) -> None:
    reply = start(extra={"stream_large_bodies": "1"}).reader().get(origin.page("/x", TEXT))
    assert (strip_annotations(reply.body), TERM in reply.body) == (TEXT, True)


def test_what_describes_the_origins_bytes_goes_only_when_they_are_changed(reader: Reader, origin: Origin) -> None:
    told = ("Content-MD5: x", "Digest: sha-256=x", "Accept-Ranges: bytes", "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT")
    url = origin.page("/x", TEXT, HTML, *told)
    page, script = reader.get(url), reader.get(url, FETCH)
    names = [field.split(":")[0] for field in told]
    assert [page.field(name) for name in names] == [None] * 4
    assert [script.field(name) for name in names] == [field.split(": ", 1)[1] for field in told]


@pytest.mark.parametrize("status", ["200 OK", "304 Not Modified"])
def test_every_policy_lets_the_style_through(reader: Reader, origin: Origin, status: str) -> None:
    policies = (
        "Content-Security-Policy: style-src 'self', default-src 'none'",
        "content-security-policy-report-only: style-src a.test",
    )
    found = origin.page("/x", TEXT if "200" in status else b"", HTML, *policies, status=status, length="200" in status)
    reply = reader.get(found)
    assert reply.field("Content-Security-Policy") == f"style-src 'self' {STYLE_HASH}, default-src 'none'; style-src {STYLE_HASH}"
    assert reply.field("Content-Security-Policy-Report-Only") == f"style-src a.test {STYLE_HASH}"


@pytest.mark.parametrize("tag", ['"v1"', 'W/"v1"', '"a.gl-b!c"'])
def test_a_page_is_asked_for_by_the_origins_tag_as_long_as_the_glossary_is_the_same(
    reader: Reader, origin: Origin, tag: str
) -> None:
    url = origin.page("/x", TEXT, HTML, f"ETag: {tag}")
    ours = reader.get(url).field("ETag") or ""
    assert ours not in ("", tag)
    origin.page("/x", b"", f"ETag: {tag}", "Last-Modified: x", status="304 Not Modified", length=False)
    again = reader.get(url, {**NAVIGATE, "If-None-Match": ours, "If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"})
    assert (again.status, again.field("ETag"), again.field("Last-Modified"), again.body) == (304, ours, None, b"")
    asked = origin.requests[-1]
    assert (asked.field("If-None-Match"), asked.field("If-Modified-Since")) == (tag, None)


@pytest.mark.parametrize("tag", ['"v1"', 'W/"s!v1.gl-0123456789ab"', "*"])
def test_a_page_stored_before_is_asked_for_anew(reader: Reader, origin: Origin, tag: str) -> None:
    validators = {"If-None-Match": tag, "If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}
    reader.get(origin.page("/x", TEXT), {**NAVIGATE, **validators})
    assert [origin.requests[-1].field(name) for name in validators] == [None, None]
    reader.get(origin.url("/x"), {**FETCH, **validators})
    assert [origin.requests[-1].field(name) for name in validators] == list(validators.values())


def test_a_page_asked_for_by_a_service_worker_is_a_page(reader: Reader, origin: Origin) -> None:
    reply = reader.get(origin.page("/x", TEXT), {**NAVIGATE, "Sec-Fetch-Dest": "empty"})
    assert TERM in reply.body


def test_the_reader_is_answered_in_the_browsers_language(reader: Reader, origin: Origin) -> None:
    url = origin.page("/x", TEXT, HTML, 'ETag: "v1"')
    english = reader.get(url)
    russian = reader.get(url, {**NAVIGATE, "Accept-Language": "ru-RU,ru;q=0.9,en;q=0.5"})
    assert "Выдуманное слово".encode() in russian.body
    assert b"A made-up word" in english.body
    assert english.field("ETag") != russian.field("ETag")
    assert (english.field("Vary"), russian.field("Vary")) == ("Sec-Fetch-Mode, Accept-Language",) * 2


def test_a_language_that_is_set_does_not_vary(start: Start, origin: Origin) -> None:
    reply = start(language="ru").reader().get(origin.page("/x", TEXT))
    assert "Выдуманное слово".encode() in reply.body
    assert reply.field("Vary") == "Sec-Fetch-Mode"


ZORBL = "<title>т</title><p>Это зорбл, и ещё.</p>"


@pytest.mark.parametrize(
    ("body", "header", "codec"),
    [
        ((f"<meta charset=windows-1251>{ZORBL}").encode("cp1251"), "text/html", "cp1251"),
        (ZORBL.encode("koi8-r"), 'text/html; charset="KOI8-R"', "koi8-r"),
        (ZORBL.encode("gb2312"), "text/html;Charset=gb2312", "gb2312"),
        (ZORBL.encode("utf-16"), "text/html", "utf-16-le"),
        (b"\xef\xbb\xbf" + ZORBL.encode(), "text/html; charset=windows-1251", "utf-8"),
        (b"\x00bad \x81 bytes<p>zorbling \xf5", "text/html; charset=utf-8", "utf-8"),
        (b"<meta charset=gbk>" + ZORBL.encode("koi8-r"), "text/html; charset=koi8-r, text/html", "koi8-r"),
    ],
    ids=["cp1251", "koi8-r", "gb2312", "utf-16", "utf-8 bom", "undecodable", "joined types"],
)
def test_bytes_outside_annotations_are_the_origins_in_every_encoding(
    reader: Reader, origin: Origin, body: bytes, header: str, codec: str
) -> None:
    reply = reader.get(origin.page("/x", body, f"Content-Type: {header}"))
    assert strip_annotations(reply.body) == body
    assert reply.field("Content-Type") == header
    assert reply.body.count(TERM.decode().encode(codec)) == 1


def test_what_is_in_no_encoding_at_all_is_the_origins(reader: Reader, origin: Origin) -> None:
    body = b"\xff\xfe\x00a mark of UTF-16, and bytes that are none <p>zorbling \xf5"
    assert reader.get(origin.page("/x", body)).body == body


def test_the_first_bytes_of_a_slow_page_arrive_at_once(reader: Reader, origin: Origin) -> None:
    paragraph = b"<p>A plain paragraph of some words, and a zorbling.</p>\n" * 100
    more = threading.Event()
    origin.answers["/x"] = [
        HEAD + b"Connection: close\r\n\r\n<!doctype html><title>t</title>" + paragraph,
        more,
        paragraph,
        CLOSE,
    ]
    reader.get(origin.page("/warm", TEXT))
    started = time.perf_counter()
    link = reader.send(origin.url("/x"))
    received = b""
    while b"zorbling" not in received:
        received += link.recv(4096)
    assert time.perf_counter() - started < 0.1
    more.set()
    while chunk := link.recv(65536):
        received += chunk
    assert received.count(b"plain paragraph") == 200


def test_a_page_whose_origin_dies_is_shown_as_far_as_it_came(reader: Reader, origin: Origin) -> None:
    origin.answers["/x"] = [HEAD + b"Content-Length: 99999\r\n\r\n" + b"<p>Read this and more.</p>" * 200, 0.2, CLOSE]
    reply = reader.get(origin.url("/x"))
    assert (reply.status, reply.whole, reply.body.count(b"Read this")) == (200, False, 200)
    assert TERM in reader.get(origin.page("/y", TEXT)).body


def test_a_connection_on_which_a_page_was_cut_is_not_used_again(reader: Reader, origin: Origin) -> None:
    origin.answers["/x"] = [HEAD + b"Content-Length: 99999\r\n\r\n<p>Read this", 0.1, CLOSE]
    origin.page("/y", TEXT)
    link = reader.send(origin.url("/x"))
    assert not rest(link).endswith(b"0\r\n\r\n")
    reader.close()
    reader.get(origin.url("/y"))
    assert [(request.path, request.connection) for request in origin.requests] == [("/x", 1), ("/y", 2)]


def test_a_page_cut_by_a_reset_does_not_hang(reader: Reader, origin: Origin) -> None:
    origin.answers["/x"] = [HEAD + b"Content-Length: 99999\r\n\r\n<p>Read this", 0.1, RESET]
    started = time.perf_counter()
    assert not reader.get(origin.url("/x")).whole
    assert time.perf_counter() - started < 2


class Watching:
    """An addon that counts the pages that were cut, and sees what is kept of them."""

    def __init__(self) -> None:
        self.cut = 0

    def running(self) -> None:
        addons: Any = ctx.master.addons
        self._ours, self._server = addons.get("glossator"), addons.get("proxyserver")

    def error(self, flow: http.HTTPFlow) -> None:
        self.cut += 1

    def kept(self) -> tuple[int, int, int]:
        """Pages asked for, pages on their way, connections."""
        return len(self._ours._visits), len(self._ours._transforms), len(self._server.connections)


def test_nothing_is_kept_of_readers_who_leave_and_the_next_is_not_disturbed(start: Start, origin: Origin) -> None:
    watching, gone = Watching(), threading.Event()
    running = start(watching)
    origin.answers["/begun"] = [HEAD + b"Connection: close\r\n\r\n" + TEXT, gone, TEXT * 1000, CLOSE]
    origin.answers["/asked"] = [gone, HEAD + b"Content-Length: 0\r\n\r\n"]
    links = [running.reader().send(origin.url(path)) for path in ("/begun", "/asked") * 5]
    wait(lambda: watching.kept() == (5, 5, 10))
    for link in links:
        link.close()
    wait(lambda: watching.kept() == (0, 0, 0))
    gone.set()
    assert watching.cut == 10
    assert TERM in running.reader().get(origin.page("/y", TEXT)).body


def test_a_page_that_is_too_long_is_shown_whole(start: Start, origin: Origin) -> None:
    body = TEXT + b"<p>more</p>" * 200_000 + TEXT
    reply = start(max_page=1).reader().get(origin.page("/x", body))
    assert (strip_annotations(reply.body), reply.body.count(TERM)) == (body, 1)


def test_a_page_without_a_term_is_the_origins(reader: Reader, origin: Origin) -> None:
    body = TEXT.replace(b"zorbling", b"train")
    assert reader.get(origin.page("/x", body)).body == body
