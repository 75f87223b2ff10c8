"""What is a page, and why everything else goes on as it came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest

from proxy_addon.message.eligibility import NotModified, Pass, Reason, Request, Response, Rewrite, is_page, judge
from proxy_addon.message.fields import Fields

HTML = b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
NAVIGATION: Fields = ((b"Sec-Fetch-Mode", b"navigate"), (b"Sec-Fetch-Dest", b"document"), (b"Accept", HTML))
FETCH: Fields = ((b"Sec-Fetch-Mode", b"cors"), (b"Sec-Fetch-Dest", b"empty"), (b"Accept", b"*/*"))
REQUEST = Request("GET", "news.example", "HTTP/1.1", NAVIGATION)
TYPE = (b"Content-Type", b"text/html; charset=utf-8")
RESPONSE = Response(200, "HTTP/1.1", (TYPE, (b"Content-Length", b"100")))


@pytest.mark.parametrize(
    ("what", "mode", "accept", "purpose", "expected"),
    [
        ("a navigation", b"navigate", HTML, None, True),
        ("a frame, an embedded page, the source shown, a prerendered page", b"navigate", HTML, b"prefetch;prerender", True),
        ("a navigation through a service worker, whose destination is empty", b"navigate", HTML, None, True),
        ("a navigation that accepts anything", b"NAVIGATE", b"*/*", None, True),
        ("a prefetched page", b"no-cors", HTML, b"prefetch", True),
        ("a prefetched script", b"no-cors", b"*/*", b"prefetch", False),
        ("an image", b"no-cors", b"image/avif,image/webp,*/*", None, False),
        ("a script that asks for HTML", b"cors", b"text/html", None, False),
        ("fetch() in the same origin", b"same-origin", HTML, None, False),
        ("fetch()", b"cors", b"*/*", None, False),
        ("a web socket", b"websocket", None, None, False),
        ("a page over plain http", None, HTML, None, True),
        ("a page over plain http, odd spelling", None, b"Text/HTML ;q=0.9", None, True),
        ("fetch() over plain http", None, b"*/*", None, False),
        ("a type that only begins alike", None, b"text/html5", None, False),
        ("no field at all", None, None, None, False),
    ],
)
def test_which_requests_are_pages(
    what: str, mode: bytes | None, accept: bytes | None, purpose: bytes | None, expected: bool
) -> None:
    named = ((b"sec-fetch-mode", mode), (b"Accept", accept), (b"Sec-Purpose", purpose))
    assert expected is is_page(tuple((name, value) for name, value in named if value is not None)), what


def request(**changes: Any) -> Request:
    return replace(REQUEST, **changes)


def response(*fields: tuple[bytes, bytes], **changes: Any) -> Response:
    return replace(RESPONSE, fields=fields, **changes)


PASSED: list[tuple[Reason, Request, Response, dict[str, Any]]] = [
    ("site not listed", REQUEST, RESPONSE, {"listed": False}),
    ("paused", REQUEST, RESPONSE, {"off": "paused"}),
    ("off on this site", REQUEST, RESPONSE, {"off": "off on this site", "failed": True}),
    ("host failed before", REQUEST, RESPONSE, {"failed": True}),
    ("another addon's stream", REQUEST, replace(RESPONSE, streamed=True), {}),
    ("not a page", request(fields=FETCH), response((b"Content-Type", b"application/json")), {}),
    ("not a page", request(fields=FETCH), replace(RESPONSE, status=304, fields=()), {}),
    ("head request", request(method="HEAD"), RESPONSE, {}),
    ("status without a page", REQUEST, replace(RESPONSE, status=101), {}),
    ("status without a page", REQUEST, replace(RESPONSE, status=204), {}),
    ("status without a page", REQUEST, replace(RESPONSE, status=205), {}),
    ("status without a page", REQUEST, replace(RESPONSE, status=206), {}),
    ("status without a page", REQUEST, replace(RESPONSE, status=302), {}),
    ("range", request(fields=(*NAVIGATION, (b"Range", b"bytes=0-"))), RESPONSE, {}),
    ("range", REQUEST, response(TYPE, (b"content-range", b"bytes 0-9/100")), {}),
    ("empty", REQUEST, response(TYPE, (b"Content-Length", b"0")), {}),
    ("attachment", REQUEST, response(TYPE, (b"Content-Disposition", b'Attachment; filename="a.html"')), {}),
    ("attachment", REQUEST, response(TYPE, (b"Content-Disposition", b"form-data")), {}),
    ("no content type", REQUEST, response(), {}),
    ("no content type", REQUEST, response((b"X-Content-Type-Options", b"nosniff")), {}),
    ("no content type", REQUEST, response((b"Content-Type", b"html")), {}),
    ("xhtml", REQUEST, response((b"Content-Type", b"Application/XHTML+xml; charset=utf-8")), {}),
    ("not html", REQUEST, response((b"Content-Type", b"application/signed-exchange;v=b3")), {}),
    ("not html", REQUEST, response((b"Content-Type", b"multipart/x-mixed-replace; boundary=text/html")), {}),
    ("not html", REQUEST, response((b"Content-Type", b"image/jpeg")), {}),
    ("not html", REQUEST, response((b"Content-Type", b"text/event-stream")), {}),
    ("unknown coding", REQUEST, response(TYPE, (b"Content-Encoding", b"dcb")), {}),
    ("unknown coding", REQUEST, response(TYPE, (b"Content-Encoding", b"gzip"), (b"content-encoding", b"aws-chunked")), {}),
    ("unknown coding", REQUEST, response(TYPE, (b"Transfer-Encoding", b"gzip, chunked")), {}),
    ("no-transform", REQUEST, response(TYPE, (b"Cache-Control", b"private, No-Transform")), {"no_transform": "leave"}),
]


@pytest.mark.parametrize(("reason", "asked", "answered", "settings"), PASSED)
def test_each_reason_to_leave_an_answer(reason: Reason, asked: Request, answered: Response, settings: dict[str, Any]) -> None:
    assert Pass(reason) == judge(asked, answered, **settings)


def test_every_reason_has_its_example() -> None:
    assert set(get_args(Reason)) == {reason for reason, *_ in PASSED}


def test_html_that_is_not_a_page_is_stored_apart_from_the_page() -> None:
    assert Pass("not a page", vary=True) == judge(request(fields=FETCH), RESPONSE)


@pytest.mark.parametrize(
    ("asked", "answered", "expected"),
    [
        (REQUEST, RESPONSE, Rewrite("", "text/html; charset=utf-8", True)),
        (request(method="POST"), RESPONSE, Rewrite("", "text/html; charset=utf-8", True)),
        (REQUEST, replace(RESPONSE, status=404), Rewrite("", "text/html; charset=utf-8", True)),
        (request(http_version="HTTP/2.0"), RESPONSE, Rewrite("", "text/html; charset=utf-8", False)),
        (REQUEST, replace(RESPONSE, http_version="HTTP/1.0"), Rewrite("", "text/html; charset=utf-8", False)),
        (REQUEST, response(TYPE, (b"Content-Encoding", b"GZIP, Br")), Rewrite("gzip, br", "text/html; charset=utf-8", True)),
        (REQUEST, response((b"content-type", b'TEXT/html;x="\xff"')), Rewrite("", "text/html", True)),
        (REQUEST, response((b"Content-Type", b"text/html;charset=gbk, text/html")), Rewrite("", "text/html; charset=gbk", True)),
        (REQUEST, response(TYPE, (b"Content-Type", b"*/*")), Rewrite("", "text/html; charset=utf-8", True)),
        (REQUEST, response(TYPE, (b"Transfer-Encoding", b"Chunked")), Rewrite("", "text/html; charset=utf-8", True)),
        (
            REQUEST,
            response((b"Content-Type", b'text/html; x="a;charset=b"; charset="utf-8')),
            Rewrite("", "text/html; charset=utf-8", True),
        ),
        (REQUEST, response(TYPE, (b"Content-Disposition", b"inline")), Rewrite("", "text/html; charset=utf-8", True)),
        (REQUEST, response(TYPE, (b"Content-Disposition", b"filename=a")), Rewrite("", "text/html; charset=utf-8", True)),
        (REQUEST, response(TYPE, (b"Cache-Control", b"no-transform")), Rewrite("", "text/html; charset=utf-8", True)),
    ],
)
def test_pages_are_rewritten(asked: Request, answered: Response, expected: Rewrite) -> None:
    assert expected == judge(asked, answered)


def test_a_304_for_a_page_is_one_for_ours() -> None:
    assert NotModified() == judge(REQUEST, Response(304, "HTTP/1.1", ()))


def test_no_transform_only_concerns_those_who_ask_for_it() -> None:
    assert isinstance(judge(REQUEST, RESPONSE, no_transform="leave"), Rewrite)
