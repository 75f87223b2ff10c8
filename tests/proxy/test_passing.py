"""Through a real proxy: what is no page arrives exactly as the origin sent it."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Running, Start
from .origin import CLOSE, Origin
from .reader import FETCH, NAVIGATE, Reader

TEXT = b"<!doctype html><title>t</title><p>A zorbling came.</p>"
HTML = "Content-Type: text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("fields", "status", "body"),
    [
        (("Content-Type: text/html", 'Content-Disposition: attachment; filename="a.html"'), "200 OK", TEXT),
        (("Content-Type: text/javascript",), "200 OK", b"let zorbling = '<p>zorbling'"),
        (("Content-Type: application/json",), "200 OK", b'{"zorbling": 1}'),
        (("Content-Type: image/png",), "200 OK", bytes(range(256)) * 300),
        (("Content-Type: text/plain",), "200 OK", b"zorbling"),
        (("X-No-Type: 1",), "200 OK", TEXT),
        ((HTML, "Content-Encoding: dcb"), "200 OK", b"\xff\x44\x43\x42 dictionary compressed"),
        ((HTML, "Content-Encoding: aws-chunked"), "200 OK", TEXT),
        ((HTML, "Content-Range: bytes 0-53/54"), "206 Partial Content", TEXT),
        ((HTML, "Location: /elsewhere"), "302 Found", TEXT),
        ((HTML,), "200 OK", b""),
    ],
    ids=["attachment", "script", "json", "image", "plain", "untyped", "dcb", "aws-chunked", "part", "redirect", "empty"],
)
def test_what_is_no_page_is_untouched(reader: Reader, origin: Origin, fields: tuple[str, ...], status: str, body: bytes) -> None:
    sent = [tuple(field.split(": ", 1)) for field in (*fields, 'ETag: "1"', "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT")]
    url = origin.page("/x", body, *(": ".join(field) for field in sent), status=status)
    reply = reader.get(url)
    assert (reply.status, reply.fields, reply.body) == (int(status[:3]), [*sent, ("Content-Length", str(len(body)))], body)


@pytest.mark.parametrize(
    ("status", "fields", "length"),
    [
        ("204 No Content", ("X: y",), None),
        ("205 Reset Content", (HTML, "Content-Length: 0"), "0"),
        ("304 Not Modified", ('ETag: "1"',), None),
    ],
)
@pytest.mark.parametrize("asking", [NAVIGATE, FETCH], ids=["for a page", "from a script"])
def test_answers_without_a_body_have_no_framing_added(
    reader: Reader, origin: Origin, status: str, fields: tuple[str, ...], length: str | None, asking: dict[str, str]
) -> None:
    url = origin.page("/x", b"", *fields, status=status, length=False)
    replies = [reader.get(url, asking) for _ in range(2)]
    told = [(reply.status, reply.field("Transfer-Encoding"), reply.field("Content-Length"), reply.body) for reply in replies]
    assert told == [(int(status[:3]), None, length, b"")] * 2
    assert (reader.connections, origin.connections) == (1, 1)


@pytest.mark.parametrize(("coding", "body"), [("gzip, chunked", gzip.compress(TEXT, mtime=0)), ("chunked", TEXT)])
def test_a_page_in_a_transfer_coding_that_nobody_undoes_is_passed_on_in_it(
    reader: Reader, origin: Origin, coding: str, body: bytes
) -> None:
    head = f"HTTP/1.1 200 OK\r\n{HTML}\r\nTransfer-Encoding: {coding}\r\n\r\n".encode("ascii")
    origin.answers["/x"] = [head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)]
    link = reader.send(origin.url("/x"))
    received = b""
    while not received.endswith(b"\r\n0\r\n\r\n"):
        received += link.recv(65536)
    head, _, sent = received.partition(b"\r\n\r\n")
    assert (f"Transfer-Encoding: {coding}".encode() in head, body in sent, b"<gl-term" in sent) == (
        True,
        coding != "chunked",
        coding == "chunked",
    )


def test_head_keeps_its_length(reader: Reader, origin: Origin) -> None:
    origin.answers["/x"] = [b"HTTP/1.1 200 OK\r\n" + HTML.encode() + b"\r\nContent-Length: 54\r\n\r\n"]
    replies = [reader.get(origin.url("/x"), method="HEAD") for _ in range(2)]
    assert [(reply.field("Content-Length"), reply.field("Transfer-Encoding")) for reply in replies] == [("54", None)] * 2


def test_a_range_of_a_page_is_untouched(reader: Reader, origin: Origin) -> None:
    reply = reader.get(origin.page("/x", TEXT), {**NAVIGATE, "Range": "bytes=0-"})
    assert (reply.body, reply.field("Content-Length")) == (TEXT, str(len(TEXT)))


def test_html_for_a_script_is_untouched_but_stored_apart(reader: Reader, origin: Origin) -> None:
    reply = reader.get(origin.page("/x", TEXT), FETCH)
    assert (reply.body, reply.field("Vary"), reply.field("Content-Length")) == (TEXT, "Sec-Fetch-Mode", str(len(TEXT)))


def test_repeated_fields_keep_their_order_and_their_bytes(reader: Reader, origin: Origin) -> None:
    fields = ("set-cookie: a=1", HTML, "SET-COOKIE: b=2; Path=/", "Set-Cookie: a=3", "X-Odd: caf\xe9")
    reply = reader.get(origin.page("/x", TEXT, *fields))
    kept = [(name, value) for name, value in reply.fields if name.lower() in ("set-cookie", "x-odd", "content-type")]
    assert kept == [tuple(field.split(": ", 1)) for field in fields]


@pytest.mark.parametrize(("choice", "annotated"), [("annotate", True), ("leave", False)])
def test_no_transform_is_the_readers_choice(start: Start, origin: Origin, choice: str, annotated: bool) -> None:
    reply = start(no_transform=choice).reader().get(origin.page("/x", TEXT, HTML, "Cache-Control: no-transform"))
    assert (b"<gl-term" in reply.body, reply.body == TEXT) == (annotated, not annotated)


@pytest.mark.parametrize("values", [{"not_sites": ["127.0.0.1"]}, {"sites": ["news.test"]}])
def test_sites_that_are_not_wanted_are_untouched(start: Start, origin: Origin, values: dict[str, list[str]]) -> None:
    reply = start(**values).reader().get(origin.page("/x", TEXT, HTML, "Vary: Cookie"))
    assert (reply.body, reply.field("Vary")) == (TEXT, "Cookie")


def test_an_event_arrives_before_the_next_is_sent(reader: Reader, origin: Origin) -> None:
    seen = threading.Event()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    origin.answers["/events"] = [head, b"data: 1\n\n", seen, b"data: 2\n\n", CLOSE]
    link = reader.send(origin.url("/events"), FETCH)
    received = b""
    while b"data: 1\n\n" not in received:
        received += link.recv(4096)
    assert b"data: 2" not in received
    seen.set()
    while chunk := link.recv(4096):
        received += chunk
    assert received.endswith(b"data: 1\n\ndata: 2\n\n")


def test_a_large_upload_is_passed_on_whole(reader: Reader, origin: Origin) -> None:
    body = bytes(range(256)) * 2000
    reader.get(origin.page("/x", b"ok", "Content-Type: text/plain"), FETCH, method="POST", body=body)
    assert origin.requests[-1].body == body


@pytest.mark.parametrize(
    "body",
    [gzip.compress(TEXT, mtime=0)[:-9] + b"\xff" * 9, b"not gzip at all <p>zorbling", gzip.compress(TEXT) + b"junk"],
    ids=["corrupt", "plain", "junk after"],
)
def test_what_lies_about_its_coding_never_hangs_nor_lies_to_the_reader(reader: Reader, origin: Origin, body: bytes) -> None:
    started = time.perf_counter()
    reply = reader.get(origin.page("/x", body, HTML, "Content-Encoding: gzip"))
    assert time.perf_counter() - started < 2
    assert reply.field("Content-Encoding") is None
    assert not reply.whole or b"zorbling" in reply.body.replace(b"</gl-term>", b"")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1", "0x7f.1", "2130706433", "0", "017700000001", "rebound.test"],
)
@pytest.mark.parametrize("named", ["as asked", "as the service is"])
def test_its_own_service_is_not_reached_through_the_proxy(
    start: Start, monkeypatch: pytest.MonkeyPatch, host: str, named: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", rebinding(socket.getaddrinfo))
    running: Running = start(service=True, service_port=0)
    port = running.address.service_port
    name = f"{host}:{port}" if named == "as asked" else f"127.0.0.1:{port}"
    reply = running.reader().get(f"http://{host}:{port}/v1/status", {**FETCH, "Host": name})
    assert (reply.status, b"Glossator does not pass requests on to its own service." in reply.body) == (
        502 if host == "rebound.test" else 403,
        True,
    )
    with socket.create_connection(running.at, timeout=10) as link:
        link.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {name}\r\n\r\n".encode("ascii"))
        assert b" 200 " not in link.recv(4096).split(b"\r\n")[0]


def rebinding(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """As the resolver, but that one name, which a site could own, is this machine's."""

    def found(host: object, *rest: Any, **more: Any) -> Any:
        return resolve("127.0.0.1" if host == "rebound.test" else host, *rest, **more)

    return found
