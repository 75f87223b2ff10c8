"""What a browser's own decoder makes of an annotated page in an encoding with states."""

from __future__ import annotations

import pytest

from proxy_addon.markup.rewriter import strip_annotations
from tests.browser.conftest import Browser
from tests.browser.origin import Site
from tests.markup.fakes import WordMatcher, rewritten

pytestmark = pytest.mark.browser

KIND = ("Content-Type", "text/html; charset=iso-2022-jp")
TEXT = (
    "(document.querySelectorAll('style').forEach(element => element.remove()),"
    " [document.characterSet, document.body.textContent, document.querySelector('p').title])"
)
BODY = "<p title='戦<\"'>日本の戦争の記事です。 zebra 戦争 zebra</p><p>戦争</p><p>戦争<b>と</b> zebra<p>&#25126;争¥"


def page(text: str) -> bytes:
    return f"<!doctype html><meta charset=iso-2022-jp><title>日本</title><body>{text}</body>".encode("iso-2022-jp")


@pytest.mark.parametrize("back", [b"\x1b(B", b"\x1b(J"], ids=["ascii", "roman"])
def test_a_page_in_iso_2022_jp_reads_the_same_with_its_marks(browser: Browser, site: Site, back: bytes) -> None:
    plain = page(BODY).replace(b"\x1b(B", back)
    annotated = rewritten(plain, content_type=KIND[1], matcher=WordMatcher(("戦争", "争", "zebra")))
    assert (strip_annotations(annotated), annotated.count(b"</gl-term>")) == (plain, 8)
    browser.open(site.put("/plain", plain, KIND))
    before = browser.evaluate(TEXT)
    browser.open(site.put("/annotated", annotated, KIND))
    assert browser.evaluate(TEXT) == before
    assert (before[0], "\ufffd" in before[1], "日本の戦争" in before[1]) == ("ISO-2022-JP", False, True)
    assert browser.evaluate("[...document.querySelectorAll('gl-term')].map(e => e.textContent)") == (
        ["戦争", "zebra", "戦争", "zebra", "戦争", "戦争", "zebra", "戦争"]
    )


def test_the_proxy_annotates_a_page_in_iso_2022_jp(browser: Browser, site: Site) -> None:
    browser.open(site.put("/japanese", page("<p>これはzorbulationです。</p>"), ("Content-Type", "text/html")))
    told = browser.evaluate("[document.querySelector('gl-term').textContent, document.querySelector('p').innerText]")
    assert told == ["zorbulation", "これはzorbulationです。"]
