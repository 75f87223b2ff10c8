"""The desk in a real Chromium: who gets in, what a keyboard can do, and that it can be read by everybody."""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from proxy_addon.service.keys import entrance
from tests.browser.conftest import CHROMIUM, CHROMIUM_FLAGS, driven_through, running_proxy
from tests.browser.origin import origin
from tests.service.conftest import TOKEN

from .conftest import OWN, Desk

pytestmark = pytest.mark.browser

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIOLATIONS = """rules => axe.run(document, {runOnly: rules})
  .then(found => found.violations.flatMap(each => each.nodes.map(node => [each.id, node.html.slice(0, 120)])))"""
PAGES = [
    "/", "/desk/settings", "/desk/setup", "/desk/extensions", "/desk/counts", "/desk/reports", "/desk/search?q=made-up", "/desk/entries/test-zorb",
    "/desk/entries/test-zorb/history", "/desk/entries/test-vorpal/edit", "/desk/try", "/desk/new", "/desk/problems", "/desk/exchange",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser(driver: Any) -> Iterator[Any]:
    running = driver.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
    yield running
    running.close()


@pytest.fixture
def address(desk: Desk) -> str:
    return f"http://127.0.0.1:{desk.client.port}"


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """A page in a browser of its own that has not been here before; what it complains of fails the test."""
    context = browser.new_context()
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    # A saved page that is read for its text has styles and handlers, which are refused; the desk has none.
    opened.on(
        "console",
        lambda said: (
            complaints.append(said.text) if "Content Security Policy" in said.text and " inline " not in said.text else None
        ),
    )
    yield opened
    context.close()
    assert complaints == []


def enter(page: Any, address: str) -> None:
    page.goto(f"{address}/#key={entrance(TOKEN, time.time())}")
    page.wait_for_selector("#paused")


def until(holds: Callable[[], bool]) -> None:
    """Waits for what the page does in its own time."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_without_a_key_a_page_says_how_to_get_in_and_shows_nothing(page: Any, address: str, desk: Desk) -> None:
    desk.current.preferences.change({"sites": {"secret.example": {"off": True}}})
    page.goto(f"{address}/desk/settings")
    page.wait_for_selector(".locked >> visible=true")
    assert "secret.example" not in page.content()
    assert "glossator desk" in page.inner_text(".locked >> visible=true")


def test_the_key_leaves_the_address_at_once_and_is_good_once(page: Any, address: str, browser: Any) -> None:
    key = entrance(TOKEN, time.time())
    page.goto(f"{address}/#key={key}")
    page.wait_for_selector("#paused")
    assert page.url == f"{address}/"
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert (key in kept, TOKEN in kept, page.evaluate("document.cookie")) == (False, False, "")
    other = browser.new_context()
    late = other.new_page()
    late.goto(f"{address}/#key={key}")
    late.wait_for_selector(".locked >> visible=true")
    other.close()


@pytest.mark.slow
def test_the_token_can_be_pasted_and_is_not_kept(page: Any, address: str) -> None:
    page.goto(f"{address}/desk/counts")
    page.fill(".locked input >> visible=true", "wrong")
    page.click(".locked button >> visible=true")
    page.wait_for_selector("#say.bad")
    page.fill(".locked input >> visible=true", TOKEN)
    page.click(".locked button >> visible=true")
    page.wait_for_selector("#counting")
    assert TOKEN not in page.evaluate("JSON.stringify(localStorage)")


def test_a_page_of_another_port_learns_nothing(page: Any, address: str, tmp_path: Path) -> None:
    """Another local program's page: same host, another port, with the desk open in the same browser."""
    enter(page, address)
    (tmp_path / "index.html").write_text("<!doctype html><title>x</title>")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, directory=str(tmp_path))

        def log_message(self, format: str, *said: Any) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        other = page.context.new_page()
        other.goto(f"http://127.0.0.1:{server.server_port}/index.html")
        tried = other.evaluate(
            """async (desk) => {
                const told = [localStorage.length, document.cookie];
                for (const path of ["/", "/v1/status", "/desk/own/settings", "/desk/entries/test-zorb"]) {
                    told.push(await fetch(desk + path).then((answer) => answer.status, () => "refused"));
                    told.push(await fetch(desk + path, {mode: "no-cors", credentials: "include"}).then((answer) => answer.type, () => "refused"));
                }
                const frame = document.createElement("iframe");
                frame.src = desk + "/";
                const opened = window.open(desk + "/");
                await new Promise((resolve) => { frame.onload = resolve; document.body.append(frame); });
                await new Promise((resolve) => setTimeout(resolve, 300));
                let said;
                try { said = opened.document.body.textContent; } catch (error) { said = "refused"; }
                try { said += frame.contentDocument?.body.textContent ?? " refused"; } catch (error) { said += " refused"; }
                return [...told, said];
            }""",
            address,
        )
        server.shutdown()
    assert tried == [0, "", *["refused", "opaque"] * 4, "refused refused"]
    assert other.frames[1].query_selector("main") is None


