"""Hosts that are better left alone for a while, because something went wrong with them several times."""

from __future__ import annotations

import time
from collections.abc import Callable

_MOST = 1000  # hosts remembered; the oldest go first


class Avoided:
    """Holds a host after ``limit`` failures, for ``seconds`` since the last of them. Names live in memory only."""

    def __init__(self, *, limit: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._seconds, self._clock = limit, seconds, clock
        self._failures: dict[str, tuple[int, float]] = {}

    def __contains__(self, host: object) -> bool:
        count, last = self._failures.get(str(host), (0, 0.0))
        return count >= self._limit and self._clock() - last < self._seconds

    def blame(self, host: str) -> None:
        """Count one more failure."""
        count, _ = self._failures.pop(host, (0, 0.0))
        self._failures[host] = count + 1, self._clock()
        while len(self._failures) > _MOST:
            del self._failures[next(iter(self._failures))]
