"""Rows on disk: a folder of parts, Parquet or CSV, each there whole or not at all. The one module that knows pyarrow.

``part-IDENTITY.parquet`` holds the rows of one partition, ``matches`` as a list of structs; in ``.csv`` that column is JSON.
Columns are those of ``Row``. ``scan.json`` names the parts that belong together; others are left from earlier runs.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO, Any

from proxy_addon.headless.rows import Row, Tally

MANIFEST = "scan.json"
# Rows that are written, and held in memory, at a time.
_ROWS = 1000
_FORMATS = ("parquet", "csv")
_NUMBERS = ("words", "main_words", "banned", "mandated", "euphemism", "label", "quoted")


class TableError(Exception):
    """The table can't be read or written; the message says what to do."""


def part(folder: Path, identity: str, style: str) -> Path:
    """The file of a partition."""
    return folder / f"part-{identity}.{style}"


def check(style: str) -> None:
    """TableError if this format can't be written here."""
    if style == "parquet":
        _arrow()


def write_part(path: Path, rows: Iterable[Row]) -> None:
    """Writes a part under another name first; who writes the same part at the same time writes the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        (_write_parquet if path.suffix == ".parquet" else _write_csv)(partial, iter(rows))
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Removes what processes that were killed have left half written."""
    for path in folder.glob(".part-*.tmp"):
        if not _lives(path.suffixes[-2].removeprefix(".")):
            path.unlink(missing_ok=True)


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return True


def read_part(path: Path) -> Iterator[Row]:
    """The rows of a part. TableError if it isn't one."""
    try:
        for values in (_read_parquet if path.suffix == ".parquet" else _read_csv)(path):
            matches = tuple(Tally(**tally) for tally in values.pop("matches"))
            yield Row(**values, matches=matches)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TableError(f"{path}: not a part of a table of this version ({type(error).__name__}); scan anew") from error


def manifest(folder: Path) -> Mapping[str, Any]:
    """What ``scan`` noted of the folder: glossary, parts. TableError if there is none."""
    try:
        read: Mapping[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise TableError(f"{folder} holds no finished table; make one with: glossator scan … --out {folder}") from error
    except (ValueError, OSError) as error:
        raise TableError(f"{folder / MANIFEST} can't be read; scan anew") from error
    return read


def read_table(folder: Path) -> Iterator[Row]:
    """Every row of a finished table."""
    for name in manifest(folder)["parts"]:
        yield from read_part(folder / name)


def parts(folder: Path) -> list[Path]:
    """Every part in the folder, whatever run it is of."""
    return sorted(path for style in _FORMATS for path in folder.glob(f"part-*.{style}"))


def _arrow() -> Any:
    try:
        import pyarrow  # type: ignore[import-untyped]
        import pyarrow.parquet  # type: ignore[import-untyped]
    except ImportError as error:
        raise TableError("Parquet needs pyarrow: pip install 'glossator[research]', or choose --format csv") from error
    return pyarrow


def _schema(arrow: Any) -> Any:
    tally = arrow.struct(
        [("entry", arrow.string()), ("kind", arrow.string()), *((name, arrow.int32()) for name in ("count", "quoted", "main"))]
    )
    kinds = {name: arrow.int64() for name in _NUMBERS} | {"matches": arrow.list_(tally)}
    return arrow.schema([(name, kinds.get(name, arrow.string())) for name in Row.__dataclass_fields__])


def _write_parquet(path: Path, rows: Iterator[Row]) -> None:
    arrow = _arrow()
    schema = _schema(arrow)
    with arrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while some := [row.plain() for row in islice(rows, _ROWS)]:
            writer.write_table(arrow.Table.from_pylist(some, schema=schema))


def _read_parquet(path: Path) -> Iterator[dict[str, Any]]:
    with _arrow().parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(_ROWS):
            yield from batch.to_pylist()


def _write_csv(path: Path, rows: Iterator[Row]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(Row.__dataclass_fields__))
        writer.writeheader()
        for row in rows:
            values = row.plain()
            writer.writerow({**values, "matches": json.dumps(values["matches"], ensure_ascii=False)})


def _read_csv(path: Path) -> Iterator[dict[str, Any]]:
    csv.field_size_limit(sys.maxsize)
    file: IO[str]
    with open(path, encoding="utf-8", newline="") as file:
        for values in csv.DictReader(file):
            yield {**values, **{name: int(values[name]) for name in _NUMBERS}, "matches": json.loads(values["matches"])}
