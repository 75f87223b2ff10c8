"""HTTP/2 on both sides of the proxy: an origin that sends exactly the frames it is told to, and a reader of one page."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, ResponseReceived, StreamEnded, StreamReset, TrailersReceived

from .reader import NAVIGATE, tunnel

Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """Fields, the payload of each DATA frame (an empty one ends nothing), and trailers; an empty DATA frame ends the stream."""

    fields: Fields
    frames: Sequence[bytes]
    trailers: Fields


class Http2Origin:
    """Answers paths over TLS on a free loopback port, while the context lasts."""

    def __init__(self, context: ssl.SSLContext, answers: Mapping[str, Answer]) -> None:
        self._answers = answers
        self._context = context
        context.set_alpn_protocols(["h2"])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Http2Origin:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._context.set_alpn_protocols(["http/1.1"])

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                link, _ = self._listener.accept()
                threading.Thread(target=self._converse, args=(link,), daemon=True).start()

    def _converse(self, link: socket.socket) -> None:
        with contextlib.suppress(OSError), self._context.wrap_socket(link, server_side=True) as secure:
            connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
            connection.initiate_connection()
            secure.sendall(connection.data_to_send())
            while data := secure.recv(65535):
                for event in connection.receive_data(data):
                    if isinstance(event, RequestReceived):
                        self._answer(connection, event)
                secure.sendall(connection.data_to_send())

    def _answer(self, connection: H2Connection, event: RequestReceived) -> None:
        stream, answer = event.stream_id, self._answers[dict(event.headers)[":path"]]  # type: ignore[index,arg-type]
        connection.send_headers(stream, [(":status", "200"), *answer.fields])  # type: ignore[arg-type]
        for frame in answer.frames:
            connection.send_data(stream, frame)  # type: ignore[arg-type]
        if answer.trailers:
            connection.send_headers(stream, answer.trailers, end_stream=True)  # type: ignore[arg-type]
        else:
            connection.send_data(stream, b"", end_stream=True)  # type: ignore[arg-type]


@dataclass
class Reply:
    """``ended`` is False where the stream was reset or the connection went away."""

    fields: Fields = field(default_factory=list)
    body: bytes = b""
    trailers: Fields = field(default_factory=list)
    ended: bool = False


def get(proxy: tuple[str, int], port: int, name: str, path: str, trust: str) -> Reply:
    """One page over HTTP/2, as a navigation."""
    reply = Reply()
    with tunnel(proxy, ("127.0.0.1", port), name, trust=trust, alpn=("h2",)) as link:
        assert link.selected_alpn_protocol() == "h2"
        connection = H2Connection(H2Configuration(header_encoding="utf-8"))
        connection.initiate_connection()
        pseudo = {":method": "GET", ":scheme": "https", ":authority": name, ":path": path}
        sent = [*pseudo.items(), *((key.lower(), value) for key, value in NAVIGATE.items())]
        connection.send_headers(1, sent, end_stream=True)  # type: ignore[arg-type]
        link.sendall(connection.data_to_send())
        over = False
        while not over and (data := link.recv(65535)):
            for event in connection.receive_data(data):
                over = _took(event, reply) or over
    return reply


def _took(event: object, reply: Reply) -> bool:
    """Whether the stream is over."""
    if isinstance(event, ResponseReceived):
        reply.fields = list(event.headers)  # type: ignore[arg-type]
    elif isinstance(event, DataReceived):
        reply.body += event.data  # type: ignore[operator]
    elif isinstance(event, TrailersReceived):
        reply.trailers = list(event.headers)  # type: ignore[arg-type]
    elif isinstance(event, StreamEnded):
        reply.ended = True
    return isinstance(event, StreamEnded | StreamReset)
