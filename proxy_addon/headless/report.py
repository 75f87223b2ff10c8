"""A table of documents as a report: one HTML page that stands alone, its charts as SVG and its numbers as CSV beside it.

Promises: nothing is loaded from anywhere; each chart has its numbers in a table; every rate has a 95 % interval; the page reads
in light and dark, and without seeing. This module knows what is told, not how numbers come about or charts are drawn.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader

from proxy_addon.headless import charts
from proxy_addon.headless.annotating import write_whole
from proxy_addon.headless.charts import Series, percent
from proxy_addon.headless.rows import KINDS
from proxy_addon.headless.table import manifest, read_table
from proxy_addon.headless.tally import NO_SITE, UNDATED, Group, Rate, Tally, Use

WAYS = ("site", "month", "kind", "entry")
# So many sites, entries and pairs are drawn; the tables and the CSV files have them all.
_SITES, _ENTRIES, _PAIRS, _DRAWN_OVER_TIME = 25, 25, 3, 6
# With fewer documents a month is not drawn: its interval would fill the chart.
_FEWEST = 3

Pair = tuple[str, str]
Cell = str | int | Rate


class ReportError(Exception):
    """The report can't be made as asked; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of rates: its name in files, what it is called, and how its values are written for readers."""

    name: str
    called: str
    written: Callable[[float], str]

    @property
    def names(self) -> tuple[str, str, str]:
        return self.name, f"{self.name}_low", f"{self.name}_high"

    @property
    def shown(self) -> tuple[str, str]:
        return self.called, f"95 % interval of {self.called}"


