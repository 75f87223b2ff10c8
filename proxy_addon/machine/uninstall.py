"""What the program put on this machine, and its removal: the authority (also from browsers that trust it), caches, tokens,
settings, reports, counts.

The entries that a person wrote are not touched, be it with the desk: packs stay where they are.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from proxy_addon import paths
from proxy_addon.glossary.loader import yaml_files
from proxy_addon.machine import authority, trust

# What tempfile puts behind the name of a file that was never finished.
_UNFINISHED = "?" * 8

# What the program writes, by the folder that holds it: nothing else there is its own.
_WRITTEN: Mapping[Callable[[], Path], tuple[str, ...]] = {
    paths.authority_dir: (
        authority.KEY_FILE,
        authority.KEY_FILE + _UNFINISHED,
        authority.CERTIFICATE_FILE,
        "mitmproxy-dhparam.pem",
    ),
    paths.data_dir: ("token", "paired.json", ".*.json.*"),
    paths.config_dir: ("preferences.json", "feedback.json", "counts.json", ".*.json.*", "glossary/**/.*.yaml." + _UNFINISHED),
    paths.cache_dir: ("compiled/*.tables", "compiled/*.part", "read/*.glossary", "read/.*.glossary.*"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be removed: names in trust stores, and files."""

    trusted: tuple[tuple[Path, str], ...]
    files: tuple[Path, ...]
    kept: tuple[Path, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to remove."""
        return not self.trusted and not self.files

    def lines(self) -> Iterator[str]:
        """The plan for a person to read: every file."""
        for store, name in self.trusted:
            yield f"authority  {name!r} trusted in {store}"
        yield from (f"file       {path}" for path in self.files)
        yield from (f"kept       {folder} (yours)" for folder in self.kept)
        if self.empty:
            yield "There is nothing to remove."


def plan() -> Plan:
    """Looks, and changes nothing."""
    return Plan(
        trusted=tuple((store, name) for store in trust.stores() for name in trust.names(store)),
        files=tuple(file for folder, patterns in _WRITTEN.items() for each in patterns for file in sorted(folder().glob(each))),
        kept=tuple(folder for folder in (paths.packs_dir(),) if any(yaml_files(folder))),
    )


def carry_out(planned: Plan) -> list[str]:
    """Removes what the plan lists, and the folders that are empty then; returns what could not be removed, and why."""
    left = []
    for store in dict.fromkeys(store for store, _ in planned.trusted):
        trust.remove(store)
        left += [f"{name!r} in {store}" for name in trust.names(store)]
    for file in planned.files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            left.append(f"{file} ({error.strerror})")
    caches = (paths.cache_dir() / "compiled", paths.cache_dir() / "read", paths.cache_dir())
    for folder in (*caches, paths.authority_dir(), paths.data_dir(), paths.packs_dir(), paths.config_dir()):
        with contextlib.suppress(OSError):  # it is not there, or holds something that is not ours
            folder.rmdir()
    return left
