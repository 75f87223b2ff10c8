"""What every test may ask for: the outside collection where it exists, and the switch for the slow tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from proxy_addon.glossary import loader
from proxy_addon.glossary.loader import load_glossary
from proxy_addon.matching.matcher import Matcher

ROOT = Path(__file__).resolve().parent.parent
SMALL = """\
en-vorpal:
  kind: label
  lang: en
  who:
    en: An office of the tests
  terms:
    en:
      - vorpal sword
  means:
    en: A made-up word of these tests.
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
SHARED = Path(os.environ.get("GLOSSATOR_SHARED", ROOT.parent / "shared"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the slow tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: run with --full"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The outside collection of real pages, labelled passages and standard suites (``GLOSSATOR_SHARED`` or ../shared)."""
    if not SHARED.is_dir():
        pytest.skip(f"no collection of real pages at {SHARED}: set GLOSSATOR_SHARED to its folder")
    return SHARED


@pytest.fixture(scope="session")
def run_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of this run, shared by its workers: what one has compiled, none compiles again."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "glossator-cache"


@pytest.fixture(scope="session")
def shipped(run_cache: Path) -> Matcher:
    """The whole glossary that comes with the program, ready for searching."""
    return Matcher(load_glossary(), cache=run_cache / "compiled")


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In this process a glossary of one entry is the shipped one: it is read and compiled in no time."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.setattr(loader, "SHIPPED", folder)
    return folder


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, run_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the files of the person who runs it."""
    base = tmp_path_factory.getbasetemp() / "glossator"
    monkeypatch.setenv("GLOSSATOR_CACHE", str(run_cache))
    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"GLOSSATOR_{name}", str(base / name.lower()))
