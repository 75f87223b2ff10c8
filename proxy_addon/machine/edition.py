"""What pages are annotated with at one moment: a glossary, compiled, and the markup of each reader's language.

An edition never changes; an edit of the glossary makes a new one, which takes the old one's place between two pages.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from proxy_addon import paths
from proxy_addon.glossary.loader import SHIPPED, load_glossary, yaml_files
from proxy_addon.markup.annotation import STYLE, Annotator
from proxy_addon.matching.matcher import Matcher

POLL = 1.0  # seconds between two looks at the files

# Every file below the folders, with its time of change in ns and its size in bytes.
Snapshot = frozenset[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class Edition:
    """A compiled glossary; ``annotators`` are made when a reader's language is first met."""

    matcher: Matcher
    _annotators: dict[str, Annotator] = field(default_factory=dict, compare=False)

    def annotator(self, language: str) -> Annotator:
        """What writes the explanations in this language."""
        if language not in self._annotators:
            self._annotators[language] = Annotator(self.matcher.glossary, language=language)
        return self._annotators[language]

    def mark(self, *shown: str) -> str:
        """A short name of everything that decides how a page is annotated, for its validators: 12 hexadecimal digits."""
        parts = (self.matcher.version, STYLE, *shown)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def edition(given: Sequence[Path]) -> Edition:
    """The glossary as it is on disk now, compiled (or from the cache); GlossaryError if it's broken."""
    return Edition(Matcher(load_glossary(folders(given))))


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


async def edits(given: Sequence[Path], *, every: float = POLL) -> AsyncIterator[None]:
    """Yields once for each change, as soon as the files have stayed the same for one period."""
    watched = (SHIPPED, paths.packs_dir(), *given)
    known = await asyncio.to_thread(snapshot, watched)
    while True:
        await asyncio.sleep(every)
        now = await asyncio.to_thread(snapshot, watched)
        if now == known:
            continue
        while now != (known := await _later(watched, every)):
            now = known
        yield


async def _later(watched: Sequence[Path], every: float) -> Snapshot:
    await asyncio.sleep(every)
    return await asyncio.to_thread(snapshot, watched)
