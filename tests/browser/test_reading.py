"""What a reader meets: the founding report, hover, keyboard, edits of the glossary, second visits, service workers."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.browser.conftest import GLOSSARY, Browser, Proxy
from tests.browser.origin import Site

pytestmark = pytest.mark.browser

REPORT = Path(__file__).parent / "pages" / "report.html"
TERMS = "[...document.querySelectorAll('gl-term[tabindex]')].map(term => term.dataset.entry)"
WORDS = "[...document.querySelectorAll('gl-term')].map(term => term.textContent)"
TOOLTIP = "getComputedStyle(document.querySelector('gl-term{}'), '::after').content"
PLAIN = "<!doctype html><html lang=en><title>Plain</title><p>The zorbulation began, and the zorbulation ended.</p>"


def test_the_founding_report_explains_war_invasion_and_the_operation(browser: Browser, site: Site) -> None:
    browser.open(site.put("/report", REPORT.read_bytes()))
    assert {"ru-voina", "ru-vtorzhenie", "ru-svo"} <= {ref for refs in browser.evaluate(TERMS) for ref in refs.split()}
    words = browser.evaluate(WORDS)
    assert "war" in words
    assert "invasion" in words
    assert "special military" in words


def test_the_page_keeps_its_text_and_its_mode(browser: Browser, site: Site) -> None:
    browser.open(site.put("/report", REPORT.read_bytes()))
    with_terms = browser.evaluate("[document.body.innerText, document.compatMode, document.characterSet]")
    browser.open(site.put("/plain", REPORT.read_bytes(), ("Content-Type", "text/html"), ("Content-Disposition", "inline")))
    unwrapped = browser.evaluate(
        "(document.querySelectorAll('gl-term, gl-run').forEach(e => e.replaceWith(...e.childNodes)),"
        " document.querySelectorAll('style[data-glossator]').forEach(e => e.remove()),"
        " [document.body.innerText, document.compatMode, document.characterSet])"
    )
    assert with_terms == unwrapped
    assert with_terms[1:] == ["CSS1Compat", "UTF-8"]


@pytest.mark.parametrize(
    ("start", "mode"),
    [(b"\xef\xbb\xbf<!doctype html>", "CSS1Compat"), (b"<!doctype html>", "CSS1Compat"), (b"", "BackCompat")],
    ids=["bom", "doctype", "quirks"],
)
def test_nothing_is_put_before_a_mark_or_a_doctype(browser: Browser, site: Site, start: bytes, mode: str) -> None:
    browser.open(site.put("/start", start + "<p>A zorbulation – ж.</p>".encode()))
    told = browser.evaluate("[document.compatMode, document.characterSet, document.querySelector('gl-term').textContent]")
    assert told == [mode, "UTF-8", "zorbulation"]


def test_hover_shows_the_explanation_without_script(page: object, site: Site) -> None:
    page.goto(site.put("/hover", PLAIN, ("Content-Security-Policy", "script-src 'none'")))  # type: ignore[attr-defined]
    assert page.evaluate(TOOLTIP.format("")) == "none"  # type: ignore[attr-defined]
    page.hover("gl-term")  # type: ignore[attr-defined]
    assert "FIRST MEANING" in page.evaluate(TOOLTIP.format(":hover"))  # type: ignore[attr-defined]
    said = page.get_attribute("gl-term", "aria-description")  # type: ignore[attr-defined]
    assert said == "FIRST MEANING of a made-up word.\nRequired by an office of the tests, since 2022-02-24\nmandated wording"


def test_the_keyboard_reaches_a_term_without_script(page: object, site: Site) -> None:
    page.goto(site.put("/keys", PLAIN, ("Content-Security-Policy", "script-src 'none'")))  # type: ignore[attr-defined]
    page.keyboard.press("Tab")  # type: ignore[attr-defined]
    assert page.evaluate("document.activeElement.localName") == "gl-term"  # type: ignore[attr-defined]
    assert "FIRST MEANING" in page.evaluate(TOOLTIP.format(":focus-visible"))  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["no-cache", "max-age=600", "max-age=31536000, immutable"])
def test_an_edit_of_the_glossary_shows_on_the_next_visit_and_then_the_cache_serves_again(
    browser: Browser, site: Site, proxy: Proxy, kept: str
) -> None:
    address = site.put("/edit", PLAIN, ("Cache-Control", kept), etag='"v1"')
    said = "document.querySelector('gl-term').getAttribute('aria-description').split(' ')[0]"
    for _ in range(2):
        browser.open(address)
        assert browser.evaluate(said) == "FIRST"
    assert [asked.status for asked in site.asked if asked.path == "/edit"] == [200, 304]
    try:
        proxy.glossary.write_text(GLOSSARY.replace("FIRST MEANING", "SECOND MEANING"), encoding="utf-8")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            browser.open(address)
            if browser.evaluate(said) == "SECOND":
                break
            time.sleep(0.3)
        assert browser.evaluate(said) == "SECOND"
        site.asked.clear()
        browser.open(address)
        assert browser.evaluate(said) == "SECOND"
        assert [asked.status for asked in site.asked if asked.path == "/edit"] == [304]
    finally:
        proxy.glossary.write_text(GLOSSARY, encoding="utf-8")
        deadline = time.monotonic() + 60
        while browser.evaluate(said) != "FIRST" and time.monotonic() < deadline:
            time.sleep(0.3)
            browser.open(address)


def test_a_second_visit_answered_304_is_styled_as_the_first(browser: Browser, site: Site) -> None:
    policy = ("Content-Security-Policy", "default-src 'self'; style-src 'self'")
    address = site.put("/again", PLAIN, policy, ("Cache-Control", "no-cache"), etag='"again"')
    style = "getComputedStyle(document.querySelector('gl-term')).textDecorationStyle"
    seen = []
    for _ in range(3):
        browser.open(address)
        seen.append(browser.evaluate(style))
    assert seen == ["dashed", "dashed", "dashed"]
    assert [asked.status for asked in site.asked if asked.path == "/again"] == [200, 304, 304]


def test_a_page_fetched_by_script_is_plain_and_a_navigation_to_it_is_not(browser: Browser, site: Site) -> None:
    address = site.put("/both", PLAIN, ("Cache-Control", "max-age=600"))
    browser.open(site.put("/start", "<!doctype html><title>start</title>"))
    fetched = "fetch('/both').then(answer => answer.text()).then(text => text.includes('gl-term'))"
    assert browser.evaluate(fetched) is False
    browser.open(address)
    assert browser.evaluate(WORDS) == ["zorbulation"]
    assert browser.evaluate(fetched) is False


def test_a_navigation_through_a_service_worker_is_annotated(page: object, site: Site) -> None:
    worker = "self.addEventListener('fetch', event => event.respondWith(fetch(event.request)));"
    worker += "self.addEventListener('activate', event => event.waitUntil(clients.claim()));"
    site.put("/worker.js", worker, ("Content-Type", "text/javascript"))
    page.goto(site.put("/start", "<!doctype html><title>start</title>"))  # type: ignore[attr-defined]
    page.evaluate("navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready).then(() => 1)")  # type: ignore[attr-defined]
    page.wait_for_function("navigator.serviceWorker.controller !== null")  # type: ignore[attr-defined]
    page.goto(site.put("/through", PLAIN))  # type: ignore[attr-defined]
    assert page.evaluate("navigator.serviceWorker.controller !== null")  # type: ignore[attr-defined]
    assert page.evaluate(WORDS) == ["zorbulation"]  # type: ignore[attr-defined]
