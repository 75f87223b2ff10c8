"""A reader's side of HTTP/1: sends a request through the proxy and keeps the exact bytes of the answer."""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass, field
from http.client import HTTPResponse, IncompleteRead
from urllib.parse import urlsplit

NAVIGATE = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html,*/*;q=0.8"}
FETCH = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Accept": "*/*"}
PATIENCE = 10.0


@dataclass
class Reply:
    """``fields`` in order; ``whole`` is False where the body ended before its framing said so; times in seconds."""

    status: int
    fields: list[tuple[str, str]]
    body: bytes
    whole: bool = True
    first_byte: float = 0.0

    def field(self, name: str) -> str | None:
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        return ", ".join(values) if values else None


@dataclass
class Reader:
    """One connection to the proxy at ``address``; opened when first used, opened anew after the other side closed it."""

    address: tuple[str, int]
    link: socket.socket | None = None
    connections: int = 0
    extra: dict[str, str] = field(default_factory=dict)

    def get(
        self, url: str, fields: dict[str, str] | None = None, *, method: str = "GET", version: str = "1.1", body: bytes = b""
    ) -> Reply:
        started = time.perf_counter()
        self.send(url, fields, method=method, version=version, body=body)
        assert self.link
        response = HTTPResponse(self.link, method=method)
        response.begin()
        first = response.read(1) if method != "HEAD" else b""
        arrived = time.perf_counter() - started
        try:
            rest, whole = response.read(), True
        except (IncompleteRead, ConnectionResetError) as error:
            rest, whole = getattr(error, "partial", b""), False
        closing = response.will_close
        reply = Reply(response.status, response.getheaders(), first + rest, whole, arrived)
        if closing or not whole:
            self.close()
        return reply

    def send(
        self, url: str, fields: dict[str, str] | None = None, *, method: str = "GET", version: str = "1.1", body: bytes = b""
    ) -> socket.socket:
        """Sends the request only."""
        if self.link is None:
            self.link = socket.create_connection(self.address, timeout=PATIENCE)
            self.connections += 1
        sent = {"Host": urlsplit(url).netloc, **(NAVIGATE if fields is None else fields), **self.extra}
        if body:
            sent["Content-Length"] = str(len(body))
        head = f"{method} {url} HTTP/{version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        self.link.sendall(head.encode("latin-1") + b"\r\n" + body)
        return self.link

    def close(self) -> None:
        if self.link:
            self.link.close()
        self.link = None


def tunnel(
    proxy: tuple[str, int], target: tuple[str, int], name: str, *, trust: str | None = None, alpn: tuple[str, ...] = ()
) -> ssl.SSLSocket:
    """TLS with ``name`` through CONNECT; verified against the authorities in the file ``trust``, or not at all."""
    link = socket.create_connection(proxy, timeout=PATIENCE)
    link.sendall(f"CONNECT {target[0]}:{target[1]} HTTP/1.1\r\nHost: {target[0]}:{target[1]}\r\n\r\n".encode("ascii"))
    answer = b""
    while b"\r\n\r\n" not in answer:
        chunk = link.recv(4096)
        if not chunk:
            raise ConnectionError(answer.decode("latin-1"))
        answer += chunk
    if b" 200 " not in answer.split(b"\r\n")[0]:
        raise ConnectionError(answer.decode("latin-1"))
    context = ssl.create_default_context(cafile=trust)
    if trust is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context.wrap_socket(link, server_hostname=name)
