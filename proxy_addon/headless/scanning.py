"""A collection to a table: partitions through processes or a cluster, parts into a folder.

Promises: every document of every file is in the table once, one that could not be read with its ``problem``; memory does not
grow with the collection; the same command after an interruption does only what is missing, and tries again what could not be
read. ``scan.json`` is written when the table is complete, and then parts of earlier runs are removed: not if something that was
named is missing, nor if the table there is of other inputs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from proxy_addon.headless.annotating import write_whole
from proxy_addon.headless.crew import Finished, carried_out
from proxy_addon.headless.documents import InputError, MissingError, UnseenError
from proxy_addon.headless.engine import Engine
from proxy_addon.headless.partitions import Partition, partitions
from proxy_addon.headless.rows import Row, row
from proxy_addon.headless.sources import Source, documents, is_address
from proxy_addon.headless.table import MANIFEST, TableError, check, clear, manifest, part, parts, read_part, write_part

# Changes when the same files would give other rows.
_VERSION = 2
# So many problems of a part are told on the terminal; all of them are in the table.
_TOLD = 20

Results = Callable[[Callable[[Any], Iterator[Any]], Iterable[Any]], Iterator[tuple[Any, Any]]]


@dataclass(frozen=True, slots=True)
class Written:
    """A part that is complete: how many documents, how many of them could not be read, and why the first ones."""

    name: str
    documents: int
    problems: int
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """The work on one partition, in any process on any machine that sees the files and the folder. ``elsewhere``: that machine
    may be another one, so that a file which isn't there is a fault of the machine, to be tried again."""

    engine: Engine
    folder: Path
    style: str
    elsewhere: bool = False

    @property
    def settings(self) -> str:
        """All that decides the rows, besides the files."""
        return json.dumps({"version": _VERSION, "glossary": self.engine.glossary.version, "format": self.style})

    def __call__(self, partition: Partition) -> Iterator[Written]:
        """Writes the part, unless it is there and nothing in it went wrong. OSError if a file can't be seen elsewhere."""
        path = part(self.folder, partition.identity, self.style)
        counts = _Counts()
        try:
            for _ in map(counts.add, read_part(path)) if path.exists() else ():
                pass
        except TableError:  # written by no whole run of ours
            counts = _Counts()
        if not counts.documents or counts.problems:
            counts = _Counts()
            write_part(path, map(counts.add, self._rows(partition)))
        yield Written(path.name, counts.documents, counts.problems, tuple(counts.told))

    def _rows(self, partition: Partition) -> Iterator[Row]:
        for source in partition.sources:
            for document in documents(source):
                if self.elsewhere and isinstance(document, UnseenError):
                    raise OSError(f"{document}; every worker must see the files under the same names")
                yield row(self.engine, source, document)


@dataclass(slots=True)
class _Counts:
    documents: int = 0
    problems: int = 0
    told: list[str] = field(default_factory=list)

    def add(self, seen: Row) -> Row:
        self.documents += 1
        if seen.problem:
            self.problems += 1
            if len(self.told) < _TOLD:
                self.told.append(seen.problem)
        return seen


@dataclass(slots=True)
class Scan:
    """A run. ``inputs`` is what the user named: a table of inputs that are not among these is not replaced. ``lost`` are
    partitions that no process could finish, ``missing`` are inputs that aren't there; with any of them the table is not
    ``complete``."""

    task: Task
    inputs: Sequence[str] = ()
    written: dict[str, int] = field(default_factory=dict)
    documents: int = 0
    problems: int = 0
    lost: int = 0
    missing: int = 0
    complete: bool = False

    def carry_out(
        self,
        found: Iterable[Source | InputError],
        heard: Callable[[Partition], object] = lambda partition: None,
        say: Callable[[str], object] = print,
        results: Results | None = None,
        jobs: int = 1,
    ) -> None:
        """``heard`` is called after each partition, ``say`` with each trouble, which is one line; ``results`` calls the task
        elsewhere than in ``jobs`` processes here. TableError if nothing can be written, or not there."""
        check(self.task.style)
        self._check_inputs()
        self.task.folder.mkdir(parents=True, exist_ok=True)
        clear(self.task.folder)
        given = partitions(self._readable(found, say), self.task.settings)
        elsewhere = replace(self.task, elsewhere=True)
        for partition, result in results(elsewhere, given) if results else carried_out(self.task, given, jobs):
            if isinstance(result, Written):
                self._take(result, say)
            elif isinstance(result, Finished):
                if result.trouble:
                    self.lost += 1
                    say(f"{partition.name}: not read: {result.trouble}")
                heard(partition)
        if self.written and not self.lost and not self.missing:
            self._complete()

    def _check_inputs(self) -> None:
        try:
            before = manifest(self.task.folder).get("inputs", ())
        except TableError:  # nothing is there
            return
        gone = sorted(set(before) - set(_named(self.inputs)))
        if self.inputs and gone:
            others = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
            raise TableError(
                f"{self.task.folder} holds the table of other inputs ({gone[0]}{others}): name these as well, choose another "
                f"folder with --out, or remove this one"
            )

    def _readable(self, found: Iterable[Source | InputError], say: Callable[[str], object]) -> Iterator[Source]:
        for each in found:
            if isinstance(each, Source):
                yield each
            else:
                self.problems += 1
                self.missing += isinstance(each, MissingError)
                say(str(each))

    def _take(self, result: Written, say: Callable[[str], object]) -> None:
        self.written[result.name] = result.documents
        self.documents += result.documents
        self.problems += result.problems
        for line in result.told:
            say(line)
        if result.problems > len(result.told):
            say(f"and {result.problems - len(result.told)} more, in the column problem of {result.name}")

    def _complete(self) -> None:
        folder = self.task.folder
        told = {
            **json.loads(self.task.settings),
            "inputs": _named(self.inputs),
            "documents": self.documents,
            "problems": self.problems,
            "entries": _entries(self.task.engine),
            "parts": self.written,
        }
        write_whole(folder / MANIFEST, json.dumps(told, ensure_ascii=False, indent=1).encode())
        for path in parts(folder):
            if path.name not in self.written:
                path.unlink()
        self.complete = True


def _named(inputs: Sequence[str]) -> list[str]:
    """Inputs as they are noted: wherever a run is begun, the same file has the same name."""
    names = (name if is_address(name) else os.path.abspath(name) for name in inputs)
    return [name.encode("utf-8", "backslashreplace").decode() for name in names]


def _entries(engine: Engine) -> dict[str, dict[str, Any]]:
    """What a report must know of the glossary: headword, kind, and the entries named as said instead."""
    return {
        entry.id: {"term": entry.headword, "kind": entry.kind, "lang": entry.lang, "instead": list(entry.instead)}
        for entry in engine.glossary.entries.values()
    }


def listed(lists: Sequence[Path]) -> Iterator[str]:
    """The inputs named in files, one a line; empty lines and those that begin with # are passed over. A name need not be text."""
    for path in lists:
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as names:
            yield from (line.strip() for line in names if line.strip() and not line.startswith("#"))
