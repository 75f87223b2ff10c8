"""One page in every kind of file that is read, and a way to run the command."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import brotli
import pytest
import zstandard
from click.testing import CliRunner
from mitmproxy import http
from mitmproxy import io as flow_io
from mitmproxy.test import tflow

from proxy_addon.cli import main

TITLE = "Special military operation: day one"
BODY = (
    '<div id=menu><a href="/">Home</a></div><article><p>Hello there.<p>Officials call it a special <b>military</b> operation '
    "in Ukraine, and forbid &laquo;&#1074;ойна&raquo;.</article>"
)
PAGE = f"<!DOCTYPE html><html lang=en><head><title>{TITLE}</title></head><body>{BODY}</body></html>"
DATED = PAGE.replace("<title>", '<meta property="article:published_time" content="2022-04-05T10:00:00+03:00"><title>')
ADDRESS = "http://news.example.org/2022/04/05/day-one"


def har(page: str = PAGE) -> bytes:
    content = {"mimeType": "text/html; charset=utf-8", "text": page}
    image = {"mimeType": "image/png", "text": "iVBORw0KGgo=", "encoding": "base64"}
    entries = [
        {"startedDateTime": "2022-04-06T00:00:00Z", "request": {"url": ADDRESS}, "response": {"content": each}}
        for each in (image, content)
    ]
    return json.dumps({"log": {"entries": entries}}).encode()


def flows(page: str = PAGE) -> bytes:
    out = io.BytesIO()
    writer = flow_io.FlowWriter(out)
    flow = tflow.tflow(resp=True)
    flow.request.url = ADDRESS
    flow.response = http.Response.make(200, page.encode(), {"content-type": "text/html", "content-encoding": "gzip"})
    writer.add(flow)
    return out.getvalue()


def mail(page: str = PAGE) -> bytes:
    message = EmailMessage()
    message["Subject"], message["Date"] = "News", "Tue, 05 Apr 2022 10:00:00 +0300"
    message.set_content("A special military operation in Ukraine.")
    message.add_alternative(page, subtype="html", charset="windows-1251")
    return message.as_bytes()


def warc(page: str = PAGE, *, copies: int = 1, address: str = ADDRESS) -> bytes:
    """A gzipped archive whose answers are chunked and gzipped, as crawlers get them."""
    pytest.importorskip("warcio")
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    for number in range(copies):
        body = gzip.compress(page.encode())
        sent = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        head = StatusAndHeaders(
            "200 OK",
            [("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")],
            protocol="HTTP/1.1",
        )
        uri = f"{address}{number or ''}"
        writer.write_record(writer.create_warc_record(uri, "response", payload=io.BytesIO(sent), http_headers=head))
    return out.getvalue()


def plain_warc(*, records: int = 2) -> bytes:
    """An archive that isn't compressed, of records without HTTP heads."""
    body = PAGE.encode()
    head = "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://a.example/\r\nContent-Type: text/html\r\n"
    return (head.encode() + b"Content-Length: %d\r\n\r\n%s\r\n\r\n" % (len(body), body)) * records


FILES: dict[str, Callable[[], bytes]] = {
    "page.html": lambda: PAGE.encode(),
    "page.html.gz": lambda: gzip.compress(PAGE.encode()),
    "page.html.br": lambda: brotli.compress(PAGE.encode()),
    "page.html.zst": lambda: zstandard.compress(PAGE.encode()),
    "nameless": lambda: PAGE.encode(),
    "wide.html": lambda: b"\xff\xfe" + PAGE.encode("utf-16-le"),
    "old.html": lambda: PAGE.replace("<title>", "<meta charset=windows-1251><title>").encode("windows-1251"),
    "archive.har": har,
    "archive.har.gz": lambda: gzip.compress(har()),
    "saved.flows": flows,
    "nameless-flows": flows,
    "letter.eml": mail,
    "crawl.warc.gz": warc,
}


# What can't be read, or not in full, and what is said of it.
BAD: dict[str, tuple[bytes, str]] = {
    "broken.html.gz": (b"\x1f\x8b\x08\0\0\0\0\0\0\0\0\0", "a broken gzip file"),
    "cut.html.gz": (gzip.compress(PAGE.encode())[:80], "a broken gzip file"),
    "broken.html.zst": (b"\x28\xb5\x2f\xfd" + b"\xff" * 99, "zstd data of this body is broken"),
    "broken.har": (b"{", "not an HTTP archive"),
    "other.har": (b'{"log": []}', "not an HTTP archive"),
    "broken.warc": (b"no archive at all\r\n\r\n", "broken behind record 0"),
    "addressless.warc": (
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 4\r\n\r\nHTTP\r\n\r\n",
        "broken behind record 0 (AttributeError at recordloader.py",
    ),
    "cut-in-the-body.warc": (plain_warc(records=1)[:-40], "cut off in record 1"),
    "cut-in-the-head.warc": (plain_warc(records=1)[:80], "cut off in record 1"),
    "short-length.warc": (
        plain_warc(records=1).replace(b"Length: ", b"Length: 1\r\nOther: "),
        "record 1 is longer than it says",
    ),
    "cut.warc.gz": (warc()[:-120], "cut off in record 1"),
    "broken.flows": (b"12:nonsense", "not a flow file"),
    "stateless.flows": (flows().replace(b"7:headers", b"7:hEaders"), "not a flow file"),
    "picture.png": (b"\x89PNG\r\n\x1a\n\0\0\0", "neither a page nor a text"),
    "empty.html": (b"", "empty"),
    "empty.eml": (b"", "no text is in this message"),
    "replacement.html": (b"<meta charset=iso-2022-kr><p>x", "its encoding can't be read"),
}


@dataclass(frozen=True)
class Said:
    """What a command did: exit code, standard output as bytes, standard error."""

    code: int
    out: bytes
    err: str


Run = Callable[..., Said]


@pytest.fixture
def glossator(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command of glossator in this process."""

    def run(*words: str | Path, stdin: bytes = b"") -> Said:
        result = CliRunner().invoke(main, [str(word) for word in words], input=stdin, prog_name="glossator")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Said(result.exit_code, result.stdout_bytes, result.stderr)

    return run
