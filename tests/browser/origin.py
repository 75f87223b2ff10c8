"""A small, well-formed web site on the loopback: pages with any header fields, conditional requests, a memory of what was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Seconds before each part of a page that comes late.
PAUSE = 1.0


@dataclass
class Page:
    """What is served at a path. ``etag`` makes it answer 304 to whoever has it; ``late`` are parts that come after a pause each."""

    body: bytes
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    etag: str = ""
    late: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Asked:
    """A request that reached the origin, and the status it got."""

    method: str
    path: str
    headers: dict[str, str]
    status: int
    body: bytes = b""


@dataclass
class Site:
    """The pages, and every request in order."""

    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, path: str, body: str | bytes, *headers: tuple[str, str], etag: str = "", html: bool = True) -> str:
        """Serve ``body`` at ``path``; the full address. HTML in UTF-8 unless a Content-Type is given."""
        content = body.encode() if isinstance(body, str) else body
        named = {name.lower() for name, _ in headers}
        given = headers if "content-type" in named or not html else (("Content-Type", "text/html; charset=utf-8"), *headers)
        self.pages[path] = Page(content, tuple(given), etag)
        return self.address + path


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """The tests ask ``site.asked`` instead."""

        def do_GET(self) -> None:
            page = site.pages.get(self.path)
            if page is None:
                self._answer(404, (("Content-Type", "text/plain"),), b"no such page")
            elif page.etag and self.headers.get("If-None-Match") == page.etag:
                self._answer(304, (*page.headers, ("ETag", page.etag)), None)
            else:
                self._answer(200, (*page.headers, *((("ETag", page.etag),) if page.etag else ())), page.body, late=page.late)

        def do_POST(self) -> None:
            self._answer(204, (), None, self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _answer(
            self,
            status: int,
            headers: tuple[tuple[str, str], ...],
            body: bytes | None,
            sent: bytes = b"",
            late: tuple[bytes, ...] = (),
        ) -> None:
            asked = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append(Asked(self.command, self.path, asked, status, sent))
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            if body is not None:
                self.send_header("Content-Length", str(len(body) + sum(map(len, late))))
            self.end_headers()
            self.wfile.write(body or b"")
            for part in late:
                time.sleep(PAUSE)
                self.wfile.write(part)

    return Handler


@contextmanager
def origin() -> Iterator[Site]:
    """A running site; its port is free for reuse afterwards."""
    site = Site(0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
