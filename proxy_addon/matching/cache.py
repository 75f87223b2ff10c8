"""Compiled tables on disk. Any trouble whatever means: compile again.

The folder belongs to the user alone (0700), because the tables are kept with ``marshal``, which must never read what another
has written; a folder or file of somebody else is not read. A file appears whole or not at all, so that processes may write
at the same time. Its name is a hash of everything the tables come from, and its first line says so again.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
import sys
import tempfile
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from proxy_addon.glossary.model import Glossary
from proxy_addon.matching.compiled import Tables

# Old tables are worth nothing: this many files stay.
KEPT = 8
# What inflects words: another version may give other forms.
DICTIONARIES = ("pymorphy3", "pymorphy3_dicts_ru", "pymorphy3_dicts_uk", "lemminflect")
_HERE = Path(__file__).parent


def content_key(glossary: Glossary, *, everything: bool) -> str:
    """A hash of what decides the matches: the glossary, which entries are on, and this engine. 32 hexadecimal digits."""
    digest = hashlib.blake2b(_engine(), digest_size=16)
    digest.update(f"{everything} {glossary.version}".encode())
    counted = [entry for entry in glossary.entries.values() if entry.on or everything]
    digest.update(repr([entry.id for entry in counted]).encode("utf-8", "replace"))
    if not glossary.version:
        digest.update(repr(([entry.forms for entry in counted], glossary.topics)).encode("utf-8", "replace"))
    return digest.hexdigest()


@cache
def _engine() -> bytes:
    """This folder's files and the dictionaries' as they are installed, and the interpreter, whose marshal format is its own."""
    digest = hashlib.blake2b()
    inflecting = (spec.origin for spec in map(find_spec, DICTIONARIES) if spec and spec.origin)
    for path in (*sorted(path for path in _HERE.rglob("*") if path.suffix in (".py", ".txt")), *map(Path, inflecting)):
        status = path.stat()
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}".encode("utf-8", "replace"))
    digest.update(f"{sys.implementation.cache_tag} {sys.byteorder}".encode())
    return digest.digest()


def holds(folder: Path, key: str) -> bool:
    """Whether something is kept under ``key``; whether it is good is seen when it is loaded."""
    return _file(folder, key).exists()


def load(folder: Path, key: str) -> Tables | None:
    """The tables kept under ``key``, or None: not there, not ours, not whole, not readable."""
    try:
        with open(_file(folder, key), "rb") as file:
            if not _is_private(os.fstat(file.fileno())) or not _is_private(folder.stat()):
                return None
            head, _, body = file.read().partition(b"\n")
        if head != _head(key, body):
            return None
        # Field by field: other threads have their turn in between.
        anchors, *others = map(marshal.loads, marshal.loads(body))
        return Tables(anchors.split("\n") if anchors else [], *others)
    except (OSError, ValueError, EOFError, TypeError):
        return None


def store(folder: Path, key: str, tables: Tables) -> None:
    """Keep ``tables``; if that fails, they are compiled again next time."""
    with suppress(OSError, ValueError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chmod(folder, 0o700)
        anchors, *others = tables.plain()
        # One long text is read ten times as fast as many short ones.
        body = marshal.dumps([marshal.dumps(each) for each in ("\n".join(anchors), *others)])
        handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with open(handle, "wb") as file:
                file.write(_head(key, body) + b"\n" + body)
            os.replace(name, _file(folder, key))
        finally:
            with suppress(FileNotFoundError):
                os.unlink(name)
        _forget_oldest(folder)


def _file(folder: Path, key: str) -> Path:
    return folder / f"{key}.tables"


def _head(key: str, body: bytes) -> bytes:
    return f"glossator {key} {hashlib.blake2b(body, digest_size=16).hexdigest()}".encode()


def _is_private(status: os.stat_result) -> bool:
    """Ours, and writable by nobody else. Systems without owners have no such danger."""
    mine = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return mine and not (os.name == "posix" and status.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.tables"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[KEPT:]:
        path.unlink(missing_ok=True)
