"""HTTP/3 from end to end: a QUIC reader, the proxy in reverse mode, a QUIC origin."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aioquic.asyncio import QuicConnectionProtocol, connect, serve
from aioquic.h3.connection import H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration

from proxy_addon import strip_annotations

from .conftest import Start
from .reader import NAVIGATE

TEXT = b"<!doctype html><title>t</title>" + (b"<p>" + b"Plain words of a page. " * 20 + b"A zorbling came.</p>") * 200
ALPN = ["h3"]


class Speaker(QuicConnectionProtocol):
    """Either side: an origin answers each request with the page; a reader collects one answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.http = H3Connection(self._quic)
        self.fields: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.over = asyncio.Event()

    def quic_event_received(self, event: Any) -> None:
        for each in self.http.handle_event(event):
            if isinstance(each, HeadersReceived):
                self.fields = each.headers
            if isinstance(each, DataReceived):
                self.body += each.data
            if isinstance(each, DataReceived | HeadersReceived) and each.stream_ended:
                self.ended(each.stream_id)

    def ended(self, stream: int) -> None:
        self.over.set()

    async def get(self, name: str) -> None:
        stream = self._quic.get_next_available_stream_id()
        pseudo = {":method": "GET", ":scheme": "https", ":authority": name, ":path": "/x"}
        sent = [*pseudo.items(), *((key.lower(), value) for key, value in NAVIGATE.items())]
        self.http.send_headers(stream, [(key.encode(), value.encode()) for key, value in sent], end_stream=True)
        self.transmit()
        await asyncio.wait_for(self.over.wait(), 20)


class Origin(Speaker):
    def ended(self, stream: int) -> None:
        length = str(len(TEXT)).encode()
        fields = [(b":status", b"200"), (b"content-type", b"text/html"), (b"content-length", length)]
        self.http.send_headers(stream, fields)
        for start in range(0, len(TEXT), 10_000):
            self.http.send_data(stream, TEXT[start : start + 10_000], end_stream=False)
        self.http.send_data(stream, b"", end_stream=True)
        self.transmit()


@asynccontextmanager
async def quic_origin(folder: Path) -> AsyncIterator[int]:
    configuration = QuicConfiguration(is_client=False, alpn_protocols=ALPN)
    configuration.load_cert_chain(folder / "leaf.pem", folder / "key.pem")
    server = await serve("127.0.0.1", 0, configuration=configuration, create_protocol=Origin)
    try:
        yield server._transport.get_extra_info("sockname")[1]  # type: ignore[union-attr]
    finally:
        server.close()


def test_an_http_3_page_is_annotated(start: Start, origin_certificates: tuple[str, ssl.SSLContext]) -> None:
    trust = Path(origin_certificates[0])

    async def read() -> Speaker:
        async with quic_origin(trust.parent) as port:
            running = await asyncio.to_thread(start, mode=f"reverse:http3://127.0.0.1:{port}", extra={"ssl_insecure": True})
            trusted = str(running.authority.file)
            configuration = QuicConfiguration(alpn_protocols=ALPN, server_name="news.test", cafile=trusted)
            async with connect(*running.at, configuration=configuration, create_protocol=Speaker) as reader:
                assert isinstance(reader, Speaker)
                await reader.get("news.test")
                return reader

    reply = asyncio.run(read())
    assert strip_annotations(reply.body) == TEXT
    assert reply.body.count(b"<gl-term") == 200
    assert not {b"transfer-encoding", b"content-length"} & {name for name, _ in reply.fields}