@dataclass(frozen=True, slots=True)
class Part:
    """A chart with its title, what it shows, its table and the name of its files. ``rows`` are of names, counts and rates, which
    are shown with their intervals and written into files as three numbers each."""

    name: str
    title: str
    about: str
    svg: str
    head: tuple[str | Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def shown(self) -> list[list[str]]:
        """The table as text, its head first."""
        head = [cell for each in self.head for cell in (each.shown if isinstance(each, Column) else (each,))]
        return [
            head,
            *([text for cell, column in zip(row, self.head, strict=True) for text in _texts(cell, column)] for row in self.rows),
        ]

    @property
    def numbers(self) -> list[list[str]]:
        """The table as numbers, its head first: a rate as its value and the ends of its interval, empty where unknown."""
        head = [cell for each in self.head for cell in (each.names if isinstance(each, Column) else (each,))]
        return [head, *([text for cell in row for text in _numbers(cell)] for row in self.rows)]


class Report:
    """A finished table, summed up. ``compare``: two ids of entries, or two kinds; without it the pairs that are found most."""

    def __init__(self, folder: Path, compare: Pair | None = None) -> None:
        self.about = manifest(folder)
        self.entries: Mapping[str, Any] = self.about["entries"]
        self._compared = self._checked(compare) if compare else None
        self.tally = Tally((self._compared,) if self._compared else tuple(self._alternatives()))
        self.tally.read(read_table(folder))
        if not self.tally.whole.documents:
            raise ReportError(f"{folder} holds no document that could be read; scan something first")

    def _checked(self, pair: Pair) -> Pair:
        for name in pair:
            if name not in self.entries and name not in KINDS:
                raise ReportError(
                    f"--compare: there is no entry or kind «{name}»; find its id with: glossator glossary find WORD"
                )
        if pair[0] == pair[1]:
            raise ReportError(f"--compare: «{pair[0]}» is named twice; name two entries or kinds")
        return pair

    def _alternatives(self) -> Iterator[Pair]:
        """The plain word first, and then what is said instead of it."""
        for name, entry in self.entries.items():
            for plain in entry["instead"]:
                if plain in self.entries and entry["kind"] != "banned":
                    yield plain, name

    def parts(self, by: str) -> list[Part]:
        """Every chart for which there are numbers; the one that was asked for comes first."""
        makers: dict[str, tuple[Callable[[], Part | None], ...]] = {
            "site": (self._sites,),
            "month": (self._months, self._entry_months),
            "kind": (self._kinds,),
            "entry": (self._entries_,),
        }
        groups = [[part for maker in each if (part := maker())] for each in (makers.pop(by), *makers.values())]
        first, *others = filter(None, groups)
        return [*first, *(part for pair in self._pairs() for part in self._comparison(pair)), *chain.from_iterable(others)]

    @property
    def unused(self) -> Pair | None:
        """The pair that was to be compared, if no document uses either of it."""
        return self._compared if self._compared and not sum(self._used(self._compared, self.tally.whole)) else None

    def _used(self, pair: Pair, group: Group) -> Sequence[int]:
        return group.pairs.get(pair, (0, 0, 0))

    def term(self, name: str) -> str:
        """How an entry or a kind is called."""
        return str(self.entries[name]["term"]) if name in self.entries else name

    # -- the charts

    def _kinds(self) -> Part:
        whole = self.tally.whole
        rows = tuple(self._row((kind,), whole, kind) for kind in KINDS)
        svg = charts.dots(
            "Documents with terms of each kind",
            "; ".join(f"{kind}: {percent(whole.share(kind).value)} of documents" for kind in KINDS),
            [(kind, "") for kind in KINDS],
            [Series("share of documents", [whole.share(kind) for kind in KINDS])],
        )  # fmt: skip
        return Part(
            "kinds",
            "Terms of each kind",
            "Share of all documents with at least one term of the kind.",
            svg,
            ("kind", *_HEAD),
            rows,
        )

    def _sites(self) -> Part | None:
        sites = _largest(self.tally.sites)
        if not sites or (len(sites) == 1 and sites[0][0] == NO_SITE):
            return None
        svg = charts.dots(
            "Sites side by side", f"{len(sites)} sites; the numbers are in the table below.",
            [(name, f"n={group.documents}") for name, group in sites[:_SITES]],
            [Series(kind, [group.share(kind) for _, group in sites[:_SITES]]) for kind in KINDS],
        )  # fmt: skip
        rows = tuple(self._row((name, kind), group, kind) for name, group in sites for kind in KINDS)
        return Part(
            "sites",
            "Sites side by side",
            "Share of a site's documents with at least one term of the kind.",
            svg,
            ("site", "kind", *_HEAD),
            rows,
        )

    def _months(self) -> Part | None:
        months = _whole_span(self.tally.months)
        if len(months) < 2:
            return None
        groups = [self.tally.months.get(month) for month in months]
        drawn = [group if group and group.documents >= _FEWEST else None for group in groups]
        svg = charts.lines(
            "Terms over time", f"{months[0]} to {months[-1]}; the numbers are in the table below.", months,
            [Series(kind, [group.share(kind) if group else None for group in drawn]) for kind in KINDS],
        )  # fmt: skip
        rows = tuple(
            self._row((month, kind), group, kind) for month, group in zip(months, groups, strict=True) if group for kind in KINDS
        )
        about = f"Share of a month's documents with a term of the kind; months with fewer than {_FEWEST} documents are left out."
        return Part("months", "Terms over time", about, svg, ("month", "kind", *_HEAD), rows)

    def _entry_months(self) -> Part | None:
        months, names = _whole_span(self.tally.months), self._found()[:_DRAWN_OVER_TIME]
        if len(months) < 2 or not names:
            return None
        groups = [self.tally.months.get(month) for month in months]
        drawn = [group if group and group.documents >= _FEWEST else None for group in groups]
        svg = charts.lines(
            "Terms found most, over time", f"{months[0]} to {months[-1]}; the numbers are in the table below.", months,
            [
                Series(self.term(name), [group.share(name) if group else None for group in drawn], self._look(name))
                for name in names
            ],
        )  # fmt: skip
        rows = tuple(
            self._row((month, name, self.term(name), self.entries[name]["kind"]), group, name)
            for name in names
            for month, group in zip(months, groups, strict=True)
            if group
        )
        about = (
            f"Share of a month's documents with the term, for the {len(names)} terms found most; colour and mark tell the kind. "
            f"Months with fewer than {_FEWEST} documents are left out."
        )
        head = ("month", "entry", "term", "kind", *_HEAD)
        return Part("entries-months", "Terms found most, over time", about, svg, head, rows)

    def _look(self, name: str) -> int:
        return KINDS.index(self.entries[name]["kind"])

    def _found(self) -> list[str]:
        """The entries that were found, by the number of documents that use them."""
        uses = self.tally.whole.uses
        return sorted((name for name in uses if name in self.entries), key=lambda name: (-uses[name].documents, name))

    def _entries_(self) -> Part | None:
        whole = self.tally.whole
        found = self._found()
        if not found:
            return None
        svg = charts.dots(
            "Terms found most", f"{len(found)} entries; the numbers are in the table below.",
            [(self.term(name), self.entries[name]["kind"]) for name in found[:_ENTRIES]],
            [Series("share of documents", [whole.share(name) for name in found[:_ENTRIES]])],
        )  # fmt: skip
        rows = tuple(self._row((name, self.term(name), self.entries[name]["kind"]), whole, name) for name in found)
        return Part(
            "entries", "Terms found most", "Share of all documents with the term.", svg, ("entry", "term", "kind", *_HEAD), rows
        )

    def _pairs(self) -> list[Pair]:
        if self._compared:
            return [self._compared]
        weight = {pair: min(first + both, both + second) for pair, (first, both, second) in self.tally.whole.pairs.items()}
        return sorted((pair for pair in weight if weight[pair] >= _FEWEST), key=lambda pair: (-weight[pair], pair))[:_PAIRS]

    def _comparison(self, pair: Pair) -> Iterator[Part]:
        """By site, and over time."""
        first, second = map(self.term, pair)
        names = (f"only {first}", "both", f"only {second}")
        head = (*names, Column("share", f"use {second}", percent))
        sites = [(name, group) for name, group in _largest(self.tally.sites) if sum(group.pairs.get(pair, ()))]
        months = [month for month in _whole_span(self.tally.months) if sum(self.tally.months[month].pairs.get(pair, ()))]
        if not sum(self._used(pair, self.tally.whole)):
            about = f"No document uses “{first}” or “{second}”."
            none = (_pair_row("all", self.tally.whole, pair),)
            yield Part(f"compare-{'-'.join(pair)}", f"“{first}” or “{second}”", about, "", ("site", *head), none)
            return
        about = (
            f"Of the documents that use “{first}” or “{second}”: which of them they use. The line under a bar is the 95 % "
            f"interval of the share that uses “{second}”, from the right."
        )
        every = [("all", self.tally.whole), *(sites[:_SITES] if len(sites) > 1 else [])]
        counts = [group.pairs.get(pair, [0, 0, 0]) for _, group in every]
        labels = [(name, f"n={sum(parts)}") for (name, _), parts in zip(every, counts, strict=True)]
        svg = charts.stacks(f"{first} or {second}", about, labels, names, counts, [group.official(pair) for _, group in every])
        rows = tuple(_pair_row(name, group, pair) for name, group in [("all", self.tally.whole), *sites])
        name = "-".join(pair)
        yield Part(f"compare-{name}", f"“{first}” or “{second}”", about, svg, ("site", *head), rows)
        if len(months) > 1:
            span = _between(months[0], months[-1])
            rates = [
                group.official(pair)
                if (group := self.tally.months.get(month)) and sum(group.pairs.get(pair, ())) >= _FEWEST
                else None
                for month in span
            ]
            title, told = f"“{first}” or “{second}” over time", f"Share that uses “{second}”, of the documents that use either."
            rows = tuple(_pair_row(month, self.tally.months[month], pair) for month in months)
            yield Part(
                f"compare-{name}-months",
                title,
                told,
                charts.lines(title, told, span, [Series(second, rates)]),
                ("month", *head),
                rows,
            )

    def _row(self, names: tuple[str, ...], group: Group, name: str) -> tuple[Cell, ...]:
        use = group.uses.get(name, Use())
        return (
            *names, group.documents, use.documents, group.share(name), use.matches, use.quoted, group.frequency(name),
        )  # fmt: skip


_HEAD = (
    "documents",
    "with it",
    Column("share", "share", percent),
    "matches",
    "quoted",
    Column("per_10000_words", "per 10,000 words", "{:.2f}".format),
)


def _texts(cell: Cell, column: str | Column) -> tuple[str, ...]:
    if not isinstance(cell, Rate):
        return (str(cell),)
    assert isinstance(column, Column), "rates stand in columns of rates"
    known = isfinite(cell.high)
    return (
        column.written(cell.value),
        f"{column.written(cell.low)} – {column.written(cell.high)}" if known else "unknown",
    )


def _numbers(cell: Cell) -> tuple[str, ...]:
    if not isinstance(cell, Rate):
        return (str(cell),)
    ends = (f"{cell.low:.8g}", f"{cell.high:.8g}") if isfinite(cell.high) else ("", "")
    return (f"{cell.value:.8g}", *ends)


def _pair_row(name: str, group: Group, pair: Pair) -> tuple[Cell, ...]:
    return (name, *group.pairs.get(pair, (0, 0, 0)), group.official(pair))


def _largest(groups: Mapping[str, Group]) -> list[tuple[str, Group]]:
    return sorted(groups.items(), key=lambda named: (-named[1].documents, named[0]))


def _whole_span(months: Mapping[str, Group]) -> list[str]:
    """Every month from the first to the last that has documents, so that time runs evenly."""
    dated = sorted(month for month in months if month != UNDATED)
    return _between(dated[0], dated[-1]) if dated else []


def _between(first: str, last: str) -> list[str]:
    begin, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{at // 12}-{at % 12 + 1:02}" for at in range(begin, end + 1)]


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("proxy_addon.headless"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def write_report(report: Report, by: str, out: Path) -> Path:
    """Writes ``report.html`` and, beside it, an SVG and a CSV file for each chart; the page's path."""
    parts = report.parts(by)
    for part in parts:
        if part.svg:
            write_whole(out / f"{part.name}.svg", part.svg.encode())
        write_whole(out / f"{part.name}.csv", _csv(part))
    page = (
        _templates().get_template("report.html").render(report=report, parts=parts, undated=UNDATED, kinds=KINDS, no_site=NO_SITE)
    )
    write_whole(out / "report.html", page.encode())
    return out / "report.html"


def _csv(part: Part) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(part.numbers)
    return text.getvalue().encode()
