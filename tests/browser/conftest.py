"""A real proxy in its own process, a real site, and real browsers between which nothing is faked."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser import firefox as bidi
from tests.browser.origin import Site, origin

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

GLOSSARY = """\
test-term:
  kind: mandated
  lang: en
  who: {en: an office of the tests}
  since: '2022-02-24'
  terms:
    en:
      - zorbulation
      - borogrove treaty
    ru:
      - {exact: зорбуляция}
  means:
    en: FIRST MEANING of a made-up word.
  annotate:
    - {text: The zorbulation began., match: zorbulation}
    - {text: A borogrove treaty was signed., match: borogrove treaty}
  leave:
    - {text: Nothing here., because: no term}
    - {text: A treaty., because: another treaty}
  sources:
    - {title: The tests, url: 'https://example.org/tests', for: [use]}
"""


@dataclass(frozen=True)
class Proxy:
    """A running proxy: its port, its service's port, the pin of its authority, and its own glossary file."""

    port: int
    service_port: int
    spki: str
    glossary: Path
    process: subprocess.Popen[bytes]
    folder: Path


@contextmanager
def running_proxy(folder: Path, *options: str) -> Iterator[Proxy]:
    """``glossator proxy`` as a person starts it, with files of its own in ``folder``; ended with SIGINT."""
    glossary = folder / "own" / "test.yaml"
    glossary.parent.mkdir(parents=True, exist_ok=True)
    glossary.write_text(GLOSSARY, encoding="utf-8")
    ready = folder / "ready.json"
    command = [sys.executable, "-m", "proxy_addon.cli", "proxy", "--port", "0", "--service-port", "0"]
    command += ["--ready-file", str(ready), "--glossary", str(glossary.parent), *options]
    places = {f"GLOSSATOR_{name}": str(folder / name.lower()) for name in ("CONFIG", "DATA")}
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **places}, stdout=log, stderr=log)
    try:
        told = _wait_for(ready, process, folder / "proxy.log")
        yield Proxy(told["proxy"]["port"], told["service"]["port"], told["spki"], glossary, process, folder)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def _wait_for(ready: Path, process: subprocess.Popen[bytes], log: Path) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if ready.exists():
            return json.loads(ready.read_text())
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError(f"the proxy did not start: {log.read_text()}")


@pytest.fixture(scope="session")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with running_proxy(tmp_path_factory.mktemp("proxy")) as running:
        yield running


@pytest.fixture
def site() -> Iterator[Site]:
    with origin() as running:
        yield running


@pytest.fixture(scope="package")
def driver() -> Iterator[Any]:
    """Playwright, which runs only once in a process, and while it runs lets no other event loop run in this thread: it ends
    with the tests of browsers, before those of others."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium(proxy: Proxy, driver: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Playwright browser whose every request, the loopback's included, goes through the proxy."""
    with driven_through(driver, proxy, tmp_path_factory.mktemp("chromium")) as context:
        yield context


@contextmanager
def chromium_through(proxy: Proxy, profile: Path, *flags: str) -> Iterator[Any]:
    """The same outside the tests."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, driven_through(playwright, proxy, profile, *flags) as context:
        yield context


@contextmanager
def driven_through(playwright: Any, proxy: Proxy, profile: Path, *flags: str) -> Iterator[Any]:
    arguments = [*CHROMIUM_FLAGS, f"--proxy-server=http://127.0.0.1:{proxy.port}", "--proxy-bypass-list=<-loopback>"]
    arguments += [f"--ignore-certificate-errors-spki-list={proxy.spki}", *flags]
    context = playwright.chromium.launch_persistent_context(str(profile), executable_path=CHROMIUM, args=arguments)
    yield context
    context.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    opened = chromium.new_page()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def firefox(proxy: Proxy) -> Iterator[bidi.Firefox]:
    if bidi.BINARY is None:
        pytest.skip("no Firefox on this machine (Debian: apt-get install firefox-esr)")
    with bidi.firefox(bidi.through(proxy.port)) as running:
        yield running


@pytest.fixture(scope="package")
def direct(driver: Any) -> Iterator[Any]:
    """Chromium without a proxy, one for all tests."""
    browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
    yield browser
    browser.close()


@dataclass(frozen=True)
class Browser:
    """The two browsers behind one face: open an address, evaluate an expression."""

    name: str
    open: Callable[[str], Any]
    evaluate: Callable[[str], Any]


@pytest.fixture(params=["chromium", pytest.param("firefox", marks=pytest.mark.slow)])
def browser(request: pytest.FixtureRequest) -> Browser:
    """Chromium always; Firefox too in the full run."""
    if request.param == "chromium":
        opened = request.getfixturevalue("page")
        return Browser("chromium", opened.goto, opened.evaluate)
    driven = request.getfixturevalue("firefox")
    return Browser("firefox", driven.open, driven.evaluate)
