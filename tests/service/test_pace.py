"""A flood waits its turn, and is refused where the turn would come too late."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from proxy_addon.service.pace import BURST, PATIENCE, RATE, Pace


@pytest.mark.parametrize(
    ("gap", "count", "taken", "longest"),
    [
        (1 / RATE, 5000, 5000, 0.0),
        (1.0, 50, 50, 0.0),
        (0.0, BURST, BURST, 0.0),
        (0.0, BURST + RATE, BURST + RATE, 1.0),
        (0.0, 10_000, BURST + int(RATE * PATIENCE) + 1, PATIENCE),
    ],
)
def test_who_comes_in_time_is_taken_and_who_floods_waits(gap: float, count: int, taken: int, longest: float) -> None:
    pace = Pace(_nothing)
    waits = [pace._wait(100 + number * gap) for number in range(count)]
    served = [wait for wait in waits if wait is not None]
    assert len(served) == taken
    assert max(0.0, *served) == pytest.approx(longest, abs=0.01)


def test_who_would_wait_too_long_is_told_when_to_come_back() -> None:
    pace = Pace(_nothing, clock=lambda: 0.0)
    pace._due = BURST / RATE + PATIENCE + 1
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(pace({"type": "http"}, _nothing, send))
    assert sent[0]["status"] == 429
    assert (b"retry-after", b"1") in sent[0]["headers"]


async def _nothing(*_: Any) -> Any:
    return None
