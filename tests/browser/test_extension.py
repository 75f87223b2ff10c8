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
from contextlib import contextmanager
from dataclasses import dataclass
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
PAGE = '<!doctype html><html lang="en"><head><title>News</title></head><body>%s</body></html>'
PLAIN = PAGE % "<p>The zorbulation began.</p><p>A <b>borogrove</b> treaty followed.</p>"
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


@contextmanager
def browser_with(driver: Any, folder: Path, extension: Path) -> Iterator[tuple[Any, str]]:
    flags = [*CHROMIUM_FLAGS, f"--disable-extensions-except={extension}", f"--load-extension={extension}"]
    context = driver.chromium.launch_persistent_context(str(folder), executable_path=CHROMIUM, args=flags)
    worker = context.service_workers[0] if context.service_workers else context.wait_for_event("serviceworker")
    yield context, worker.url.rpartition("/")[0]
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
    assert eventually(painted(frame), ["borogrove treaty", "zorbulation"]) == ["borogrove treaty", "zorbulation"]
    page.evaluate(
        "setInterval(() => { const p = document.createElement('p'); p.textContent = 'More zorbulation.'; document.body.append(p) }, 200)"
    )
    assert eventually(lambda: len(page.evaluate(PAINTED)) > 3, True)
    page.close()


@pytest.mark.slow
def test_a_page_that_navigates_by_script_is_read_anew(reading: Reading, site: Site) -> None:
    page = reading.open(site.put("/", PLAIN))
    assert eventually(painted(page), ["borogrove treaty", "zorbulation"]) == ["borogrove treaty", "zorbulation"]
    page.evaluate("history.pushState({}, '', '/other'); document.body.innerHTML = '<main><p>Another zorbulation.</p></main>'")
    assert eventually(painted(page), ["zorbulation"]) == ["zorbulation"]
    page.close()


@pytest.mark.slow
def test_the_popup_lists_the_terms_and_turns_the_site_off_and_on(reading: Reading, site: Site) -> None:
    page = reading.open(site.put("/", PLAIN))
    eventually(painted(page), ["borogrove treaty", "zorbulation"])
    popup = popup_over(reading, page)
    assert (
        eventually(lambda: popup.locator("#terms b").all_inner_texts(), ["zorbulation", "borogrove treaty"])[0] == "zorbulation"
    )
    assert popup.inner_text("#found") == "2 terms on this page"
    popup.uncheck("#site")
    assert eventually(painted(page), []) == []
    assert eventually(lambda: reading.service.ask("GET", "/v1/sites/127.0.0.1")["off"], True)
    popup.check("#site")
    assert eventually(painted(page), ["borogrove treaty", "zorbulation"]) == ["borogrove treaty", "zorbulation"]
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
def test_an_absent_service_is_said_and_found_again(reading: Reading, site: Site) -> None:
    reading.service.stop()
    page = reading.open(site.put("/", PLAIN))
    popup = popup_over(reading, page)
    assert eventually(lambda: popup.is_visible("#help"), True)
    assert "does not answer" in popup.inner_text("#state")
    assert page.evaluate(PAINTED) == []
    reading.service.start()
    popup.click("#again")
    assert eventually(lambda: popup.is_visible("#page"), True)
    assert eventually(painted(page), ["borogrove treaty", "zorbulation"]) == ["borogrove treaty", "zorbulation"]
    popup.close()
    page.close()


@pytest.mark.slow
def test_selected_words_are_explained_and_the_popup_leads_to_a_term(reading: Reading, site: Site) -> None:
    page = reading.open(site.put("/", PLAIN))
    eventually(painted(page), ["borogrove treaty", "zorbulation"])
    worker = reading.context.service_workers[0]
    page.evaluate("getSelection().selectAllChildren(document.querySelector('p'))")
    tell = f"(message) => chrome.tabs.query({{}}).then((all) => chrome.tabs.sendMessage(all.find(({{url}}) => url === {json.dumps(page.url)}).id, message))"
    worker.evaluate(tell, {"explain": "The zorbulation began."})
    assert eventually(lambda: "FIRST MEANING" in heard(page), True)
    page.keyboard.press("Escape")
    assert eventually(lambda: "FIRST MEANING" in heard(page), False) is False
    worker.evaluate(tell, {"jump": 1})
    assert eventually(lambda: "FIRST MEANING" in heard(page), True)
    tab = f"chrome.tabs.query({{}}).then((all) => all.find(({{url}}) => url === {json.dumps(page.url)}).id).then((tabId) => chrome.action.getBadgeText({{tabId}}))"
    assert worker.evaluate(tab) == "2"
    page.close()


def heard(page: Any) -> str:
    """Every text in the accessibility tree, closed shadow roots included."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return " ".join(str(node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored"))


@pytest.mark.slow
def test_without_permission_a_page_is_left_alone(driver: Any, tmp_path: Path, site: Site) -> None:
    with browser_with(driver, tmp_path / "profile", EXTENSION) as (context, _):
        page = context.new_page()
        page.goto(site.put("/", PLAIN))
        page.wait_for_timeout(1000)
        assert page.evaluate(PAINTED) == []


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
