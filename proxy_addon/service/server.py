"""The application on a loopback port, in a thread and an event loop of its own.

The proxy's event loop passes pages on; were the service to answer in it, a page would queue behind whatever was asked of the
service. In a thread of its own it takes turns with the proxy instead, for no longer than the interpreter's switch interval.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from proxy_addon.service.api import Api
from proxy_addon.service.app import create_app
from proxy_addon.service.desk.routes import Desk
from proxy_addon.service.guard import Policy
from proxy_addon.service.keys import Keys
from proxy_addon.service.state import Current

HOST = "127.0.0.1"

# So many connections at once; more are answered 503 and closed. Seconds for which an idle one is kept, for
# one whose request has not begun in full, and for the last words.
CONNECTIONS = 256
IDLE = 5
HEAD_TIME = 10.0
PARTING = 1


class PortTaken(Exception):
    """Somebody else listens there, or may only: the user must choose another port."""


class _Quiet(uvicorn.Server):
    """uvicorn without its own signal handlers: whoever owns the process owns the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Impatient(H11Protocol):
    """A connection that ends where the head of a request does not come: held open, such ones would shut out all others."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _look(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()
        elif self._patience is None:
            self._patience = self.loop.call_later(HEAD_TIME, self._end)

    def _stop(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _end(self) -> None:
        self._stop()
        self.transport.close()


class Service:
    """``start`` and ``stop`` it from any event loop. ``port`` 0 takes a free one, known after ``start``."""

    def __init__(self, current: Current, *, port: int, keys: Keys) -> None:
        self.current, self.keys = current, keys
        self.port = port
        self._api = Api(current, keys)
        self._desk = Desk(current, keys)
        self._server: _Quiet | None = None
        self._thread: threading.Thread | None = None

    async def start(self) -> None:
        """Listen. Raises ``PortTaken``."""
        listener = _listen(self.port)
        self.port = listener.getsockname()[1]
        app = create_app(self._api, self._desk, Policy.for_port(self.port, self.keys))
        config = uvicorn.Config(
            app,
            http=_Impatient,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=IDLE,
            timeout_graceful_shutdown=PARTING,
        )
        self._server = _Quiet(config)
        self._thread = threading.Thread(target=self._serve, args=(self._server, listener), name="glossator-service", daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            await asyncio.sleep(0.005)

    @staticmethod
    def _serve(server: _Quiet, listener: socket.socket) -> None:
        asyncio.run(server.serve(sockets=[listener]))

    async def stop(self) -> None:
        """Stop listening and finish what was begun, in at most two seconds."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        await asyncio.to_thread(self._thread.join, PARTING + 1)
        self._api.close()
        self._desk.close()
        self.current.counts.flush()


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle's delay (40 ms between head and body) off only where the protocol is named.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise PortTaken(f"port {port} of {HOST} is taken, or not yours to take") from error
    listener.listen(128)
    return listener
