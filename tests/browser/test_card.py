"""The card: what it says, when it shows and goes, by pointer, keyboard and touch, and what it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from proxy_addon.markup.labels import LABELS, labels
from tests.browser.scripted import OPENED, SETTINGS, scripted

pytestmark = pytest.mark.browser

HEAD = "<!doctype html><html lang=en><meta charset=utf-8><title>News</title><style>body{font:18px/1.6 serif}</style>"
PAGE = f"""{HEAD}<a id=before href=#a>before</a>
<p>The zorbulation began. A <a id=link href=#followed>mome</a> was announced.</p><p>A borogrove treaty, a rath.</p>
<a id=after href=#b>after</a><div style="height:3000px"></div>"""
CARD = "gl-card .box:not(.panel)"
FIRST = "gl-term >> nth=0"


class Tab:
    """One page with the script in it and a clock that stands still; ``wrong`` is what it complained of."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.still = False
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self.wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.set_default_timeout(4000)
        page.add_init_script(OPENED)
        page.clock.install()
        # Scripts of this kind run when a page is gone to, not on the first empty one.
        page.goto("about:blank")

    def show(self, html: str = PAGE, **options: Any) -> Any:
        self.page.set_content(scripted(html, **options))
        if not self.still:
            self.page.clock.pause_at(self.page.evaluate("Date.now() + 1000"))
        self.still = True
        return self.page

    def is_open(self) -> bool:
        return bool(self.page.locator(CARD).count())

    def text(self) -> str:
        return str(self.page.locator(CARD).inner_text())


@pytest.fixture(params=[{}])
def tab(direct: Any, request: pytest.FixtureRequest) -> Iterator[Tab]:
    context = direct.new_context(viewport={"width": 1000, "height": 640}, **request.param)
    opened = Tab(context.new_page())
    yield opened
    assert opened.wrong == []
    context.close()


touching = pytest.mark.parametrize("tab", [{"has_touch": True, "is_mobile": True}], indirect=True)


def test_nothing_of_it_is_on_the_page_until_it_shows_and_its_tree_is_closed(tab: Tab) -> None:
    page = tab.show()
    assert not page.locator("gl-card").count()
    text = page.evaluate("document.body.innerText")
    page.hover(FIRST)
    page.clock.run_for(600)
    assert tab.is_open()
    assert page.evaluate("document.body.innerText") == text
    assert page.evaluate("modes") == ["closed", "closed"]
    assert page.evaluate("document.querySelector('gl-card').childNodes.length") == 0
    assert page.evaluate("document.querySelectorAll('script').length") == 0


def test_it_shows_half_a_second_after_the_pointer_came_to_rest_and_goes_300_ms_after_it_left(tab: Tab) -> None:
    page = tab.show()
    page.hover(FIRST)
    page.clock.run_for(490)
    assert not tab.is_open()
    page.clock.run_for(20)
    assert tab.is_open()
    page.mouse.move(900, 600)
    page.clock.run_for(290)
    assert tab.is_open()
    page.clock.run_for(20)
    assert not tab.is_open()


def test_a_pointer_that_passes_opens_nothing(tab: Tab) -> None:
    page = tab.show()
    page.hover(FIRST)
    page.clock.run_for(100)
    page.mouse.move(900, 600)
    page.clock.run_for(2000)
    assert not tab.is_open()
    page.hover(FIRST)
    page.clock.run_for(300)
    page.mouse.move(900, 600)
    page.clock.run_for(2000)
    assert not tab.is_open()


def test_the_pointer_may_travel_to_the_card_and_stay_on_it(tab: Tab) -> None:
    page = tab.show()
    page.hover(FIRST)
    page.clock.run_for(600)
    term, card = page.locator(FIRST).bounding_box(), page.locator(CARD).bounding_box()
    x, y = term["x"] + term["width"] / 2, term["y"] + term["height"] / 2
    steps = round(card["y"] + 40 - y)
    for step in range(steps):
        page.mouse.move(x + step / 2, y + step)
        page.clock.run_for(60)
        assert tab.is_open(), f"closed {step} px below the term"
    page.clock.run_for(60_000)
    assert tab.is_open()


def test_escape_closes_it_and_it_stays_away_while_the_pointer_stays(tab: Tab) -> None:
    page = tab.show()
    page.hover(FIRST)
    page.clock.run_for(600)
    page.keyboard.press("Escape")
    assert not tab.is_open()
    page.clock.run_for(5000)
    assert not tab.is_open()
    page.mouse.move(900, 600)
    page.clock.run_for(500)
    page.hover(FIRST)
    page.clock.run_for(600)
    assert tab.is_open()


def test_hovering_takes_no_focus(tab: Tab) -> None:
    page = tab.show()
    page.focus("#before")
    page.hover(FIRST)
    page.clock.run_for(600)
    assert tab.is_open()
    assert page.evaluate("document.activeElement.id") == "before"


def test_the_keyboard_reaches_pins_cycles_and_returns(tab: Tab) -> None:
    page = tab.show()
    page.focus("#before")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.localName") == "gl-term"
    assert tab.is_open()
    page.keyboard.press("Enter")
    inside = "document.querySelector('gl-card').shadowRoot.activeElement?.{}"
    assert page.evaluate(inside.format("role")) == "dialog"
    seen = []
    for _ in range(20):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(inside.format("textContent")))
    links = page.evaluate(
        "[...document.querySelector('gl-card').shadowRoot.querySelectorAll('a, button, summary')].filter(e => e.checkVisibility()).map(e => e.textContent)"
    )
    assert seen == [links[at % len(links)] for at in range(20)]
    page.keyboard.press("Escape")
    assert not tab.is_open()
    assert page.evaluate("document.activeElement.textContent") == "zorbulation"


def test_the_order_of_focus_is_the_pages_with_the_terms_in_it(tab: Tab) -> None:
    page = tab.show()
    page.focus("#before")
    seen = []
    for _ in range(6):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert seen == ["zorbulation", "link", "mome", "borogrove treaty", "rath", "after"]
    assert not tab.is_open()


def test_a_key_jumps_from_term_to_term_and_begins_again(tab: Tab) -> None:
    page = tab.show()
    seen = []
    for _ in range(5):
        page.keyboard.press("Alt+Shift+KeyG")
        assert tab.is_open()
        seen.append(page.evaluate("document.activeElement.textContent"))
    assert seen == ["zorbulation", "mome", "borogrove treaty", "rath", "zorbulation"]


@touching
def test_a_tap_opens_and_a_tap_elsewhere_closes(tab: Tab) -> None:
    page = tab.show()
    page.tap(FIRST)
    assert tab.is_open()
    page.touchscreen.tap(900, 600)
    assert not tab.is_open()


@touching
def test_the_first_tap_on_a_link_with_a_term_opens_and_the_second_follows(tab: Tab) -> None:
    page = tab.show()
    page.tap("#link")
    assert tab.is_open()
    assert "#followed" not in page.url
    page.tap("#link")
    assert page.evaluate("location.hash") == "#followed"


def test_a_click_on_a_link_with_a_term_follows_it(tab: Tab) -> None:
    page = tab.show()
    page.click("#link")
    assert page.evaluate("location.hash") == "#followed"
    assert not tab.is_open()


def test_the_tooltip_never_stands_beside_the_card(tab: Tab) -> None:
    page = tab.show()
    page.hover(FIRST)
    assert page.evaluate("getComputedStyle(document.querySelector('gl-term'), '::after').content") == "none"


@pytest.mark.parametrize(("width", "height"), [(320, 180), (320, 256), (360, 640)])
def test_without_script_the_tooltip_stands_in_the_window_as_a_whole(tab: Tab, width: int, height: int) -> None:
    html = scripted(HEAD + "<p style='margin-top:60px'>A zorbulation.</p>", language="ru")
    start = html.index("<script data-glossator")
    tab.page.set_viewport_size({"width": width, "height": height})
    tab.page.set_content(html[:start] + html[html.index("</script>") + 9 :])
    tab.page.hover(FIRST)
    tab.page.wait_for_timeout(600)
    assert tab.page.evaluate("document.elementFromPoint(innerWidth / 2, innerHeight - 2).localName") != "gl-term"
    rows = "[...Array(innerHeight).keys()].filter((y) => document.elementFromPoint(innerWidth / 2, y).localName === 'gl-term').length"
    assert tab.page.evaluate(rows) >= 140


def test_it_says_everything_that_is_known(tab: Tab) -> None:
    page = tab.show(HEAD + "<p>A zorbulation.</p><p>A &quot;borogrove treaty&quot; once.</p>")
    page.keyboard.press("Alt+Shift+KeyG")
    assert "A report in print" not in tab.text()
    page.click(f"{CARD} summary")
    assert [line for line in tab.text().split("\n") if line.strip()] == [
        "zorbulation",
        "mandated wording",
        "The border war that began on 24 February 2022, as the office requires it to be called in every report.",
        "Required by an office of the tests since February 24, 2022",
        "Zorbulation Act, section 7 since March 4, 2022",
        "Penalty: A fine of up to 1000 shillings",
        "Counterpart: borogrove treaty",
        "Papers abroad write of a war.",
        "Sources",
        "Notice of the office to all papers February 24, 2022 archived copy",
        "A report in print 2023-05",
        "Explained by your own glossary, not by this site.",
        "Hide this term on this siteTurn off on this siteAll 2 terms on this page",
        "Your choices can’t be saved here: they hold until you leave the page.",
    ]
    page.keyboard.press("Alt+Shift+KeyG")
    assert "in quotation marks here" in tab.text()
    assert "banned or penalised word · no longer in force" in tab.text()
    assert "since 2021, until June 30, 2023" in tab.text()


def test_links_lead_to_the_web_alone_in_a_tab_of_their_own(tab: Tab) -> None:
    page = tab.show()
    page.keyboard.press("Alt+Shift+KeyG")
    found = page.evaluate(
        "[...document.querySelector('gl-card').shadowRoot.querySelectorAll('a')].map(a => [a.href, a.target, a.rel])"
    )
    where = [
        "https://example.org/act",
        "https://example.org/notice",
        "https://archive.example.org/1",
        "https://example.org/print",
    ]
    assert found == [[each, "_blank", "noreferrer noopener"] for each in where]


def test_a_link_of_another_kind_is_words(tab: Tab) -> None:
    html = scripted(PAGE).replace("https://example.org/notice", "javascript:alert(1)")
    tab.page.set_content(html)
    tab.page.keyboard.press("Alt+Shift+KeyG")
    tab.page.click(f"{CARD} summary")
    assert "Notice of the office" in tab.text()
    assert not tab.page.locator(f"{CARD} a[href^=javascript]").count()


@pytest.mark.parametrize(("language", "said"), [("ru", "Пограничная война"), ("zh-Hans", "边境战争"), ("uk", "The border war")])
def test_every_text_carries_the_language_it_is_really_in(tab: Tab, language: str, said: str) -> None:
    page = tab.show(language=language)
    page.keyboard.press("Alt+Shift+KeyG")
    told = page.evaluate(
        "(() => { const p = document.querySelector('gl-card').shadowRoot.querySelector('section > p'); return [p.lang, p.dir, p.textContent]; })()"
    )
    assert told[:2] == [language if language != "uk" else "en", "auto"]
    assert said in told[2]
    assert page.locator(CARD).get_attribute("lang") == language
    assert labels(language)["mandated"] in tab.text()


def test_hiding_a_term_takes_effect_at_once_everywhere_on_the_page(tab: Tab) -> None:
    page = tab.show(HEAD + "<p>A zorbulation, a rath.</p><p>The zorbulation.</p>")
    page.hover(FIRST)
    page.clock.run_for(600)
    page.click(f"{CARD} button >> nth=0")
    assert not tab.is_open()
    shown = "[...document.querySelectorAll('gl-term')].filter(e => getComputedStyle(e).textDecorationLine === 'underline').map(e => e.textContent)"
    assert page.evaluate(shown) == ["rath"]
    page.hover(FIRST)
    page.clock.run_for(1000)
    assert not tab.is_open()


def test_off_on_this_site_leaves_the_words_alone_at_once(tab: Tab) -> None:
    page = tab.show()
    page.hover(FIRST)
    page.clock.run_for(600)
    page.click(f"{CARD} button >> nth=1")
    assert (
        page.evaluate(
            "[...document.querySelectorAll('gl-term')].filter(e => getComputedStyle(e).textDecorationLine === 'underline').length"
        )
        == 0
    )
    assert page.evaluate("document.querySelectorAll('gl-term[tabindex=\"0\"]').length") == 0


def test_a_choice_is_told_to_the_proxy_and_what_cannot_be_kept_is_said(tab: Tab) -> None:
    sent: list[Any] = []

    def answer(route: Any) -> None:
        if route.request.method == "POST":
            sent.append(json.loads(route.request.post_data))
        route.fulfill(json={"glossator": "token"})

    tab.page.route("http://site.test/.glossator/token", answer)
    tab.page.route(
        "http://site.test/", lambda route: route.fulfill(content_type="text/html", body=scripted(PAGE, ask="/.glossator/token"))
    )
    tab.page.goto("http://site.test/")
    tab.page.keyboard.press("Alt+Shift+KeyG")
    assert str(labels("en")["unsaved"]) not in tab.text()
    with tab.page.expect_response(lambda response: response.request.method == "POST"):
        tab.page.click(f"{CARD} button >> nth=0")
    assert [said for said in sent if "set" in said] == [{"set": {"hidden": {"zorbulation": True}}}]
    tab.show()
    tab.page.keyboard.press("Alt+Shift+KeyG")
    assert str(labels("en")["unsaved"]) in tab.text()


def test_a_choice_that_is_lost_is_said_where_it_was_made(tab: Tab) -> None:
    """The proxy goes away while the card is open: the card shows again, and so does every card after it."""
    gone: list[bool] = []
    tab.page.route(
        "http://site.test/.glossator/token", lambda route: route.abort() if gone else route.fulfill(json={"glossator": "token"})
    )
    tab.page.route(
        "http://site.test/", lambda route: route.fulfill(content_type="text/html", body=scripted(PAGE, ask="/.glossator/token"))
    )
    tab.page.goto("http://site.test/")
    tab.page.keyboard.press("Alt+Shift+KeyG")
    assert str(labels("en")["unsaved"]) not in tab.text()
    gone.append(True)
    tab.page.click(f"{CARD} button >> nth=0")
    tab.page.wait_for_selector(CARD)
    assert str(labels("en")["unsaved"]) in tab.text()
    assert tab.page.evaluate("document.querySelector('gl-term').hasAttribute('data-off')")
    tab.wrong = [said for said in tab.wrong if "ERR_FAILED" not in said]


@pytest.mark.parametrize(
    "style",
    [
        "",
        "div{display:none}body{position:absolute;right:0;bottom:0;width:200px}",
        "p{margin-top:500px}",
        "html{direction:rtl}",
        "html{writing-mode:vertical-rl}",
        "html{writing-mode:vertical-lr;margin-top:300px}",
    ],
)
def test_it_stays_in_the_window_and_off_its_term(tab: Tab, style: str) -> None:
    page = tab.show(PAGE.replace("</style>", style + "</style>"))
    for width, height in ((1000, 640), (360, 640), (320, 256)):
        page.set_viewport_size({"width": width, "height": height})
        for _ in range(4):
            page.keyboard.press("Alt+Shift+KeyG")
            card = page.locator(CARD).bounding_box()
            term = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
            right, bottom = card["x"] + card["width"], card["y"] + card["height"]
            assert 0 <= card["x"] < right <= width, card
            assert 0 <= card["y"] < bottom <= height, card
            off = card["y"] >= term["bottom"] or bottom <= term["top"] or card["x"] >= term["right"] or right <= term["left"]
            assert off or width < 400, f"{card} over {term}"


@pytest.mark.parametrize(
    "style", ["html{direction:rtl}", "html{direction:rtl;unicode-bidi:bidi-override}", "*{direction:rtl!important}"]
)
def test_card_and_panel_are_written_from_left_to_right_whatever_the_page(tab: Tab, style: str) -> None:
    page = tab.show(PAGE.replace("</style>", style + "</style>"))
    for key in ("Alt+Shift+KeyG", "Alt+Shift+KeyP"):
        page.keyboard.press(key)
        places = page.evaluate("""[...document.querySelectorAll('gl-card')].at(-1).shadowRoot.querySelectorAll('footer p, legend')
            .values().map(({firstChild}) => [0, 1].map((at) => {
                const range = new Range(); range.setStart(firstChild, at); range.setEnd(firstChild, at + 1);
                return range.getBoundingClientRect().x })).toArray()[0]""")
        box = page.evaluate(
            "(({direction, unicodeBidi}) => [direction, unicodeBidi])(getComputedStyle([...document.querySelectorAll('gl-card')].at(-1).shadowRoot.querySelector('.box')))"
        )
        assert (box, places[0] < places[1]) == (["ltr", "isolate"], True)
        page.keyboard.press("Escape")


def test_on_a_page_from_right_to_left_it_ends_where_its_term_ends(tab: Tab) -> None:
    page = tab.show(PAGE.replace("</style>", "html{direction:rtl}p{padding-inline-start:200px}</style>"))
    page.keyboard.press("Alt+Shift+KeyG")
    card, term = page.locator(CARD).bounding_box(), page.locator(FIRST).bounding_box()
    assert card["x"] + card["width"] == pytest.approx(term["x"] + term["width"], abs=1)


def test_it_stands_at_the_line_under_the_pointer(tab: Tab) -> None:
    page = tab.show(HEAD + "<p style='width:9rem'>A longer start and the borogrove treaty.</p>")
    lines = page.evaluate("[...document.querySelector('gl-term').getClientRects()].map(r => r.toJSON())")
    assert len(lines) == 2
    for line in lines:
        page.mouse.move(line["x"] + 9, line["y"] + 9)
        page.clock.run_for(700)
        assert page.locator(CARD).bounding_box()["y"] == pytest.approx(line["bottom"] + 6, abs=1)
        page.mouse.move(900, 600)
        page.clock.run_for(700)


def test_it_goes_along_when_the_page_scrolls_and_closes_when_its_term_is_out_of_sight(tab: Tab) -> None:
    page = tab.show()
    page.keyboard.press("Alt+Shift+KeyG")
    before = page.locator(CARD).bounding_box()["y"]
    page.evaluate(
        "scrollTo({top: 10, behavior: 'instant'}), new Promise(done => document.addEventListener('scroll', done, {once: true}))"
    )
    assert page.locator(CARD).bounding_box()["y"] == pytest.approx(before - 10, abs=1)
    page.evaluate(
        "scrollTo({top: 2000, behavior: 'instant'}), new Promise(done => document.addEventListener('scroll', done, {once: true}))"
    )
    assert not tab.is_open()


def test_it_is_seen_and_used_above_a_modal_dialog(tab: Tab) -> None:
    page = tab.show(HEAD + "<dialog id=d style='height:300px;width:500px'>The zorbulation.</dialog>")
    page.evaluate("document.getElementById('d').showModal()")
    page.hover(FIRST)
    page.clock.run_for(600)
    assert tab.is_open()
    page.click(f"{CARD} button >> nth=0", timeout=3000)
    assert page.evaluate("document.querySelector('gl-term').hasAttribute('data-off')")


def test_in_a_low_window_it_takes_the_whole_window(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 320, "height": 256})
    page = tab.show()
    page.keyboard.press("Alt+Shift+KeyG")
    assert page.locator(CARD).bounding_box()["height"] == pytest.approx(240, abs=1)


def test_a_touch_of_it_leaves_the_popover_open_in_which_its_term_is(tab: Tab) -> None:
    page = tab.show(HEAD + "<button popovertarget=x>Open</button><div id=x popover>The zorbulation.</div>")
    page.click("button")
    page.hover(FIRST)
    page.clock.run_for(600)
    page.click(f"{CARD} p >> nth=0")
    assert page.evaluate("document.querySelector('#x').matches(':popover-open')")
    assert tab.is_open()


@pytest.mark.parametrize("zoom", ["0.8", "1.5"])
def test_on_a_page_that_enlarges_itself_it_stands_beside_its_term_in_its_own_size(tab: Tab, zoom: str) -> None:
    page = tab.show(PAGE.replace("</style>", f"html{{zoom:{zoom}}}</style>"))
    for _ in range(4):
        page.keyboard.press("Alt+Shift+KeyG")
        card, term = page.locator(CARD).bounding_box(), page.locator("gl-term:focus").bounding_box()
        assert card["y"] == pytest.approx(term["y"] + term["height"] + 6, abs=2)
        assert card["x"] == pytest.approx(max(8, min(term["x"], 1000 - card["width"] - 8)), abs=2)
        assert card["width"] <= 380


def test_escape_closes_the_card_before_the_dialog_under_it(tab: Tab) -> None:
    page = tab.show(HEAD + "<dialog id=d style='height:300px'>The zorbulation.</dialog>")
    page.evaluate("document.getElementById('d').showModal()")
    page.hover(FIRST)
    page.clock.run_for(600)
    page.keyboard.press("Escape")
    assert not tab.is_open()
    assert page.evaluate("document.getElementById('d').open")


@pytest.mark.parametrize(
    "hostile",
    [
        "* { all: unset !important }",
        "* { display: none !important } html, body, p { display: block !important }",
        "html > * { opacity: 0 !important; transform: scale(0) !important }",
    ],
)
def test_no_style_of_the_page_reaches_it(tab: Tab, hostile: str) -> None:
    page = tab.show(PAGE.replace("</style>", hostile + "</style>"))
    page.keyboard.press("Alt+Shift+KeyG")
    box = page.locator(CARD).bounding_box()
    assert box["width"] > 300
    assert (
        page.evaluate("getComputedStyle(document.querySelector('gl-card').shadowRoot.querySelector('.box')).fontSize") == "15px"
    )


@pytest.mark.parametrize("language", LABELS)
def test_every_label_is_in_every_language_with_every_plural_its_language_has(direct: Any, language: str) -> None:
    page = direct.new_page()
    plurals = page.evaluate("language => new Intl.PluralRules(language).resolvedOptions().pluralCategories", language)
    page.close()
    assert labels(language).keys() == labels("en").keys()
    for name, said in labels(language).items():
        forms = said if isinstance(said, dict) else {"other": said}
        assert isinstance(said, str) == isinstance(labels("en")[name], str), name
        assert all(forms.values()), name
        assert isinstance(said, str) or set(said) == set(plurals), name
        assert {"{}" in form for form in forms.values()} == {"{}" in str(labels("en")[name])}, name


def test_a_count_is_in_the_plural_of_its_number(tab: Tab) -> None:
    for number, said in [(2, "Все 2 термина"), (5, "Все 5 терминов"), (21, "21 термин на")]:
        page = tab.show(HEAD + "<p>A rath.</p>" * number, language="ru")
        page.keyboard.press("Alt+Shift+KeyG")
        assert said in tab.text()


def test_settings_from_the_start_hold(tab: Tab) -> None:
    page = tab.show(settings={**SETTINGS, "kinds_off": ["label"]})
    seen = []
    for _ in range(4):
        page.keyboard.press("Alt+Shift+KeyG")
        seen.append(page.evaluate("document.activeElement.textContent"))
    assert "rath" not in seen
