"""The local service under load: requests per second on one core, their delays, and what the load costs pages on their way.

The load comes from ``hey`` (a Debian package), as another process on another core; every request goes to the loopback.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from proxy_addon.service.secret import installation_token
from tests.bench import proxying
from tests.bench.corpora import corpora, visible
from tests.bench.figures import Figure, Report

BLOCKS, LENGTH = 10, 400
PAGES = 150


def measure(report: Report, runs: int) -> None:
    if not shutil.which("hey"):
        report.skip("serving: the load tool hey is not installed (Debian: apt-get install hey)")
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "small.json").write_text(json.dumps(_blocks(BLOCKS, LENGTH)))
        (place / "many.json").write_text(json.dumps(_blocks(10_000, 20)))
        (place / "large.json").write_text(json.dumps(_blocks(50, 100_000)))
        with _service(place) as port:
            _throughput(report, place, port, runs)
        _stalls(report, place, runs)


def _blocks(count: int, length: int) -> dict[str, object]:
    """Real Russian text where the collection of pages is, in blocks of so many characters."""
    pages = corpora()[1].pages if corpora() else ()
    text = " ".join(" ".join(visible(page).split()) for page in pages[:12]) or "Сегодня в городе прошёл дождь. " * 500
    starts = (at * length % max(1, len(text) - length) for at in range(count))
    return {"lang": "ru", "blocks": [{"id": str(number), "text": text[at : at + length]} for number, at in enumerate(starts)]}


@contextlib.contextmanager
def _service(place: Path) -> Iterator[int]:
    """``glossator serve`` on one core."""
    command = [sys.executable, "-m", "proxy_addon.cli", "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=_environment(place), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        told = re.search(r":(\d+)/", process.stdout.readline())
        assert told, "the service did not say where it listens"
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, {max(os.sched_getaffinity(0))})
        try:
            yield int(told[1])
        finally:
            process.terminate()


def _environment(place: Path) -> dict[str, str]:
    return {**os.environ, **{f"GLOSSATOR_{name}": str(place / name.lower()) for name in ("CONFIG", "DATA", "CACHE")}}


def _hey(place: Path, port: int, body: str, *options: str) -> list[str]:
    token = installation_token(place / "data")
    fields = ["-m", "POST", "-T", "application/json", "-H", f"Authorization: Bearer {token}", "-D", str(place / body)]
    return ["hey", *options, *fields, f"http://127.0.0.1:{port}/v1/annotate"]


def _told(command: list[str], pattern: str) -> float:
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(pattern, output)
    assert found, output
    assert re.findall(r"\[(\d+)\]\s+\d+ responses", output) == ["200"], output
    return float(found[1])


def _throughput(report: Report, place: Path, port: int, runs: int) -> None:
    note = f"{BLOCKS} blocks of {LENGTH} characters of real text, hey"
    _told(_hey(place, port, "small.json", "-n", "300", "-c", "4"), r"Requests/sec:\s+([\d.]+)")
    full = [_told(_hey(place, port, "small.json", "-n", "1500", "-c", "4"), r"Requests/sec:\s+([\d.]+)") for _ in range(runs)]
    paced = ("-n", "500", "-c", "5", "-q", "10")
    late = [1000 * _told(_hey(place, port, "small.json", *paced), r"99%[^\d]*in ([\d.]+) secs") for _ in range(runs)]
    report.add(
        Figure("service, requests on one core", "/s", tuple(full), 300.0, note=note),
        Figure("service, p99 at 50 requests/s", "ms", tuple(late), 25.0, at_least=False, note=note),
    )


def _stalls(report: Report, place: Path, runs: int) -> None:
    """How much longer a page takes through the proxy while the service is under each kind of load."""
    with (
        proxying.origin({"/page": proxying._response("text/html; charset=utf-8", PAGE.encode())}) as port,
        _proxy(place) as (ours, service),
    ):
        loads: dict[str, Callable[[], contextlib.AbstractContextManager[None]]] = {
            "a flood of 20 clients": lambda: _flood(_hey(place, service, "small.json", "-z", "30s", "-c", "20")),
            "10,000 blocks in a request": lambda: _flood(_hey(place, service, "many.json", "-z", "30s", "-c", "4")),
            "5 MB in a request": lambda: _flood(_hey(place, service, "large.json", "-z", "30s", "-c", "4")),
            "200 slow clients": lambda: _slow(service),
        }
        for name, load in loads.items():
            delays = []
            for _ in range(runs):
                alone = _page_times(ours, port)
                with load():
                    under = _page_times(ours, port)
                delays.append(_high(under) - _high(alone))
            note = "95th percentile of the time of a 3 kB page under load, less the same without"
            report.add(Figure(f"a page beside {name}, later by", "ms", tuple(delays), 20.0, at_least=False, note=note))


PAGE = "<!doctype html><title>t</title>" + "<p>A short page about a foreign agent and nothing else at all.</p>" * 40


@contextlib.contextmanager
def _proxy(place: Path) -> Iterator[tuple[int, int]]:
    """The ports of a proxy and of its service."""
    ready = place / "ready.json"
    command = [sys.executable, "-m", "proxy_addon.cli", "proxy", "--port", "0", "--service-port", "0", "--ready-file", str(ready)]
    with subprocess.Popen(command, env=_environment(place), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not ready.exists() or not ready.read_text():
            assert process.poll() is None, "the proxy ended"
            time.sleep(0.02)
        told = json.loads(ready.read_text())
        try:
            yield told["proxy"]["port"], told["service"]["port"]
        finally:
            process.terminate()


@contextlib.contextmanager
def _flood(command: list[str]) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(0.3)
        try:
            yield
        finally:
            process.terminate()


@contextlib.contextmanager
def _slow(port: int) -> Iterator[None]:
    """Clients that send a byte now and then and never finish."""
    stopped = threading.Event()
    head = (
        f"POST /v1/annotate HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nX: "
    )
    with contextlib.ExitStack() as stack:
        links = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 5)) for _ in range(200)]

        def drip() -> None:
            while not stopped.wait(0.05):
                for link in links:
                    with contextlib.suppress(OSError):
                        link.send(b"x")

        for link in links:
            link.sendall(head.encode())
        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()


def _page_times(proxy: int, port: int) -> list[float]:
    """Milliseconds of each of so many pages on one connection."""
    request = f"GET http://127.0.0.1:{port}/page HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\n\r\n".encode()
    taken = []
    with socket.create_connection(("127.0.0.1", proxy), 10) as connection, connection.makefile("rb") as answers:
        for _ in range(PAGES):
            start = time.perf_counter()
            connection.sendall(request)
            proxying._read_answer(answers)
            taken.append(1000 * (time.perf_counter() - start))
            time.sleep(0.005)
    return taken


def _high(taken: list[float]) -> float:
    return sorted(taken)[int(0.95 * len(taken))]
