"""The panel of a page: closed until asked for, it lists the page's terms, leads to them, and shows what the reader wants shown."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import CHROMIUM, CHROMIUM_FLAGS
from tests.browser.origin import Site
from tests.browser.scripted import OPENED, SETTINGS
from tests.browser.test_card import HEAD, Tab, tab

__all__ = ["tab"]

pytestmark = pytest.mark.browser

PAGE = f"""{HEAD}<a id=before href=#a>before</a><p>The zorbulation, the zorbulation.</p><p>A mome, a zorbulation.</p>
<div style="height:3000px"></div><h2>Later</h2><p>A rath.</p>"""
PANEL = "gl-card .panel"
KEY = "Alt+Shift+KeyP"
SHOWN = "[...document.querySelectorAll('gl-term')].filter(e => getComputedStyle(e).textDecorationLine === 'underline').map(e => e.textContent)"
FOCUSED = "document.querySelector('gl-card')?.shadowRoot.activeElement?.id"


def items(page: Any) -> list[str]:
    return [each.replace("\n", " ") for each in page.locator(f"{PANEL} li button").all_inner_texts()]


def test_it_is_closed_until_a_key_opens_it_and_gives_the_focus_back(tab: Tab) -> None:
    page = tab.show(PAGE)
    assert not page.locator(PANEL).count()
    page.focus("#before")
    page.keyboard.press(KEY)
    assert page.locator(PANEL).get_attribute("aria-label") == "Terms on this page"
    assert page.evaluate("document.querySelector('gl-card').shadowRoot.activeElement.role") == "dialog"
    page.keyboard.press("Escape")
    assert not page.locator(PANEL).count()
    assert page.evaluate("document.activeElement.id") == "before"


def test_it_lists_each_term_once_with_how_often_it_stands_on_the_page(tab: Tab) -> None:
    page = tab.show(PAGE)
    page.keyboard.press(KEY)
    assert items(page) == ["zorbulation 3 times", "mome 1 time", "rath 1 time"]
    assert page.locator(f"{PANEL} h2 small").inner_text() == "5"


def test_it_moves_nothing_of_the_page(tab: Tab) -> None:
    page = tab.show(PAGE)
    places = "[scrollY, document.body.scrollHeight, ...[...document.querySelectorAll('p,a,h2')].map(e => JSON.stringify(e.getBoundingClientRect()))]"
    before = page.evaluate(places)
    page.keyboard.press(KEY)
    assert page.evaluate(places) == before


def test_a_term_of_the_list_leads_to_its_places_in_turn(tab: Tab) -> None:
    page = tab.show(PAGE)
    page.keyboard.press(KEY)
    page.click(f"{PANEL} li:nth-child(3) button")
    place = page.evaluate("[...document.querySelectorAll('gl-term')].at(-1).getBoundingClientRect().y")
    assert 0 < place < 640
    assert "Someone who was put on a list" in tab.text()
    assert page.locator("gl-card i").bounding_box()["y"] == pytest.approx(place, abs=1)
    terms = []
    for _ in range(4):
        page.keyboard.press("Escape")
        page.locator(f"{PANEL} li:nth-child(1) button").dispatch_event("click")
        terms.append(round(page.locator("gl-card i").bounding_box()["x"]))
    assert terms[0] == terms[3]
    assert len({*terms[:3]}) == 3


def test_kinds_are_switched_off_and_on_at_once(tab: Tab) -> None:
    page = tab.show(PAGE)
    page.keyboard.press(KEY)
    page.click(f"{PANEL} #mandated")
    assert page.evaluate(SHOWN) == ["mome", "rath"]
    assert items(page) == ["mome 1 time", "rath 1 time"]
    assert page.evaluate(FOCUSED) == "mandated"
    page.click(f"{PANEL} #mandated")
    assert page.evaluate(SHOWN) == ["zorbulation", "zorbulation", "mome", "zorbulation", "rath"]


@pytest.mark.parametrize(("density", "shown"), [("block", 4), ("section", 3), ("page", 3), ("all", 5)])
def test_density_takes_effect_at_once(tab: Tab, density: str, shown: int) -> None:
    page = tab.show(PAGE)
    page.keyboard.press(KEY)
    page.select_option(f"{PANEL} #density", density)
    assert len(page.evaluate(SHOWN)) == shown


def test_a_term_hidden_from_the_card_can_be_shown_again(tab: Tab) -> None:
    page = tab.show(PAGE)
    page.keyboard.press("Alt+Shift+KeyG")
    page.click("gl-card button >> nth=0")
    assert page.evaluate(SHOWN) == ["mome", "rath"]
    page.keyboard.press(KEY)
    page.click(f"{PANEL} #unhide")
    assert page.evaluate(SHOWN) == ["zorbulation", "zorbulation", "mome", "zorbulation", "rath"]
    assert not page.locator(f"{PANEL} #unhide").count()


def test_off_on_this_site_and_a_page_without_terms_are_said(tab: Tab) -> None:
    page = tab.show(PAGE)
    page.keyboard.press(KEY)
    page.click(f"{PANEL} #site_off")
    assert page.evaluate(SHOWN) == []
    assert "the desk turns it on again" in page.locator(PANEL).inner_text()
    page.click(f"{PANEL} #site_on")
    assert len(page.evaluate(SHOWN)) == 5
    for kind in ("mandated", "euphemism", "label", "banned"):
        page.click(f"{PANEL} #{kind}")
    assert "No terms are shown on this page." in page.locator(PANEL).inner_text()


def test_where_it_would_cover_the_term_that_it_leads_to_it_closes(tab: Tab) -> None:
    """WCAG 2.2, 2.4.11."""
    tab.page.set_viewport_size({"width": 360, "height": 640})
    page = tab.show(f"{HEAD}{'<p>The zorbulation began.</p>' * 30}")
    page.keyboard.press(KEY)
    page.click(f"{PANEL} li button")
    assert not page.locator(PANEL).count()
    assert tab.is_open()
    assert page.evaluate("document.querySelector('gl-card').shadowRoot.activeElement.role") == "dialog"
    page.keyboard.press("Escape")
    found = page.evaluate(
        "(({x, y, width}) => document.elementFromPoint(x + width / 2, y + 5).localName)(document.activeElement.getBoundingClientRect())"
    )
    assert found == "gl-term"


def test_escape_closes_it_wherever_the_focus_is_but_the_card_first(tab: Tab) -> None:
    page = tab.show(PAGE)
    page.keyboard.press(KEY)
    page.hover("gl-term >> nth=0")
    page.clock.run_for(600)
    page.focus("#before")
    page.keyboard.press("Escape")
    assert (tab.is_open(), page.locator(PANEL).count()) == (False, 1)
    page.keyboard.press("Escape")
    assert page.locator(PANEL).count() == 0


def test_the_card_leads_to_it(tab: Tab) -> None:
    page = tab.show(PAGE)
    page.keyboard.press("Alt+Shift+KeyG")
    page.click("gl-card button >> nth=2")
    assert page.locator(PANEL).count() == 1


def test_it_says_where_marks_stopped(tab: Tab) -> None:
    page = tab.show(PAGE)
    page.evaluate("document.querySelector('gl-term').setAttribute('data-crowded', '')")
    page.keyboard.press(KEY)
    assert "Marks stop there" in page.locator(PANEL).inner_text()


def test_a_scrollbar_is_no_room(driver: Any) -> None:
    browser = driver.chromium.launch(
        executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS), ignore_default_args=["--hide-scrollbars"]
    )
    tab = Tab(browser.new_page(viewport={"width": 360, "height": 640}))
    page = tab.show(PAGE)
    assert page.evaluate("document.documentElement.clientWidth") < 360
    page.keyboard.press(KEY)
    assert page.locator(PANEL).bounding_box()["x"] >= 0
    browser.close()


def test_it_fits_a_small_window(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 320, "height": 256})
    page = tab.show(PAGE, language="ru", settings={**SETTINGS, "density": "page"})
    page.keyboard.press(KEY)
    box = page.locator(PANEL).bounding_box()
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= 320
    assert box["y"] + box["height"] <= 256
    assert page.evaluate("document.querySelector('gl-card').shadowRoot.querySelector('.box').scrollWidth <= 320")


@pytest.mark.slow
def test_what_is_chosen_in_two_tabs_of_a_site_is_kept_of_both(chromium: Any, site: Site) -> None:
    address = site.put("/", "<!doctype html><html lang=en><title>News</title><p>The zorbulation began.</p>")
    tabs = [chromium.new_page() for _ in range(2)]
    for each in tabs:
        each.add_init_script(OPENED)
        each.goto(address)
        each.keyboard.press(KEY)

    def switch(tab: Any, kind: str) -> int:
        with tab.expect_response(lambda response: response.request.method == "POST"):
            tab.click(f"{PANEL} #{kind}")
        fresh = chromium.new_page()
        fresh.goto(address)
        marks = fresh.evaluate("document.querySelectorAll('gl-term').length")
        fresh.close()
        return int(marks)

    steps = [(tabs[0], "mandated"), (tabs[1], "label"), (tabs[1], "label"), (tabs[0], "mandated")]
    assert [switch(*step) for step in steps] == [0, 0, 0, 1]
    for each in tabs:
        each.close()
