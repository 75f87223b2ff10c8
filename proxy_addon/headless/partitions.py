"""A collection cut into partitions: what one process reads in one go and writes as one part of the table.

A partition's identity is a hash of its files' names, sizes and times of change and of all that decides its rows; so the same
command finds again what it has written, and a file that changed makes a partition anew. Where small files are parted depends on
their names alone, so that a file more changes one partition, not all that follow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from proxy_addon.headless.sources import Source

# A partition ends after a file one in so many, or at so many bytes or files. A larger file is a partition of its own.
_ONE_IN = 64
_BYTES = 32 << 20
_FILES = 512


@dataclass(frozen=True, slots=True)
class Partition:
    """Files that are read together. ``identity``: 24 hexadecimal digits."""

    identity: str
    sources: tuple[Source, ...]

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(source.size for source in self.sources)

    @property
    def name(self) -> str:
        """How it is spoken of."""
        first, last = self.sources[0].name, self.sources[-1].name
        return first if first == last else f"{first} to {last}"


def partitions(sources: Iterable[Source], settings: str) -> Iterator[Partition]:
    """The partitions of a collection, one after the other; ``settings`` is all that decides the rows besides the files."""
    held: list[Source] = []
    size = 0
    for source in sources:
        if held and size + source.size > _BYTES:
            yield _partition(held, settings)
            held, size = [], 0
        held.append(source)
        size += source.size
        if len(held) >= _FILES or _hash(source.name)[0] % _ONE_IN == 0:
            yield _partition(held, settings)
            held, size = [], 0
    if held:
        yield _partition(held, settings)


def _partition(sources: list[Source], settings: str) -> Partition:
    known = "\n".join((settings, *(_identity(source) for source in sources)))
    return Partition(_hash(known).hex()[:24], tuple(sources))


def _identity(source: Source) -> str:
    try:
        return source.identity
    except OSError:
        return source.name


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
