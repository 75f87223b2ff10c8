"""Many spellings, one pass: every place where a spelling of the tables begins and ends, of every length.

The first words of all spellings are looked for at once (Aho-Corasick, through ahocorasick_rs); where one stands at the edges
of a word, the words after it are looked up. Without that library plain Python finds the same hits, more slowly. The scanner
works on folded text. It does not know what a spelling means, and drops nothing for its context.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from proxy_addon.matching import han
from proxy_addon.matching.compiled import AROUND, BLANK, UNSPACED, WORD, Tables
from proxy_addon.matching.evasion import has_mask, mask_starts, unmixed
from proxy_addon.matching.sieve import Sieve

try:
    import ahocorasick_rs
except ImportError:  # A machine without a wheel for it.
    ahocorasick_rs = None  # type: ignore[assignment]

# A denser automaton is a little faster and takes ten times as long to make.
DENSE = 2_000
# What may stand between two words, and the next word. The limits keep hostile text linear.
_STEP = re.compile(rf"(\W{{1,200}})([^\W{UNSPACED}]{{1,80}})")
_GLUED_STEP = re.compile(rf"(\W{{0,200}})([^\W{UNSPACED}]{{1,80}})")
# The same in a text that is written backwards.
_BACK = re.compile(rf"(\W{{1,40}})([^\W{UNSPACED}]{{1,80}})")
_BEHIND = 121
_JOINED = re.compile(rf"{WORD.pattern}(?:'{WORD.pattern})+")
_REST = re.compile(rf"[^\W{UNSPACED}]{{0,80}}")
_UNSPACED = re.compile(f"[{UNSPACED}]")

Anchor = tuple[int, int, int]


class Hit(NamedTuple):
    """``text[start:end]`` of the folded text is a spelling whose meanings have the number ``payload``."""

    start: int
    end: int
    payload: int


class Scanner:
    """Looks for the spellings of ``tables``. ``fast=False`` does without the library. Safe to use from several threads."""

    def __init__(self, tables: Tables, *, fast: bool = True) -> None:
        self._tables = tables
        self._spaced = tables.words + tables.prefixes
        several = tables.tails.keys() | tables.spans.keys() | tables.starred.keys()
        self._plain = bytes(place not in several for place in range(len(tables.anchors)))
        self._terms = Sieve(tables.terms, tables.places)
        self._automaton = _automaton(tables.anchors) if fast and tables.anchors else None
        self._follows: dict[int, frozenset[str] | None] = {}

    def scan(self, text: str) -> list[Hit]:
        """Every spelling in the folded ``text``."""
        read = unmixed(text)
        hits: list[Hit] = []
        words, spaced, length = self._tables.words, self._spaced, len(read)
        lone, plain = self._tables.lone, self._plain
        for place, start, end in self._anchors(read):
            if place >= spaced:
                self._unspaced_hits(read, place, start, end, hits)
                continue
            # Most hits are inside a word, so this comes first and calls as little as it can.
            if end < length and place < words and (char := read[end]).isalnum() and char < "\u0e00":
                continue
            if start and _in_word(read[start - 1]):
                continue
            if end < length and _in_word(read[end]):
                if place < words:
                    continue
                end = _REST.match(read, end).end()  # type: ignore[union-attr]
            if plain[place]:
                hits.append(Hit(start, end, lone[place]))
            else:
                self._spaced_hits(read, place, start, end, hits)
        return hits

    def finds_terms(self, text: str) -> bool:
        """Whether there is a term in the folded ``text``, or perhaps one. Much cheaper than ``scan``."""
        read = unmixed(text)
        places = self._terms.tells(read)
        if places is None or any(self._term_begins(read, place) for place in places):
            return True
        return bool(self._tables.masked) and has_mask(text)

    def _term_begins(self, text: str, place: int) -> bool:
        anchor, whole = self._tables.anchors[place], place < self._tables.words
        if place >= self._spaced:
            return True
        start = text.find(anchor)
        while start >= 0:
            end = start + len(anchor)
            if not (start and _in_word(text[start - 1])) and not (whole and end < len(text) and _in_word(text[end])):
                hits: list[Hit] = []
                self._spaced_hits(text, place, start, end if whole else _REST.match(text, end).end(), hits)  # type: ignore[union-attr]
                if any(self._tables.terms_in[hit.payload] for hit in hits):
                    return True
            start = text.find(anchor, end)
        return False

    def topics(self, text: str) -> set[int] | None:
        """The topics that the folded ``text`` may speak of; None: perhaps of all."""
        if self._tables.masked and has_mask(text):
            return None
        return self._signs.tells(unmixed(text))

    @cached_property
    def _signs(self) -> Sieve:
        """Made when a page first asks: many never do."""
        return Sieve(self._tables.signs, self._tables.told)

    def suspects(self, text: str, edges: Callable[[], Sequence[int] | None] | None = None) -> list[int]:
        """Where a first word begins in the folded ``text``, be it inside another word, as when texts are glued together.

        ``edges``, asked only if there is something, says where texts meet, in order: then what can't begin a spelling is left
        out.
        """
        read = unmixed(text)
        found = [(each, list(self._anchors_anywhere(each))) for each in ((text,) if read is text else (text, read))]
        masked = list(mask_starts(text)) if self._tables.masked else []
        meet = edges() if edges is not None and any(anchors for _, anchors in found) else None
        if meet is None:
            return [start for _, anchors in found for _, start, _ in anchors] + masked
        glue = frozenset(meet)
        return [at for each, anchors in found for at in self._sieved(each, anchors, meet, glue)] + masked

    def _sieved(self, text: str, anchors: Sequence[Anchor], edges: Sequence[int], glue: frozenset[int]) -> Iterator[int]:
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
            if start and start not in glue and _in_word(text[start - 1]):
                continue
            if place >= words or plain[place]:
                if place >= words or end >= length or end in glue or not _in_word(text[end]):
                    yield start
            elif (end >= length or end in glue or not _in_word(text[end])) and self._goes_on(text, place, end, edges):
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

    def _anchors(self, text: str) -> Iterable[Anchor]:
        return self._found(text) if self._automaton is not None else self._looked_up(text)

    def _anchors_anywhere(self, text: str) -> Iterable[Anchor]:
        """Without the automaton a first word may begin anywhere: true, and slow only for who has no library."""
        return self._found(text) if self._automaton is not None else ((0, start, start) for start in range(len(text)))

    def _found(self, text: str) -> Sequence[Anchor]:
        find = self._automaton.find_matches_as_indexes  # type: ignore[union-attr]
        try:
            return find(text, overlapping=True)
        except UnicodeEncodeError:
            # Lone surrogates: each becomes one question mark, so the offsets stay.
            return find(text.encode("utf-8", "replace").decode("utf-8"), overlapping=True)

    def _looked_up(self, text: str) -> Iterator[Anchor]:
        places, prefixes, unspaced = self._lookup
        for word in WORD.finditer(text):
            start, end = word.span()
            if word[0] in places:
                yield places[word[0]], start, end
            for length in range(1, len(word[0]) + 1) if prefixes else ():
                if word[0][:length] in prefixes:
                    yield prefixes[word[0][:length]], start, start + length
        for start, end in _joined(text):
            if text[start:end] in places:
                yield places[text[start:end]], start, end
        for start in range(len(text)) if unspaced and not text.isascii() else ():
            for length in (1, 2):
                if len(begun := text[start : start + length]) == length and begun in unspaced:
                    yield unspaced[begun], start, start + length

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


def _automaton(anchors: list[str]) -> ahocorasick_rs.AhoCorasick | None:
    if ahocorasick_rs is None:
        return None
    kinds = ahocorasick_rs.Implementation
    kind = kinds.DFA if len(anchors) < DENSE else kinds.ContiguousNFA
    return ahocorasick_rs.AhoCorasick(
        anchors, matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False, implementation=kind
    )


def _in_word(char: str) -> bool:
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
        word.startswith(part[:-1]) if part.endswith("*") else word == part for part, word in zip(pattern, words, strict=True)
    )
