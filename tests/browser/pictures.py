"""``python -m tests.browser.pictures FOLDER``: the documents' pictures, taken anew from the real thing in a real browser.

Three from the proxy, for the README; five from the extension and the desk, for the guides. Each is reduced to a few colours, so
that it is small.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from proxy_addon.service.keys import entrance
from proxy_addon.service.secret import installation_token
from tests.browser.conftest import driven_through, running_proxy
from tests.browser.origin import Site, origin
from tests.browser.test_extension import EXTENSION, PAINTED, Reading, Service, browser_with, eventually, pair, popup_over
from tests.browser.test_reading import REPORT

VIEW = {"width": 1000, "height": 640}
COLOURS = 96
EDGE = (128, 128, 136)
# Typed into the editor, to be seen there: a vocabulary's word misspelt. The file is named as it is in every checkout.
MISTAKE = """() => {
  const text = document.querySelector("textarea[name=text]");
  text.value = text.value.replace("kind: euphemism", "kind: eufemism");
  text.dispatchEvent(new Event("input"));
  for (const code of document.querySelectorAll("code")) code.textContent = code.textContent.replace(/.*(?=glossary\\/)/, "");
}"""


def keep(shot: bytes | Image.Image, file: Path) -> None:
    """The picture in a file, in few colours."""
    picture = Image.open(io.BytesIO(shot)) if isinstance(shot, bytes) else shot
    picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file}: {file.stat().st_size:,} bytes")


def over(page: bytes, popup: bytes) -> Image.Image:
    """A popup where the browser shows it: under the toolbar, at the right."""
    below, above = (Image.open(io.BytesIO(each)).convert("RGB") for each in (page, popup))
    framed = Image.new("RGB", (above.width + 2, above.height + 2), EDGE)
    framed.paste(above, (1, 1))
    below.paste(framed, (below.width - framed.width - 12, 8))
    return below


def of_the_proxy(driver: Any, site: Site, own: Path, folder: Path) -> None:
    """A page with a tooltip, a card and the panel."""
    address = site.put("/report", REPORT.read_bytes())
    with running_proxy(own) as proxy, driven_through(driver, proxy, own / "profile") as context:
        page = context.new_page()
        page.set_viewport_size(VIEW)
        page.goto(address)
        page.hover("gl-term[data-entry=ru-voina]")
        page.wait_for_timeout(900)
        keep(page.screenshot(), folder / "card.png")
        page.keyboard.press("Escape")
        page.keyboard.press("Alt+Shift+KeyP")
        keep(page.screenshot(), folder / "panel.png")
        bare = ("Content-Security-Policy", "script-src 'none'")
        page.goto(site.put("/bare", REPORT.read_bytes(), ("Content-Type", "text/html"), bare))
        page.hover("gl-term[data-entry=ru-voina]")
        page.wait_for_timeout(900)
        keep(page.screenshot(), folder / "report.png")


@contextmanager
def extended(driver: Any, own: Path) -> Iterator[Reading]:
    """A browser with the extension and its service, not paired yet."""
    service = Service(own)
    service.start()
    try:
        with browser_with(driver, own / "extended", EXTENSION) as (context, root):
            yield Reading(context, root, service)
    finally:
        service.stop()


def desk(reading: Reading, path: str, ready: str) -> Any:
    """A page of the desk, entered as ``glossator desk`` does."""
    key = entrance(installation_token(reading.service.folder / "data"), time.time())
    page = reading.context.new_page()
    page.set_viewport_size(VIEW)
    page.goto(f"http://127.0.0.1:{reading.service.port}{path}#key={key}")
    page.wait_for_selector(ready)
    return page


def of_the_extension(driver: Any, site: Site, own: Path, folder: Path) -> None:
    """In the order of its guide: installed, paired, a page read with it, a term muted; and an entry edited on the desk."""
    with extended(driver, own) as reading:
        options = reading.own("options.html")
        options.set_viewport_size({"width": 720, "height": 640})
        options.fill("#port", str(reading.service.port))
        options.dispatch_event("#port", "change")
        eventually(lambda: "not know" in options.inner_text("#state"), True)
        options.evaluate("const port = document.querySelector('#port'); port.value = 8081; port.blur()")
        keep(options.screenshot(full_page=True), folder / "extension-options.png")
        options.close()
        pairing = desk(reading, "/desk/extensions", "[data-pair]")
        pairing.click("[data-pair]")
        pairing.wait_for_selector(".code output >> visible=true")
        keep(pairing.screenshot(), folder / "desk-pairing.png")
        pair(reading)

        page = reading.open(site.put("/report", REPORT.read_bytes()))
        page.set_viewport_size(VIEW)
        popup = popup_over(reading, page)
        popup.set_viewport_size({"width": 340, "height": 300})
        popup.wait_for_selector("#terms .term")
        eventually(lambda: len(page.evaluate(PAINTED)) > 2, True)
        keep(over(page.screenshot(), popup.screenshot(full_page=True)), folder / "extension-popup.png")
        popup.click("#terms .term")
        page.bring_to_front()
        eventually(lambda: page.evaluate("!!document.querySelector('gl-card')"), True)
        page.keyboard.press("End")
        page.wait_for_timeout(500)
        keep(page.screenshot(), folder / "extension-card.png")

        editor = desk(reading, "/desk/entries/en-kinetic/edit", "textarea[name=text]")
        editor.evaluate(MISTAKE)
        editor.wait_for_selector(".checked [data-line]")
        keep(editor.screenshot(full_page=True), folder / "desk-editor.png")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as own, origin() as site, sync_playwright() as driver:
        of_the_proxy(driver, site, Path(own), folder)
        of_the_extension(driver, site, Path(own), folder)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
