"""Connections that ask for nothing end, and shut nobody out; one that asks is not ended."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from proxy_addon.service import server

from .conftest import Client

HEAD = b"GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"


@pytest.mark.parametrize(
    "sent", [b"", b"GET /v1/sta", HEAD, HEAD + b"\r\n" + HEAD], ids=["nothing", "a line", "half", "a second one"]
)
def test_a_head_that_does_not_come_ends_the_connection(client: Client, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(server, "HEAD_TIME", 0.3)
    with socket.create_connection(("127.0.0.1", client.port), timeout=5) as connection:
        connection.sendall(sent.replace(b"%d", str(client.port).encode()))
        began = time.monotonic()
        while connection.recv(65536):
            assert time.monotonic() - began < 3
        assert time.monotonic() - began < 3


def test_a_head_that_comes_byte_by_byte_has_no_longer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_TIME", 0.3)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", client.port), timeout=5) as connection, contextlib.suppress(OSError):
        for byte in HEAD * 10:
            connection.sendall(bytes([byte]))
            time.sleep(0.02)
    assert time.monotonic() - began < 2


def test_those_who_hold_connections_open_shut_nobody_out_for_long(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_TIME", 0.5)
    with contextlib.ExitStack() as held:
        for _ in range(server.CONNECTIONS + 44):
            held.enter_context(socket.create_connection(("127.0.0.1", client.port), timeout=5))
        until = time.monotonic() + 5
        while client("GET", "/v1/status").status != 200:
            assert time.monotonic() < until
            time.sleep(0.1)


def test_a_request_that_has_begun_is_waited_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_TIME", 0.2)
    with socket.create_connection(("127.0.0.1", client.port), timeout=5) as connection:
        head = HEAD.replace(b"GET /v1/status", b"POST /v1/pair").replace(b"%d", str(client.port).encode())
        head += b"Origin: chrome-extension://a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
        connection.sendall(head)
        time.sleep(0.5)
        connection.sendall(b"{}")
        assert connection.recv(65536).startswith(b"HTTP/1.1 422")
