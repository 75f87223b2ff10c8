"""Small files of the reader's own, written whole or not at all: a crash at any moment leaves the old text or the new one.

Several programs may keep the same file: who changes one reads it, changes it and writes it within ``locked``.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

# Seconds for which a program waits for another that changes a file, and between two looks whether it has done so.
PATIENCE = 2.0
_PAUSE = 0.005
_BUSY = frozenset({errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK})

if sys.platform == "win32":
    import msvcrt

    def _opened(folder: Path) -> int:
        return os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _opened(folder: Path) -> int:
        # The folder itself can be locked: no file is left that says what was kept.
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def locked(path: Path | None, patience: float = PATIENCE) -> Iterator[None]:
    """Within, no other program that asks so too changes this file, and what a crash left of writing it is gone.

    Not to be entered within another. None is no file and is not waited for. Raises ``OSError`` before anything else happens.
    """
    if path is None:
        yield
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = _opened(path.parent)
    try:
        if _held(descriptor, path, patience):
            _sweep(path)
        yield
    finally:
        os.close(descriptor)  # which lets go of it


def _held(descriptor: int, path: Path, patience: float) -> bool:
    """Whether it is held now: not where the file system knows no locks. Raises ``TimeoutError``."""
    until = time.monotonic() + patience
    while True:
        try:
            _take(descriptor)
            return True
        except OSError as error:
            if error.errno not in _BUSY:
                return False
        if time.monotonic() >= until:
            raise TimeoutError(errno.ETIMEDOUT, "another program is changing it", str(path))
        time.sleep(_PAUSE)


def _sweep(path: Path) -> None:
    """Takes away what was being written when its program was killed; only who holds the lock knows that nobody writes it."""
    with contextlib.suppress(OSError):
        for left in list(path.parent.iterdir()):
            if left.name.startswith(f".{path.name}."):
                left.unlink(missing_ok=True)


def signature(path: Path) -> tuple[int, int, int] | None:
    """What is another one when the file was written anew; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size


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
