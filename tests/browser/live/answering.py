"""A site that carries the page script itself and answers what it asks, with the real matcher: the script without a proxy.

What stands in for the proxy here is the path ``/.glossator/<token>`` and the placing of the script; everything that runs in
the page is what the proxy ships, but not minified.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from proxy_addon.glossary.cards import card
from proxy_addon.glossary.model import Glossary
from proxy_addon.markup.rewriter import annotate_html
from proxy_addon.matching.matcher import Matcher
from proxy_addon.service.offsets import Utf16
from tests.conftest import ROOT

CONTENT = ROOT / "extension" / "content"
PARTS = ("text", "overlay", "terms", "card", "panel", "proxy")
TOKEN = "t0ken"
SETTINGS = {"off": False, "hidden": [], "kinds_off": [], "density": "all"}
# In place of the card and the panel: what they are given, for a test to hold on to.
HANDLE = "const createCard = (given) => Object.assign(globalThis.given = given, {show() {}, hide() {}});\n"
HANDLE += "const createPanel = (given) => Object.assign(globalThis.panel = given, {update() {}});\n"


def script_text(parts: Sequence[str] = PARTS) -> str:
    """The page script as the proxy puts it together, with handles in place of the card and the panel."""
    sources = [HANDLE if part == "card" else "" if part == "panel" else (CONTENT / f"{part}.js").read_text() for part in parts]
    return "(() => {\n" + "\n".join(sources) + "\n})();"


@dataclass
class AnsweringSite:
    """Pages by path, and every body that the page script sent, in order."""

    matcher: Matcher
    glossary: Glossary
    address: str = ""
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    pings: int = 0
    gone: bool = False

    def put(self, path: str, source: str, *, mode: str = "overlay", settings: dict[str, Any] | None = None) -> str:
        """Serve a page with the script in it (``mode``: overlay, wrap, or "" for none); its address."""
        page = source.encode()
        config = {"mode": mode, "labels": {"lang": "en"}, "settings": settings or SETTINGS, "ask": f"/.glossator/{TOKEN}"}
        element = f'<script data-glossator="{html.escape(json.dumps(config))}">{script_text()}</script>'.encode()
        if mode == "wrap":
            page = annotate_html(page, matcher=self.matcher, content_type="text/html; charset=utf-8")
            page = page.replace(b"<style data-glossator", element + b"<style data-glossator", 1)
        elif mode:
            page = page.replace(b"<head>", b"<head>" + element, 1)
        self.pages[path] = ("text/html; charset=utf-8", page)
        return self.address + path

    def put_file(self, path: str, content: bytes, media_type: str = "text/javascript") -> None:
        self.pages[path] = (media_type, content)

    @property
    def texts(self) -> list[str]:
        """Every text that was asked about."""
        return [block["text"] for said in self.sent if "annotate" in said for block in said["annotate"]["blocks"]]

    def answer(self, said: dict[str, Any]) -> dict[str, Any]:
        if "annotate" not in said:
            return dict(said.get("set", {}))
        asked = said["annotate"]
        page = self.matcher.page(lang=asked["lang"] or None, title=asked["title"])
        matches: list[dict[str, Any]] = []
        for block in asked["blocks"]:
            units = Utf16(block["text"])
            for found in page.find(block["text"], lang=block["lang"]):
                place = {"block": block["id"], "start": units(found.start), "end": units(found.end)}
                matches.append({**place, "entries": list(found.entries), "quoted": found.quoted})
        refs = {ref for match in matches for ref in match["entries"]}
        return {
            "matches": matches,
            "entries": {ref: card(self.glossary, self.glossary.entries[ref], "en") for ref in sorted(refs)},
        }


def _handler(site: AnsweringSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """The tests ask the site instead."""

        def do_GET(self) -> None:
            if self.path == f"/.glossator/{TOKEN}" and not site.gone:
                site.pings += 1
                self._give(200, "application/json", json.dumps({"glossator": TOKEN}).encode())
                return
            kind, body = site.pages.get(self.path, ("", b"nothing here"))
            self._give(200 if kind else 404, kind or "text/plain", body)

        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            site.sent.append(said)
            self._give(200, "application/json", json.dumps(site.answer(said)).encode())

        def _give(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **site.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    return Handler


@contextmanager
def answering_site(matcher: Matcher, glossary: Glossary) -> Iterator[AnsweringSite]:
    """A running site on the loopback."""
    site = AnsweringSite(matcher, glossary)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    site.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


__all__ = ["PARTS", "AnsweringSite", "answering_site", "script_text"]
