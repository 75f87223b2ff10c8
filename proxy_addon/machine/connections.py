"""Which connections are opened: an addon beside the one that annotates.

A host that is not to be opened keeps the origin's own certificate. Neither is one opened for a while whose certificate can't
be verified, so that the browser is the one to say so, or whose program does not trust our authority, so that it works. What
passes unopened, or inside a web socket, is not kept. Knows nothing of messages.
"""

from __future__ import annotations

import logging
from typing import Protocol

from mitmproxy import http, tcp, tls

from proxy_addon.machine.avoided import Avoided
from proxy_addon.machine.flows import address, hello_host

_AVOIDED = 300.0  # seconds for which a host is not opened after a handshake failed

logger = logging.getLogger(__name__)


class Opens(Protocol):
    """Whether a host (None: unknown) may be opened at all, by the name in its hello and the one it was asked for."""

    def __call__(self, host: str | None, asked_for: str | None, /) -> bool: ...


class Connections:
    """The addon."""

    def __init__(self, opens: Opens) -> None:
        self._opens = opens
        self._avoided = Avoided(limit=1, seconds=_AVOIDED)

    def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        host = hello_host(data)
        if host in self._avoided or not self._opens(host, address(data)):
            data.ignore_connection = True

    def tls_failed_client(self, data: tls.TlsData) -> None:
        if (data.conn.error or "").startswith("The client does not trust"):  # it may just have left, too
            self._let_through(data, "a program does not trust Glossator's authority")

    def tls_failed_server(self, data: tls.TlsData) -> None:
        if (data.conn.error or "").startswith("Certificate verify failed"):
            self._let_through(data, "its certificate could not be verified")

    def _let_through(self, data: tls.TlsData, reason: str) -> None:
        host = data.context.client.sni or address(data)
        if host:
            logger.debug("%s: not opened for %d s: %s", host, _AVOIDED, reason)
            self._avoided.blame(host)

    def tcp_message(self, flow: tcp.TCPFlow) -> None:
        flow.messages.clear()

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        if flow.websocket:
            flow.websocket.messages.clear()
