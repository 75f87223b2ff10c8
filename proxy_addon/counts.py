"""How often terms were met, by entry and day, for the reader alone; kept only where the reader turned it on.

Nothing but an entry's id, a day and a number is kept: no address, no site, no text, no time of day. The counts of one year
stay in one small file of the reader's own, written at most twice a minute and when the program ends; erasing them removes the
file at once. Other programs may count into the same file: what is new here is added to what is there. Knows neither HTTP nor
who counts.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from proxy_addon.keeping import PATIENCE, locked, write_atomically

# Seconds between two writings, and the days that are kept.
PERIOD = 30.0
DAYS = 366

Days = dict[str, Counter[str]]


@dataclass(slots=True)
class Counts:
    """Numbers by day (YYYY-MM-DD) and entry id. ``file`` None keeps them only as long as this value. ``clock`` counts seconds.

    It may be used from several threads. No trouble with the file is ever raised but by ``erase``: a count is not worth a page.
    """

    file: Path | None = None
    clock: Callable[[], float] = time.monotonic
    today: Callable[[], date] = date.today
    _kept: Days = field(default_factory=dict)
    _new: Days = field(default_factory=dict)
    _written: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, met: Mapping[str, int]) -> None:
        """So many of these entries were met, today."""
        if not met:
            return
        with self._lock:
            self._new.setdefault(self.today().isoformat(), Counter()).update(met)
            if self.clock() - self._written >= PERIOD:
                self._write(patience=0)  # a page does not wait for another program; there is a next time

    def flush(self) -> None:
        """Writes what is not written yet."""
        with self._lock:
            if self._new:
                self._write(PATIENCE)

    def erase(self) -> None:
        """Forgets everything, at once. Raises ``OSError`` where the file can't be removed; then it is still there."""
        with self._lock, locked(self.file):
            if self.file:
                self.file.unlink(missing_ok=True)
            self._kept, self._new = {}, {}

    @property
    def days(self) -> Mapping[str, Mapping[str, int]]:
        """Numbers by day and entry, oldest day first."""
        with self._lock:
            return {day: dict(met) for day, met in sorted(self._all().items())}

    def _all(self) -> Days:
        """What is kept now, and what is not kept yet."""
        kept = _read(self.file) if self.file else self._kept
        return {day: kept.get(day, Counter()) + self._new.get(day, Counter()) for day in kept | self._new}

    def _write(self, patience: float) -> None:
        self._written = self.clock()
        oldest = (self.today() - timedelta(days=DAYS)).isoformat()
        with contextlib.suppress(OSError), locked(self.file, patience):
            kept = {day: met for day, met in self._all().items() if day > oldest}
            if self.file:
                write_atomically(self.file, json.dumps({"version": 1, "days": kept}, sort_keys=True))
            self._kept, self._new = kept, {}


def _read(file: Path) -> Days:
    """What is kept there; what can't be understood counts nothing."""
    try:
        kept: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    days = kept.get("days") if isinstance(kept, dict) else None
    known = {day: met for day, met in days.items() if isinstance(met, dict)} if isinstance(days, dict) else {}
    return {day: Counter({entry: n for entry, n in met.items() if type(n) is int and n > 0}) for day, met in known.items()}
