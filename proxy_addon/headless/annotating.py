"""Many inputs, annotated or searched by several processes, into a folder, a file or a stream.

Promises: output stands in the order of the inputs whatever the number of processes; an input that can't be read is told of
and the others go on; a file is there whole or not at all; with a journal, a run that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path, PurePath, PurePosixPath
from typing import IO
from urllib.parse import urlsplit

from proxy_addon.headless.crew import Finished, carried_out
from proxy_addon.headless.documents import Document, InputError, fault
from proxy_addon.headless.engine import Engine
from proxy_addon.headless.formats import FORMATS
from proxy_addon.headless.journal import Journal
from proxy_addon.headless.sources import Source, documents

JOURNAL = "glossator.journal"
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Rows:
    """What one document gives: its records as written, or nothing where its page went to a file."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One input's work, in any process. ``folder``: where pages go; None: records in this ``style`` are given back."""

    engine: Engine
    style: str
    folder: Path | None = None

    @property
    def settings(self) -> dict[str, str]:
        """All that decides what the output is."""
        engine = self.engine
        return {"format": self.style, "glossary": engine.glossary.version, "language": engine.language, "density": engine.density}

    def __call__(self, source: Source) -> Iterator[Rows | str]:
        """What each document gives, and each trouble as a line."""
        for document in documents(source):
            try:
                yield str(document) if isinstance(document, InputError) else self._one(source, document)
            except InputError as error:
                yield str(error)
            except OSError as error:
                yield f"{error.filename}: {error.strerror}; choose another folder with --out"
            except Exception as error:
                yield str(fault(document.name if isinstance(document, Document) else source.name, error))

    def _one(self, source: Source, document: Document) -> Rows:
        if self.folder is None:
            return Rows(FORMATS[self.style].rows(self.engine.records(document)))
        write_whole(self.folder / page_name(source, document.name), self.engine.annotated(document))
        return Rows()


def page_name(source: Source, document: str = "") -> PurePosixPath:
    """Where under the folder the annotated page goes: as the input was named, a page of many under its container's name."""
    base = _target(source)
    number = document.rpartition("#")[2] if document != source.name and "#" in document else ""
    if number.isdigit():
        return PurePosixPath(base, f"{int(number):06}.html")
    return PurePosixPath(_as_page(base))


def _as_page(name: str) -> str:
    base = re.sub(r"(?i)\.(?:gz|br|zst)$", "", name)
    return base if re.search(r"(?i)\.(?:x?html?|xht|shtml)$", base) else f"{base}.html"


def apart(sources: Sequence[Source]) -> list[Source]:
    """The sources, so that no two write the same page. Where those of several folders would, they are put into folders with the
    names of these, and of those above as far as needed; of two in one folder (``a.html``, ``a.html.gz``) one is renamed."""
    roots = [_root(source) for source in sources]
    depths = Counter[tuple[str, ...]]()
    while True:
        targets = [PurePosixPath(*root[len(root) - depths[root] :], _target(s)) for root, s in zip(roots, sources, strict=True)]
        owners: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for root, target in zip(roots, targets, strict=True):
            owners[_as_page(str(target))].add(root)
        clashing = {root for several in owners.values() if len(several) > 1 for root in several if depths[root] < len(root)}
        if not clashing:
            return list(_renamed(sources, [str(target) for target in targets]))
        depths.update(clashing)


def _root(source: Source) -> tuple[str, ...]:
    """The names of the folders above the place that the target begins at."""
    parts = PurePath(os.path.normpath(source.path)).parts if source.path else ()
    return parts[1 : max(1, len(parts) - len(PurePosixPath(source.target).parts))]


def _target(source: Source) -> str:
    return source.target or _address_name(source.name)


def _renamed(sources: Sequence[Source], targets: Sequence[str]) -> Iterator[Source]:
    taken: set[str] = set()
    for source, target in zip(sources, targets, strict=True):
        others = (f"{target}.html" if nth == 1 else f"{target}-{nth}.html" for nth in count(1))
        free = target if _as_page(target) not in taken else next(name for name in others if name not in taken)
        taken.add(_as_page(free))
        yield replace(source, target=free)


def _address_name(name: str) -> str:
    """A file name for an address or for standard input; no two addresses share one."""
    parts = urlsplit(name)
    if not parts.hostname:
        return "stdin"
    said = _UNSAFE.sub("-", f"{parts.hostname}{parts.path}").strip("-.")[:100]
    return f"{said}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"


def write_whole(path: Path, data: bytes) -> None:
    """The file is there whole or not at all, whoever else writes it and whenever the power fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(partial, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


@dataclass(slots=True)
class Run:
    """Inputs through ``task``, in their order. ``out`` takes the records, if there are any, from byte ``at`` on."""

    task: Task
    jobs: int
    out: IO[bytes] | None = None
    journal: Journal | None = None
    at: int = 0
    failed: int = 0
    done: int = field(default=0)

    def carry_out(self, inputs: Sequence[Source], heard: Callable[[Source], None], say: Callable[[str], None]) -> None:
        """``heard`` is called after each input, ``say`` with each trouble, which is one line."""
        kept = self.journal.done if self.journal else {}
        troubles = self._retold(inputs, say)
        self._begin()
        for source, result in carried_out(self.task, (s for s in inputs if identity(s) not in kept), self.jobs):
            for line in self._take(source, result):
                troubles.append(line)
                say(line)
            if isinstance(result, Finished):
                self._finish(source, troubles)
                heard(source)
                troubles = []
        if self.out and self.task.folder is None:
            self._write(FORMATS[self.task.style].end)

    def _retold(self, inputs: Iterable[Source], say: Callable[[str], None]) -> list[str]:
        """What went wrong before the run was stopped is still wrong."""
        for source in inputs if self.journal else ():
            assert self.journal is not None
            told = self.journal.done.get(identity(source), ())
            self.failed += bool(told)
            for line in told:
                say(line)
        return []

    def _begin(self) -> None:
        if self.out and not self.at and self.task.folder is None:
            self._write(FORMATS[self.task.style].begin)

    def _take(self, source: Source, result: Rows | str | Finished) -> Iterator[str]:
        if isinstance(result, Rows):
            style = FORMATS[self.task.style] if result.text else None
            if style:
                self._write((style.between if self.at > len(style.begin.encode()) else "") + result.text)
        elif isinstance(result, str):
            yield result
        elif result.trouble:
            yield f"{source.name}: a fault in Glossator ({result.trouble}); please report it"

    def _write(self, text: str) -> None:
        if self.out is not None and text:
            data = text.encode("utf-8", "backslashreplace")
            self.out.write(data)
            self.at += len(data)

    def _finish(self, source: Source, troubles: Sequence[str]) -> None:
        self.done += 1
        self.failed += bool(troubles)
        if self.journal:
            if self.out:  # on the disk before the journal says so
                self.out.flush()
                os.fsync(self.out.fileno())
            self.journal.add(identity(source), troubles, self.at)


def identity(source: Source) -> str:
    """Under which an input is noted in the journal."""
    try:
        return source.identity
    except OSError:
        return source.name
