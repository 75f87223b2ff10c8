"""A window of either browser, without a proxy, as the tests of pages see it: show a page, look at it, point at something.

Both are 1000 x 640 CSS pixels. A page is shown by an address of its own that holds it (``data:``), so that nothing is asked of
any server, and every page is a new document.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Protocol

from tests.browser.firefox import Firefox

WIDTH, HEIGHT = 1000, 640


class Window(Protocol):
    """``evaluate`` gives the value of an expression that is JSON; ``picture`` is a PNG of what is seen."""

    name: str

    def show(self, html: str) -> None: ...

    def evaluate(self, expression: str) -> Any: ...

    def point(self, x: float, y: float) -> None: ...

    def picture(self) -> bytes: ...


def address(html: str) -> str:
    return "data:text/html;charset=utf-8;base64," + base64.b64encode(html.encode()).decode()


class ChromiumWindow:
    """Through Playwright."""

    name = "chromium"

    def __init__(self, page: Any) -> None:
        self._page = page
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})

    def show(self, html: str) -> None:
        self._page.goto(address(html))

    def evaluate(self, expression: str) -> Any:
        return self._page.evaluate(expression)

    def point(self, x: float, y: float) -> None:
        self._page.mouse.move(x, y)

    def picture(self) -> bytes:
        taken: bytes = self._page.screenshot(caret="initial")
        return taken


class FirefoxWindow:
    """Through WebDriver BiDi."""

    name = "firefox"

    def __init__(self, driven: Firefox) -> None:
        self._driven = driven
        driven.resize(WIDTH, HEIGHT)

    def show(self, html: str) -> None:
        self._driven.open(address(html))

    def evaluate(self, expression: str) -> Any:
        return self._driven.evaluate(expression)

    def point(self, x: float, y: float) -> None:
        self._driven.point(x, y)

    def picture(self) -> bytes:
        return self._driven.picture()


def adopt(window: Window, sheet: str) -> None:
    """Style of the tests' own, which no selector of the page can count."""
    put = f"(s => (s.replaceSync({json.dumps(sheet)}), document.adoptedStyleSheets = [...document.adoptedStyleSheets, s], 1))"
    window.evaluate(f"{put}(new CSSStyleSheet())")
