"""An origin that answers exactly the bytes it is told to, at the pace it is told, over TCP or TLS.

An answer is a list of steps: ``bytes`` are sent as they are, a ``float`` is a pause in seconds, an ``Event`` is waited for,
``CLOSE`` closes the connection there and then, ``RESET`` does so with a TCP reset. After the last step the connection is kept.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

CLOSE, RESET = "close", "reset"
Step = bytes | float | str | threading.Event
PATIENCE = 10.0


@dataclass
class Request:
    """What the origin was asked: the request line and the fields as they came, and on which connection (from 1)."""

    line: str
    fields: list[tuple[str, str]]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return self.line.split(" ")[1]

    def field(self, name: str) -> str | None:
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)


@dataclass
class Origin:
    """``answers`` by path; ``requests`` in the order in which they came."""

    answers: dict[str, Sequence[Step]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def page(self, path: str, body: bytes, *fields: str, status: str = "200 OK", length: bool = True) -> str:
        """Answer this path with a whole page of fixed length; returns its URL."""
        lines = [f"HTTP/1.1 {status}", *(fields or ("Content-Type: text/html; charset=utf-8",))]
        if length:
            lines.append(f"Content-Length: {len(body)}")
        self.answers[path] = ["\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body]
        return self.url(path)


@contextlib.contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Origin]:
    """An origin on a free loopback port, with TLS where a context is given."""
    origin = Origin()
    listener = socket.create_server(("127.0.0.1", 0))
    origin.port = listener.getsockname()[1]
    open_links: list[socket.socket] = []
    threading.Thread(target=_accept, args=(origin, listener, context, open_links), daemon=True).start()
    try:
        yield origin
    finally:
        listener.close()
        for link in open_links:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()


def _accept(origin: Origin, listener: socket.socket, context: ssl.SSLContext | None, open_links: list[socket.socket]) -> None:
    with contextlib.suppress(OSError):
        while True:
            link, _ = listener.accept()
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            open_links.append(link)
            threading.Thread(target=_converse, args=(origin, link, context, open_links), daemon=True).start()


def _converse(origin: Origin, link: socket.socket, context: ssl.SSLContext | None, open_links: list[socket.socket]) -> None:
    with contextlib.suppress(OSError):
        if context:
            link = context.wrap_socket(link, server_side=True)
            open_links.append(link)
        origin.connections += 1
        number = origin.connections
        reader = link.makefile("rb")
        while (request := _read(reader, number)) is not None:
            origin.requests.append(request)
            if not _answer(link, origin.answers.get(request.path, [_MISSING])):
                return


_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def _read(reader: object, connection: int) -> Request | None:
    line = reader.readline()  # type: ignore[attr-defined]
    if not line:
        return None
    fields = []
    while row := reader.readline().rstrip(b"\r\n"):  # type: ignore[attr-defined]
        name, _, value = row.decode("latin-1").partition(":")
        fields.append((name, value.strip()))
    request = Request(line.decode("latin-1").rstrip(), fields, b"", connection)
    request.body = reader.read(int(request.field("content-length") or 0))  # type: ignore[attr-defined]
    return request


def _answer(link: socket.socket, steps: Sequence[Step]) -> bool:
    """Whether the connection is kept."""
    for step in steps:
        if isinstance(step, bytes):
            link.sendall(step)
        elif isinstance(step, float):
            time.sleep(step)
        elif isinstance(step, threading.Event):
            step.wait(PATIENCE)
        else:
            if step == RESET:
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                link.shutdown(socket.SHUT_RDWR)
            link.close()
            return False
    return True
