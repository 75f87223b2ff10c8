"""Annotating moves no text, however a site styles its elements."""

from __future__ import annotations

from typing import Any

import pytest

from proxy_addon import Matcher, annotate_html
from proxy_addon.glossary.model import Entry, Form, Glossary
from tests.browser.origin import Site
from tests.browser.scenes import SCENES, Scene

pytestmark = pytest.mark.browser

# Where every visible character stands, in CSS pixels.
CHARACTERS = """(() => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = texts.nextNode());) {
    if (node.parentElement.closest('style')) continue;
    for (let at = 0; at < node.data.length; at += 1) {
      if (/\\s/.test(node.data[at])) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const box = range.getBoundingClientRect();
      found.push([node.data[at], box.x, box.y]);
    }
  }
  return found;
})()"""

# Less than this is rounding of glyph positions, in pixels.
UNSEEN = 0.6

ENTRY = Entry(
    "term", "mandated", (Form("zorbulation", "en"),), {"en": "A made-up word. " * 8}, lang="en", who={"en": "the tests"}
)


def movement(before: list[list[Any]], after: list[list[Any]]) -> float:
    """The farthest that any character moved, in pixels."""
    assert [c for c, _, _ in before] == [c for c, _, _ in after]
    return max(max(abs(a[1] - b[1]), abs(a[2] - b[2])) for a, b in zip(before, after, strict=True))


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(Glossary({"term": ENTRY}, version="scenes"), cache=None)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_annotating_moves_no_text(page: Any, site: Site, matcher: Matcher, scene: Scene) -> None:
    annotated = annotate_html(scene.html.encode(), matcher=matcher, content_type="text/html; charset=utf-8")
    assert b"<gl-term" in annotated
    page.set_content(scene.html)
    before = page.evaluate(CHARACTERS)
    page.set_content(annotated.decode())
    moved = movement(before, page.evaluate(CHARACTERS))
    assert (moved <= UNSEEN) or scene.may_move, f"moved by {moved} px"


def test_few_scenes_may_move() -> None:
    assert len(SCENES) >= 50
    assert sum(scene.may_move for scene in SCENES) <= 5


# What stands at a point of the window: as the tooltip is no element, its term answers for it.
AT = "([x, y]) => document.elementFromPoint(x, y)?.closest('gl-term') !== null"


def is_readable(page: Any) -> bool:
    """Whether the tooltip of the first term, hovered, lies uppermost at three points or more around the term, without script."""
    page.mouse.move(1, 1)
    term = page.locator("gl-term").first
    if not term.count() or not term.is_visible():
        return False
    box = term.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(450)
    shown = page.evaluate("getComputedStyle(document.querySelector('gl-term'), '::after').content !== 'none'")
    hits = [page.evaluate(AT, [box["x"] + 40 + dx, box["y"] + dy]) for dx in (0, 60, 120) for dy in (-50, 40, 60, 80)]
    return bool(shown and sum(hits) >= 3)


@pytest.mark.slow
def test_the_tooltip_can_be_read_in_nearly_every_scene_without_script(page: Any, matcher: Matcher) -> None:
    hidden = []
    for scene in SCENES:
        page.set_content(annotate_html(scene.html.encode(), matcher=matcher, content_type="text/html; charset=utf-8").decode())
        if not is_readable(page):
            hidden.append(scene.name)
    assert len(SCENES) - len(hidden) >= 48, hidden
