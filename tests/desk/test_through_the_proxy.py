"""What the proxy counts and shows for the desk: terms of pages only where that is wanted, pictures only where they were asked for."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from datetime import date
from pathlib import Path

import pytest

from proxy_addon.preferences import Store
from tests.proxy.conftest import Start, own_authority, start
from tests.proxy.conftest import origin as origin
from tests.proxy.origin import Origin

__all__ = ["own_authority", "start"]

TEXT = b"<!doctype html><title>t</title><p>A zorbling came. Two zorblings.</p>"


@pytest.mark.parametrize("wanted", [False, True])
def test_the_terms_of_pages_are_counted_only_where_that_is_wanted(
    start: Start, origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    monkeypatch.setenv("GLOSSATOR_CONFIG", str(tmp_path / "config"))
    Store(tmp_path / "config" / "preferences.json").change({"counting": wanted})
    reader = start(service=True, service_port=0).reader()
    secret = origin.page("/a-secret-place", TEXT)
    assert b"gl-term" in reader.get(secret).body
    file = tmp_path / "config" / "counts.json"
    deadline = time.monotonic() + (5 if wanted else 0.3)
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    if not wanted:
        assert not file.exists()
        return
    assert json.loads(file.read_text()) == {"version": 1, "days": {date.today().isoformat(): {"test-zorb": 2}}}


def test_a_reader_of_the_proxy_sees_the_pictures_of_the_desk_and_no_others(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOSSATOR_CONFIG", str(tmp_path / "config"))
    running = start(service=True, service_port=0)
    with urllib.request.urlopen(f"http://127.0.0.1:{running.address.service_port}/desk/setup", timeout=10) as answer:
        address = re.search(r'src="(http://glossary\.local/check/[\w-]+)"', answer.read().decode())
    assert address
    reader = running.reader()
    assert (reader.get(address[1]).status, reader.get(address[1]).body[:6]) == (200, b"GIF89a")
    assert [reader.get(address[1] + more).status for more in ("x", "/", "?")] == [404] * 3
    assert reader.get("http://glossary.local/").status == 302
