"""Card, panel and overlay in Firefox, through the proxy: that they are there at all; the rest is held to Chromium."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.firefox import Firefox
from tests.browser.origin import Site
from tests.browser.scripted import OPENED
from tests.browser.test_live import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = """<!doctype html><html lang=en><meta charset=utf-8><title>News</title><a id=before href=#a>before</a>
<p>The zorbulation began.</p><p>A borogrove treaty was signed.</p>"""
OWNED = '<!doctype html><html lang=en><meta charset=utf-8><title>News</title><div id="__next"><p>The zorbulation began.</p></div>'
CARD = "[...document.querySelectorAll('gl-card')].map(({shadowRoot}) => shadowRoot.querySelector('.box:not(.panel)')?.innerText)[0] ?? ''"
PANEL = "[...document.querySelectorAll('gl-card')].map(({shadowRoot}) => shadowRoot.querySelector('.panel')?.innerText)[0] ?? ''"
PAINTED = "[...CSS.highlights.values()].flatMap((painted) => [...painted].map(String))"
# As WebDriver names the keys.
ALT, SHIFT, ESCAPE, ENTER = "\ue00a", "\ue008", "\ue00c", "\ue007"


@pytest.fixture
def window(firefox: Firefox) -> Iterator[Firefox]:
    script = firefox.call("script.addPreloadScript", functionDeclaration=f"() => {{ {OPENED} }}")["script"]
    firefox.resize(1000, 640)
    firefox.point(900, 600)
    firefox.events.clear()
    yield firefox
    assert [
        event["text"] for event in firefox.events if event.get("level") in ("error", "warn") and "favicon" not in event["text"]
    ] == []
    firefox.call("script.removePreloadScript", script=script)


def shows(window: Firefox, expression: str, words: str) -> bool:
    return bool(eventually(lambda: words in window.evaluate(expression), True))


def test_the_card_shows_on_hover_and_escape_closes_it(window: Firefox, site: Site) -> None:
    window.open(site.put("/", PAGE))
    window.hover("gl-term")
    assert shows(window, CARD, "FIRST MEANING")
    window.press(ESCAPE)
    assert window.evaluate(CARD) == ""


def test_a_key_leads_from_term_to_term_and_enter_into_the_card(window: Firefox, site: Site) -> None:
    window.open(site.put("/", PAGE))
    seen = []
    for _ in range(3):
        window.press(ALT, SHIFT, "g")
        seen.append(window.evaluate("document.activeElement.textContent"))
    assert seen == ["zorbulation", "borogrove treaty", "zorbulation"]
    assert "FIRST MEANING" in window.evaluate(CARD)
    window.press(ENTER)
    assert window.evaluate("document.activeElement.shadowRoot?.activeElement?.role") == "dialog"
    window.press(ESCAPE)
    assert window.evaluate("document.activeElement.textContent") == "zorbulation"


def test_the_panel_lists_the_terms_and_leads_to_them(window: Firefox, site: Site) -> None:
    window.open(site.put("/", PAGE))
    window.press(ALT, SHIFT, "p")
    assert shows(window, PANEL, "Terms on this page")
    window.evaluate("document.querySelector('gl-card').shadowRoot.querySelector('li button').click()")
    assert "FIRST MEANING" in window.evaluate(
        "document.querySelector('gl-card:last-of-type').shadowRoot.querySelector('.box').innerText"
    )
    window.press(ESCAPE)
    window.press(ESCAPE)
    assert window.evaluate("document.querySelectorAll('gl-card').length") == 0


def test_over_a_page_that_its_script_owns_terms_are_shown_and_explained(window: Firefox, site: Site) -> None:
    window.open(site.put("/", OWNED))
    assert eventually(lambda: window.evaluate(PAINTED), ["zorbulation"]) == ["zorbulation"]
    place: Any = window.evaluate("[...CSS.highlights.get('glossator-mandated')][0].getBoundingClientRect().toJSON()")
    window.point(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    assert shows(window, CARD, "FIRST MEANING")
    window.press(ESCAPE)
    window.evaluate("document.querySelector('p').insertAdjacentHTML('afterend', '<p>A borogrove treaty, too.</p>')")
    both = ["zorbulation", "borogrove treaty"]
    assert eventually(lambda: window.evaluate(PAINTED), both) == both
    window.evaluate("document.querySelector('p').textContent = 'Nothing.'")
    time.sleep(0.1)
    assert window.evaluate(PAINTED) == ["borogrove treaty"]


def test_text_added_to_a_marked_page_is_shown_too(window: Firefox, site: Site) -> None:
    window.open(site.put("/", PAGE))
    window.evaluate("document.body.insertAdjacentHTML('beforeend', '<p>More zorbulation.</p>')")
    assert eventually(lambda: window.evaluate(PAINTED), ["zorbulation"]) == ["zorbulation"]
