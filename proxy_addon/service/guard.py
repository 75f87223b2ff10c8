"""Who may speak to the service: the checks that stand before every route, in a fixed order.

The service listens on the loopback interface, where any web page and any local program can send to it. So: the exact
``Host`` (against DNS rebinding), no request that a site sent (``Sec-Fetch-Site``, ``Origin``), a token for whatever changes or
reveals something, JSON only, and a body bounded in size and time. Knows nothing of what the routes do, but for the table of
what each needs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from proxy_addon.service.keys import EXTENSION_SCHEMES, Keys
from proxy_addon.service.problems import problem

# The largest request body in bytes, and the seconds within which all of it must have come. Reading JSON holds the interpreter,
# which the proxy shares: this much takes about two milliseconds.
MAX_BODY = 256 * 1024
BODY_TIME = 10.0
SAFE_METHODS = frozenset({"GET", "HEAD"})
FOREIGN_SITES = frozenset({"cross-site", "same-site"})

# What a request must bear.
Access = Literal[
    # Nothing: what everybody may know, and the first step of pairing.
    "open",
    # The token of this installation or of a paired extension.
    "paired",
    # The token of this installation: only its user has it.
    "own",
]

# The one route that an extension may use before it is paired.
PAIRING = "/v1/pair"

# By the beginning of the path, the first row that fits; any other path is open to read and needs a token to change.
NEEDS: tuple[tuple[str, Access], ...] = (
    ("/v1/pairings", "own"),
    (PAIRING, "open"),
    ("/v1/settings", "paired"),
    ("/v1/sites/", "paired"),
    ("/v1/feedback", "paired"),
    ("/desk/own/", "own"),
    # It takes a key that is good once.
    ("/desk/enter", "open"),
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the guard needs to know: the hosts by which the service may be called, and who may ask."""

    hosts: frozenset[str]
    keys: Keys

    @staticmethod
    def for_port(port: int, keys: Keys) -> Policy:
        names = ("127.0.0.1", "localhost", "[::1]")
        bare = names if port == 80 else ()  # browsers leave out the port that http has anyway
        return Policy(frozenset((*(f"{name}:{port}" for name in names), *bare)), keys)


def needed(method: str, path: str) -> Access:
    """What a request must bear to be let through."""
    listed = next((access for prefix, access in NEEDS if path.startswith(prefix)), None)
    return listed or ("open" if method in SAFE_METHODS else "paired")


def refusal(policy: Policy, method: str, path: str, headers: Mapping[str, str]) -> Response | None:
    """The answer to a request that may not pass, or None. ``headers`` by lower-case name. The order of the checks is fixed."""
    access = needed(method, path)
    return (
        _wrong_host(policy, headers)
        or _from_a_site(policy, path, headers)
        or _without_token(policy, access, headers)
        or _not_json(method, headers)
        or _too_large(headers)
    )


def bearer(headers: Mapping[str, str]) -> str:
    """The token that a request bears; empty where it bears none."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def _wrong_host(policy: Policy, headers: Mapping[str, str]) -> Response | None:
    if headers.get("host", "").lower() in policy.hosts:
        return None
    return problem(403, f"Call the service by one of its own names: {', '.join(sorted(policy.hosts))}.")


def _from_a_site(policy: Policy, path: str, headers: Mapping[str, str]) -> Response | None:
    origin = headers.get("origin", "")
    site = headers.get("sec-fetch-site", "none").lower()
    own = not origin or _parts(origin)[1] in policy.hosts
    if own and site not in FOREIGN_SITES:
        return None
    if _is_extension(origin) and (path == PAIRING or policy.keys.admits(bearer(headers), origin)):
        return None
    return problem(403, "Only this machine's own pages and a paired extension may ask; a web site may not.")


def _is_extension(origin: str) -> bool:
    return _parts(origin)[0] in EXTENSION_SCHEMES


def _parts(origin: str) -> tuple[str, str]:
    """Scheme and host with its port, in lower case; both empty where it is no address."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc.lower()


_TOKEN_CURE = "Send the token of this installation as 'Authorization: Bearer …'; `glossator serve --show-token` prints it."
_OWN_CURE = "A paired extension may not do this: use the desk, or the token that `glossator serve --show-token` prints."


def _without_token(policy: Policy, access: Access, headers: Mapping[str, str]) -> Response | None:
    if access == "open":
        return None
    token = bearer(headers)
    if not policy.keys.admits(token, headers.get("origin", "") if _is_extension(headers.get("origin", "")) else ""):
        return problem(401, _TOKEN_CURE, **{"WWW-Authenticate": "Bearer"})
    return problem(403, _OWN_CURE) if access == "own" and not policy.keys.owns(token) else None


def _not_json(method: str, headers: Mapping[str, str]) -> Response | None:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if method in SAFE_METHODS or media_type == "application/json":
        return None
    return problem(415, "Send the body as 'Content-Type: application/json'.")


def _too_large(headers: Mapping[str, str]) -> Response | None:
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        return problem(400, "Content-Length must be a number of bytes.")
    return problem(413, f"Send at most {MAX_BODY} bytes.") if int(length[:20]) > MAX_BODY else None


class Guard:
    """The checks as ASGI middleware; it also counts a body whose length nobody announced, and does not wait for it forever."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = refusal(self._policy, scope["method"], scope["path"], by_name(scope["headers"]))
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


class TooSlow(Exception):
    """A body that took too long to come."""


def _bounded(receive: Receive) -> Receive:
    seen = 0
    until = asyncio.get_running_loop().time() + BODY_TIME
    ended = False

    async def bounded() -> Message:
        nonlocal seen, ended
        if ended:  # what comes after the body, a disconnection, may take its time
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise TooSlow from None
        seen += len(message.get("body", b""))
        ended = not message.get("more_body", False)
        if seen > MAX_BODY:
            raise TooLarge
        return message

    return bounded
