"""Records as JSON, JSON lines, CSV or lines for reading: each document on its own, so that output can be written as it comes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from proxy_addon.headless.engine import Record


@dataclass(frozen=True, slots=True)
class Format:
    """``begin`` + the documents' ``rows``, ``between`` put between those that are not empty, + ``end``; all UTF-8."""

    rows: Callable[[Sequence[Record]], str]
    begin: str = ""
    between: str = ""
    end: str = ""


def _object(record: Record) -> str:
    return json.dumps(record._asdict(), ensure_ascii=False)


def _json_lines(records: Sequence[Record]) -> str:
    return "".join(f"{_object(record)}\n" for record in records)


def _json(records: Sequence[Record]) -> str:
    return ",\n".join(map(_object, records))


def _csv(records: Sequence[Record]) -> str:
    """RFC 4180; several entries or kinds of one match are parted by spaces."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerows([_cell(value) for value in record] for record in records)
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value).lower() if isinstance(value, bool) else value


def _text(records: Sequence[Record]) -> str:
    return "".join(map(_line, records))


def _line(record: Record) -> str:
    kinds = ", ".join((*record.kinds, *(("quoted",) if record.quoted else ())))
    what = f"{' '.join(record.text.split())}  [{' '.join(record.entries)}: {kinds}]"
    return f"{record.document}:{record.byte_start}: {what}  {record.sentence}\n"


FORMATS: Mapping[str, Format] = {
    "json": Format(_json, "[\n", ",\n", "\n]\n"),
    "jsonl": Format(_json_lines),
    "csv": Format(_csv, begin=",".join(Record._fields) + "\r\n"),
    "text": Format(_text),
}
