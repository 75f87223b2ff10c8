"""What annotations mean to readers with assistive technology: nothing of ours breaks a rule, and a screen reader hears the words."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pytest

from tests.browser.scripted import SETTINGS, scripted
from tests.browser.test_card import HEAD, Tab, tab

__all__ = ["tab"]

pytestmark = pytest.mark.browser

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js")
MAIN = "<main><h1>News</h1>{}</main>"
TEXT = "<p>The zorbulation began. A <a href=#x>mome</a> was announced.</p><p>A borogrove treaty, a rath.</p>"
PAGES = {
    "plain": MAIN.format(TEXT),
    "link and button": MAIN.format("<p><a href=#y>The zorbulation</a></p><button>A mome</button><label>A rath <input></label>"),
    "list and table": MAIN.format(
        f"<ul><li>The zorbulation</li><li>A mome</li></ul><table><tr><th scope=col>A rath<td>{TEXT}</table>"
    ),
    "heading and quote": MAIN.format("<h2>The zorbulation</h2><blockquote>A rath <em>of the mome</em></blockquote>"),
    "right to left": f"<div dir=rtl lang=ar>{MAIN.format('<p>بدأت زوربوليشن يوم الخميس</p>')}</div>",
    "poor page": "<h4>The zorbulation</h4><img src='data:,'><p style='color:#aaa;background:#fff'>A mome, a rath</p>",
}


def broken(page: Any) -> set[tuple[str, str]]:
    """The rules that are broken, each with where."""
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    page.clock.resume()
    found = page.evaluate("rules => axe.run(document, rules)", rules)
    return {(each["id"], str(node["target"])) for each in found["violations"] for node in each["nodes"]}


def bare(where: set[tuple[str, str]]) -> set[str]:
    """The rules alone: with our elements in it, an element's path is another."""
    return {rule for rule, _ in where}


@pytest.mark.parametrize("body", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("tab", [{}, {"color_scheme": "dark"}], ids=["light", "dark"], indirect=True)
def test_annotations_card_and_panel_break_no_rule_that_the_page_kept(tab: Tab, body: str) -> None:
    page, html = tab.page, f"{HEAD}{body}"
    page.set_content(html)
    page.add_script_tag(path=str(AXE))
    before = bare(broken(page))
    page = tab.show(html)
    page.add_script_tag(path=str(AXE))
    assert bare(broken(page)) <= before
    page.keyboard.press("Alt+Shift+KeyG")
    assert tab.is_open()
    with_card = broken(page)
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+Shift+KeyP")
    assert bare(with_card | broken(page)) <= before
    assert not [each for each in with_card | broken(page) if "gl-card" in each[1]]


def heard(page: Any) -> list[str]:
    """Roles, names and descriptions in the order in which a screen reader comes by them."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    known = {node["nodeId"]: node for node in tree}
    told = []
    waiting = [tree[0]]
    while waiting:
        node = waiting.pop()
        waiting += [known[each] for each in reversed(node.get("childIds", ())) if each in known]
        role, name, said = (node.get(each, {}).get("value", "") for each in ("role", "name", "description"))
        if not node.get("ignored") and role not in ("InlineTextBox", "RootWebArea"):
            told.append(" | ".join(part for part in (role, name.strip(), said.replace("\n", " ")) if part))
    return told


def test_a_screen_reader_hears_the_sentence_and_once_the_explanation(tab: Tab) -> None:
    page = tab.show(f"{HEAD}<p>The zorbulation began, and the zorbulation ended.</p>", settings={**SETTINGS, "density": "block"})
    explanation = (
        "The border war that began on 24 February 2022, as the office requires it to be called in every report. "
        "Required by an office of the tests, since 2022-02-24 (Zorbulation Act, section 7, since 2022-03-04) mandated wording"
    )
    said = heard(page)
    assert [each for each in said if each.startswith("StaticText")] == [
        "StaticText | The",
        "StaticText | zorbulation",
        "StaticText | began, and the zorbulation ended.",
    ]
    assert [each for each in said if explanation in each] == [f"generic | {explanation}"]


def test_the_card_is_a_named_dialog_with_its_words_links_and_buttons(tab: Tab) -> None:
    page = tab.show(f"{HEAD}<p>A rath.</p>")
    page.keyboard.press("Alt+Shift+KeyG")
    page.keyboard.press("Enter")
    said = heard(page)
    card = [each for each in said[said.index("dialog | rath") :] if each != "generic"]
    assert card[:3] == ["dialog | rath", "heading | rath label", "StaticText | rath"]
    assert "StaticText | Someone who was put on a list of people to be watched." in card
    assert "DisclosureTriangle | Sources" in card
    page.click("gl-card summary")
    assert "link | The tests" in heard(page)
    assert [each for each in card if each.startswith("button")] == [
        "button | Hide this term on this site",
        "button | Turn off on this site",
    ]


def test_the_panel_is_a_named_dialog_with_a_list_boxes_and_a_choice(tab: Tab) -> None:
    page = tab.show(f"{HEAD}{TEXT}")
    page.keyboard.press("Alt+Shift+KeyP")
    said = heard(page)
    panel = said[said.index("dialog | Terms on this page") :]
    assert "button | Close" in panel
    assert "button | zorbulation 1 time" in panel
    assert sum(each.startswith("listitem") for each in panel) == 4
    assert [each for each in panel if each.startswith("checkbox")] == [
        f"checkbox | {name} 1" for name in ("banned or penalised word", "mandated wording", "euphemism", "label")
    ]
    assert any(each.startswith("combobox | Show a term") for each in panel)


@pytest.mark.parametrize("language", ["en", "ru", "zh-Hant"])
def test_targets_are_big_enough_and_text_can_be_read(tab: Tab, language: str) -> None:
    """WCAG 2.2, 2.5.8: 24 CSS pixels."""
    page = tab.show(f"{HEAD}{TEXT}", language=language)
    for key in ("Alt+Shift+KeyG", "Alt+Shift+KeyP"):
        page.keyboard.press(key)
        small = "[...document.querySelector('gl-card').shadowRoot.querySelectorAll('button, select, label')].filter(e => e.getBoundingClientRect().height < 24)"
        assert page.evaluate(f"{small}.map(e => e.textContent)") == []
        page.keyboard.press("Escape")


def test_the_page_without_script_breaks_no_rule_either(tab: Tab) -> None:
    html = scripted(f"{HEAD}{PAGES['plain']}")
    start = html.index("<script data-glossator")
    tab.page.set_content(html[:start] + html[html.index("</script>") + 9 :])
    tab.page.add_script_tag(path=str(AXE))
    assert broken(tab.page) <= {("region", "")}
