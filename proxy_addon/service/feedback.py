"""What a reader reported: a word that was marked where it should not be, or one that was missed.

A report is an example in waiting: the sentence the reader chose to send, the entry, and what should have happened. The
reports stay in one file of the reader's own, written whole or not at all, which other programs may keep too; they hold no
address and no time but the day. ``still`` says whether the glossary of today gets it right. Knows nothing of HTTP.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Literal

from proxy_addon.keeping import locked, read_rows, write_atomically
from proxy_addon.matching.matcher import Matcher

# What should have happened.
Verdict = Literal[
    # The term was marked there and should not be: a ``leave`` example.
    "wrong",
    # The term should have been marked there: an ``annotate`` example.
    "missing",
]
VERDICTS: tuple[Verdict, ...] = ("wrong", "missing")

# So many reports are kept; more must be worked off first.
MOST = 1000


class TooMany(Exception):
    """The reader must work off some reports, or delete them."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report. ``text`` is the sentence, ``day`` is YYYY-MM-DD, ``lang`` may be empty."""

    id: str
    entry: str
    text: str
    verdict: Verdict
    lang: str
    day: str


@dataclass(slots=True)
class Feedback:
    """The reports; ``file`` None keeps them only as long as this value. May be used from several threads."""

    file: Path | None = None
    _reports: dict[str, Report] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._reports = _read(self.file)

    def add(self, entry: str, text: str, verdict: Verdict, lang: str, day: str) -> Report:
        """The report as it is kept; the same one again is not kept twice. Raises ``TooMany``, ``OSError``."""
        with self._alone():
            for known in self._reports.values():
                if (known.entry, known.text, known.verdict) == (entry, text, verdict):
                    return known
            if len(self._reports) >= MOST:
                raise TooMany(f"{MOST} reports are kept already: work some off on the desk, or delete them")
            report = Report(secrets.token_hex(6), entry, text, verdict, lang, day)
            self._keep({**self._reports, report.id: report})
            return report

    def remove(self, identity: str) -> bool:
        """Whether there was such a report; there is none now. Raises ``OSError``."""
        with self._alone():
            found = identity in self._reports
            if found:
                self._keep({key: report for key, report in self._reports.items() if key != identity})
            return found

    @property
    def reports(self) -> tuple[Report, ...]:
        with self._lock:
            self._refresh()
            return tuple(self._reports.values())

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else changes the reports as they are kept now."""
        with self._lock, locked(self.file):
            self._refresh()
            yield

    def _refresh(self) -> None:
        if self.file:
            self._reports = _read(self.file)

    def _keep(self, reports: Mapping[str, Report]) -> None:
        if self.file:
            rows = [asdict(report) for report in reports.values()]
            write_atomically(self.file, json.dumps({"version": 1, "reports": rows}, ensure_ascii=False, indent=1))
        self._reports = dict(reports)


def still(matcher: Matcher, report: Report) -> bool:
    """Whether what was reported still happens with this matcher."""
    found = any(report.entry in match.entries for match in matcher.find(report.text, lang=report.lang or None))
    return found == (report.verdict == "wrong")


def _read(file: Path | None) -> dict[str, Report]:
    """What is kept there; what can't be understood is no report."""
    rows = read_rows(file, "reports", [each.name for each in fields(Report)]) if file else []
    return {row["id"]: _report(row) for row in rows if row["verdict"] in VERDICTS}


def _report(row: Mapping[str, str]) -> Report:
    return Report(
        row["id"], row["entry"], row["text"], "wrong" if row["verdict"] == "wrong" else "missing", row["lang"], row["day"]
    )
