"""``python -m tests.browser.pictures FOLDER``: the README's pictures, taken anew from the real proxy and a real browser."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.browser.conftest import chromium_through, running_proxy
from tests.browser.origin import origin
from tests.browser.test_reading import REPORT

VIEW = {"width": 1000, "height": 640}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as own, origin() as site, running_proxy(Path(own)) as proxy:
        address = site.put("/report", REPORT.read_bytes())
        with chromium_through(proxy, Path(own, "profile")) as context:
            page = context.new_page()
            page.set_viewport_size(VIEW)
            page.goto(address)
            page.hover("gl-term[data-entry=ru-voina]")
            page.wait_for_timeout(900)
            page.screenshot(path=str(folder / "card.png"))
            page.keyboard.press("Escape")
            page.keyboard.press("Alt+Shift+KeyP")
            page.screenshot(path=str(folder / "panel.png"))
            site.put(
                "/bare", REPORT.read_bytes(), ("Content-Type", "text/html"), ("Content-Security-Policy", "script-src 'none'")
            )
            page.goto(address.replace("/report", "/bare"))
            page.hover("gl-term[data-entry=ru-voina]")
            page.wait_for_timeout(900)
            page.screenshot(path=str(folder / "report.png"))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
