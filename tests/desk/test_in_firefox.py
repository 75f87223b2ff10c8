"""The desk in Firefox: it is entered, a setting is kept, a page is tried in its frame, an entry is saved."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from proxy_addon.service.keys import entrance
from tests.browser import firefox as bidi
from tests.service.conftest import TOKEN

from .conftest import OWN, Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def firefox() -> Iterator[bidi.Firefox]:
    if bidi.BINARY is None:
        pytest.skip("no Firefox on this machine (Debian: apt-get install firefox-esr)")
    with bidi.firefox() as running:
        yield running


def until(firefox: bidi.Firefox, expression: str) -> None:
    deadline = time.monotonic() + 15
    while not firefox.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < deadline, firefox.evaluate("document.body.innerText")
        time.sleep(0.1)


def test_the_desk_works_in_firefox(firefox: bidi.Firefox, desk: Desk) -> None:
    address = f"http://127.0.0.1:{desk.client.port}"
    firefox.open(f"{address}/#key={entrance(TOKEN, time.time())}")
    until(firefox, "document.querySelector('#paused')")
    assert firefox.evaluate("location.href") == f"{address}/"
    firefox.evaluate("document.querySelector('#paused').click()")
    until(firefox, "document.querySelector('#say').textContent === 'Saved.'")
    assert desk.current.preferences.current.paused

    firefox.open(f"{address}/desk/try")
    until(firefox, "document.querySelector('[data-try]')")
    page = json.dumps("<p>Two zorblings.</p>")
    firefox.evaluate(
        f"""(() => {{ const given = new DataTransfer(); given.items.add(new File([{page}], "page.html"));
        const field = document.querySelector("input[type=file]"); field.files = given.files;
        field.dispatchEvent(new Event("change", {{bubbles: true}})); }})()"""
    )
    until(firefox, "document.querySelector('iframe')")
    assert "<gl-term" in firefox.evaluate("document.querySelector('iframe').srcdoc")

    firefox.open(f"{address}/desk/entries/test-vorpal/edit")
    until(firefox, "document.querySelector('.checked .good')")
    text = json.dumps(OWN.replace("Another made-up", "My own"))
    firefox.evaluate(f"document.querySelector('#text').value = {text}, document.querySelector('form.edit').requestSubmit()")
    until(firefox, "document.querySelector('.answer .good')")
    assert (desk.packs / "mine.yaml").read_text() == OWN.replace("Another made-up", "My own")
    firefox.screenshot(desk.packs.parent / "firefox.png")
