"""The extension, unpacked in a real Chromium, against the real service: paired by hand, then on pages of many kinds."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from proxy_addon.service.secret import installation_token
from tests.browser import firefox as bidi
from tests.browser.conftest import CHROMIUM, CHROMIUM_FLAGS, GLOSSARY
from tests.browser.live.building import CannotBuild, built
from tests.browser.origin import Site

pytestmark = pytest.mark.browser

EXTENSION = Path(__file__).resolve().parents[2] / "extension"
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIOLATIONS = """rules => axe.run(document, {runOnly: rules})
  .then(found => found.violations.flatMap(each => each.nodes.map(node => [each.id, node.html.slice(0, 120)])))"""
PAGE = '<!doctype html><html lang="en"><head><title>News</title></head><body>%s</body></html>'
PLAIN = PAGE % "<p>The zorbulation began.</p><p>A <b>borogrove</b> treaty followed.</p>"
# In seconds: a page waits for a service that starts slowly for as long again as it was away.
BACK = 40.0
BOTH = ["borogrove treaty", "zorbulation"]
PAINTED = "[...CSS.highlights.values()].flatMap((painted) => [...painted].map(String))"


@dataclass
class Service:
    """``glossator serve`` with the glossary of the tests; ``ask`` with the installation's own token."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        glossary = self.folder / "own"
        glossary.mkdir(exist_ok=True)
        (glossary / "test.yaml").write_text(GLOSSARY, encoding="utf-8")
        command = [sys.executable, "-m", "proxy_addon.cli", "serve", "--port", str(self.port), "--glossary", str(glossary)]
        places = {f"GLOSSATOR_{name}": str(self.folder / name.lower()) for name in ("CONFIG", "DATA")}
        self.process = subprocess.Popen(command, env={**os.environ, **places}, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        told = re.search(r":(\d+)/", self.process.stdout.readline())
        assert told
        self.port = int(told[1])

    def stop(self) -> None:
        assert self.process
        self.process.terminate()
        self.process.wait(10)

    @contextmanager
    def away(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()

    def ask(self, method: str, path: str, body: object = None) -> Any:
        token = installation_token(self.folder / "data")
        fields = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, fields, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"{}")


@dataclass
class Reading:
    """A browser with the extension, which runs under ``root``."""

    context: Any
    root: str
    service: Service

    def open(self, address: str) -> Any:
        page = self.context.new_page()
        page.goto(address)
        return page

    def own(self, name: str) -> Any:
        """A page of the extension itself."""
        return self.open(f"{self.root}/{name}")

    def of_tab(self, page: Any, told: str) -> Any:
        """What the worker makes of the page's tab: an expression in ``tab``, and ``given``."""
        # The address of a tab is told only where the extension may read it; else it is the tab that was opened last.
        tab = f"chrome.tabs.query({{}}).then((all) => all.find(({{url}}) => url === {json.dumps(page.url)}) || all.find(({{active}}) => active))"
        return self.context.service_workers[0].evaluate(f"() => {tab}.then((tab) => {told})")

    def tell(self, page: Any, message: dict[str, object]) -> None:
        self.of_tab(page, f"chrome.tabs.sendMessage(tab.id, {json.dumps(message)}, {{frameId: 0}})")

    def badge(self, page: Any) -> str:
        return str(self.of_tab(page, "chrome.action.getBadgeText({tabId: tab.id})"))

    def title(self, page: Any) -> str:
        return str(self.of_tab(page, "chrome.action.getTitle({tabId: tab.id})"))

    def menu(self, page: Any, words: str, frame: int = 0) -> None:
        """*Explain the selected words*, as the browser tells the worker of it."""
        chosen = {"menuItemId": "explain", "selectionText": words, "frameId": frame}
        self.of_tab(page, f"chrome.contextMenus.onClicked.dispatch({json.dumps(chosen)}, tab)")

    def command(self, page: Any, name: str) -> None:
        """A key of the browser's own list, as the browser tells the worker of it."""
        self.of_tab(page, f"chrome.commands.onCommand.dispatch({json.dumps(name)}, tab)")

    def click(self, page: Any) -> None:
        """The button in the toolbar, with a real click's right to read the page."""
        session = self.context.browser.new_browser_cdp_session()
        tabs = session.send("Target.getTargets", {"filter": [{"type": "tab"}]})["targetInfos"]
        tab = next(each["targetId"] for each in tabs if each["url"] == page.url)
        try:
            session.send("Extensions.triggerAction", {"id": self.root.rpartition("/")[2], "targetId": tab})
        except Exception as error:
            if "wasn't found" not in str(error):
                raise
            pytest.skip("this Chromium is too old to be told to click an extension's button")
        finally:
            session.detach()


@contextmanager
def browser_with(driver: Any, folder: Path, extension: Path) -> Iterator[tuple[Any, str]]:
    flags = [
        *CHROMIUM_FLAGS,
        "--enable-unsafe-extension-debugging",
        f"--disable-extensions-except={extension}",
        f"--load-extension={extension}",
    ]
    context = driver.chromium.launch_persistent_context(str(folder), executable_path=CHROMIUM, args=flags)
    worker = context.service_workers[0] if context.service_workers else context.wait_for_event("serviceworker")
    root = worker.url.rpartition("/")[0]
    # The first page after an installation comes by itself, and would take the place of another.
    eventually(lambda: f"{root}/options.html" in [page.url for page in context.pages], True)
    yield context, root
    context.close()


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension as it is once the reader allowed every site: the question itself is a window of the browser's own."""
    folder = tmp_path_factory.mktemp("extension") / "everywhere"
    shutil.copytree(EXTENSION, folder)
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    told["host_permissions"] += told.pop("optional_host_permissions")
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def reading(driver: Any, everywhere: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    """A browser whose extension was paired as a person pairs it."""
    service = Service(tmp_path_factory.mktemp("service"))
    service.start()
    with browser_with(driver, tmp_path_factory.mktemp("profile"), everywhere) as (context, root):
        found = Reading(context, root, service)
        pair(found)
        yield found
    service.stop()


@pytest.fixture(scope="module")
def clicking(driver: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    """The extension as most have it: paired, and allowed to read a page only when its button is clicked there."""
    service = Service(tmp_path_factory.mktemp("service"))
    service.start()
    with browser_with(driver, tmp_path_factory.mktemp("profile"), EXTENSION) as (context, root):
        found = Reading(context, root, service)
        pair(found)
        yield found
    service.stop()


def pair(reading: Reading) -> None:
    options = reading.own("options.html")
    options.fill("#port", str(reading.service.port))
    options.dispatch_event("#port", "change")
    eventually(lambda: "not know" in options.inner_text("#state"), True)
    code = reading.service.ask("POST", "/v1/pairings", {})["code"]
    options.fill("#code", f"{code[:4]} {code[4:]}")
    options.click("#pairing button")
    assert eventually(lambda: "is paired" in options.inner_text("#state"), True), options.inner_text("body")
    options.close()


def eventually(told: Callable[[], Any], expected: Any, patience: float = 8.0) -> Any:
    """What is told once it is as expected, or after ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while (now := told()) != expected and time.monotonic() < deadline:
        time.sleep(0.05)
    return now


def painted(page: Any) -> Callable[[], list[str]]:
    return lambda: sorted(page.evaluate(PAINTED))


def test_a_wrong_code_is_said_to_be_wrong(reading: Reading) -> None:
    options = reading.own("options.html")
    reading.service.ask("POST", "/v1/pairings", {})
    options.fill("#code", "00000000")
    options.click("#pairing button")
    assert eventually(lambda: "the eight digits" in options.inner_text("#told"), True)
    options.close()


@pytest.mark.parametrize(
    ("body", "fields", "words"),
    [
        ("<p>The zorbulation began.</p>", (), ["zorbulation"]),
        ("<p>A <b>borogrove</b> treaty followed.</p>", (), ["borogrove treaty"]),
        ("<p>The zorbulation began.</p>", (("Content-Security-Policy", "default-src 'none'; sandbox"),), ["zorbulation"]),
        ('<p>Nothing.</p><textarea>zorbulation</textarea><div contenteditable="">zorbulation</div>', (), []),
    ],
)
def test_words_are_painted_and_the_page_stays(
    reading: Reading, site: Site, body: str, fields: tuple[tuple[str, str], ...], words: list[str]
) -> None:
    page = reading.open(site.put("/", PAGE % body, *fields))
    if not words:
        page.wait_for_timeout(1000)
    assert eventually(painted(page), words) == words
    assert body.removesuffix("</p>") in page.content()
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["react19", "vue"])
def test_a_framework_s_page_is_painted_and_complains_of_nothing(reading: Reading, site: Site, name: str) -> None:
    try:
        page_built = built(name, "development")
    except CannotBuild as error:
        pytest.skip(str(error))
    for path, content in {"/favicon.ico": b"", **page_built.files}.items():
        site.put(path, content, ("Content-Type", "text/javascript"))
    page = reading.context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(site.put("/", page_built.page))
    assert eventually(lambda: "zorbulation" in page.evaluate(PAINTED), True)
    assert complaints == []
    page.close()


@pytest.mark.slow
def test_frames_and_what_scripts_add_are_read_too(reading: Reading, site: Site) -> None:
    site.put("/inner", PLAIN)
    page = reading.open(site.put("/", PAGE % "<p>Nothing.</p><iframe src=/inner></iframe>"))
    frame = page.frames[1]
    assert eventually(painted(frame), BOTH) == BOTH
    page.evaluate(
        "setInterval(() => { const p = document.createElement('p'); p.textContent = 'More zorbulation.'; document.body.append(p) }, 200)"
    )
    assert eventually(lambda: len(page.evaluate(PAINTED)) > 3, True)
    page.close()


@pytest.mark.slow
def test_a_page_that_navigates_by_script_is_read_anew(reading: Reading, site: Site) -> None:
    page = reading.open(site.put("/", PLAIN))
    assert eventually(painted(page), BOTH) == BOTH
    page.evaluate("history.pushState({}, '', '/other'); document.body.innerHTML = '<main><p>Another zorbulation.</p></main>'")
    assert eventually(painted(page), ["zorbulation"]) == ["zorbulation"]
    page.close()


@pytest.mark.slow
def test_the_popup_lists_the_terms_and_turns_the_site_off_and_on(reading: Reading, site: Site) -> None:
    page = reading.open(site.put("/", PLAIN))
    eventually(painted(page), BOTH)
    popup = popup_over(reading, page)
    assert (
        eventually(lambda: popup.locator("#terms b").all_inner_texts(), ["zorbulation", "borogrove treaty"])[0] == "zorbulation"
    )
    assert popup.inner_text("#found") == "2 terms on this page"
    popup.uncheck("#site")
    assert eventually(painted(page), []) == []
    assert eventually(lambda: reading.service.ask("GET", "/v1/sites/127.0.0.1")["off"], True)
    popup.check("#site")
    assert eventually(painted(page), BOTH) == BOTH
    popup.close()
    page.close()


def popup_over(reading: Reading, page: Any) -> Any:
    """The popup in a tab of its own, which takes the given page for the active one."""
    popup = reading.context.new_page()
    popup.add_init_script(
        "const query = chrome.tabs.query.bind(chrome.tabs);"
        f"chrome.tabs.query = async () => (await query({{}})).filter(({{url}}) => url === {json.dumps(page.url)})"
    )
    popup.goto(f"{reading.root}/popup.html")
    return popup


@pytest.mark.slow
def test_a_pause_on_the_desk_holds_for_the_extension(reading: Reading, site: Site) -> None:
    reading.service.ask("PATCH", "/v1/settings", {"paused": True})
    page = reading.open(site.put("/", PLAIN))
    popup = popup_over(reading, page)
    assert eventually(lambda: popup.inner_text("#state"), "Paused on every site.") == "Paused on every site."
    assert page.evaluate(PAINTED) == []
    popup.check("#paused")
    assert eventually(lambda: reading.service.ask("GET", "/v1/settings")["paused"], False) is False
    popup.close()
    page.close()


@pytest.mark.slow
def test_the_popup_s_pause_holds_on_open_pages_at_once(reading: Reading, site: Site) -> None:
    page = reading.open(site.put("/", PLAIN))
    assert eventually(painted(page), BOTH) == BOTH
    popup = popup_over(reading, page)
    eventually(lambda: popup.is_checked("#paused"), True)
    popup.uncheck("#paused")
    assert eventually(painted(page), []) == []
    popup.check("#paused")
    assert eventually(painted(page), BOTH) == BOTH
    popup.close()
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [{"paused": True}, {"hidden": ["test-term"]}, {"kinds_off": ["mandated"]}])
def test_what_is_chosen_on_the_desk_holds_when_the_reader_is_back_on_the_page(
    reading: Reading, site: Site, chosen: dict[str, object]
) -> None:
    page = reading.open(site.put("/", PLAIN))
    assert eventually(painted(page), BOTH) == BOTH
    reading.service.ask("PATCH", "/v1/settings", chosen)
    page.evaluate(SEEN_AGAIN)
    assert eventually(painted(page), []) == []
    reading.service.ask("PATCH", "/v1/settings", dict.fromkeys(chosen))
    page.evaluate(SEEN_AGAIN)
    assert eventually(painted(page), BOTH) == BOTH
    page.close()


@pytest.mark.slow
def test_a_site_that_is_off_sends_nothing_and_misses_nothing(reading: Reading, site: Site) -> None:
    page = reading.open(site.put("/", PLAIN))
    assert eventually(painted(page), BOTH) == BOTH
    worker = reading.context.service_workers[0]
    worker.evaluate(
        "() => { globalThis.sent = []; const real = fetch; globalThis.fetch = (to, how) => (sent.push(to), real(to, how)); }"
    )
    reading.tell(page, {"set": {"off": True}})
    assert eventually(painted(page), []) == []
    page.evaluate(MORE)
    page.wait_for_timeout(1500)
    assert [address for address in worker.evaluate("sent") if "annotate" in address] == []
    reading.tell(page, {"set": {"off": False}})
    assert eventually(painted(page), [*BOTH, "zorbulation"]) == [*BOTH, "zorbulation"]
    page.close()


@pytest.mark.slow
def test_turning_a_site_off_holds_in_its_frames_and_for_no_other_site(reading: Reading, site: Site) -> None:
    site.put("/inner", PLAIN)
    page = reading.open(site.put("/", PAGE % f'<p>A zorbulation.</p><iframe src="http://localhost:{site.port}/inner"></iframe>'))
    frame = page.frames[1]
    assert eventually(painted(frame), BOTH) == BOTH
    popup = popup_over(reading, page)
    eventually(lambda: popup.is_checked("#site"), True)
    popup.uncheck("#site")
    assert eventually(painted(page), []) == []
    assert eventually(painted(frame), []) == []
    assert list(reading.service.ask("GET", "/v1/settings")["sites"]) == ["127.0.0.1"]
    reading.command(page, "site")
    assert eventually(painted(frame), BOTH) == BOTH
    assert reading.service.ask("GET", "/v1/settings")["sites"] == {}
    popup.close()
    page.close()


@pytest.mark.slow
def test_a_term_that_was_marked_by_mistake_is_reported_with_its_sentence(reading: Reading, site: Site) -> None:
    body = "<p>All was calm. The <i>borogrove</i> treaty, however, was no treaty! Then it rained.</p>"
    page = reading.open(site.put("/", PAGE % body))
    eventually(painted(page), ["borogrove treaty"])
    popup = popup_over(reading, page)
    popup.click("#terms .wrong")
    assert eventually(lambda: popup.inner_text("#told"), "Noted, with its sentence: see “Reports” on the desk.").startswith(
        "Noted"
    )
    (report,) = reading.service.ask("GET", "/v1/feedback")["reports"]
    assert (report["entry"], report["text"], report["verdict"], report["lang"]) == (
        "test-term", "The borogrove treaty, however, was no treaty!", "wrong", "en",
    )  # fmt: skip
    popup.close()
    page.close()


@pytest.mark.slow
def test_the_popup_says_that_the_proxy_explains_a_page_and_leads_to_the_desk(reading: Reading, site: Site) -> None:
    page = reading.open(site.put("/", PAGE % "<style data-glossator></style><p>The zorbulation.</p>"))
    popup = popup_over(reading, page)
    assert eventually(lambda: "explains the words on this page already" in popup.inner_text("#state"), True)
    with reading.context.expect_page() as opened:
        popup.click("#desk")
    assert opened.value.url.startswith(f"http://127.0.0.1:{reading.service.port}/")
    opened.value.close()
    page.close()


@pytest.mark.slow
def test_a_page_that_grows_as_it_is_scrolled_is_explained_to_its_end(reading: Reading, site: Site) -> None:
    grow = (
        "<main><p style='height:90vh'>A zorbulation.</p><p style='height:90vh'>Nothing.</p></main><script>"
        "let n = 0; addEventListener('scroll', () => { if (n < 40 && innerHeight + scrollY > document.body.scrollHeight - 50) {"
        "n++; document.querySelector('main').insertAdjacentHTML('beforeend', `<p style='height:60vh'>Part ${n}: zorbulation.</p>`) } })"
        "</script>"
    )
    page = reading.open(site.put("/", PAGE % grow))
    eventually(painted(page), ["zorbulation"])

    def scrolled() -> int:
        page.mouse.wheel(0, 10000)
        return int(page.evaluate("n"))

    assert eventually(lambda: scrolled() > 5, True)
    page.wait_for_timeout(500)
    assert eventually(lambda: reading.badge(page), str(page.evaluate("n") + 1)) == str(page.evaluate("n") + 1)
    assert "zorbulation" in page.evaluate(PAINTED)
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "seen"), [("options.html", "#state"), ("popup.html", "#terms .wrong"), ("popup.html", "#again")]
)
def test_its_own_pages_break_no_rule_of_accessibility(reading: Reading, site: Site, name: str, seen: str, scheme: Any) -> None:
    page = reading.open(site.put("/", PLAIN))
    eventually(painted(page), BOTH)
    with reading.service.away() if seen == "#again" else nullcontext():
        own = popup_over(reading, page) if name == "popup.html" else reading.own(name)
        own.emulate_media(color_scheme=scheme)
        own.wait_for_selector(seen)
        own.evaluate(AXE.read_text(encoding="utf-8"))
        assert own.evaluate(VIOLATIONS, RULES) == []
    own.close()
    page.close()


@pytest.mark.slow
def test_an_absent_service_is_said_and_found_again(reading: Reading, site: Site) -> None:
    with reading.service.away():
        page = reading.open(site.put("/", PLAIN))
        popup = popup_over(reading, page)
        assert eventually(lambda: popup.is_visible("#help"), True)
        assert "does not answer" in popup.inner_text("#state")
        assert page.evaluate(PAINTED) == []
    popup.click("#again")
    assert eventually(lambda: popup.is_visible("#page"), True)
    assert eventually(painted(page), BOTH) == BOTH
    popup.close()
    page.close()


MORE = "document.body.insertAdjacentHTML('beforeend', '<p>More zorbulation.</p>')"
SEEN_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.mark.slow
def test_what_a_page_adds_while_the_service_is_away_is_explained_when_it_is_back(reading: Reading, site: Site) -> None:
    page = reading.open(site.put("/", PLAIN))
    assert eventually(painted(page), BOTH) == BOTH
    with reading.service.away():
        page.evaluate(MORE)
        assert eventually(lambda: reading.badge(page), "–") == "–"
        assert "does not answer" in reading.title(page)
    page.evaluate(MORE)
    assert eventually(painted(page), [*BOTH, "zorbulation", "zorbulation"], BACK) == [*BOTH, "zorbulation", "zorbulation"]
    assert eventually(lambda: reading.badge(page), "4") == "4"
    assert reading.title(page) == "Glossator"
    page.close()


@pytest.mark.slow
def test_a_page_opened_while_the_service_is_away_is_explained_when_it_is_back(reading: Reading, site: Site) -> None:
    with reading.service.away():
        page = reading.open(site.put("/", PLAIN))
        assert eventually(lambda: reading.badge(page), "–") == "–"
        assert "does not answer" in reading.title(page)
    assert eventually(painted(page), BOTH, BACK) == BOTH
    assert eventually(lambda: reading.badge(page), "2") == "2"
    page.close()


@pytest.mark.slow
def test_a_reader_who_comes_back_to_a_page_need_not_wait_for_the_next_try(reading: Reading, site: Site) -> None:
    with reading.service.away():
        page = reading.open(site.put("/", PLAIN))
        page.wait_for_timeout(7000)  # Two tries are over; the third is eight seconds after the second.
    page.evaluate(SEEN_AGAIN)
    assert eventually(painted(page), BOTH, 3) == BOTH
    page.close()


@pytest.mark.slow
def test_a_text_that_the_service_refuses_holds_up_no_other(reading: Reading, site: Site) -> None:
    """A batch is at most 99,000 bytes as text; but control characters are six letters each in JSON, and so it is too long."""
    page = reading.open(site.put("/", PAGE % ("<p>zorbulation " + "\x01" * 16000 + "</p>") * 6))
    page.wait_for_timeout(1500)
    page.evaluate("document.body.innerHTML = ''")
    page.evaluate(MORE)
    assert eventually(painted(page), ["zorbulation"]) == ["zorbulation"]
    page.close()


@pytest.mark.slow
def test_selected_words_are_explained_and_the_popup_leads_to_a_term(reading: Reading, site: Site) -> None:
    page = reading.open(site.put("/", PLAIN))
    eventually(painted(page), BOTH)
    page.evaluate(SELECT)
    reading.menu(page, "The zorbulation began.")
    assert eventually(lambda: "FIRST MEANING" in heard(page), True)
    page.keyboard.press("Escape")
    assert eventually(lambda: "FIRST MEANING" in heard(page), False) is False
    reading.tell(page, {"jump": 1})
    assert eventually(lambda: "FIRST MEANING" in heard(page), True)
    assert reading.badge(page) == "2"
    page.close()


SELECT = "getSelection().selectAllChildren(document.querySelector('p'))"


@pytest.mark.slow
def test_where_no_entry_explains_the_selected_words_that_is_said_and_nothing_is_offered(reading: Reading, site: Site) -> None:
    page = reading.open(site.put("/", PAGE % "<p>Nothing known here. <i>A zorbulation.</i></p>"))
    eventually(painted(page), ["zorbulation"])
    page.evaluate(SELECT)
    reading.menu(page, "Nothing known here.")
    assert eventually(lambda: "No entry explains these words." in heard(page), True)
    assert [word for word in ("Hide this term", "Turn off on this site") if word in heard(page)] == []
    page.close()


@pytest.mark.slow
def test_words_selected_in_a_frame_are_explained_there(reading: Reading, site: Site) -> None:
    site.put("/inner", PLAIN)
    page = reading.open(site.put("/", PAGE % f'<p>Nothing.</p><iframe src="http://localhost:{site.port}/inner"></iframe>'))
    frame = page.frames[1]
    eventually(painted(frame), BOTH)
    frame.evaluate(SELECT)
    number = "chrome.scripting.executeScript({target: {tabId: tab.id, allFrames: true}, func: () => 0}).then((all) => all.map(({frameId}) => frameId))"
    reading.menu(page, "The zorbulation began.", max(reading.of_tab(page, number)))
    assert eventually(lambda: frame.evaluate("!!document.querySelector('gl-card')"), True)
    assert page.evaluate("!!document.querySelector('gl-card')") is False
    page.close()


def heard(page: Any) -> str:
    """Every text in the accessibility tree, closed shadow roots included."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return " ".join(str(node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored"))


@pytest.mark.slow
def test_without_permission_a_page_is_left_alone_until_the_button_is_clicked_there(clicking: Reading, site: Site) -> None:
    page = clicking.open(site.put("/", PLAIN).replace("127.0.0.1", "localhost"))
    page.wait_for_timeout(1000)
    assert (page.evaluate(PAINTED), clicking.badge(page)) == ([], "")
    clicking.click(page)
    assert eventually(painted(page), BOTH) == BOTH
    assert eventually(lambda: clicking.badge(page), "2") == "2"
    page.close()


@pytest.mark.slow
def test_the_popup_of_a_page_that_begins_with_it_tells_the_terms_as_they_are_found(clicking: Reading, site: Site) -> None:
    page = clicking.open(site.put("/", PLAIN))
    popup = popup_over(clicking, page)
    assert eventually(lambda: popup.inner_text("#found"), "2 terms on this page") == "2 terms on this page"
    page.evaluate(MORE)
    assert eventually(lambda: popup.locator("#terms b").all_inner_texts()[2:], ["zorbulation"]) == ["zorbulation"]
    popup.close()
    page.close()


@pytest.mark.slow
def test_after_a_click_a_page_that_the_service_missed_is_explained_when_it_is_back(clicking: Reading, site: Site) -> None:
    with clicking.service.away():
        page = clicking.open(site.put("/", PLAIN).replace("127.0.0.1", "localhost"))
        clicking.click(page)
        assert eventually(lambda: clicking.badge(page), "–") == "–"
    assert eventually(painted(page), BOTH, BACK) == BOTH
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "done"),
    [
        ("panel", lambda reading, page: "Terms on this page" in heard(page)),
        ("site", lambda reading, page: reading.service.ask("GET", "/v1/sites/127.0.0.1")["off"]),
    ],
)
def test_a_command_begins_a_page_that_has_not_begun(reading: Reading, site: Site, name: str, done: Callable[..., bool]) -> None:
    with reading.service.away():
        page = reading.open(site.put("/", PLAIN))
        page.wait_for_timeout(500)
    reading.command(page, name)
    assert eventually(lambda: done(reading, page), True, 3)
    reading.service.ask("PATCH", "/v1/settings", {"sites": None})
    page.close()