def test_search_and_entries_need_no_script(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.fill("[role=search] input[type=search]", "zorblings")
    page.click("[role=search] button")
    page.click(".results .word")
    assert page.inner_text("h1") == "zorbling"
    page.click(".terms summary:has-text('зорблинг')")
    assert page.is_visible("text=зорблинга")
    assert page.is_visible("noscript p")
    context.close()


FEW = ["/desk/entries/test-vorpal/edit"]


@pytest.mark.parametrize(
    ("scheme", "paths"),
    [("dark", FEW), pytest.param("light", PAGES, marks=pytest.mark.slow), pytest.param("dark", PAGES, marks=pytest.mark.slow)],
)
def test_no_page_breaks_a_rule_of_accessibility(browser: Any, address: str, desk: Desk, scheme: str, paths: list[str]) -> None:
    desk.current.preferences.change({"counting": True, "hidden": ["test-zorb"], "sites": {"news.example": {"off": True}}})
    desk.current.counts.add({"test-zorb": 3})
    desk.post("/v1/feedback", {"entry": "test-zorb", "text": "A zorbling.", "verdict": "wrong"})
    desk.current.fault = "mine.yaml:1:1: broken; mend it"
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{address}/desk/counts")
    page.wait_for_selector(".locked >> visible=true")
    page.evaluate(AXE.read_text() + ";0")
    assert page.evaluate(VIOLATIONS, RULES) == []
    enter(page, address)
    for path in paths:
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        page.evaluate(AXE.read_text() + ";0")
        assert (path, page.evaluate(VIOLATIONS, RULES)) == (path, [])
    page.goto(f"{address}/desk/try")
    page.fill("#try-text", "A zorbling & a sword.")
    page.wait_for_selector(".tried")
    page.evaluate(AXE.read_text() + ";0")
    assert page.evaluate(VIOLATIONS, RULES) == []
    context.close()


@pytest.mark.parametrize(
    ("language", "paths"),
    [("ru", FEW), *(pytest.param(language, PAGES, marks=pytest.mark.slow) for language in ("ru", "uk", "be", "zh-Hant"))],
)
def test_a_narrow_screen_needs_no_sideways_scrolling(browser: Any, address: str, language: str, paths: list[str]) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale=language)
    page = context.new_page()
    enter(page, address)
    wide = []
    for path in paths:
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.lang") == language
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    context.close()
    assert wide == []


def test_an_entry_is_edited_with_the_keyboard_alone(page: Any, address: str, desk: Desk) -> None:
    enter(page, address)
    page.goto(f"{address}/desk/entries/test-vorpal")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    while page.evaluate("document.activeElement.textContent") != "Edit":
        page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector(".checked .good")
    while page.evaluate("document.activeElement.id") != "text":
        page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(OWN.replace("  kind: label", "  knid: label"))
    page.wait_for_selector(".checked .bad")
    assert "knid" in page.inner_text(".checked")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text" or page.evaluate("document.activeElement.className") == "line"
    page.focus("#text")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(OWN.replace("Another made-up", "My own"))
    page.wait_for_selector(".checked .card >> text=My own word of these tests.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer .good")
    assert (desk.packs / "mine.yaml").read_text() == OWN.replace("Another made-up", "My own")
    desk.renew()
    page.wait_for_selector("#say >> text=It is in use now.")


@pytest.mark.slow
def test_a_conflict_keeps_the_text_and_an_unsaved_text_comes_back(page: Any, address: str, desk: Desk) -> None:
    enter(page, address)
    page.goto(f"{address}/desk/entries/test-vorpal/edit")
    page.wait_for_selector("#text")
    mine, theirs = OWN.replace("Another", "My"), OWN.replace("Another", "Their")
    (desk.packs / "mine.yaml").write_text(theirs)
    page.fill("#text", mine)
    page.click("text=Save")
    page.wait_for_selector(".conflict .alert")
    assert (page.input_value("#text"), (desk.packs / "mine.yaml").read_text()) == (mine, theirs)
    page.reload()
    page.wait_for_selector("text=This is your unsaved text")
    assert page.input_value("#text") == mine
    page.click("text=Discard it")
    assert page.input_value("#text") == theirs
    page.fill("#text", mine)
    page.click("text=Save")
    page.wait_for_selector(".answer .good")
    assert (desk.packs / "mine.yaml").read_text() == mine


