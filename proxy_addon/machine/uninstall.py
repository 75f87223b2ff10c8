"""What the program put on this machine, and its removal: the authority (also from browsers that trust it), caches, tokens.

Nothing that a person wrote is touched: packs and settings stay where they are.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proxy_addon import paths
from proxy_addon.machine import trust


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be removed: names in trust stores, and folders with all that is in them."""

    trusted: tuple[tuple[Path, str], ...]
    folders: tuple[Path, ...]
    kept: tuple[Path, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to remove."""
        return not self.trusted and not self.folders

    def lines(self) -> Iterator[str]:
        """The plan for a person to read: every file."""
        for store, name in self.trusted:
            yield f"authority  {name!r} trusted in {store}"
        for folder in self.folders:
            yield from (f"file       {path}" for path in sorted(folder.rglob("*")) if not path.is_dir())
            yield f"folder     {folder}"
        for folder in self.kept:
            yield f"kept       {folder} (yours)"
        if self.empty:
            yield "There is nothing to remove."


def plan() -> Plan:
    """Looks, and changes nothing."""
    made = (paths.authority_dir(), paths.cache_dir(), paths.data_dir())
    return Plan(
        trusted=tuple((store, name) for store in trust.stores() for name in trust.names(store)),
        folders=tuple(folder for folder in made if folder.exists()),
        kept=tuple(folder for folder in (paths.config_dir(),) if folder.exists()),
    )


def carry_out(planned: Plan) -> list[str]:
    """Removes what the plan lists; returns what could not be removed, and why."""
    left = []
    for store in dict.fromkeys(store for store, _ in planned.trusted):
        trust.remove(store)
        left += [f"{name!r} in {store}" for name in trust.names(store)]
    for folder in planned.folders:
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            continue  # it lay in a folder that is gone already
        except OSError as error:
            left.append(f"{error.filename} ({error.strerror})")
    return left
