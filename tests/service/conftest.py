"""A real service on a free port, in a thread with its own event loop."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from proxy_addon.glossary.model import Entry, Form, Glossary, Rule, Source
from proxy_addon.matching.matcher import Matcher
from proxy_addon.service.keys import Keys
from proxy_addon.service.server import Service
from proxy_addon.service.state import Current

TOKEN = "a-token-of-the-tests"

GLOSSARY = Glossary(
    entries={
        "ru-svo": Entry(
            "ru-svo",
            "mandated",
            (Form("специальная военная операция", "ru"), Form("special military operation", "en")),
            {
                "en": "The name that Russian authorities require for the invasion of Ukraine.",
                "ru": "Название, которого требуют власти.",
            },
            lang="ru",
            rules=("notice",),
            aliases=("svo",),
            sources=(Source("Notice", "https://example.org/notice"), Source("Odd", "javascript:alert(1)")),
        )
    },
    rules={"notice": Rule("notice", {"en": "Roskomnadzor"}, {"en": "notice to media"}, since="2022-02-24")},
    version="test",
)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    """Says exactly what it is told: no header is added but Host, and that only where none is given."""

    port: int

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        payload = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection.request(method, path, payload, sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        """As the paired extension would."""
        given = {"Content_Type": "application/json", "Authorization": f"Bearer {TOKEN}", **headers}
        return self("POST", path, body, **given)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    service = Service(Current(Matcher(GLOSSARY, cache=None)), port=0, keys=Keys(TOKEN))
    asyncio.run_coroutine_threadsafe(service.start(), loop).result(10)
    yield Client(service.port)
    asyncio.run_coroutine_threadsafe(service.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
