"""A real proxy in a thread of its own, real origins, and a glossary of two entries."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from mitmproxy import certs

from proxy_addon.machine import authority
from proxy_addon.machine.run import Address, Place, proxy
from proxy_addon.options import Value

from .origin import Origin, serving
from .reader import Reader

PACK = """\
test-zorb:
  kind: euphemism
  lang: en
  terms:
    en: [{word}]
    ru: [{{exact: зорбл}}]
  means:
    en: A made-up word of these tests.
    ru: Выдуманное слово этих тестов.
  sources:
    - {{title: The tests, url: 'https://example.org/tests', for: [use]}}
"""


def write_pack(folder: Path, word: str = "zorbling") -> Path:
    """A pack of one entry whose only English word is ``word``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "words.yaml").write_text(PACK.format(word=word), encoding="utf-8")
    return folder


@dataclass
class Running:
    """A proxy that runs: where, with which authority and pack; ``reader()`` opens a connection to it."""

    address: Address
    authority: authority.Authority
    pack: Path

    @property
    def at(self) -> tuple[str, int]:
        return self.address.host, self.address.port

    def reader(self) -> Reader:
        return Reader(self.at)


@contextlib.contextmanager
def in_thread(values: dict[str, Value], own: authority.Authority, place: Place, *watching: object) -> Iterator[Address]:
    """The proxy in an event loop of another thread, as long as the context lasts; its errors are raised here."""
    ready, state = threading.Event(), dict[str, Any]()

    async def main() -> None:
        state["stop"], state["loop"] = asyncio.Event(), asyncio.get_running_loop()
        async with proxy(values, own, place, *watching) as address:
            state["address"] = address
            ready.set()
            await state["stop"].wait()

    def thread() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:
            state["error"] = error
        finally:
            ready.set()

    worker = threading.Thread(target=thread, daemon=True)
    worker.start()
    ready.wait(60)
    if "error" in state:
        raise state["error"]
    try:
        yield state["address"]
    finally:
        state["loop"].call_soon_threadsafe(state["stop"].set)
        worker.join(10)
        assert not worker.is_alive(), "the proxy did not stop"
    if "error" in state:
        raise state["error"]


Start = Callable[..., Running]


@pytest.fixture(scope="session")
def own_authority(tmp_path_factory: pytest.TempPathFactory) -> authority.Authority:
    return authority.create(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def start(tmp_path: Path, own_authority: authority.Authority, small: Path) -> Iterator[Start]:
    """Starts a proxy with these settings over a small glossary; mitmproxy's own options go into ``extra``."""
    with contextlib.ExitStack() as stack:

        def begin(
            *watching: object, extra: dict[str, Any] | None = None, mode: str = "regular", own: Any = None, **values: Value
        ) -> Running:
            pack = write_pack(tmp_path / "pack")
            given: dict[str, Value] = {"glossary": [str(pack)], "exclusions": False, "service": False, **values}
            held = own or own_authority
            address = stack.enter_context(in_thread(given, held, Place(port=0, mode=mode, extra=extra or {}), *watching))
            return Running(address, held, pack)

        yield begin


@pytest.fixture
def running(start: Start) -> Running:
    """A proxy with the default settings."""
    return start()


@pytest.fixture
def reader(running: Running) -> Iterator[Reader]:
    connection = running.reader()
    yield connection
    connection.close()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with serving() as found:
        yield found


@dataclass
class Secure:
    """An origin with TLS whose certificate is signed by ``trust``, a file."""

    origin: Origin
    trust: str
    context: ssl.SSLContext


@pytest.fixture(scope="session")
def origin_certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ssl.SSLContext]:
    """An authority of the origins' own, and a context for news.test, its subdomains, bank.test and localhost."""
    folder = tmp_path_factory.mktemp("origin")
    store = certs.CertStore.from_store(folder, "origin", 2048)
    names = x509.GeneralNames(
        [x509.DNSName("news.test"), x509.DNSName("*.news.test"), x509.DNSName("bank.test"), x509.DNSName("localhost")]
    )
    entry = store.get_cert("news.test", names)
    (folder / "leaf.pem").write_bytes(entry.cert.to_pem())
    key = store.default_privatekey.private_bytes(
        certs.serialization.Encoding.PEM,
        certs.serialization.PrivateFormat.TraditionalOpenSSL,
        certs.serialization.NoEncryption(),
    )
    (folder / "key.pem").write_bytes(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem", folder / "key.pem")
    return str(folder / "origin-ca-cert.pem"), context


@pytest.fixture
def secure(origin_certificates: tuple[str, ssl.SSLContext]) -> Iterator[Secure]:
    trust, context = origin_certificates
    with serving(context) as found:
        yield Secure(found, trust, context)
