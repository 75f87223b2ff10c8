"""Who may speak to the service: the checks that stand before every route, in a fixed order.

The service listens on the loopback interface, where any web page and any local program can send to it. So: the exact
``Host`` (against DNS rebinding), no request that a site sent (``Sec-Fetch-Site``, ``Origin``), the installation's token for
whatever changes or reveals something, JSON only, and a bounded body. Knows nothing of what the routes do.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from proxy_addon.service.problems import problem

# The largest request body in bytes.
MAX_BODY = 2 * 1024 * 1024
SAFE_METHODS = frozenset({"GET", "HEAD"})
FOREIGN_SITES = frozenset({"cross-site", "same-site"})
EXTENSION_SCHEMES = frozenset({"chrome-extension", "moz-extension"})


@dataclass(frozen=True, slots=True)
class Policy:
    """What the guard needs to know: the hosts by which the service may be called, and the installation's token."""

    hosts: frozenset[str]
    token: str

    @staticmethod
    def for_port(port: int, token: str) -> Policy:
        names = ("127.0.0.1", "localhost", "[::1]")
        return Policy(frozenset(f"{name}:{port}" for name in names), token)


def refusal(policy: Policy, method: str, headers: Mapping[str, str]) -> Response | None:
    """The answer to a request that may not pass, or None. ``headers`` by lower-case name. The order of the checks is fixed."""
    trusted = has_token(policy, headers)
    checks = (
        _wrong_host(policy, headers),
        _from_a_site(policy, headers, trusted),
        None if trusted or method in SAFE_METHODS else problem(401, _TOKEN_CURE, **{"WWW-Authenticate": "Bearer"}),
        _not_json(method, headers),
        _too_large(headers),
    )
    return next((answer for answer in checks if answer is not None), None)


_TOKEN_CURE = "Send the token of this installation as 'Authorization: Bearer …'; `glossator serve --show-token` prints it."


def has_token(policy: Policy, headers: Mapping[str, str]) -> bool:
    """Whether the request bears the installation's token; compared in constant time."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), policy.token.encode())


def _wrong_host(policy: Policy, headers: Mapping[str, str]) -> Response | None:
    if headers.get("host", "").lower() in policy.hosts:
        return None
    return problem(403, f"Call the service by one of its own names: {', '.join(sorted(policy.hosts))}.")


def _from_a_site(policy: Policy, headers: Mapping[str, str], trusted: bool) -> Response | None:
    origin = headers.get("origin", "")
    site = headers.get("sec-fetch-site", "none").lower()
    own = not origin or urlsplit(origin).netloc.lower() in policy.hosts
    if own and site not in FOREIGN_SITES:
        return None
    if trusted and urlsplit(origin).scheme in EXTENSION_SCHEMES:
        return None
    return problem(403, "Only this machine's own pages and a paired extension may ask; a web site may not.")


def _not_json(method: str, headers: Mapping[str, str]) -> Response | None:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if method in SAFE_METHODS or media_type == "application/json":
        return None
    return problem(415, "Send the body as 'Content-Type: application/json'.")


def _too_large(headers: Mapping[str, str]) -> Response | None:
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        return problem(400, "Content-Length must be a number of bytes.")
    return problem(413, f"Send at most {MAX_BODY} bytes.") if int(length) > MAX_BODY else None


class Guard:
    """The checks as ASGI middleware; it also counts a body whose length nobody announced."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = refusal(self._policy, scope["method"], by_name(scope["headers"]))
        if answer is not None:
            await answer(scope, receive, send)
            return
        await self._app(scope, _bounded(receive), send)


def by_name(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header fields by lower-case name; the last of several wins, except that two ``Host`` fields are no host at all."""
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.decode("latin-1").lower()
        found[key] = "" if key == "host" and key in found else value.decode("latin-1")
    return found


class TooLarge(Exception):
    """A body that went on past the limit."""


def _bounded(receive: Receive) -> Receive:
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY:
            raise TooLarge
        return message

    return bounded
