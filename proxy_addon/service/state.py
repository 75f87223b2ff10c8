"""What the service answers from: the matcher of the moment, and the reader's own small files. Knows nothing of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from proxy_addon.counts import Counts
from proxy_addon.matching.matcher import Matcher
from proxy_addon.preferences import Store
from proxy_addon.service.checks import Checks
from proxy_addon.service.feedback import Feedback


@dataclass(slots=True)
class Current:
    """One service's state; its owner may put a new matcher in while it runs.

    ``fault`` is the last broken edit of the glossary, in words, or empty; ``proxy`` where the proxy listens (HOST:PORT),
    empty while none does.
    """

    matcher: Matcher
    language: str = "en"
    fault: str = ""
    proxy: str = ""
    preferences: Store = field(default_factory=Store)
    feedback: Feedback = field(default_factory=Feedback)
    counts: Counts = field(default_factory=Counts)
    checks: Checks = field(default_factory=Checks)

    def met(self, counts: Mapping[str, int]) -> None:
        """So many terms of these entries were shown to the reader: counted if that is wanted."""
        if self.preferences.current.counting:
            self.counts.add(counts)


def kept_in(folder: Path, matcher: Matcher, language: str) -> Current:
    """The state with what the reader keeps in ``folder``."""
    return Current(
        matcher,
        language,
        preferences=Store(folder / "preferences.json"),
        feedback=Feedback(folder / "feedback.json"),
        counts=Counts(folder / "counts.json"),
    )
