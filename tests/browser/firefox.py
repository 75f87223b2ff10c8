"""Firefox ESR, driven by WebDriver BiDi over its own socket: no driver program is needed.

Only what the tests use: navigate, evaluate, hover and press keys, and take a screenshot. W3C WebDriver BiDi, sections 7.2 to 7.9.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

BINARY = shutil.which("firefox-esr") or shutil.which("firefox")

# Nothing is fetched that the tests did not ask for.
QUIET: Mapping[str, Any] = {
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "http://127.0.0.1:9/",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


def through(port: int) -> dict[str, Any]:
    """Preferences that send everything, the loopback included, through a proxy."""
    return {
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": port,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": port,
        "network.proxy.allow_hijacking_localhost": True,
        "network.proxy.no_proxies_on": "",
    }


class Firefox:
    """One window. Every call waits for its answer, at most 30 seconds, and raises what the browser reports."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._last = 0
        self.events: list[dict[str, Any]] = []
        self.call("session.new", capabilities={})
        self._context = self.call("browsingContext.getTree")["contexts"][0]["context"]
        self.call("session.subscribe", events=["log.entryAdded"])

    def call(self, method: str, **params: Any) -> Any:
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=30))
            if message.get("type") == "event":
                self.events.append(message["params"])
            elif message["id"] == self._last:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['message']}")
                return message["result"]

    def open(self, url: str) -> None:
        self.call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression that is JSON; promises are awaited."""
        wrapped = f"(async () => JSON.stringify(await ({expression})))()"
        told = self.call("script.evaluate", expression=wrapped, target={"context": self._context}, awaitPromise=True)
        if told["type"] == "exception":
            raise RuntimeError(told["exceptionDetails"]["text"])
        return json.loads(told["result"]["value"]) if told["result"]["type"] == "string" else None

    def hover(self, selector: str) -> None:
        box = self.evaluate(f"document.querySelector({json.dumps(selector)}).getBoundingClientRect().toJSON()")
        x, y = (round(box[a] + box[b] / 2) for a, b in (("x", "width"), ("y", "height")))
        self.point(x, y)

    def point(self, x: float, y: float) -> None:
        self._pointer({"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0})

    def click(self, x: float, y: float) -> None:
        self.point(x, y)
        self._pointer({"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0})

    def _pointer(self, *moves: dict[str, Any]) -> None:
        mouse = {"type": "pointer", "id": "mouse", "actions": list(moves)}
        self.call("input.performActions", context=self._context, actions=[mouse])

    def press(self, *keys: str) -> None:
        """Keys that are held together, as WebDriver names them: "\\ue00a" is Alt."""
        strokes = [{"type": "keyDown", "value": key} for key in keys] + [
            {"type": "keyUp", "value": key} for key in reversed(keys)
        ]
        self.call("input.performActions", context=self._context, actions=[{"type": "key", "id": "keys", "actions": strokes}])

    def resize(self, width: int, height: int) -> None:
        self.call("browsingContext.setViewport", context=self._context, viewport={"width": width, "height": height})

    def picture(self) -> bytes:
        """A PNG of what is seen."""
        return base64.b64decode(self.call("browsingContext.captureScreenshot", context=self._context)["data"])

    def screenshot(self, path: Path) -> None:
        path.write_bytes(self.picture())


@contextlib.contextmanager
def firefox(preferences: Mapping[str, Any] | None = None) -> Iterator[Firefox]:
    """A headless Firefox in a profile of its own, gone afterwards."""
    assert BINARY is not None
    with tempfile.TemporaryDirectory(prefix="glossator-firefox-") as profile:
        settings = {**QUIET, **(preferences or {})}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in settings.items()]
        Path(profile, "user.js").write_text("\n".join(lines))
        command = [BINARY, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank"]
        errors = Path(profile, "stderr.txt")
        with errors.open("wb") as sink:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=sink)
        try:
            with connect(f"{_address(errors, process)}/session", max_size=None) as socket:
                yield Firefox(socket)
        finally:
            process.terminate()
            process.wait(20)


def _address(errors: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"WebDriver BiDi listening on (ws://\S+)", errors.read_text(errors="replace"))
        if found:
            return found.group(1)
        time.sleep(0.1)
    raise RuntimeError(f"Firefox did not start: {errors.read_text(errors='replace')[-500:]}")