def test_settings_are_changed_by_hand_and_kept(page: Any, address: str, desk: Desk) -> None:
    enter(page, address)
    page.check("#paused")
    page.wait_for_selector("#say >> text=Saved.")
    page.goto(f"{address}/desk/settings")
    page.uncheck("#kind-label")
    page.wait_for_selector("#say >> text=Saved.")
    page.focus("#density")
    page.select_option("#density", "page")
    until(lambda: desk.current.preferences.current.density == "page")
    until(lambda: page.evaluate("document.activeElement.id") == "density")
    page.fill("#host", "News.Example")
    page.keyboard.press("Enter")
    page.wait_for_selector("legend >> text=news.example")
    page.fill("#host", "not a host")
    page.keyboard.press("Enter")
    page.wait_for_selector("#say.bad >> text=host name")
    chosen = desk.current.preferences.current
    assert (chosen.paused, chosen.kinds_off, chosen.density, chosen.sites["news.example"].off) == (True, {"label"}, "page", True)
    page.click("text=Forget news.example")
    page.wait_for_selector("text=Every site is treated alike.")


@pytest.mark.slow
def test_an_extension_is_paired_by_a_code_and_the_desk_says_so(page: Any, address: str, desk: Desk) -> None:
    enter(page, address)
    page.goto(f"{address}/desk/extensions")
    page.click("text=Pair an extension")
    page.wait_for_selector(".code:not([hidden])")
    shown = page.inner_text(".code output")
    origin_ = "chrome-extension://abcdefghijklmnop"
    assert desk.client("POST", "/v1/pair", {"code": shown}, Origin=origin_, Content_Type="application/json").status == 201
    page.wait_for_selector(f"text={origin_}")
    page.click("text=End pairing")
    page.click("text=Really?")
    page.wait_for_selector("text=None yet.")


@pytest.mark.slow
def test_a_saved_page_is_shown_as_it_would_be(page: Any, address: str, tmp_path: Path) -> None:
    saved = tmp_path / "saved.html"
    text = "<meta charset=windows-1251><style>p{color:red}</style><p onclick=alert(1)>Два зорблинга.</p><script>alert(1)</script>"
    saved.write_bytes(text.encode("windows-1251"))
    enter(page, address)
    page.goto(f"{address}/desk/try")
    page.set_input_files("input[type=file]", saved)
    page.wait_for_selector("iframe")
    term = page.frame_locator("iframe").locator("gl-term")
    term.wait_for()
    assert term.inner_text() == "зорблинга"
    assert "dashed" in term.evaluate("element => getComputedStyle(element).textDecoration")
    assert page.frame_locator("iframe").locator("script, [onclick]").count() == 0


@pytest.mark.slow
def test_what_is_edited_while_the_proxy_runs_is_on_the_next_page(driver: Any, tmp_path: Path) -> None:
    """`glossator proxy`, a browser that goes through it, `glossator desk`, and an entry changed there."""
    with running_proxy(tmp_path) as proxy, origin() as site, driven_through(driver, proxy, tmp_path / "profile") as context:
        news = site.put("/news", "<!doctype html><meta charset=utf-8><title>News</title><p>The zorbulation began.")
        command = [sys.executable, "-m", "proxy_addon.cli", "desk", "--print", "--port", str(proxy.service_port)]
        environment = {f"GLOSSATOR_{name}": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA")}
        printed = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, check=True, timeout=60
        )
        reading = context.new_page()
        reading.goto(news)
        assert "FIRST MEANING" in reading.get_attribute("gl-term", "aria-description")
        direct = driver.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        page = direct.new_page()
        page.goto(printed.stdout.strip())
        page.wait_for_selector("#paused")
        page.goto(f"http://127.0.0.1:{proxy.service_port}/desk/entries/test-term/edit")
        page.wait_for_selector("#text")
        page.fill("#text", page.input_value("#text").replace("FIRST MEANING", "SECOND MEANING"))
        page.click("text=Save")
        page.wait_for_selector("text=It is in use now.", timeout=60_000)
        direct.close()
        reading.goto(news)
        assert "SECOND MEANING" in reading.get_attribute("gl-term", "aria-description")
        assert "SECOND MEANING" in proxy.glossary.read_text()


@pytest.mark.slow
def test_the_desk_sees_whether_a_browser_comes_through_the_proxy(driver: Any, tmp_path: Path) -> None:
    with (
        running_proxy(tmp_path) as proxy,
        driven_through(driver, proxy, tmp_path / "profile", "--proxy-bypass-list=127.0.0.1") as context,
    ):
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{proxy.service_port}/desk/setup")
        page.wait_for_selector(".check.good >> nth=1", timeout=20_000)
