"""The application on a loopback port, inside an event loop that somebody else runs (the proxy's, or the command's)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from proxy_addon.service.app import Current, create_app
from proxy_addon.service.guard import Policy

HOST = "127.0.0.1"


class PortTaken(Exception):
    """Somebody else listens there, or may only: the user must choose another port."""


class _Quiet(uvicorn.Server):
    """uvicorn without its own signal handlers: whoever owns the loop owns the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Service:
    """``start`` when the loop runs, ``stop`` before it ends. ``port`` 0 takes a free one, known after ``start``."""

    def __init__(self, current: Current, *, port: int, token: str) -> None:
        self.current = current
        self.port = port
        self._token = token
        self._server: _Quiet | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen. Raises ``PortTaken``."""
        listener = _listen(self.port)
        self.port = listener.getsockname()[1]
        app = create_app(self.current, Policy.for_port(self.port, self._token))
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_keep_alive=5, server_header=False)
        self._server = _Quiet(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started and not self._task.done():
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Stop listening and finish what was begun, in at most two seconds."""
        if self._server is None or self._task is None:
            return
        self._server.should_exit = True
        with contextlib.suppress(asyncio.TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(self._task, 2)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise PortTaken(f"port {port} of {HOST} is taken, or not yours to take") from error
    listener.listen(128)
    return listener
