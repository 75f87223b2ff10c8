"""What every test may ask for: the outside collection where it exists, and the switch for the slow tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
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


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the files of the person who runs it."""
    base = tmp_path_factory.getbasetemp() / "glossator"
    for name in ("CONFIG", "CACHE", "DATA"):
        monkeypatch.setenv(f"GLOSSATOR_{name}", str(base / name.lower()))
