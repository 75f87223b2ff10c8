"""What pages are annotated with at one moment: a glossary, compiled, and the markup of each reader's language.

An edition never changes; an edit of the glossary makes a new one, which takes the old one's place between two pages. The
long work of that, reading and compiling, is done by another process (this module, run as a program), because in this one it
would hold up the pages on their way.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import hashlib
import logging
import os
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from proxy_addon import paths
from proxy_addon.glossary import loader
from proxy_addon.glossary.loader import GlossaryError, yaml_files
from proxy_addon.glossary.model import Glossary
from proxy_addon.machine.shelf import joined, kept_glossary, sliced
from proxy_addon.markup.annotation import STYLE, Annotator
from proxy_addon.matching.cache import content_key, holds
from proxy_addon.matching.matcher import Matcher, warm

logger = logging.getLogger(__name__)

_SAMPLES = ("the war", "эта война", "战争", "the w\xadar", "эта вой\xadна")
POLL = 1.0  # seconds between two looks at the files

# Every file below the folders, with its time of change in ns and its size in bytes.
Snapshot = frozenset[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class Edition:
    """A compiled glossary; ``annotators`` are made when a reader's language is first met."""

    matcher: Matcher
    _annotators: dict[str, Annotator] = field(default_factory=dict, compare=False)
    _packs: dict[frozenset[str], frozenset[str]] = field(default_factory=dict, compare=False)

    def annotator(self, language: str) -> Annotator:
        """What writes the explanations in this language."""
        if language not in self._annotators:
            self._annotators[language] = Annotator(self.matcher.glossary, language=language)
        return self._annotators[language]

    def of_packs(self, packs: frozenset[str]) -> frozenset[str]:
        """The entries of these packs."""
        if packs not in self._packs:
            entries = self.matcher.glossary.entries.values()
            self._packs[packs] = frozenset(entry.id for entry in entries if entry.pack in packs)
        return self._packs[packs]

    def mark(self, *shown: str) -> str:
        """A short name of everything that decides how a page is annotated, for its validators: 12 hexadecimal digits."""
        parts = (self.matcher.version, STYLE, *shown)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def edition(given: Sequence[Path]) -> Edition:
    """The glossary as it is on disk now, compiled (or from the cache); GlossaryError if it's broken."""
    glossary = _as_read(given)
    if not holds(paths.cache_dir() / "compiled", content_key(glossary, everything=False)):
        logger.info("Compiling the glossary, once; it takes some seconds, and is kept for the next start.")
    return _kept(Edition(Matcher(glossary)))


async def renewed(given: Sequence[Path]) -> Edition:
    """Like ``edition``, with the long work done by another process; here it is done only where no process can be had."""
    slices = await _read_elsewhere(given)
    return await asyncio.to_thread(lambda: _made(slices) if slices else edition(given))


def _made(slices: bytes) -> Edition:
    """The edition that another process has read. The collector, whose rounds go over all there is at once, is told to wait."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        found = Edition(Matcher(joined(slices)))
        for sample in _SAMPLES:  # what a matcher makes when it is first needed, it makes here and not on a page's way
            found.matcher.suspects(sample, tuple)
            found.matcher.suspects(sample)
            found.matcher.page().find(sample)
        return _kept(found)
    finally:
        if collecting:
            gc.enable()


def _kept(found: Edition) -> Edition:
    """No more rounds over what lives for long: each would hold pages up for a tenth of a second."""
    gc.freeze()
    return found


async def editions(given: Sequence[Path], seen: Snapshot) -> AsyncIterator[Edition | GlossaryError]:
    """What comes of each change on disk since it was ``seen``: a new edition, or the error because of which the last stays."""
    async for _ in edits(given, seen):
        try:
            yield await renewed(given)
        except GlossaryError as error:
            yield error


def _as_read(given: Sequence[Path]) -> Glossary:
    return kept_glossary(folders(given), paths.cache_dir() / "read")


def folders(given: Sequence[Path]) -> list[Path]:
    """Where entries beside the shipped ones are read from, later ones winning: the reader's packs, if any, and those given."""
    own = paths.packs_dir()
    return [*([own] if any(yaml_files(own)) else []), *given]


def snapshot(watched: Iterable[Path]) -> Snapshot:
    """The state of the glossary's files, to be compared with a later one."""
    seen = set()
    for root in watched:
        for path in (root, *root.rglob("*")):
            try:
                status = path.stat()
            except OSError:
                continue
            seen.add((str(path), status.st_mtime_ns, status.st_size))
    return frozenset(seen)


def look(given: Sequence[Path]) -> Snapshot:
    """The files as they are now; to be taken before they are read, so that no edit is missed."""
    return snapshot((loader.SHIPPED, paths.packs_dir(), *given))


async def edits(given: Sequence[Path], seen: Snapshot, *, every: float = POLL) -> AsyncIterator[None]:
    """Yields once for each change, as soon as the files have stayed the same for one period."""
    while True:
        now = await _later(given, every)
        if now == seen:
            continue
        while now != (seen := await _later(given, every)):
            now = seen
        yield


async def _later(given: Sequence[Path], every: float) -> Snapshot:
    await asyncio.sleep(every)
    return await asyncio.to_thread(look, given)


async def _read_elsewhere(given: Sequence[Path]) -> bytes | None:
    """The glossary in slices, its compiled form in the cache by now; None if that process could not do it, nor say why."""
    path = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH"))))
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, *map(str, given),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=os.name == "posix",  # Ctrl-C is for the proxy, which ends this process
        )  # fmt: skip
    except (OSError, NotImplementedError, TypeError):  # no interpreter of its own, or an event loop without processes
        return None
    try:
        told, _ = await process.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return None if process.returncode else told


def _read_here(given: Sequence[Path]) -> Glossary | GlossaryError:
    try:
        glossary = _as_read(given)
    except GlossaryError as error:
        return error
    warm(glossary)
    return glossary


if __name__ == "__main__":
    sys.stdout.buffer.write(sliced(_read_here([Path(name) for name in sys.argv[1:]])))
