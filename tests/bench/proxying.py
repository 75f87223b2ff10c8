"""The proxy beside bare mitmdump: CPU per page and per other response, first byte of a slow page, start-up, memory over 500 pages,
and how long a page waits while the glossary is read anew.

The pages are real ones where the collection is: of each script the three whose size is nearest to 140 kB.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.corpora import corpora
from tests.bench.figures import Figure, Report

REQUESTS = 60
PAGE_BYTES = 140_000
# Pages of each script.
NEAREST = 3
EDITS = 3
# Two words for the edits, and the pack in which they stand.
WORDS = ("zorbling", "quibbling")
PACK = """\
bench-zorb:
  kind: euphemism
  lang: en
  terms: {{en: [{word}]}}
  means: {{en: A made-up word.}}
  sources:
    - {{title: The benchmarks, url: 'https://example.org/', for: [use]}}
"""
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
            _stall(report, place, port)


def _responses() -> dict[str, bytes]:
    pages = {f"/{name}/{nth}": page for name, several in _typical().items() for nth, page in enumerate(several)}
    words = "<!doctype html><p>" + "A zorbling and a quibbling came by.<p>" * 10
    return {
        **{
            path: _response("text/html; charset=utf-8", gzip.compress(page, 6), "Content-Encoding: gzip")
            for path, page in pages.items()
        },
        "/image": _response("image/jpeg", os.urandom(20_000)),
        "/words": _response("text/html; charset=utf-8", words.encode()),
    }


def _typical() -> dict[str, list[bytes]]:
    """Real pages of about the stated size, by script; a made-up one without the collection."""
    if corpora():
        return {each.name: sorted(each.pages, key=lambda page: abs(len(page) - PAGE_BYTES))[:NEAREST] for each in corpora()}
    block = (
        "<p>В ходе специальной военной операции <a href=/x>сообщили</a> о хлопке газа.</p>\n<div class=c><span>Текст</span></div>"
    )
    return {"made": [("<!doctype html><title>Страница</title>" + block * (PAGE_BYTES // len(block.encode()))).encode()]}


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


def glossator(place: Path, *more: str) -> contextlib.AbstractContextManager[tuple[subprocess.Popen[bytes], int, float]]:
    return _running([sys.executable, "-m", "proxy_addon.cli", "proxy", "--port", "PORT", "--service-port", "0", *more], place)


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
    typical = _typical()
    every = [f"/{name}/{nth}" for name, several in typical.items() for nth in range(len(several))]
    for name, several in typical.items():
        sizes = ", ".join(str(len(page) // 1000) for page in several)
        paths = [path for path in every if path.startswith(f"/{name}/")]
        _over(report, port, bare, ours, runs, f"CPU per {name} page of {sizes} kB", paths, None)
    _over(report, port, bare, ours, runs, "CPU per page of about 140 kB, all scripts", every, 5.0)
    _over(report, port, bare, ours, runs, "CPU per non-HTML response", ["/image"], 0.3)


def _over(
    report: Report, port: int, bare: Proxy, ours: Proxy, runs: int, name: str, paths: Sequence[str], bar: float | None
) -> None:
    over, plain = [], []
    for proxy in (bare, ours):
        _spent(proxy, port, paths)
    for _ in range(runs):
        with_nothing = _spent(bare, port, paths)
        plain.append(with_nothing)
        over.append(_spent(ours, port, paths) - with_nothing)
    note = f"mitmdump alone {statistics.median(plain):.2f} ms; {REQUESTS} requests a run"
    report.add(Figure(f"{name} over mitmdump", "ms", tuple(over), bar, at_least=False, note=note))


def _spent(proxy: Proxy, port: int, paths: Sequence[str]) -> float:
    """Milliseconds of CPU time for one answer, over as many of each path."""
    before = _cpu_of(proxy[0].pid)
    for path in paths:
        _ask(proxy[1], port, path, REQUESTS // len(paths))
    return 1000 * (_cpu_of(proxy[0].pid) - before) / (REQUESTS // len(paths) * len(paths))


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _ask(proxy: int, port: int, path: str, times: int) -> None:
    """So many requests on one connection, each answer read whole."""
    with socket.create_connection(("127.0.0.1", proxy), 10) as connection, connection.makefile("rb") as answers:
        for _ in range(times):
            connection.sendall(_request(port, path))
            _read_answer(answers)


def _request(port: int, path: str) -> bytes:
    return f"GET http://127.0.0.1:{port}{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\n\r\n".encode()


def _read_answer(answers: object) -> bytes:
    readline, read = answers.readline, answers.read  # type: ignore[attr-defined]
    fields = {}
    assert readline().startswith(b"HTTP/1.1 200")
    while (line := readline().strip()) != b"":
        name, _, value = line.partition(b":")
        fields[name.lower()] = value.strip()
    if b"content-length" in fields:
        return bytes(read(int(fields[b"content-length"])))
    body = b""
    while size := int(readline(), 16):
        body += read(size)
        readline()
    readline()
    return body


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


def _stall(report: Report, place: Path, port: int) -> None:
    """Pages asked for one after the other while the glossary is edited: the longest wait, beside that of a quiet time."""
    pack = place / "pack"
    pack.mkdir()
    _write(pack, WORDS[0])
    with glossator(place, "--glossary", str(pack)) as proxy:
        _until(proxy, port, WORDS[0])
        quiet = [max(_until(proxy, port, "", seconds=2)) for _ in range(EDITS)]
        waits = []
        for nth in range(EDITS):
            word = WORDS[(nth + 1) % 2]
            _write(pack, word)
            waits.append(max(_until(proxy, port, word)))
    over = tuple(wait - statistics.median(quiet) for wait in waits)
    note = f"longest wait of a quiet time {statistics.median(quiet):.1f} ms"
    report.add(Figure("longest wait added while the glossary is read anew", "ms", over, 20.0, at_least=False, note=note))


def _write(pack: Path, word: str) -> None:
    (pack / "words.yaml").write_text(PACK.format(word=word), encoding="utf-8")


def _until(proxy: Proxy, port: int, word: str, seconds: float = 60) -> list[float]:
    """How many milliseconds each answer took, until one has the word annotated, or for so long."""
    taken, end = [], time.monotonic() + seconds
    with socket.create_connection(("127.0.0.1", proxy[1]), 10) as connection, connection.makefile("rb") as answers:
        while time.monotonic() < end:
            begun = time.perf_counter()
            connection.sendall(_request(port, "/words"))
            body = _read_answer(answers)
            taken.append(1000 * (time.perf_counter() - begun))
            if word and f">{word}</gl-term>".encode() in body:
                break
            time.sleep(0.002)
    return taken


def _flat(report: Report, port: int, ours: Proxy) -> None:
    page = next(f"/{name}/0" for name in _typical())
    _ask(ours[1], port, page, 50)
    before = _resident(ours[0].pid)
    _ask(ours[1], port, page, 500)
    report.add(Figure("memory grown over 500 pages", "MB", (_resident(ours[0].pid) - before,), 10.0, at_least=False))


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