@pytest.mark.slow
def test_a_page_that_nobody_may_read_is_said_to_be_so(clicking: Reading, site: Site) -> None:
    page = clicking.open(site.put("/", PLAIN).replace("127.0.0.1", "localhost"))
    clicking.menu(page, "The zorbulation began.")
    assert eventually(lambda: clicking.badge(page), "–") == "–"
    assert "may not read" in clicking.title(page)
    page.close()


UUID = "11111111-2222-4333-8444-555555555555"


@pytest.mark.slow
def test_in_firefox_it_opens_its_options_is_paired_and_paints(site: Site, tmp_path: Path) -> None:
    if bidi.BINARY is None:
        pytest.skip("no Firefox on this machine (Debian: apt-get install firefox-esr)")
    unpacked = unpacked_for_firefox(tmp_path)
    service = Service(tmp_path)
    service.start()
    known = {"extensions.webextensions.uuids": json.dumps({"glossator@glossator.invalid": UUID})}
    try:
        with bidi.firefox(known) as firefox:
            firefox.call("webExtension.install", extensionData={"type": "path", "path": str(unpacked)})
            assert eventually(lambda: firefox.evaluate("location.href"), f"moz-extension://{UUID}/options.html").startswith(
                "moz-extension"
            )
            assert eventually(lambda: "does not answer" in firefox.evaluate("document.body.innerText"), True)
            firefox.evaluate(TYPE.format(id="port", value=service.port))
            assert eventually(lambda: "not know" in firefox.evaluate("document.body.innerText"), True)
            code = service.ask("POST", "/v1/pairings", {})["code"]
            firefox.evaluate(TYPE.format(id="code", value=code))
            firefox.evaluate("document.querySelector('#pairing').requestSubmit()")
            assert eventually(lambda: "is paired" in firefox.evaluate("document.body.innerText"), True)
            firefox.open(site.put("/", PLAIN))
            assert eventually(lambda: sorted(firefox.evaluate(PAINTED)), ["borogrove treaty", "zorbulation"])[-1] == "zorbulation"
    finally:
        service.stop()


TYPE = "(document.querySelector('#{id}').value = '{value}', document.querySelector('#{id}').dispatchEvent(new Event('change')))"


def unpacked_for_firefox(folder: Path) -> Path:
    """The archive for Firefox, unpacked, as it is once the reader allowed every site."""
    build = EXTENSION.parent / ".github" / "build-extension"
    ran = subprocess.run([sys.executable, str(build), str(folder)], capture_output=True, text=True, check=True)
    archive = next(line for line in ran.stdout.splitlines() if "glossator-firefox" in line)
    unpacked = folder / "unpacked"
    zipfile.ZipFile(archive).extractall(unpacked)
    told = json.loads((unpacked / "manifest.json").read_text(encoding="utf-8"))
    told["host_permissions"] += told.pop("optional_host_permissions")
    (unpacked / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    return unpacked
