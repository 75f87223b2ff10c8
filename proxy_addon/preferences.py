"""What the reader chose on the desk, in the extension or on a page: pause, sites, packs, kinds, terms, density, language.

One small JSON file of the reader's own, written whole or not at all, so that a crash leaves the old choices or the new ones.
It holds what was chosen and nothing of what was read: a site stands in it only because the reader changed something for that
site. A file that can't be understood is kept aside and told of, and the defaults hold. Another process may change the file;
it is read again when it has changed. Knows neither HTTP nor who asks.
"""

from __future__ import annotations

import contextlib
import dataclasses
import ipaddress
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from proxy_addon.glossary.model import Kind
from proxy_addon.keeping import locked, signature, write_atomically
from proxy_addon.options import DENSITIES, LANGUAGES, Density

KINDS: tuple[Kind, ...] = get_args(Kind)
SPOKEN = tuple(language for language in LANGUAGES if language != "auto")

# So many sites and so many hidden terms are kept, at most; a host name is no longer than DNS lets it be (RFC 1035).
MOST = 10_000
_HOST = 253
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\Z")

# Seconds between two looks at the file.
_LOOK = 0.5

logger = logging.getLogger(__name__)


class PreferencesError(ValueError):
    """Whoever asked must mend it; the message names the member and says what may stand there."""


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """What holds on one site: nothing marked at all, ids never marked, kinds not marked, how often a term is marked."""

    off: bool = False
    hidden: frozenset[str] = frozenset()
    kinds_off: frozenset[str] = frozenset()
    density: Density | None = None

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return _as_dict(self)


@dataclass(frozen=True, slots=True)
class Preferences:
    """Everything that was chosen; ``sites`` by host as browsers send it (lower case, xn--…), which covers its subdomains."""

    paused: bool = False
    hidden: frozenset[str] = frozenset()
    kinds_off: frozenset[str] = frozenset()
    packs_off: frozenset[str] = frozenset()
    density: Density | None = None
    language: str | None = None
    counting: bool = False
    sites: Mapping[str, SiteChoice] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {**_as_dict(self), "sites": {host: choice.as_dict() for host, choice in sorted(self.sites.items())}}

    def chosen_for(self, host: str) -> SiteChoice:
        """What was chosen for this very host, or for the nearest one above it."""
        name = _sent(host)
        return next((self.sites[each] for each in (name, *_above(name)) if each in self.sites), SiteChoice())

    def at(self, host: str) -> SiteChoice:
        """What holds on this host, everything taken together."""
        site = self.chosen_for(host)
        return SiteChoice(
            self.paused or site.off,
            self.hidden | site.hidden,
            self.kinds_off | site.kinds_off,
            site.density or self.density,
        )


class Store:
    """The preferences in one file; without one they last as long as this value. May be used from several threads."""

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = path, clock
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._looked = float("-inf")
        self._current = Preferences()

    @property
    def current(self) -> Preferences:
        """What holds now; the file is looked at no more than twice a second."""
        now = self._clock()
        if now - self._looked >= _LOOK:
            with self._lock:
                self._looked = now
                self._refresh()
        return self._current

    def change(self, patch: Mapping[str, Any]) -> Preferences:
        """Changes what is given (RFC 7396: null restores the default). Raises ``PreferencesError``, ``OSError``; then
        nothing has changed."""
        return self._changed(lambda current: changed(current, patch))

    def change_site(self, host: str, patch: Mapping[str, Any]) -> Preferences:
        """Changes what was chosen for one host."""
        given = {_host(host): _checked(patch, SITE_MEMBERS, "")}
        return self._changed(lambda current: dataclasses.replace(current, sites=_sites(current.sites, given)))

    def _changed(self, change: Callable[[Preferences], Preferences]) -> Preferences:
        with self._lock, locked(self._path):
            self._refresh(anyway=True)
            chosen = change(self._current)
            if self._path:
                write_atomically(self._path, json.dumps({"version": 1, **chosen.as_dict()}, indent=1, ensure_ascii=False))
                self._seen = signature(self._path)
            self._current = chosen
            return chosen

    def _refresh(self, *, anyway: bool = False) -> None:
        if not self._path or ((now := signature(self._path)) == self._seen and not anyway):
            return
        self._seen = now
        self._current = self._read(self._path) if now else Preferences()

    def _read(self, path: Path) -> Preferences:
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(kept, dict):
                raise PreferencesError("expected an object")
            kept.pop("version", None)
            if isinstance(kept.get("sites"), dict):  # what no browser sends was kept once, and never counted
                kept["sites"] = {host: choice for host, choice in kept["sites"].items() if _is_host(_sent(host))}
            return changed(Preferences(), kept)
        except OSError as error:
            logger.warning("%s could not be read (%s); the defaults hold.", path, error.strerror)
        except ValueError as error:
            aside = path.with_suffix(".broken.json")
            with contextlib.suppress(OSError):
                path.replace(aside)
            logger.warning("%s is broken (%s); it is kept as %s, and the defaults hold.", path.name, error, aside)
        return Preferences()


