"""The glossary as it was read, kept on disk: reading YAML takes five times as long as reading this.

What is kept goes by the bytes of every file, their names, and this program's own reading code, so nothing stale is ever
taken. The folder belongs to the user alone; a file of somebody else is not read, because ``pickle`` must not be. Any trouble
whatever means: read the files again. Knows nothing of what a glossary is for.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from proxy_addon.glossary import loader
from proxy_addon.glossary.model import Glossary
from proxy_addon.glossary.problem import GlossaryError
from proxy_addon.keeping import read_private, write_atomically

# Entries at a time: unpickling one piece holds the interpreter, and pages may be on their way.
_PIECE = 16
# Old ones are worth nothing: so many files stay.
_KEPT = 4
_READING = Path(__file__).resolve().parent.parent / "glossary"


def kept_glossary(layers: Sequence[Path], folder: Path) -> Glossary:
    """The shipped glossary with these layers over it, from ``folder`` if it is there. Raises GlossaryError."""
    file = folder / f"{_key([loader.SHIPPED, *layers])}.glossary"
    data = read_private(file)
    if data:
        with suppress(Exception):
            return joined(data)
    found = loader.load_glossary(layers)
    with suppress(OSError):
        write_atomically(file, sliced(found))
        _forget_oldest(folder)
    return found


def sliced(found: Glossary | GlossaryError) -> bytes:
    """What ``joined`` puts together again, in pieces that are read quickly."""
    return b"".join(map(pickle.dumps, _pieces(found)))


def joined(slices: bytes) -> Glossary:
    """The glossary; GlossaryError if it's broken."""
    source = io.BytesIO(slices)
    found: Glossary | GlossaryError = pickle.load(source)
    if isinstance(found, GlossaryError):
        raise found
    tables: dict[str, Any] = {}
    while source.tell() < len(slices):
        name, piece = pickle.load(source)
        tables.setdefault(name, {}).update(piece)
    return replace(found, **tables)


def _pieces(found: Glossary | GlossaryError) -> Iterator[object]:
    if isinstance(found, GlossaryError):
        yield found
        return
    tables = {name: table for name in found.__slots__ if isinstance(table := getattr(found, name), dict)}
    emptied: dict[str, Any] = {name: {} for name in tables}
    yield replace(found, **emptied)
    for name, table in tables.items():
        rows = iter(table.items())
        while piece := dict(islice(rows, _PIECE)):
            yield name, piece


def _key(layers: Sequence[Path]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    digest.update(sys.version.encode())
    for path in sorted(_READING.glob("*.py")):
        status = path.stat()
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}".encode("utf-8", "replace"))
    for layer in layers:
        # One that isn't there, or is empty, is refused by whoever reads it.
        digest.update(f"\0{layer}\0".encode("utf-8", "replace"))
        for file in (layer,) if layer.is_file() else loader.yaml_files(layer):
            data = file.read_bytes() if file.is_file() else b""
            digest.update(f"\0{layer}\0{file}\0{len(data)}\0".encode("utf-8", "replace") + data)
    return digest.hexdigest()


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.glossary"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[_KEPT:]:
        path.unlink(missing_ok=True)
