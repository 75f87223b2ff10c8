"""Templates to answers: pages with what every page has, parts of pages, and the header fields that keep both harmless.

Every value is text and is escaped; there is no inline script and no inline style, and the policy forbids them. This is, with
``glossary.exchange.pages``, one of the two modules that know Jinja. It does not know what a page is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from proxy_addon.glossary.cards import link
from proxy_addon.glossary.model import in_language, plain
from proxy_addon.markup.labels import labels
from proxy_addon.message.language import preferred
from proxy_addon.preferences import readable
from proxy_addon.service.desk.words import AUTONYMS, LANGUAGES, direction, words
from proxy_addon.service.state import Current

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; "
    "img-src 'self' http://glossary.local https://glossary.local; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": _POLICY.format(style=""),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

# The pages by their place in the menu; the first is named after the product.
READING = {"/": "home", "/desk/settings": "settings", "/desk/setup": "setup", "/desk/extensions": "extensions"}
READING |= {"/desk/counts": "counts", "/desk/reports": "reports"}
EDITING = {"/desk/search": "search", "/desk/try": "try", "/desk/new": "new", "/desk/problems": "problems"}
EDITING |= {"/desk/exchange": "exchange"}


def headers_with_style(style: str) -> Mapping[str, str]:
    """The header fields of a page on which one more style sheet counts, named by its hash."""
    return {**HEADERS, "Content-Security-Policy": _POLICY.format(style=f" {style}")}


def language_of(current: Current, request: Request) -> str:
    """What the address asks for, what the reader chose, what the browser prefers; else the service's own."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    accepted = request.headers.get("accept-language", "")
    return current.preferences.current.language or preferred(accepted, tuple(LANGUAGES), current.language)


def page(
    current: Current, request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] = HEADERS, **values: Any
) -> Response:
    """A whole page. ``values`` are the template's own."""
    shared = {"reading": READING, "editing": EDITING, "path": request.url.path, "current": current}
    text = _rendered(current, request, template, shared | values)
    return Response(text, status, headers, "text/html; charset=utf-8")


def part(current: Current, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A part of a page, which the desk's script puts in its place."""
    return Response(_rendered(current, request, template, values), status, HEADERS, "text/html; charset=utf-8")


def _rendered(current: Current, request: Request, template: str, values: Mapping[str, Any]) -> str:
    lang = language_of(current, request)
    chosen = {"lang": lang} if request.query_params.get("lang") in LANGUAGES else {}

    def to(path: str, **query: str) -> str:
        """An address of the desk that keeps the language that was asked for."""
        asked = urlencode({**query, **chosen})
        return f"{path}?{asked}" if asked else path

    said = {"t": words(lang), "lang": lang, "labels": labels(lang), "to": to}
    return _environment().get_template(template).render(said, **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"own": in_language, "direction": direction, "autonyms": AUTONYMS, "languages": LANGUAGES}
    environment.filters |= {"plain": plain, "put": _put, "link": link, "readable": readable}
    return environment


def _put(text: str, *values: Any) -> Markup:
    """The values in the places of a text, all escaped but what is markup already."""
    return Markup.escape(text).format(*values)
