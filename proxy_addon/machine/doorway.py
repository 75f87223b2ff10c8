"""The local service under a name one can remember: http://glossary.local/ and https://glossary.local/ lead to it.

Only through the proxy, and only by a redirect: no byte is ever passed on to the service, so that what guards it sees who
really asks. mitmproxy connects to the server of an HTTPS request before it reads the request; as nobody has this name, that
connection goes to the service's own port, without TLS, and nothing is sent on it. What the desk puts below ``/check/`` is
a picture instead, by which a browser shows that it goes through the proxy and trusts its authority. A connection to the
service's port that any other name or address would bring to this machine is not made. This module does not know what the
service answers.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from mitmproxy import http, tls
from mitmproxy.proxy import server_hooks

from proxy_addon.machine.hosts import canonical, is_loopback
from proxy_addon.service.checks import PATH

NAME = "glossary.local"
LOOPBACK = "127.0.0.1"

# One green pixel (GIF89a).
_PIXEL = bytes.fromhex("474946383961010001008000002288440000002c00000000010001000002024401003b")

REFUSAL = b"Glossator does not pass requests on to its own service.\n"
ABSENT = b"The local service of Glossator does not run: start the proxy without --no-service, or see what it said.\n"


class Doorway:
    """The addon. ``port`` tells where the service listens, or None while it does not; ``shows`` which paths are pictures."""

    def __init__(self, port: Callable[[], int | None], shows: Callable[[str], bool] = lambda path: False) -> None:
        self._port, self._shows = port, shows

    async def server_connect(self, data: server_hooks.ServerConnectionHookData) -> None:
        address, port = data.server.address, self._port()
        if not address or not port:
            return
        if _is_ours(address[0]):
            data.server.address = (LOOPBACK, port)
        elif address[1] == port and await _is_here(address[0]):
            data.server.error = REFUSAL.decode().strip()

    def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        if _is_ours(data.client_hello.sni or ""):
            data.ignore_connection = False
            data.context.server.tls = False

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """What is answered here can't be passed on while it comes in."""
        if _asks(flow.request):
            flow.request.stream = False

    def request(self, flow: http.HTTPFlow) -> None:
        if _asks(flow.request):
            flow.response = self._answer(flow.request)

    def _answer(self, request: http.Request) -> http.Response:
        port = self._port()
        if not port:
            return http.Response.make(503, ABSENT, {"Content-Type": "text/plain", "Cache-Control": "no-store"})
        if request.path.startswith(PATH):
            return self._check(request)
        place = f"http://{LOOPBACK}:{port}{request.path if request.path.startswith('/') else '/'}"
        return http.Response.make(302, b"", {"Location": place, "Cache-Control": "no-store"})

    def _check(self, request: http.Request) -> http.Response:
        if request.method == "GET" and self._shows(request.path):
            return http.Response.make(200, _PIXEL, {"Content-Type": "image/gif", "Cache-Control": "no-store"})
        return http.Response.make(404, b"", {"Cache-Control": "no-store"})


async def _is_here(host: str) -> bool:
    """Whether a connection to this host would come to this machine; asked only of those to the service's port."""
    if is_loopback(host):
        return True
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(is_loopback(str(address[0])) for *_, address in found)


def _asks(request: http.Request) -> bool:
    return _is_ours(request.host) or _is_ours(request.pretty_host)


def _is_ours(host: str) -> bool:
    return canonical(host) == NAME
