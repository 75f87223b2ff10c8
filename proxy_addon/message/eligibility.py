"""Which answers are pages to rewrite, and why the others are not.

``judge`` looks at the heads of a request and its response and gives ``Rewrite``, ``NotModified`` (a 304 for a page rewritten
before) or ``Pass(reason)``; each reason is a value with its meaning beside it. Whether a *request* is for a page is told by
``is_page``, which mirrors what browsers send. This module does not know bodies, the proxy or the reader's lists of sites:
whether the host is listed, or has failed before, is told to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from proxy_addon.message.coding import known
from proxy_addon.message.fields import Fields, chunked, content_encoding, media_type, tokens, values

# Why a response goes on as it came.
Reason = Literal[
    # The reader limited the annotations to other sites.
    "site not listed",
    # The reader wants no annotations for now.
    "paused",
    # The reader wants none on this site.
    "off on this site",
    # Pages of this host failed again and again in this session (circuit breaker).
    "host failed before",
    # Another addon of the same proxy already changes this body as it streams.
    "another addon's stream",
    # fetch(), XMLHttpRequest, a subresource: read by a script, not shown to a reader.
    "not a page",
    # The answer to HEAD has no body.
    "head request",
    # 1xx, 204, 205, 304 have no body, 206 has a part of one, and that of another 3xx is never shown.
    "status without a page",
    # The request asks for, or the response holds, a part.
    "range",
    # Content-Length: 0.
    "empty",
    # A download.
    "attachment",
    # No usable Content-Type. With nosniff it is shown as plain text, without it the browser guesses: both are left to it.
    "no content type",
    # application/xhtml+xml goes through an XML parser, which stops at the first mistake; annotations are written for HTML.
    "xhtml",
    # Any other type.
    "not html",
    # A Content-Encoding that can't be undone here (dcb, aws-chunked ...), or a Transfer-Encoding that nobody has undone (gzip).
    "unknown coding",
    # Cache-Control: no-transform, and the reader chose to heed it.
    "no-transform",
]

# What to do with pages that ask proxies not to change them: annotate for the reader, or leave.
NoTransform = Literal["annotate", "leave"]

_NO_PAGE = frozenset((204, 205, 206))
# What of Transfer-Encoding is undone before a body comes here.
_FRAMING = frozenset(("chunked", "identity"))


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request. ``http_version`` is the client's, like ``HTTP/1.1`` or ``HTTP/2.0``."""

    method: str
    host: str
    http_version: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class Response:
    """The head of a response. ``streamed``: another addon has installed a callable for the body."""

    status: int
    http_version: str
    fields: Fields
    streamed: bool = False


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A page: ``coding`` to be undone, ``content_type`` (as browsers read it) for the rewriter, ``chunked`` for the framing."""

    coding: str
    content_type: str | None
    chunked: bool


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304 for a page that the browser has from us: its head must agree with what we sent then."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Goes on as it came; with ``vary``, it is HTML stored under an address that a page may have too (``fields.varied``)."""

    reason: Reason
    vary: bool = False


def is_page(fields: Fields) -> bool:
    """Whether a request with these fields is for what a reader is going to see.

    The mode tells it, not the destination, which is empty for navigations through a service worker; over plain http, and
    for ``<link rel=prefetch>``, Accept does.
    """
    mode = tokens(fields, b"sec-fetch-mode")
    if mode == ("navigate",):
        return True
    prefetched = any(purpose.startswith("prefetch") for purpose in tokens(fields, b"sec-purpose"))
    return (not mode or prefetched) and _accepts_html(fields)


def judge(
    request: Request,
    response: Response,
    *,
    listed: bool = True,
    failed: bool = False,
    off: Literal["paused", "off on this site"] | None = None,
    no_transform: NoTransform = "annotate",
) -> Rewrite | NotModified | Pass:
    """What becomes of a response. ``listed``: the host is one the reader wants; ``failed``: its pages broke too often;
    ``off``: the reader wants nothing marked, and why."""
    reason = _of_the_host(response, listed, failed, off)
    if reason is not None:
        return Pass(reason)
    if not is_page(request.fields):
        return Pass("not a page", vary=_type_reason(response.fields) is None)
    if response.status == 304:
        return NotModified()
    reason = _of_the_message(request, response) or _of_the_body(response.fields, no_transform)
    return _rewrite(request, response) if reason is None else Pass(reason)


def _rewrite(request: Request, response: Response) -> Rewrite:
    kind = media_type(response.fields)
    return Rewrite(
        coding=content_encoding(response.fields),
        content_type=str(kind) if kind else None,
        chunked=chunked(request.http_version, response.http_version),
    )


def _of_the_host(response: Response, listed: bool, failed: bool, off: Reason | None) -> Reason | None:
    if not listed:
        return "site not listed"
    if off:
        return off
    if failed:
        return "host failed before"
    return "another addon's stream" if response.streamed else None


def _of_the_message(request: Request, response: Response) -> Reason | None:
    if request.method.upper() == "HEAD":
        return "head request"
    if values(request.fields, b"range") or values(response.fields, b"content-range"):
        return "range"
    if response.status < 200 or 300 <= response.status < 400 or response.status in _NO_PAGE:
        return "status without a page"
    return "empty" if tokens(response.fields, b"content-length") == ("0",) else None


def _of_the_body(fields: Fields, no_transform: NoTransform) -> Reason | None:
    if _is_attachment(fields):
        return "attachment"
    wrong = _type_reason(fields)
    if wrong is not None:
        return wrong
    if not known(content_encoding(fields)) or not _FRAMING.issuperset(tokens(fields, b"transfer-encoding")):
        return "unknown coding"
    heeded = no_transform == "leave" and "no-transform" in tokens(fields, b"cache-control")
    return "no-transform" if heeded else None


def _type_reason(fields: Fields) -> Reason | None:
    found = media_type(fields)
    if found is None:
        return "no content type"
    if found.essence == "text/html":
        return None
    return "xhtml" if found.essence == "application/xhtml+xml" else "not html"


def _is_attachment(fields: Fields) -> bool:
    """RFC 6266 section 4.2: a disposition that is not known counts as attachment; browsers ignore one that is missing."""
    for value in values(fields, b"content-disposition"):
        kind = value.decode("latin-1").partition(";")[0].strip(" \t").lower()
        return bool(kind) and kind != "inline" and "=" not in kind
    return False


def _accepts_html(fields: Fields) -> bool:
    return any(item.partition(";")[0].rstrip(" \t") == "text/html" for item in tokens(fields, b"accept"))
