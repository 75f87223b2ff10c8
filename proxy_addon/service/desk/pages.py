"""The desk's pages: what everybody on this machine may read, without a key and without a script.

A handler takes a request and gives a page. What is private on it, its script asks ``own`` for. Nothing is changed here.
"""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from proxy_addon.glossary.cards import card
from proxy_addon.glossary.editing import NoSuchEntry, draft
from proxy_addon.glossary.exchange import WRITERS
from proxy_addon.glossary.model import Entry
from proxy_addon.markup.annotation import STYLE_HASH
from proxy_addon.preferences import KINDS
from proxy_addon.service.desk.history import changed, edits
from proxy_addon.service.desk.looking import RESULTS, Asked, Look
from proxy_addon.service.desk.render import HEADERS, headers_with_style, language_of, page
from proxy_addon.service.problems import problem
from proxy_addon.service.state import Current

# The files of the desk's own that pages load, by name.
STATIC: Mapping[str, str] = {
    "desk.css": "text/css; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
    "send.js": "text/javascript; charset=utf-8",
    "editor.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_DEFAULT_PROXY = "127.0.0.1:8080"


class Pages:
    """The handlers, with what they share."""

    def __init__(self, current: Current) -> None:
        self.current = current
        self._look = Look(current.matcher)
        self._exports: dict[str, tuple[str, bytes]] = {}
        self._exporting = asyncio.Lock()

    @property
    def look(self) -> Look:
        """The glossary of the moment."""
        if self._look.matcher is not self.current.matcher:
            self._look, self._exports = Look(self.current.matcher), {}
        return self._look

    async def home(self, request: Request) -> Response:
        """Whether everything is well, and what there is to read."""
        return page(self.current, request, "home.html", packs=self.look.packs, kinds=KINDS)

    async def private(self, request: Request) -> Response:
        """A page all of which is the reader's own."""
        name = request.url.path.rpartition("/")[2]
        return page(self.current, request, "private.html", name=name)

    async def setup(self, request: Request) -> Response:
        """How to set up a browser, and whether this one is."""
        at = urlsplit(f"//{self.current.proxy or _DEFAULT_PROXY}")
        nonce = self.current.checks.issue()
        return page(self.current, request, "setup.html", nonce=nonce, host=at.hostname, port=at.port)

    async def search(self, request: Request) -> Response:
        """What is in the glossary: the entries that hold all words, a page of results at a time."""
        given = request.query_params
        asked = Asked(given.get("q", "").strip(), given.get("kind", ""), given.get("pack", ""))
        found = self.look.found(asked)
        number = given.get("page", "1")
        nth = max(
            1, min(int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1, -(-len(found) // RESULTS))
        )
        start = (nth - 1) * RESULTS
        query = {name: value for name, value in (("q", asked.q), ("kind", asked.kind), ("pack", asked.pack)) if value}
        before = {**query, "page": str(nth - 1)} if nth > 1 else None
        after = {**query, "page": str(nth + 1)} if start + RESULTS < len(found) else None
        shown: dict[str, Any] = {
            "found": found[start : start + RESULTS],
            "total": len(found),
            "start": start,
            "before": before,
            "after": after,
        }
        return page(self.current, request, "search.html", asked=asked, kinds=KINDS, packs=self.look.packs, **shown)

    async def entry(self, request: Request) -> Response:
        """Everything about one entry, by id or alias."""
        look, entry = self.look, self._entry(request)
        if entry is None:
            return self.missing(request)
        language = language_of(self.current, request)
        terms = await asyncio.to_thread(look.terms, entry)  # the first time, dictionaries are read
        shown: dict[str, Any] = {
            "card": card(look.glossary, entry, language),
            "pack_title": look.pack_title(entry, language),
            "terms": terms,
            "weak": any(form.weak for _, forms in terms for form in forms),
            "examples": look.examples(entry),
        }
        return page(self.current, request, "entry.html", entry=entry, **shown)

    async def history(self, request: Request) -> Response:
        """When an entry was edited."""
        entry = self._entry(request)
        if entry is None:
            return self.missing(request)
        file = Path(entry.place.file)
        try:
            held = await asyncio.to_thread(draft, file, entry.id)
            told = await edits(file, held.line, held.line + held.text.count("\n") - 1)
        except (NoSuchEntry, OSError, UnicodeDecodeError):
            told = []
        return page(self.current, request, "history.html", entry=entry, edits=told, changed=changed(file))

    async def edit(self, request: Request) -> Response:
        """Where an entry is edited; one that is new has no page of its own yet."""
        entry = self._entry(request)
        ident = entry.id if entry else request.path_params["id"]
        return page(self.current, request, "edit.html", ident=ident, term=entry.headword if entry else ident)

    async def trying(self, request: Request) -> Response:
        """Where a text or a page is tried out; what it shows carries the style of annotations."""
        return page(self.current, request, "try.html", headers=headers_with_style(STYLE_HASH))

    async def exchange(self, request: Request) -> Response:
        """The glossary for other programs, and theirs for the glossary."""
        return page(self.current, request, "exchange.html", styles=list(WRITERS))

    async def export(self, request: Request) -> Response:
        """The glossary as a file of a format; several files as one archive."""
        style = request.path_params["style"]
        if style not in WRITERS:
            return self.missing(request)
        look = self.look
        async with self._exporting:
            if style not in self._exports:
                self._exports[style] = await asyncio.to_thread(_exported, look, style)
        name, data = self._exports[style]
        return Response(
            data,
            headers={**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'},
            media_type="application/octet-stream",
        )

    async def static(self, request: Request) -> Response:
        """A file that pages load."""
        name = request.path_params["name"]
        if name not in STATIC:
            return problem(404, "There is no such file of the desk.")
        data = resources.files(__package__).joinpath("static", name).read_bytes()
        return Response(data, headers={**HEADERS, "Cache-Control": "no-cache"}, media_type=STATIC[name])

    def _entry(self, request: Request) -> Entry | None:
        return self.look.glossary.entry(request.path_params["id"])

    def missing(self, request: Request) -> Response:
        """What a person reads where there is nothing."""
        return page(self.current, request, "missing.html", status=404)


def _exported(look: Look, style: str) -> tuple[str, bytes]:
    files = WRITERS[style](look.glossary)
    if len(files) == 1:
        return next(iter(files.items()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return f"glossary-{style}.zip", packed.getvalue()
