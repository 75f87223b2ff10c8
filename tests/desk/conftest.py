"""A real service on a free port over a small glossary of its own: a shipped part that may not be written, and a reader's pack."""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from proxy_addon.glossary import loader
from proxy_addon.glossary.loader import load_glossary
from proxy_addon.matching.matcher import Matcher
from proxy_addon.service.keys import Keys
from proxy_addon.service.server import Service
from proxy_addon.service.state import Current, kept_in
from tests.browser.conftest import driver
from tests.service.conftest import TOKEN, Answer, Client

__all__ = ["driver"]  # here, so that it ends with the tests of this folder

BEARER = {"Authorization": f"Bearer {TOKEN}"}

SHIPPED = """\
test-zorb:
  kind: mandated
  lang: en
  rules: [test-act]
  terms:
    en: [zorbling, borogrove treaty]
    ru: [зорблинг]
  means:
    en: A made-up word of these tests.
    ru: Выдуманное слово этих тестов.
  note:
    en: Said in the tests only.
  see: [test-vorpal]
  annotate:
    - text: The zorbling began.
      match: zorbling
    - text: Two borogrove treaties.
      match: borogrove treaties
  leave:
    - text: A treaty was signed.
      because: another treaty
    - text: A grove.
      because: a wood
  sources:
    - title: The tests
      url: https://example.org/tests
      published: '2026-01-01'
      for: [use]
    - title: Elsewhere
      url: https://example.org/elsewhere
      archive: https://example.org/archive
      for: [meaning]
"""
RULES = """\
test-act:
  authority:
    en: The Office of Tests
  title:
    en: Act on Tests
  since: '2026-01-01'
  penalty:
    en: A fine.
  url: https://example.org/act
"""
OWN = """\
# A comment of mine.
test-vorpal:
  kind: label
  lang: en
  who:
    en: An office of the tests
  terms:
    en:
      - vorpal sword
  means:
    en: Another made-up word of these tests.
  annotate:
    - text: A vorpal sword.
      match: vorpal sword
    - text: Two vorpal swords.
      match: vorpal swords
  leave:
    - text: A sword.
      because: it is another
    - text: A swords dance.
      because: it is a dance
  sources:
    - title: The tests
      url: https://example.org/tests
      seen: '2026-03-01'
      for: [use]
"""


@dataclass(frozen=True)
class Desk:
    """A running desk, its state, and where its files are. Calls ask as the reader's own script would."""

    client: Client
    current: Current
    shipped: Path
    packs: Path

    def get(self, path: str, **headers: str) -> Answer:
        """Without a key."""
        return self.client("GET", path, **headers)

    def own(self, path: str) -> Answer:
        return self.client("GET", path, **BEARER)

    def post(self, path: str, body: Any, method: str = "POST") -> Answer:
        return self.client(method, path, body, Content_Type="application/json", **BEARER)

    def renew(self) -> None:
        """The files are read anew, as the watch of the program does."""
        self.current.matcher = Matcher(load_glossary([self.packs]), cache=None)


def text(answer: Answer) -> str:
    """What a page says, without its markup."""
    shown = re.sub(r"<(head|noscript|template)\b.*?</\1>", "", answer.body.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", shown)).split())


def field(answer: Answer, name: str) -> str:
    """The value of a hidden field of a form."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.body.decode())
    assert found, name
    return html.unescape(found[1])


@contextlib.contextmanager
def serving(state: Current) -> Iterator[int]:
    """The port of a service with this state."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    service = Service(state, port=0, keys=Keys(TOKEN))
    asyncio.run_coroutine_threadsafe(service.start(), loop).result(10)
    try:
        yield service.port
    finally:
        asyncio.run_coroutine_threadsafe(service.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    shipped, config = tmp_path / "program" / "glossary", tmp_path / "config"
    for folder, files in ((shipped / "tests", {"tests.yaml": SHIPPED}), (config / "glossary", {"mine.yaml": OWN})):
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8")
    (shipped / "rules.yaml").write_text(RULES, encoding="utf-8")
    monkeypatch.setattr(loader, "SHIPPED", shipped)
    monkeypatch.setenv("GLOSSATOR_CONFIG", str(config))
    state = kept_in(config, Matcher(load_glossary([config / "glossary"]), cache=None), "en")
    with serving(state) as port:
        yield Desk(Client(port), state, shipped, config / "glossary")


def as_json(answer: Answer) -> Any:
    return json.loads(answer.body)