def changed(preferences: Preferences, patch: Mapping[str, Any]) -> Preferences:
    """The preferences with what ``patch`` gives. Raises ``PreferencesError``."""
    given = _checked(patch, MEMBERS, "")
    known = {} if "sites" in patch and patch["sites"] is None else preferences.sites
    return dataclasses.replace(preferences, **{**given, "sites": _sites(known, given.get("sites", {}))})


def _sites(known: Mapping[str, SiteChoice], given: Mapping[str, Any]) -> dict[str, SiteChoice]:
    sites = dict(known)
    for host, patch in given.items():
        name = _host(host)
        before = sites.pop(name, SiteChoice())
        if patch is not None:
            sites[name] = dataclasses.replace(before, **patch)
    needed: dict[str, SiteChoice] = {}
    for name in sorted(sites, key=lambda host: host.count(".")):
        # What is as it would be anyway needs no line, and names no site; below a site with a choice it would not be so.
        if sites[name] != SiteChoice() or any(above in needed for above in _above(name)):
            needed[name] = sites[name]
    if len(needed) > MOST:
        raise PreferencesError(f"sites: at most {MOST} can be kept; take some out")
    return needed


Check = Callable[[Any, str], Any]


def _checked(patch: Any, members: Mapping[str, tuple[Check, Any]], where: str) -> dict[str, Any]:
    """The members of a patch, each checked; null is its default."""
    if not isinstance(patch, Mapping):
        raise PreferencesError(f"{where or 'the settings'}: expected an object")
    unknown = [name for name in patch if name not in members]
    if unknown:
        raise PreferencesError(f"{_inside(where, unknown[0])}: there is no such setting; known are {', '.join(members)}")
    return {name: _value(value, members[name], _inside(where, name)) for name, value in patch.items()}


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _value(value: Any, member: tuple[Check, Any], where: str) -> Any:
    check, default = member
    return default if value is None else check(value, where)


def _switch(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise PreferencesError(f"{where}: expected true or false")
    return value


def _ids(value: Any, where: str) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise PreferencesError(f"{where}: expected a list of ids")
    if len(value) > MOST or any(len(each) > _HOST for each in value):
        raise PreferencesError(f"{where}: at most {MOST} ids can be kept, none longer than {_HOST} characters")
    return frozenset(value)


def _one_of(choices: tuple[str, ...]) -> Check:
    def check(value: Any, where: str) -> str:
        if value not in choices:
            raise PreferencesError(f"{where}: expected one of {', '.join(choices)}")
        return str(value)

    return check


def _some_of(choices: tuple[str, ...]) -> Check:
    def check(value: Any, where: str) -> frozenset[str]:
        given = _ids(value, where)
        if not given <= set(choices):
            raise PreferencesError(f"{where}: expected some of {', '.join(choices)}")
        return given

    return check


def _of_sites(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise PreferencesError(f"{where}: expected an object of hosts")
    return {host: None if given is None else _checked(given, SITE_MEMBERS, f"{where}.{host}") for host, given in value.items()}


# By member: how it is checked, and its default.
SITE_MEMBERS: Mapping[str, tuple[Check, Any]] = {
    "off": (_switch, False),
    "hidden": (_ids, frozenset()),
    "kinds_off": (_some_of(KINDS), frozenset()),
    "density": (_one_of(DENSITIES), None),
}
MEMBERS: Mapping[str, tuple[Check, Any]] = {
    "paused": (_switch, False),
    "hidden": (_ids, frozenset()),
    "kinds_off": (_some_of(KINDS), frozenset()),
    "packs_off": (_ids, frozenset()),
    "density": (_one_of(DENSITIES), None),
    "language": (_one_of(SPOKEN), None),
    "counting": (_switch, False),
    "sites": (_of_sites, {}),
}


def _host(name: str) -> str:
    host = _sent(name)
    if not _is_host(host):
        raise PreferencesError("the site must be a host name like example.org, without https://, a port or a path")
    return host


def _sent(name: str) -> str:
    """The host as browsers send it (RFC 3490); what can't be one as it came."""
    host = name.strip().lower()
    with contextlib.suppress(ValueError):
        host = str(ipaddress.IPv6Address(host.removeprefix("[").removesuffix("]")))
    with contextlib.suppress(UnicodeError):
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    return host.rstrip(".")


def _is_host(host: str) -> bool:
    if len(host) > _HOST:
        return False
    with contextlib.suppress(ValueError):
        return bool(ipaddress.IPv6Address(host))
    return bool(_NAME.match(host))


def _above(host: str) -> Iterator[str]:
    """The hosts above, the nearest first."""
    while "." in host:
        host = host.partition(".")[2]
        yield host


def readable(host: str) -> str:
    """The host in the letters in which a person would type it."""
    with contextlib.suppress(UnicodeError):
        return host.encode("ascii").decode("idna")
    return host


def _as_dict(value: SiteChoice | Preferences) -> dict[str, Any]:
    """The members as JSON values; sets in alphabetical order."""
    plain = {each.name: getattr(value, each.name) for each in dataclasses.fields(value) if each.name != "sites"}
    return {name: sorted(member) if isinstance(member, frozenset) else member for name, member in plain.items()}
