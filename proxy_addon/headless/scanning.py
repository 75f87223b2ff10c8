"""A collection to a table: partitions through processes or a cluster, parts into a folder.

Promises: every document of every file is in the table once, one that could not be read with its ``problem``; memory does not
grow with the collection; the same command after an interruption does only what is missing. ``scan.json`` is written when the
table is complete, and then parts of earlier runs are removed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proxy_addon.headless.annotating import write_whole
from proxy_addon.headless.crew import Finished, carried_out
from proxy_addon.headless.documents import InputError
from proxy_addon.headless.engine import Engine
from proxy_addon.headless.partitions import Partition, partitions
from proxy_addon.headless.rows import Row, row
from proxy_addon.headless.sources import Source, documents
from proxy_addon.headless.table import MANIFEST, TableError, check, part, parts, read_part, write_part

# Changes when the same files would give other rows.
_VERSION = 1
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
    """The work on one partition, in any process on any machine that sees the files and the folder."""

    engine: Engine
    folder: Path
    style: str

    @property
    def settings(self) -> str:
        """All that decides the rows, besides the files."""
        return json.dumps({"version": _VERSION, "glossary": self.engine.glossary.version, "format": self.style})

    def __call__(self, partition: Partition) -> Iterator[Written]:
        """Writes the part, unless it is there."""
        path = part(self.folder, partition.identity, self.style)
        counts = _Counts()
        try:
            for _ in map(counts.add, read_part(path)) if path.exists() else ():
                pass
        except TableError:  # written by no whole run of ours
            counts = _Counts()
        if not counts.documents:
            write_part(path, map(counts.add, self._rows(partition)))
        yield Written(path.name, counts.documents, counts.problems, tuple(counts.told))

    def _rows(self, partition: Partition) -> Iterator[Row]:
        for source in partition.sources:
            for document in documents(source):
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
    """A run. ``lost`` are partitions that no process could finish; without them the table is not complete."""

    task: Task
    written: dict[str, int] = field(default_factory=dict)
    documents: int = 0
    problems: int = 0
    lost: int = 0

    def carry_out(
        self,
        found: Iterable[Source | InputError],
        heard: Callable[[Partition], object] = lambda partition: None,
        say: Callable[[str], object] = print,
        results: Results | None = None,
        jobs: int = 1,
    ) -> None:
        """``heard`` is called after each partition, ``say`` with each trouble, which is one line; ``results`` calls the task
        elsewhere than in ``jobs`` processes here. TableError if nothing could be written at all."""
        check(self.task.style)
        self.task.folder.mkdir(parents=True, exist_ok=True)
        given = partitions(self._readable(found, say), self.task.settings)
        for partition, result in results(self.task, given) if results else carried_out(self.task, given, jobs):
            if isinstance(result, Written):
                self._take(result, say)
            elif isinstance(result, Finished):
                if result.trouble:
                    self.lost += 1
                    say(f"{partition.name}: not read: {result.trouble}")
                heard(partition)
        if not self.lost:
            self._complete()

    def _readable(self, found: Iterable[Source | InputError], say: Callable[[str], object]) -> Iterator[Source]:
        for each in found:
            if isinstance(each, Source):
                yield each
            else:
                self.problems += 1
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
            "documents": self.documents,
            "problems": self.problems,
            "entries": _entries(self.task.engine),
            "parts": self.written,
        }
        write_whole(folder / MANIFEST, json.dumps(told, ensure_ascii=False, indent=1).encode())
        for path in parts(folder):
            if path.name not in self.written:
                path.unlink()


def _entries(engine: Engine) -> dict[str, dict[str, Any]]:
    """What a report must know of the glossary: headword, kind, and the entries named as said instead."""
    return {
        entry.id: {"term": entry.headword, "kind": entry.kind, "lang": entry.lang, "instead": list(entry.instead)}
        for entry in engine.glossary.entries.values()
    }


def listed(lists: Sequence[Path]) -> Iterator[str]:
    """The inputs named in files, one a line; empty lines and those that begin with # are passed over."""
    for path in lists:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                yield line.strip()
