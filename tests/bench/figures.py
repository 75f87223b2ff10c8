"""Figures as the benchmarks report them: repeated runs, median with spread, the machine and the versions they were taken on."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("mitmproxy", "ahocorasick_rs", "beautifulsoup4", "lxml", "pymorphy3", "python-lolhtml", "Brotli", "zstandard")


@dataclass(frozen=True)
class Figure:
    """One measured thing. ``bar`` is what it must reach; ``at_least`` says on which side."""

    name: str
    unit: str
    runs: tuple[float, ...]
    bar: float | None = None
    at_least: bool = True
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    @property
    def holds(self) -> bool | None:
        if self.bar is None:
            return None
        return self.median >= self.bar if self.at_least else self.median <= self.bar

    def row(self) -> tuple[str, ...]:
        sign = "≥" if self.at_least else "≤"
        verdict = {True: "holds", False: "MISSED", None: ""}[self.holds]
        bar = f"{sign} {self.bar:g}" if self.bar is not None else ""
        spread = f"{min(self.runs):.3g} – {max(self.runs):.3g}"
        return (self.name, f"{self.median:.3g} {self.unit}", spread, str(len(self.runs)), bar, verdict, self.note)


@dataclass
class Report:
    """All figures of one run of the benchmarks."""

    figures: list[Figure] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def add(self, *figures: Figure) -> None:
        for figure in figures:
            self.figures.append(figure)
            print("  ".join(part for part in figure.row() if part), flush=True)

    def skip(self, reason: str) -> None:
        self.skipped.append(reason)
        print(f"skipped: {reason}", flush=True)

    def save(self, path: Path) -> None:
        rows = [{**asdict(figure), "median": figure.median, "holds": figure.holds} for figure in self.figures]
        path.write_text(json.dumps({"machine": machine(), "figures": rows, "skipped": self.skipped}, indent=1) + "\n")

    def table(self) -> str:
        head = ("figure", "median", "min – max", "runs", "bar", "", "note")
        rows = [head, *(figure.row() for figure in self.figures)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def machine() -> dict[str, str]:
    """What the figures were taken on."""
    found = {
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "cores": str(os.cpu_count()),
        "processor": _processor(),
    }
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of this process for one call."""
    before = time.process_time()
    work()
    return time.process_time() - before


def interleaved(contestants: dict[str, Callable[[], object]], runs: int) -> dict[str, list[float]]:
    """CPU seconds of each contestant, taken in turn so that a drift of the machine's speed meets all alike; one warm-up each."""
    for work in contestants.values():
        work()
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(runs):
        for name, work in contestants.items():
            taken[name].append(cpu_seconds(work))
    return taken


def megabytes_per_second(size: int, seconds: Iterable[float]) -> tuple[float, ...]:
    """Megabytes are 10^6 bytes."""
    return tuple(size / 1e6 / taken for taken in seconds)


def ratios(above: Sequence[float], below: Sequence[float]) -> tuple[float, ...]:
    """Pair by pair."""
    return tuple(a / b for a, b in zip(above, below, strict=False))
