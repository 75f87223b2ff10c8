"""Whether a browser goes through the proxy, asked of the browser itself: addresses that only the proxy answers.

The desk puts a picture from ``glossary.local/check/NONCE`` on a page; that picture exists for ten minutes, and only for
whoever was told the nonce, so that a site can't learn by one of its own whether somebody uses Glossator. Knows nothing of HTTP.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

# Seconds for which a picture exists, and how many may at once: the oldest give way.
LIFE = 600.0
MOST = 64
PATH = "/check/"


@dataclass(slots=True)
class Checks:
    """The nonces of the moment. ``clock`` counts seconds. It may be used from several threads."""

    clock: Callable[[], float] = time.monotonic
    _until: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self) -> str:
        """A new nonce."""
        nonce, now = secrets.token_urlsafe(12), self.clock()
        with self._lock:
            left = [(known, until) for known, until in self._until.items() if until > now]
            self._until = dict([*left[1 - MOST :], (nonce, now + LIFE)])
        return nonce

    def knows(self, path: str) -> bool:
        """Whether this path is that of a picture that exists."""
        return path.startswith(PATH) and self._until.get(path.removeprefix(PATH), 0.0) > self.clock()
