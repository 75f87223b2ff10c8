"""Rows of a table summed up by site and month, in memory that grows with sites and months only, and rates with their intervals.

The share of documents that use a term is a proportion, with Wilson's interval. Matches for 10,000 words are a ratio of two sums
over documents; words of one document are not independent, so its variance is taken over documents (Cochran, *Sampling
Techniques*, 3rd ed., 1977, 6.3, large-sample). Both are 95 % intervals. What was not found has no variance to take it from: its
interval ends where three matches would be (Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", 1983).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import NamedTuple

from proxy_addon.evaluation import Z, wilson
from proxy_addon.headless.rows import KINDS, Row

PER = 10_000  # words
_NEVER = 3  # -ln 0.05: were there more, one would have been found in 95 of 100 samples
UNDATED, NO_SITE = "undated", "no site"


class Rate(NamedTuple):
    """A number with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(slots=True)
class Use:
    """How one entry or kind is used in a group: documents that have it, matches, those in quotation marks, and sums of
    matches squared and matches times words over documents."""

    documents: int = 0
    matches: int = 0
    quoted: int = 0
    squares: int = 0
    products: int = 0

    def add(self, count: int, quoted: int, words: int) -> None:
        self.documents += 1
        self.matches += count
        self.quoted += quoted
        self.squares += count * count
        self.products += count * words


@dataclass(slots=True)
class Group:
    """Some documents. ``uses`` by entry id and by kind; ``pairs``: documents that have only the first, both, only the second."""

    documents: int = 0
    words: int = 0
    squares: int = 0
    uses: dict[str, Use] = field(default_factory=lambda: defaultdict(Use))
    pairs: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))

    def add(self, row: Row, pairs: Mapping[str, Iterable[tuple[str, str]]]) -> None:
        """One document more; ``pairs`` by the names that are in them."""
        self.documents += 1
        self.words += row.words
        self.squares += row.words**2
        found = {tally.entry: (tally.count, tally.quoted) for tally in row.matches}
        for kind in KINDS:
            if count := getattr(row, kind):
                found[kind] = count, sum(tally.quoted for tally in row.matches if tally.kind == kind)
        for name, (count, quoted) in found.items():
            self.uses[name].add(count, quoted, row.words)
        for pair in {pair for name in found for pair in pairs.get(name, ())}:
            first, second = (name in found for name in pair)
            self.pairs[pair][0 if not second else 1 if first else 2] += 1

    def share(self, name: str) -> Rate:
        """The share of its documents that use an entry or a kind, 0 to 1."""
        hits = self.uses[name].documents if name in self.uses else 0
        return Rate(hits / self.documents if self.documents else 0.0, *wilson(hits, self.documents))

    def frequency(self, name: str) -> Rate:
        """Matches for 10,000 words."""
        use, count = self.uses.get(name, Use()), self.documents
        if not self.words or count < 2:
            return Rate(PER * use.matches / self.words if self.words else 0.0, 0.0, float("inf"))
        if not use.matches:
            return Rate(0.0, 0.0, PER * min(1.0, _NEVER / self.words))
        ratio = use.matches / self.words
        spread = max(0.0, use.squares - 2 * ratio * use.products + ratio * ratio * self.squares)
        reach = Z * sqrt(count / (count - 1) * spread) / self.words
        return Rate(PER * ratio, PER * max(0.0, ratio - reach), PER * (ratio + reach))

    def official(self, pair: tuple[str, str]) -> Rate:
        """Of the documents that use either of a pair, the share that uses the second, alone or beside the first."""
        first, both, second = self.pairs.get(pair, (0, 0, 0))
        hits, of = both + second, first + both + second
        return Rate(hits / of if of else 0.0, *wilson(hits, of))


@dataclass(slots=True)
class Tally:
    """A whole table summed up; documents that could not be read are only counted."""

    pairs: tuple[tuple[str, str], ...]
    whole: Group = field(default_factory=Group)
    sites: dict[str, Group] = field(default_factory=lambda: defaultdict(Group))
    months: dict[str, Group] = field(default_factory=lambda: defaultdict(Group))
    unread: int = 0

    def read(self, rows: Iterable[Row]) -> None:
        """Adds every row."""
        pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for pair in self.pairs:
            for name in pair:
                pairs[name].append(pair)
        for row in rows:
            if row.problem:
                self.unread += 1
                continue
            for group in (self.whole, self.sites[row.site or NO_SITE], self.months[row.date[:7] or UNDATED]):
                group.add(row, pairs)
