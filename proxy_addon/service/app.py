"""The loopback service as an ASGI application: routes and their answers.

It holds one current matcher, swapped whole when the glossary changes. It keeps no history: a request's text is matched and
forgotten. Matching runs in a thread, because the event loop may be the proxy's, which has pages to pass on. This module does
not know mitmproxy; the proxy and ``glossator serve`` run the same application.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from proxy_addon.matching.matcher import Match, Matcher
from proxy_addon.service.cards import card
from proxy_addon.service.guard import Guard, Policy, TooLarge
from proxy_addon.service.offsets import Utf16
from proxy_addon.service.problems import problem
from proxy_addon.service.requests import AnnotateRequest, Misunderstood, annotate_request

API = "1"


@dataclass(slots=True)
class Current:
    """What the service answers from. ``fault`` is the last broken edit of the glossary, in words, or empty; ``proxy`` where
    the proxy listens (HOST:PORT), empty while none does."""

    matcher: Matcher
    language: str = "en"
    fault: str = ""
    proxy: str = ""


def create_app(current: Current, policy: Policy) -> Starlette:
    """The application. ``current`` may change while it runs; ``policy`` may not."""
    routes = [
        Route("/", _on(current, front_page)),
        Route("/v1/status", _on(current, status)),
        Route("/v1/glossary", _on(current, glossary)),
        Route("/v1/entries/{id}", _on(current, entry)),
        Route("/v1/annotate", _on(current, annotate), methods=["POST"]),
    ]
    handlers: Any = {404: _not_found, 405: _not_allowed, 500: _fault, TooLarge: _too_large}
    return Starlette(routes=routes, middleware=[Middleware(Guard, policy=policy)], exception_handlers=handlers)


Handler = Callable[[Current, Request], Awaitable[Response]]


def _on(current: Current, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await handler(current, request)

    return answer


async def status(current: Current, request: Request) -> Response:
    """Whether the service is well, and with which glossary."""
    matcher = current.matcher
    entries = len(matcher.glossary.entries)
    return JSONResponse(
        {"api": API, "glossary": matcher.version, "entries": entries, "proxy": current.proxy, "fault": current.fault}
    )


async def glossary(current: Current, request: Request) -> Response:
    """The packs, and every entry in one line."""
    shown = current.matcher.glossary
    language = _language(current, request)
    packs = [{"id": pack.id, "title": pack.title.get(language) or pack.title.get("en", pack.id)} for pack in shown.packs.values()]
    entries = [{"id": e.id, "pack": e.pack, "kind": e.kind, "term": e.headword, "on": e.on} for e in shown.entries.values()]
    return JSONResponse({"glossary": current.matcher.version, "packs": packs, "entries": entries})


async def entry(current: Current, request: Request) -> Response:
    """One entry's card, by id or alias."""
    found = current.matcher.glossary.entry(request.path_params["id"])
    if found is None:
        return problem(404, "There is no entry with this id; GET /v1/glossary lists them.")
    return JSONResponse(card(current.matcher.glossary, found, _language(current, request)))


async def annotate(current: Current, request: Request) -> Response:
    """Matches in the blocks of a page; offsets are UTF-16 code units into each block's text."""
    body, language = await request.body(), _language(current, request)
    return await asyncio.to_thread(_annotated, current.matcher, body, language)


def _annotated(matcher: Matcher, body: bytes, language: str) -> Response:
    try:
        asked = annotate_request(json.loads(body))
    except (ValueError, RecursionError) as error:
        detail = str(error) if isinstance(error, Misunderstood) else "the body is not JSON"
        return problem(422 if isinstance(error, Misunderstood) else 400, detail)
    matches, cited = _matches(matcher, asked)
    cards = {ref: card(matcher.glossary, matcher.glossary.entries[ref], language) for ref in cited}
    return JSONResponse({"glossary": matcher.version, "matches": matches, "entries": cards})


def _matches(matcher: Matcher, asked: AnnotateRequest) -> tuple[list[dict[str, Any]], list[str]]:
    page = matcher.page(lang=asked.lang, title=asked.title)
    told: list[dict[str, Any]] = []
    cited: dict[str, None] = {}
    for block in asked.blocks:
        units = Utf16(block.text)
        for match in page.find(block.text, lang=block.lang):
            told.append(_match(block.id, match, units))
            cited.update(dict.fromkeys(match.entries))
    return told, list(cited)


def _match(block: str, match: Match, units: Utf16) -> dict[str, Any]:
    span = {"block": block, "start": units(match.start), "end": units(match.end)}
    return {**span, "entry": match.entries[0], "entries": list(match.entries), "quoted": match.quoted}


async def front_page(current: Current, request: Request) -> Response:
    """A page for a person who opens the service's address: what this is, and how to use it."""
    entries = len(current.matcher.glossary.entries)
    setup = _SETUP.format(proxy=current.proxy) if current.proxy else ""
    fault = "<p role=alert>The last edit of the glossary is broken; the one before it is in use.</p>" if current.fault else ""
    return HTMLResponse(_FRONT.format(entries=entries, setup=setup, fault=fault))


_SETUP = """<p>Set your browser's HTTP and HTTPS proxy to <code>{proxy}</code> and let it trust this machine's authority:
<code>glossator ca</code> says how. <code>glossator browse</code> opens a browser that is set up already.</p>"""

_FRONT = """<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">
<title>Glossator</title><style>:root{{color-scheme:light dark}}body{{font:17px/1.5 system-ui,sans-serif;max-width:36rem;
margin:3rem auto;padding:0 1rem}}</style><main><h1>Glossator is running</h1>
<p>{entries} entries explain officially banned, mandated and euphemistic words on the pages you read.
Nothing that you read is kept or sent anywhere.</p>{setup}{fault}
<p><a href="/v1/glossary">The glossary as JSON</a> · <a href="/v1/status">Status</a></p></main></html>"""


def _language(current: Current, request: Request) -> str:
    return request.query_params.get("language") or current.language


async def _not_found(request: Request, error: Exception) -> Response:
    return problem(404, "There is nothing at this address; the API lives under /v1.")


async def _not_allowed(request: Request, error: Exception) -> Response:
    allowed = (getattr(error, "headers", None) or {}).get("Allow", "GET")
    return problem(405, "This address does not take this method.", Allow=allowed)


async def _too_large(request: Request, error: Exception) -> Response:
    return problem(413, "The body is larger than the service takes.")


async def _fault(request: Request, error: Exception) -> Response:
    return problem(500, "The service failed on this request; nothing was changed. Please report how it came about.")
