"""The proxy beside bare mitmdump: CPU per page and per other response, first byte of a slow page, start-up, memory over 500 pages."""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.corpora import Corpus, corpora
from tests.bench.figures import Figure, Report

REQUESTS = 60
PAGE_BYTES = 140_000
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def measure(report: Report, runs: int) -> None:
    if not Path("/proc/self/stat").exists():
        report.skip("proxying: CPU time of another process is read from /proc, which this system lacks")
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _startup(report, place, runs)
        with origin(_responses()) as port, mitmdump(place) as bare, glossator(place) as ours:
            _cpu(report, port, bare, ours, runs)
            _first_byte(report, ours, runs)
            _flat(report, port, ours)


def _responses() -> dict[str, bytes]:
    return {
        "/page": _response("text/html; charset=utf-8", gzip.compress(_typical(), 6), "Content-Encoding: gzip"),
        "/image": _response("image/jpeg", os.urandom(20_000)),
    }


def _typical() -> bytes:
    """A real page of about the stated size, with terms of the shipped glossary in it; a made-up one without the collection."""
    cyrillic: Corpus | None = corpora()[1] if corpora() else None
    if cyrillic:
        return min(cyrillic.pages, key=lambda page: abs(len(page) - PAGE_BYTES))
    block = (
        "<p>В ходе специальной военной операции <a href=/x>сообщили</a> о хлопке газа.</p>\n<div class=c><span>Текст</span></div>"
    )
    return ("<!doctype html><title>Страница</title>" + block * (PAGE_BYTES // len(block.encode()))).encode()


def _response(kind: str, body: bytes, *fields: str) -> bytes:
    head = ["HTTP/1.1 200 OK", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *fields, "", ""]
    return "\r\n".join(head).encode() + body


@contextlib.contextmanager
def origin(responses: dict[str, bytes]) -> Iterator[int]:
    """A keep-alive origin on the loopback; ``/slow`` writes a page over one second."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while not stopped.is_set():
                head = _head(connection)
                if not head:
                    return
                path = head.split(b" ")[1].decode()
                if path == "/slow":
                    _slowly(connection)
                    return
                connection.sendall(responses[path])

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        stopped.set()
        listener.close()


def _head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(65536)
        if not part:
            return b""
        head += part
    return head


def _slowly(connection: socket.socket) -> None:
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n<!doctype html><p>start"
    )
    for _ in range(10):
        time.sleep(0.1)
        connection.sendall(b"<p>more of the page</p>" * 50)


@contextlib.contextmanager
def _running(command: list[str], place: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, float]]:
    """The process, its port, and the seconds from its start until it accepted a connection."""
    port = _free_port()
    environment = {**os.environ, **{f"GLOSSATOR_{name}": str(place / name.lower()) for name in ("CONFIG", "DATA", "CACHE")}}
    start = time.perf_counter()
    process = subprocess.Popen(
        [part.replace("PORT", str(port)) for part in command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                break
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            time.sleep(0.005)
        yield process, port, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _bare(place: Path) -> list[str]:
    beside = Path(sys.executable).with_name("mitmdump")
    program = str(beside) if beside.exists() else shutil.which("mitmdump") or "mitmdump"
    options = ["--listen-host", "127.0.0.1", "--listen-port", "PORT", "-q", "--set", f"confdir={place / 'mitmproxy'}"]
    return [program, *options]


def mitmdump(place: Path) -> contextlib.AbstractContextManager[tuple[subprocess.Popen[bytes], int, float]]:
    return _running(_bare(place), place)


def glossator(place: Path) -> contextlib.AbstractContextManager[tuple[subprocess.Popen[bytes], int, float]]:
    return _running([sys.executable, "-m", "proxy_addon.cli", "proxy", "--port", "PORT", "--service-port", "0"], place)


def _startup(report: Report, place: Path, runs: int) -> None:
    with glossator(place):
        """Fills the cache and makes the authority, as the first run of a reader does."""
    with mitmdump(place):
        """Likewise."""
    taken: dict[str, list[float]] = {"mitmdump": [], "glossator": []}
    for _ in range(runs):
        with mitmdump(place) as (_, _, seconds):
            taken["mitmdump"].append(seconds)
        with glossator(place) as (_, _, seconds):
            taken["glossator"].append(seconds)
    over = tuple(a - b for a, b in zip(taken["glossator"], taken["mitmdump"], strict=True))
    report.add(
        Figure("start-up, mitmdump", "s", tuple(taken["mitmdump"])),
        Figure("start-up, from cache", "s", tuple(taken["glossator"])),
        Figure("start-up over mitmdump", "s", over, 0.5, at_least=False),
    )


Proxy = tuple[subprocess.Popen[bytes], int, float]


def _cpu(report: Report, port: int, bare: Proxy, ours: Proxy, runs: int) -> None:
    for path, name, bar in (
        ("/page", f"CPU per page of {len(_typical()) // 1000} kB", 5.0),
        ("/image", "CPU per non-HTML response", 0.3),
    ):
        over, plain = [], []
        for proxy in (bare, ours):
            _ask(proxy[1], port, path, 20)
        for _ in range(runs):
            with_nothing = _spent(bare, port, path)
            plain.append(with_nothing)
            over.append(_spent(ours, port, path) - with_nothing)
        note = f"mitmdump alone {sorted(plain)[len(plain) // 2]:.2f} ms; {REQUESTS} requests a run"
        report.add(Figure(f"{name} over mitmdump", "ms", tuple(over), bar, at_least=False, note=note))


def _spent(proxy: Proxy, port: int, path: str) -> float:
    before = _cpu_of(proxy[0].pid)
    _ask(proxy[1], port, path, REQUESTS)
    return 1000 * (_cpu_of(proxy[0].pid) - before) / REQUESTS


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _ask(proxy: int, port: int, path: str, times: int) -> None:
    """So many requests on one connection, each answer read whole."""
    request = f"GET http://127.0.0.1:{port}{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", proxy), 10) as connection, connection.makefile("rb") as answers:
        for _ in range(times):
            connection.sendall(request)
            _read_answer(answers)


def _read_answer(answers: object) -> int:
    readline, read = answers.readline, answers.read  # type: ignore[attr-defined]
    fields = {}
    assert readline().startswith(b"HTTP/1.1 200")
    while (line := readline().strip()) != b"":
        name, _, value = line.partition(b":")
        fields[name.lower()] = value.strip()
    if b"content-length" in fields:
        return len(read(int(fields[b"content-length"])))
    total = 0
    while size := int(readline(), 16):
        total += len(read(size))
        readline()
    readline()
    return total


def _first_byte(report: Report, ours: Proxy, runs: int) -> None:
    taken = []
    with origin({}) as port:
        for _ in range(runs):
            with socket.create_connection(("127.0.0.1", ours[1]), 10) as connection:
                request = f"GET http://127.0.0.1:{port}/slow HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n\r\n"
                start = time.perf_counter()
                connection.sendall(request.encode())
                got = b""
                while b"<p>start" not in got:
                    got += connection.recv(65536)
                taken.append(1000 * (time.perf_counter() - start))
                while not got.endswith(b"0\r\n\r\n"):
                    got += connection.recv(65536)
    report.add(Figure("first bytes of a page generated over 1 s", "ms", tuple(taken), 10.0, at_least=False))


def _flat(report: Report, port: int, ours: Proxy) -> None:
    _ask(ours[1], port, "/page", 50)
    before = _resident(ours[0].pid)
    _ask(ours[1], port, "/page", 500)
    report.add(Figure("memory grown over 500 pages", "MB", (_resident(ours[0].pid) - before,), 10.0, at_least=False))


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
