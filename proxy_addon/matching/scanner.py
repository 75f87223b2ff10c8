"""Many spellings, one pass: every place where a spelling of the tables begins and ends, of every length.

A ``Reading`` is a text made ready: folded, and in the one-byte alphabet that sieves read. The sieves say where the anchors of
a group of spellings may stand (terms, refused phrases, signs of one topic); there the words around are looked up. Without the
library plain Python finds the same hits, more slowly. The scanner does not know what a spelling means, and drops nothing for
its context.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import NamedTuple

from proxy_addon.matching import han
from proxy_addon.matching.alphabet import coded, coded_loosely, mixes_scripts
from proxy_addon.matching.compiled import AROUND, BLANK, UNSPACED, WORD, Tables, is_prefix
from proxy_addon.matching.evasion import unmixed
from proxy_addon.matching.normalize import Folded, fold, fold_plain
from proxy_addon.matching.sieve import Anchor, Sieve, Wide

try:
    import ahocorasick_rs
except ImportError:  # A machine without a wheel for it.
    ahocorasick_rs = None  # type: ignore[assignment]

# More anchors than this in one text are no prose; the rest are passed over.
ANCHORS = 100_000
# What may stand between two words, and the next word. The limits keep hostile text linear.
_STEP = re.compile(rf"(\W{{1,200}})([^\W{UNSPACED}]{{1,80}})")
# The same in a text that is written backwards.
_BACK = re.compile(rf"(\W{{1,40}})([^\W{UNSPACED}]{{1,80}})")
_BEHIND = 121
_JOINED = re.compile(rf"{WORD.pattern}(?:'{WORD.pattern})+")
_REST = re.compile(rf"[^\W{UNSPACED}]{{0,80}}")
_UNSPACED = re.compile(f"[{UNSPACED}]")


class Hit(NamedTuple):
    """``text[start:end]`` of the folded text is a spelling whose meanings have the number ``payload``."""

    start: int
    end: int
    payload: int


class Reading:
    """``source`` as the scanner reads it. ``data``: in the alphabet; ``wide``: there are letters that the alphabet lacks;
    ``anchors``: all of them, where they were found without sieves; ``kept``: those of one group; ``beyond``: those in other
    letters, by group."""

    def __init__(self, source: str) -> None:
        self.source = source
        data = coded(source)
        self.wide = data is None
        self.anchors: Collection[Anchor] | None = None
        self.kept: tuple[int, Collection[Anchor]] | None = None
        self.beyond: dict[int, set[Anchor]] | None = None
        self._pure = data is not None and not mixes_scripts(data)
        self.data: bytes = data if self._pure else coded_loosely(self.text)  # type: ignore[assignment]

    @cached_property
    def folded(self) -> Folded:
        return fold(self.source) if self.wide else Folded(fold_plain(self.source))

    @cached_property
    def text(self) -> str:
        """Folded, with the letters of words that mix scripts set right."""
        return self.folded.text if self._pure else unmixed(self.folded.text)


class Scanner:
    """Looks for the spellings of ``tables``. ``fast=False`` does without the library. Safe to use from several threads."""

    def __init__(self, tables: Tables, *, fast: bool = True) -> None:
        self._tables = tables
        self._spaced = tables.words + tables.prefixes
        self._wide = Wide(tables.sieves)
        self._sieves = list(map(Sieve, tables.sieves)) if fast and ahocorasick_rs is not None else None

    def may_hold(self, reading: Reading, group: int) -> bool:
        """Whether ``scan`` may find anything."""
        found = self._anchors(reading, group)
        reading.kept = group, found
        return bool(found)

    def scan(self, reading: Reading, group: int) -> list[Hit]:
        """Every spelling of a group in the text, and perhaps some of others."""
        hits: list[Hit] = []
        anchors = self._anchors(reading, group)
        if len(anchors) > ANCHORS:
            anchors = sorted(anchors, key=itemgetter(1))[:ANCHORS]
        for place, start in anchors:
            self._hits_at(reading.text, place, start, hits)
        return hits

    def _anchors(self, reading: Reading, group: int) -> Collection[Anchor]:
        if self._sieves is None:
            if reading.anchors is None:
                reading.anchors = set(self._looked_up(reading.text))
            return reading.anchors
        if reading.kept and reading.kept[0] == group:
            return reading.kept[1]
        sieve = self._sieves[group]
        found = sieve.anchors(reading.data)
        if not reading.wide:
            return found
        if reading.beyond is None:
            reading.beyond = self._wide.anchors(reading.text)
        more = reading.beyond.get(group)
        return found | more if more else found

    def _hits_at(self, text: str, place: int, start: int, hits: list[Hit]) -> None:
        """What begins with this anchor at ``start``, if it stands there, with the edges of a word."""
        tables, anchor = self._tables, self._tables.anchors[place]
        end = start + len(anchor)
        if start < 0 or not text.startswith(anchor, start):
            return
        if place >= self._spaced:
            self._unspaced_hits(text, place, start, end, hits)
            return
        if start and in_word(text[start - 1]):
            return
        if end < len(text) and in_word(text[end]):
            if place < tables.words:
                return
            end = _REST.match(text, end).end()  # type: ignore[union-attr]
        self._spaced_hits(text, place, start, end, hits)

    def _spaced_hits(self, text: str, place: int, start: int, end: int, hits: list[Hit]) -> None:
        tables = self._tables
        if tables.lone[place] >= 0:
            hits.append(Hit(start, end, tables.lone[place]))
        tails = tables.tails.get(place)
        if tails is not None:
            for tail, stop in _steps(text, end, tables.reach[place][-1]):
                payload = tails.get(tail)
                if payload is not None:
                    hits.append(Hit(start, stop, payload))
        if place in tables.spans:
            self._hits_around(text, place, start, end, hits)
        for pattern, payload in tables.starred.get(place, ()):
            for tail, stop in _steps(text, end, len(pattern)):
                if _fits(pattern, tail.split(" ")):
                    hits.append(Hit(start, stop, payload))

    def _hits_around(self, text: str, place: int, start: int, end: int, hits: list[Hit]) -> None:
        """Phrases of which the anchor is not the first word."""
        spans, around = self._tables.spans[place], self._tables.around[place]
        before = {count: (head, at) for count, head, at in _steps_back(text, start, spans[-1][0])}
        after = {0: ("", end)}
        if before and (most := max(count for _, count in spans)):
            after |= {tail.count(" ") + 1: (tail, at) for tail, at in _steps(text, end, most)}
        for count, reach in spans:
            if count in before and reach in after:
                payload = around.get(f"{before[count][0]}{AROUND}{after[reach][0]}")
                if payload is not None:
                    hits.append(Hit(before[count][1], after[reach][1], payload))

    def _unspaced_hits(self, text: str, place: int, start: int, end: int, hits: list[Hit]) -> None:
        tables = self._tables
        if tables.lone[place] >= 0:
            hits.append(Hit(start, end, tables.lone[place]))
        tails = tables.tails.get(place)
        if tails is not None:
            ahead = han.simplified(text[end : end + tables.reach[place][-1]])
            for length in tables.reach[place]:
                payload = tails.get(ahead[:length])
                if payload is not None and length <= len(ahead):
                    hits.append(Hit(start, end + length, payload))

    def _looked_up(self, text: str) -> Iterator[Anchor]:
        places, prefixes, unspaced = self._lookup
        for word in WORD.finditer(text):
            start = word.start()
            if word[0] in places:
                yield places[word[0]], start
            for length in range(1, len(word[0]) + 1) if prefixes else ():
                if word[0][:length] in prefixes:
                    yield prefixes[word[0][:length]], start
        for start, end in _joined(text):
            if text[start:end] in places:
                yield places[text[start:end]], start
        for start in range(len(text)) if unspaced else ():
            for length in (1, 2):
                if len(begun := text[start : start + length]) == length and begun in unspaced:
                    yield unspaced[begun], start

    @cached_property
    def _lookup(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        words, spaced, anchors = self._tables.words, self._spaced, self._tables.anchors
        numbered = list(enumerate(anchors))
        whole, prefixes, unspaced = numbered[:words], numbered[words:spaced], numbered[spaced:]
        return tuple({anchor: place for place, anchor in part} for part in (whole, prefixes, unspaced))  # type: ignore[return-value]


def _joined(text: str) -> Iterator[tuple[int, int]]:
    """Words with an apostrophe in them, and every part of such a word that has one."""
    for match in _JOINED.finditer(text) if "'" in text else ():
        words = [(word.start(), word.end()) for word in WORD.finditer(text, *match.span())][:50]
        yield from ((first[0], last[1]) for at, first in enumerate(words) for last in words[at + 1 :])


# Asked of the same few characters, some ten thousand times a page.
@lru_cache(maxsize=4096)
def in_word(char: str) -> bool:
    return char == "_" or (char.isalnum() and (char < "\u0e00" or _UNSPACED.match(char) is None))


def _steps(text: str, end: int, count: int) -> Iterator[tuple[str, int]]:
    """The one, two, ... words after ``end``, at most ``count`` counting what stands between them, each with its end."""
    tail, taken = "", 0
    while taken < count and (step := _STEP.match(text, end)):
        gap = step[1]
        between = "" if gap == " " else BLANK.sub("", gap)
        added = f"{between} {step[2]}" if between else step[2]
        tail = f"{tail} {added}" if tail else added
        taken += 2 if between else 1
        end = step.end()
        yield tail, end


def _steps_back(text: str, start: int, count: int) -> Iterator[tuple[int, str, int]]:
    """The one, two, ... words before ``start``: how many, counting what stands between them, what they are, where they begin."""
    head, taken = "", 0
    while taken < count and (step := _BACK.match(text[max(0, start - _BEHIND) : start][::-1])):
        between = "" if step[1] == " " else BLANK.sub("", step[1][::-1])
        word = step[2][::-1]
        added = f"{word} {between}" if between else word
        head = f"{added} {head}" if head else added
        taken += 2 if between else 1
        start -= len(step[0])
        yield taken, head, start


def _fits(pattern: Sequence[str], words: Sequence[str]) -> bool:
    return len(pattern) == len(words) and all(
        word.startswith(part[:-1]) if is_prefix(part) else word == part for part, word in zip(pattern, words, strict=True)
    )
