"""What is written on one page: annotations as one reader wants them and, where the page admits it, the script with its cards.

A term that the reader has hidden is not marked. Where the script stands on the page, the first mark of each entry carries the
entry's card, so that nothing has to be asked for. The page's meta policies are judged by who made the page's ``Script``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from proxy_addon.markup.annotation import Annotator, attribute
from proxy_addon.markup.script import as_json, script_element

# The words are marked, or shown over a page that is left as it is.
Mode = Literal["wrap", "overlay"]


@dataclass(frozen=True, slots=True)
class Script:
    """What the script of one page is told: ``ask`` is the path at which it may ask, None where the page's head forbids it.

    ``runs`` and ``connects`` judge the text of one policy in a meta element.
    """

    labels: Mapping[str, Any]
    settings: Mapping[str, Any]
    ask: str | None
    runs: Callable[[str], bool]
    connects: Callable[[str], bool]

    def element(self, mode: Mode, policies: Sequence[str]) -> str:
        """The element; empty where one of the policies does not let it run, or leaves it nothing to do."""
        ask = self.ask if all(map(self.connects, policies)) else None
        if not all(map(self.runs, policies)) or (mode == "overlay" and ask is None):
            return ""
        return script_element({"mode": mode, "labels": self.labels, "settings": self.settings, "ask": ask})


@dataclass(slots=True)
class PageWriter:
    """The writer of one page. ``hidden`` are entries, and ``kinds_off`` kinds, that the reader does not want marked."""

    annotator: Annotator
    hidden: frozenset[str] = frozenset()
    kinds_off: frozenset[str] = frozenset()
    script: Script | None = None
    # Whether the script stands on the page, and whose cards it has already.
    _scripted: bool = False
    _told: set[str] = field(default_factory=set)

    def style_element(self) -> str:
        """The annotator's."""
        return self.annotator.style_element()

    def script_element(self, mode: Mode, policies: Sequence[str]) -> str:
        """The script, or nothing; marks made from here on carry cards if there is one."""
        element = self.script.element(mode, policies) if self.script else ""
        self._scripted = bool(element)
        return element

    def wants(self, entries: tuple[str, ...]) -> bool:
        """Whether the reader wants a match marked: one of its entries at least, and its kind."""
        return not self.hidden.issuperset(entries) and (not self.kinds_off or self.annotator.kind(entries) not in self.kinds_off)

    def opening(self, entries: tuple[str, ...], *, quoted: bool = False, first: bool = True, last: bool = False) -> str:
        """The annotator's start tag, with the cards of entries not met before; ``last``: marks stand too close after it."""
        tag = self.annotator.opening(entries, quoted=quoted, first=first)
        if not self._scripted or not first:
            return tag
        return tag[:-1] + self._cards(entries) + (' data-crowded=""' if last else "") + ">"

    def _cards(self, entries: tuple[str, ...]) -> str:
        fresh = [ref for ref in entries if ref not in self._told]
        self._told.update(fresh)
        cards = [card for card in map(self.annotator.card, fresh) if card]
        return f' data-card="{attribute(as_json(cards))}"' if cards else ""
