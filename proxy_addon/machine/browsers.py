"""Opens a browser that is ready to read through the proxy, in a profile that lives only as long as its window.

Nothing is installed in the system: the profile is a temporary folder, and only this profile trusts the authority.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from proxy_addon.machine import trust
from proxy_addon.machine.authority import Authority
from proxy_addon.machine.hosts import in_url

Name = Literal["chromium", "firefox"]
NAMES: tuple[Name, ...] = ("chromium", "firefox")

_PROGRAMS: Mapping[Name, tuple[str, ...]] = {
    "chromium": (
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "brave-browser",
        "microsoft-edge",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ),
    "firefox": (
        "firefox",
        "firefox-esr",
        "/Applications/Firefox.app/Contents/MacOS/firefox",
        r"C:\Program Files\Mozilla Firefox\firefox.exe",
    ),
}

_CHROMIUM = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
)

_FIREFOX: Mapping[str, str | int | bool] = {
    "network.proxy.type": 1,
    "network.proxy.share_proxy_settings": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "trailhead.firstrun.didSeeAboutWelcome": True,
    "app.update.enabled": False,
}


class BrowserError(Exception):
    """No browser can be opened, or not at this address; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Browser:
    """An installed browser: what it is and the program that starts it."""

    name: Name
    program: Path


def find(name: Name | None = None) -> Browser:
    """The first browser on this machine (of the kind asked for); BrowserError where there is none."""
    for kind in (name,) if name else NAMES:
        for program in _PROGRAMS[kind]:
            found = shutil.which(program)
            if found:
                return Browser(kind, Path(found))
    wanted = name or "Chromium, Chrome, Edge or Firefox"
    raise BrowserError(f"no {wanted} was found; install one, or set another browser's proxy by hand (glossator proxy)")


def page(address: str) -> str:
    """What a person typed as the address of a page, as a URL; BrowserError for anything but a web page."""
    url = address if "://" in address or address.startswith("about:") else f"https://{address}"
    if url == "about:blank":
        return url
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid or any(char.isspace() for char in url):
        raise BrowserError(f"{address!r} is not the address of a web page; write https://example.org/page")
    return url


async def read(
    browser: Browser, url: str, *, proxy: tuple[str, int], authority: Authority, profile: Path, headless: bool = False
) -> None:
    """Opens the browser and waits until it is closed; it is closed if the wait is cancelled."""
    prepare, command = _WAYS[browser.name]
    prepare(profile, proxy, authority)
    arguments = command(profile, proxy, authority)
    shown = ("--headless",) if headless else ()
    process = await asyncio.create_subprocess_exec(
        browser.program, *arguments, *shown, url,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=_environment(),
        start_new_session=sys.platform != "win32",
    )  # fmt: skip
    try:
        code = await process.wait()
    finally:
        await _close(process)
    if code:
        raise BrowserError(f"{browser.program} ended with code {code}; try another with --browser")


def _environment() -> dict[str, str]:
    """Proxy settings of the shell would compete with the profile's."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


async def _close(process: asyncio.subprocess.Process) -> None:
    """Ends the browser and the helpers it started: they write to the profile until they are gone."""
    _signal(process, signal.SIGTERM)
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(process.wait(), timeout=1)
    if sys.platform != "win32":
        _signal(process, signal.SIGKILL)
    await process.wait()


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.terminate()
        else:
            os.killpg(process.pid, number)


def _chromium_profile(profile: Path, proxy: tuple[str, int], authority: Authority) -> None:
    profile.mkdir(parents=True, exist_ok=True)


def _chromium_command(profile: Path, proxy: tuple[str, int], authority: Authority) -> Sequence[str]:
    # Chromium refuses to run as root with its sandbox on.
    root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    return (
        f"--user-data-dir={profile}",
        f"--proxy-server=http://{in_url(proxy[0])}:{proxy[1]}",
        f"--ignore-certificate-errors-spki-list={authority.spki}",
        *_CHROMIUM,
        *root,
    )


def _firefox_profile(profile: Path, proxy: tuple[str, int], authority: Authority) -> None:
    profile.mkdir(parents=True, exist_ok=True)
    if not trust.add(profile, authority):
        raise BrowserError(
            "Firefox needs certutil of NSS to trust the authority in its own profile; "
            "install libnss3-tools (nss-tools, nss), or use --browser chromium"
        )
    chosen: dict[str, str | int | bool] = dict(_FIREFOX)
    for kind in ("http", "ssl"):
        chosen[f"network.proxy.{kind}"], chosen[f"network.proxy.{kind}_port"] = proxy
    (profile / "user.js").write_text("".join(map(_pref, chosen.items())), encoding="ascii")


def _pref(item: tuple[str, str | int | bool]) -> str:
    name, value = item
    shown = str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)
    return f'user_pref("{name}", {shown});\n'


def _firefox_command(profile: Path, proxy: tuple[str, int], authority: Authority) -> Sequence[str]:
    return ("--no-remote", "--profile", str(profile))


_Prepare = Callable[[Path, tuple[str, int], Authority], None]
_Command = Callable[[Path, tuple[str, int], Authority], Sequence[str]]
_WAYS: Mapping[Name, tuple[_Prepare, _Command]] = {
    "chromium": (_chromium_profile, _chromium_command),
    "firefox": (_firefox_profile, _firefox_command),
}
