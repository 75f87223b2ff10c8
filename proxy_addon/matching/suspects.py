"""Where in texts glued together a term, or a sign of a topic, may begin: quickly, and rather too often than too seldom.

Texts between markup are one word or two, as the markup says; until that is known, a first word inside another word counts as
well. Whatever ``Scanner.scan`` would find in any of the blocks that the texts can make has its anchor at one of the places
named here. What stands between blanks is found by the sieves; only where letters meet at an edge, every anchor is tried.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from proxy_addon.matching import han
from proxy_addon.matching.compiled import BLANK, UNSPACED, Tables
from proxy_addon.matching.evasion import mask_starts, unmixed
from proxy_addon.matching.scanner import Reading, in_word
from proxy_addon.matching.sieve import Beginnings, Wide, found_in

try:
    import ahocorasick_rs
except ImportError:  # A machine without a wheel for it.
    ahocorasick_rs = None  # type: ignore[assignment]

# A denser automaton is a little faster and takes ten times as long to make.
DENSE = 2_000
# A beginning that an edge has spoilt stands within so many characters of it.
BEFORE, BEHIND = 120, 80
_GLUED_STEP = re.compile(rf"(\W{{0,200}})([^\W{UNSPACED}]{{1,80}})")

Found = tuple[int, int, int]


class Suspicion:
    """Looks for the first words of the spellings of ``tables``. Safe to use from several threads."""

    def __init__(self, tables: Tables, *, fast: bool = True) -> None:
        self._tables = tables
        self._fast = fast
        self._wide = Wide(tables.sieves)
        self._spaced = tables.words + tables.prefixes
        self._follows: dict[int, frozenset[str] | None] = {}

    @cached_property
    def _automaton(self) -> ahocorasick_rs.AhoCorasick | None:
        anchors = self._tables.anchors
        return _automaton(anchors) if self._fast and anchors else None

    @cached_property
    def _beginnings(self) -> Beginnings | None:
        return Beginnings(self._tables.sieves) if self._fast and ahocorasick_rs is not None else None

    @cached_property
    def _plain(self) -> bytes:
        """For each anchor whether nothing else belongs to it."""
        tables = self._tables
        several = tables.tails.keys() | tables.spans.keys() | tables.starred.keys()
        return bytes(place not in several for place in range(len(tables.anchors)))

    def suspects(self, source: str, edges: Sequence[int] | None) -> list[int]:
        """Where in ``source`` a first word begins, be it inside another word, as when texts are glued together.

        ``edges`` says where texts meet, in order: then what can't begin a spelling is left out.
        """
        if not self._tables.anchors:
            return []
        reading = Reading(source)
        folded = reading.folded
        text = folded.text
        known = edges is not None and self._beginnings is not None
        places = self._between(reading, folded.places(edges or ())) if known else self._anywhere(text)
        if self._tables.masked:
            places += mask_starts(text)
        return places if folded.segments is None else [folded.source(at, at + 1)[0] for at in places]

    def _anywhere(self, text: str) -> list[int]:
        return [start for each in _readings(text) for _, start, _ in self._anchors_anywhere(each)]

    def _between(self, reading: Reading, edges: Sequence[int]) -> list[int]:
        """A sieve finds what is no part of a longer word; words that meet at an edge may be one word or two."""
        beginnings: Beginnings = self._beginnings  # type: ignore[assignment]
        text, read, glue = reading.folded.text, reading.text, frozenset(edges)
        places = beginnings.starts(reading.data)
        if reading.wide:
            places += self._sieved(read, self._wide.places(read), edges, glue)
        for low, high in _windows(text, edges):
            for each in (text,) if read == text else (text, read):
                found = [(place, low + start, low + end) for place, start, end in self._anchors_anywhere(each[low:high])]
                places += self._sieved(each, found, edges, glue)
        return places

    def _sieved(self, text: str, anchors: Sequence[Found], edges: Sequence[int], glue: frozenset[int]) -> Iterator[int]:
        words, spaced, plain, length = self._tables.words, self._spaced, self._plain, len(text)
        for place, start, end in anchors:
            if place >= spaced:
                if plain[place] or self._unspaced_goes_on(text, place, end):
                    yield start
                continue
            # Most hits are inside a word, so this comes first and calls as little as it can.
            if start and (char := text[start - 1]).isalnum() and char < "\u0e00" and start not in glue:
                continue
            if place < words and end < length and (char := text[end]).isalnum() and char < "\u0e00" and end not in glue:
                continue
            if start and start not in glue and in_word(text[start - 1]):
                continue
            if place >= words or plain[place]:
                if place >= words or end >= length or end in glue or not in_word(text[end]):
                    yield start
            elif (end >= length or end in glue or not in_word(text[end])) and self._goes_on(text, place, end, edges):
                yield start

    def _goes_on(self, text: str, place: int, end: int, edges: Sequence[int]) -> bool:
        """Whether behind the anchor there may be what a spelling needs; where texts meet, there may be a gap or none."""
        firsts = self._must_follow(place)
        if firsts is None:
            return True
        if text[end : end + 1] == " " and (first := text[end + 1 : end + 2]).isalnum() and first not in firsts:
            return False
        step = _GLUED_STEP.match(text, end)
        if step is None:
            return False
        edge = bisect_right(edges, step.start(2))
        cut = edge < len(edges) and edges[edge] < step.end()
        begun = text[step.start(2) : edges[edge]] if cut else step[2]
        between = BLANK.sub("", step[1])
        tail = f"{between} {begun}" if between else begun
        tails = self._tables.tails[place]
        return tail in tails or any(known.startswith(tail if cut else tail + " ") for known in tails)

    def _unspaced_goes_on(self, text: str, place: int, end: int) -> bool:
        """Likewise where nothing stands between words: what stands between texts would part them."""
        firsts = self._must_follow(place)
        if firsts is None or text[end : end + 1] not in firsts:
            return firsts is None
        reach, tails = self._tables.reach[place], self._tables.tails[place]
        ahead = han.simplified(text[end : end + reach[-1]])
        return any(ahead[:length] in tails for length in reach)

    def _must_follow(self, place: int) -> frozenset[str] | None:
        """The first characters of what may stand behind an anchor, as they are written; None: nothing need stand there."""
        if place not in self._follows:
            tables = self._tables
            free = tables.lone[place] >= 0 or place in tables.spans or place in tables.starred
            written = han.spellings if place >= self._spaced else iter
            firsts = frozenset(char for tail in tables.tails.get(place, ()) for char in written(tail[0]))
            self._follows[place] = None if free else firsts
        return self._follows[place]

    def _anchors_anywhere(self, text: str) -> Iterable[Found]:
        """Without the automaton a first word may begin anywhere: true, and slow only for who has no library."""
        if self._automaton is None:
            return ((0, start, start) for start in range(len(text)))
        return found_in(self._automaton, text)


def _readings(text: str) -> tuple[str, ...]:
    read = unmixed(text)
    return (text,) if read is text else (text, read)


def _windows(text: str, edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where words meet at an edge, with the words around, apart and in order."""
    low = high = 0
    last = len(text) - 1
    for edge in edges:
        if 0 < edge <= last and in_word(text[edge - 1]) and in_word(text[edge]):
            if edge - BEFORE > high:
                if high:
                    yield low, high
                low = max(0, edge - BEFORE)
            high = edge + BEHIND
    if high:
        yield low, high


def _automaton(anchors: list[str]) -> ahocorasick_rs.AhoCorasick | None:
    if ahocorasick_rs is None:
        return None
    kinds = ahocorasick_rs.Implementation
    kind = kinds.DFA if len(anchors) < DENSE else kinds.ContiguousNFA
    return ahocorasick_rs.AhoCorasick(
        anchors, matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False, implementation=kind
    )
