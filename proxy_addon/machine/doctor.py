"""Looks at this machine for what keeps the proxy from working, and says how to mend it. Changes nothing.

Each check is a function that yields findings; a finding without a cure is fine as it is.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import json
import os
import socket
import stat
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from proxy_addon import paths
from proxy_addon.glossary.loader import GlossaryError, load_glossary
from proxy_addon.machine import authority, browsers, trust
from proxy_addon.machine.doorway import ABSENT, NAME
from proxy_addon.machine.edition import folders

State = Literal[
    "ok",
    # It works, but something is worth knowing.
    "note",
    # It keeps the proxy from working.
    "bad",
]

_SOON = timedelta(days=30)
_FLOOR = (3, 12)
_PATIENCE = 2.0  # seconds for a program on this machine to answer
_MOST = 64 * 1024  # bytes of its answer that are looked at


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: how it stands with what, and the cure where there is one."""

    state: State
    subject: str
    found: str
    cure: str = ""


def examine(port: int, service_port: int, glossary: Sequence[Path] = ()) -> list[Finding]:
    """Every check, in the order in which things depend on each other."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        interpreter,
        writable,
        lambda: glossaries(glossary),
        certificate,
        trusted,
        lambda: listening(port, service_port),
        lambda: environment(port),
        installed,
    )
    return [finding for check in checks for finding in check()]


def interpreter() -> Iterator[Finding]:
    """Python, and the mitmproxy that it can run."""
    found = f"Python {sys.version_info.major}.{sys.version_info.minor}, mitmproxy {version('mitmproxy')}"
    if sys.version_info >= _FLOOR:
        yield Finding("ok", "interpreter", found)
    else:
        yield Finding("note", "interpreter", found, "it works; Python 3.12 or newer brings a newer mitmproxy with fixes")


def writable() -> Iterator[Finding]:
    """The folders of the program's own files, there already or to be made. Without a cache it only starts slower."""
    places: tuple[tuple[str, Path, State], ...] = (("data", paths.data_dir(), "bad"), ("cache", paths.cache_dir(), "note"))
    for name, folder, state in places:
        if _may_be_written(folder):
            yield Finding("ok", f"{name} folder", str(folder))
        else:
            cure = f"mend its permissions, or name another in GLOSSATOR_{name.upper()}"
            yield Finding(state, f"{name} folder", f"{folder} can't be written", cure)


def glossaries(given: Sequence[Path]) -> Iterator[Finding]:
    """The shipped entries with the reader's own laid over them."""
    try:
        glossary = load_glossary(folders(given))
    except GlossaryError as error:
        yield from (Finding("bad", "glossary", line, "mend this line") for line in str(error).splitlines())
    else:
        yield Finding("ok", "glossary", f"{len(glossary.entries)} entries; your own go into {paths.packs_dir()}")


