"""How fast requests are taken up: a flood waits, so that what else runs on this machine, the proxy above all, does not.

Requests are spread at ``RATE`` a second once a burst is used up (the generic cell rate algorithm, ITU-T I.371 annex A); one
that would have to wait longer than ``PATIENCE`` is refused instead. Knows nothing of routes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from proxy_addon.service.problems import problem

# Requests a second in the long run, those that may come at once before, and the seconds that one may be made to wait.
RATE = 500
BURST = 50
PATIENCE = 2.0


_TOO_MANY = problem(429, "Too many requests at once; ask again in a second.", **{"Retry-After": "1"})


class Pace:
    """The waiting as ASGI middleware, for one event loop. ``clock`` counts seconds."""

    def __init__(self, app: ASGIApp, clock: Callable[[], float] | None = None) -> None:
        self._app = app
        self._clock = clock
        self._due = float("-inf")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            wait = self._wait((self._clock or asyncio.get_running_loop().time)())
            if wait is None:
                await problem(429, "Too many requests at once; ask again in a second.", **{"Retry-After": "1"})(
                    scope, receive, send
                )
                return
            if wait > 0:
                await asyncio.sleep(wait)
        await self._app(scope, receive, send)

    def _wait(self, now: float) -> float | None:
        """Seconds until this request's turn, at once up to a burst; None if that is too long."""
        due = max(self._due, now)
        wait = due - BURST / RATE - now
        if wait > PATIENCE:
            return None
        self._due = due + 1 / RATE
        return wait
