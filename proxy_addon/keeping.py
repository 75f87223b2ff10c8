"""Small files of the reader's own, written whole or not at all: a crash at any moment leaves the old text or the new one."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def write_atomically(path: Path, content: str | bytes) -> None:
    """``content`` (text as UTF-8) in the place of whatever is there, readable by its user alone. Raises ``OSError``, nothing
    changed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def rewrite(path: Path, content: str | bytes) -> None:
    """Like ``write_atomically``, for a file that others may read too: one that is there keeps its permissions, and a link stays
    a link."""
    real = path.resolve()
    mode = stat.S_IMODE(real.stat().st_mode) if real.exists() else None
    write_atomically(real, content)
    if mode is not None:
        real.chmod(mode)


def read_private(path: Path) -> bytes | None:
    """The content of a file that is this user's, in a folder of theirs, writable by nobody else; None for any other."""
    try:
        with path.open("rb") as file:
            if not is_private(os.fstat(file.fileno())) or not is_private(path.parent.stat()):
                return None
            return file.read()
    except OSError:
        return None


def is_private(status: os.stat_result) -> bool:
    """Ours, and writable by nobody else. Systems without owners have no such danger."""
    mine = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return mine and not (os.name == "posix" and status.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def read_rows(path: Path, member: str, names: Iterable[str]) -> list[dict[str, str]]:
    """The rows under ``member`` with a string under each of the names; none where there is no such file, or no sense in it."""
    try:
        kept: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    rows = kept.get(member) if isinstance(kept, dict) else None
    known = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [{name: row[name] for name in names} for row in known if all(isinstance(row.get(name), str) for name in names)]