def certificate() -> Iterator[Finding]:
    """The authority: there, readable by its owner alone, within its dates. Its dates show a wrong clock, too."""
    try:
        own = authority.load(paths.authority_dir())
    except authority.AuthorityError as error:
        cure = "glossator ca --any-site, or --sites FILE, makes a new one; trust it again"
        yield Finding("bad", "authority", str(error), cure)
        return
    if own is None:
        yield Finding("note", "authority", "none yet", "glossator ca makes one; glossator proxy does so too")
        return
    yield dated(own, datetime.now(UTC))
    mode = stat.S_IMODE((own.folder / authority.KEY_FILE).stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        key = own.folder / authority.KEY_FILE
        found = f"{key} can be read by others ({mode:o})"
        yield Finding("bad", "authority", found, "glossator ca --renew makes a private one; trust it again")


def dated(own: authority.Authority, now: datetime) -> Finding:
    """How the authority's dates stand at this moment."""
    since, until = own.valid
    if now < since:
        return Finding("bad", "clock", f"it is {now:%Y-%m-%d}, before the authority was made", "set this machine's clock")
    if now > until:
        return Finding("bad", "authority", f"expired {until:%Y-%m-%d}", "glossator ca --renew, then trust it again")
    if now > until - _SOON:
        return Finding("note", "authority", f"expires {until:%Y-%m-%d}", "glossator ca --renew, then trust it again")
    return Finding("ok", "authority", f"{own.file}, until {until:%Y-%m-%d}")


def trusted() -> Iterator[Finding]:
    """Whether the browsers of this user trust the authority; only NSS databases can be asked."""
    try:
        own = authority.load(paths.authority_dir())
    except authority.AuthorityError:
        return
    if own is None:
        return
    if trust.certutil() is None:
        yield Finding("note", "trust", "unknown: certutil is missing", "install libnss3-tools, or see: glossator ca")
        return
    told = [store for store in trust.stores() if trust.trusts(store, own)]
    yield from (Finding("ok", "trust", str(store)) for store in told)
    if not told:
        cure = "glossator ca says how; glossator browse needs no trust"
        yield Finding("note", "trust", "no browser trusts the authority", cure)


def listening(port: int, service_port: int) -> Iterator[Finding]:
    """Whether the proxy and the service run, or their ports are taken by something else."""
    for number, part in ((port, "proxy"), (service_port, "service")):
        subject = f"{part} port"
        if _free(number):
            yield Finding("ok", subject, f"{number} is free (nothing runs there now)")
        elif _ASKED[part](number):
            yield Finding("ok", subject, f"{number}: Glossator runs there")
        else:
            flag = "--port" if part == "proxy" else "--service-port"
            yield Finding("bad", subject, f"{number} is taken by another program", f"glossator proxy {flag} N takes another")


def environment(port: int) -> Iterator[Finding]:
    """Where this session's programs are told to send their requests; a browser's own setting may differ."""
    chosen = {scheme: url for scheme, url in urllib.request.getproxies().items() if scheme in ("http", "https", "all")}
    ours = [scheme for scheme, url in chosen.items() if url.rstrip("/").endswith((f"127.0.0.1:{port}", f"localhost:{port}"))]
    bypass = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if chosen and not ours:
        yield Finding("note", "system proxy", "is another one", f"set the browser's own proxy to 127.0.0.1:{port}")
    elif ours and "*" in bypass.split(","):
        yield Finding("bad", "system proxy", "no_proxy is *: everything goes past the proxy", "unset no_proxy")
    else:
        found = "is Glossator" if ours else "is not set; the browser's own setting decides"
        yield Finding("ok", "system proxy", found)


def installed() -> Iterator[Finding]:
    """The browsers that ``glossator browse`` can open."""
    for name in browsers.NAMES:
        try:
            yield Finding("ok", "browser", str(browsers.find(name).program))
        except browsers.BrowserError:
            yield Finding("note", "browser", f"no {name}", "only needed for: glossator browse")


def _may_be_written(folder: Path) -> bool:
    """Whether files could be made there: in the folder itself, or in what would have to hold it."""
    nearest = next(place for place in (folder, *folder.parents) if os.path.exists(place))
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(_PATIENCE)
        return probe.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED


def _is_proxy(port: int) -> bool:
    """A running proxy knows the name of the service: it leads there, or says that none runs."""
    status, place, body = _asked(port, f"http://{NAME}/", NAME)
    return (status == 302 and place.startswith("http://127.0.0.1:")) or (status == 503 and body == ABSENT)


def _is_service(port: int) -> bool:
    """The service says to everybody with which glossary it runs."""
    status, _, body = _asked(port, "/v1/status", f"127.0.0.1:{port}")
    with contextlib.suppress(ValueError):
        told = json.loads(body)
        return status == 200 and isinstance(told, dict) and {"api", "glossary", "proxy"} <= told.keys()
    return False


_ASKED: Mapping[str, Callable[[int], bool]] = {"proxy": _is_proxy, "service": _is_service}


def _asked(port: int, target: str, host: str) -> tuple[int, str, bytes]:
    """Status, Location and body of what a program on this machine answers; nothing where it is no HTTP, or takes too long."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        link.request("GET", target, headers={"Host": host, "Connection": "close"})
        answer = link.getresponse()
        return answer.status, answer.getheader("Location") or "", answer.read(_MOST)
    except (OSError, http.client.HTTPException):
        return 0, "", b""
    finally:
        link.close()
