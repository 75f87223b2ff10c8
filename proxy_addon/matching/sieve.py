"""Whether a text can hold anything at all, before anybody looks closely: most blocks of most pages hold no term.

A sieve looks for beginnings of spellings (the anchor, and the first letters of the words beside it) in a text of the
``alphabet``, all at once and without a line of Python for what is not found.
What it finds need not be there; what it does not find is not. Spellings in other letters, and where words stand without
spaces, are looked for by their anchors alone, in texts that hold such letters.

There is one sieve for the terms, one for the refused phrases, one for the signs of each topic: what nobody asks for is not
looked for. An automaton is made when a text first needs it, for ASCII alone if the text is no more than that.

It differs from the design, which scans for everything at once: asking for less is ten times as fast on real pages.
"""

from __future__ import annotations

import marshal
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import takewhile

from proxy_addon.matching.alphabet import offsets, spelled
from proxy_addon.matching.compiled import AROUND, ENTRY, NONE, REFUSAL, WORD, Tables

try:
    import ahocorasick_rs
except ImportError:  # A machine without a wheel for it.
    ahocorasick_rs = None  # type: ignore[assignment]

# The sieves by number: terms, refused phrases, and from here on the signs of topics.
TERMS, REFUSED, SIGNS = 0, 1, 2
# A denser automaton is two or three times as fast, and takes five times as long to make; making one stops all threads.
DENSE = 12_000
# So many letters of the words beside the anchor: more tell little more.
LETTERS = 4
# So much of a beginning from its anchor's first letter on, or so much of what follows the anchor if that is more: the automata
# stay small, and little more is found in vain.
REACH, NEXT = 11, 3

Anchor = tuple[int, int]


class Sieve:
    """Reads what ``prepare`` has made of one group of spellings. Says where anchors may begin, each ``(place, start)``."""

    def __init__(self, kept: bytes) -> None:
        self._kept = kept

    @cached_property
    def _parts(self) -> tuple[bytes, list[tuple[int, ...]], list[str], list[tuple[int, ...]]]:
        return marshal.loads(self._kept)  # type: ignore[no-any-return]

    @cached_property
    def _whole(self) -> tuple[ahocorasick_rs.BytesAhoCorasick | None, list[tuple[int, ...]]]:
        patterns, told = self._parts[:2]
        return _automaton(patterns.split(b"\n") if patterns else []), told

    @cached_property
    def _ascii(self) -> tuple[ahocorasick_rs.BytesAhoCorasick | None, list[tuple[int, ...]]]:
        patterns, told = self._parts[:2]
        both = [each for each in zip(patterns.split(b"\n"), told, strict=False) if each[0].isascii()]
        return _automaton([pattern for pattern, _ in both]), [places for _, places in both]

    def anchors(self, data: bytes) -> set[Anchor]:
        """In a text of the alphabet; offsets are those of the text that it comes from."""
        automaton, told = self._ascii if data.isascii() else self._whole
        found = automaton.find_matches_as_indexes(data, True) if automaton else None
        if not found:
            return _NOTHING
        # What is told is a place and how far behind the beginning the anchor stands, in turn.
        at = [(place, start + back) for number, start, _ in found for place, back in _pairs(told[number])]
        return set(zip([place for place, _ in at], offsets(data, [start for _, start in at]), strict=True))


class Wide:
    """Anchors in letters that the alphabet lacks, of all groups; a text is read once for all of them."""

    def __init__(self, kept: Iterable[bytes]) -> None:
        self._kept = kept

    @cached_property
    def _parts(self) -> tuple[ahocorasick_rs.AhoCorasick | None, list[tuple[tuple[int, int], ...]]]:
        """Told is for each anchor which groups know it, by which place."""
        told: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for group, (_, _, anchors, places) in enumerate(map(marshal.loads, self._kept)):
            for anchor, numbers in zip(anchors, places, strict=True):
                told[anchor] += [(group, place) for place in numbers]
        if not told:
            return None, []
        automaton = ahocorasick_rs.AhoCorasick(list(told), ahocorasick_rs.MatchKind.Standard, False, _kind(len(told)))
        return automaton, list(map(tuple, told.values()))

    def anchors(self, text: str) -> dict[int, set[Anchor]]:
        """In any folded text, by group."""
        automaton, told = self._parts
        found: dict[int, set[Anchor]] = defaultdict(set)
        for number, start, _ in found_in(automaton, text) if automaton else ():
            for group, place in told[number]:
                found[group].add((place, start))
        return dict(found)

    @cached_property
    def _places(self) -> list[tuple[int, ...]]:
        """For each anchor its places, whichever groups know them."""
        return [tuple({place for _, place in each}) for each in self._parts[1]]

    def places(self, text: str) -> list[tuple[int, int, int]]:
        """In any folded text: place, start, end."""
        automaton = self._parts[0]
        if automaton is None:
            return []
        known = self._places
        return [(place, start, end) for number, start, end in found_in(automaton, text) for place in known[number]]


class Beginnings:
    """What the sieves of all groups look for, looked for at once."""

    def __init__(self, kept: Iterable[bytes]) -> None:
        self._kept = kept

    @cached_property
    def _parts(self) -> dict[bytes, int]:
        """How far behind each beginning its anchor stands."""
        coded: dict[bytes, int] = {}
        for patterns, told, *_ in map(marshal.loads, self._kept):
            coded |= zip(patterns.split(b"\n") if patterns else (), (flat[1] for flat in told), strict=False)
        return coded

    @cached_property
    def _coded(self) -> tuple[ahocorasick_rs.BytesAhoCorasick | None, list[int]]:
        coded = self._parts
        return _automaton(list(coded)), list(coded.values())

    @cached_property
    def _ascii(self) -> tuple[ahocorasick_rs.BytesAhoCorasick | None, list[int]]:
        coded = {pattern: back for pattern, back in self._parts.items() if pattern.isascii()}
        return _automaton(list(coded)), list(coded.values())

    def starts(self, data: bytes) -> list[int]:
        """Where anchors may begin in a text of the alphabet; offsets are those of the text that it comes from."""
        automaton, backs = self._ascii if data.isascii() else self._coded
        found = automaton.find_matches_as_indexes(data, True) if automaton else []
        return list(offsets(data, sorted({start + backs[number] for number, start, _ in found})))


_NOTHING: set[Anchor] = set()


def found_in(automaton: ahocorasick_rs.AhoCorasick, text: str) -> list[tuple[int, int, int]]:
    """Everything that the automaton finds; a lone surrogate is read as a question mark."""
    try:
        return automaton.find_matches_as_indexes(text, overlapping=True)
    except UnicodeEncodeError:
        return automaton.find_matches_as_indexes(text.encode("utf-8", "replace").decode("utf-8"), overlapping=True)


def _pairs(flat: tuple[int, ...]) -> Iterator[Anchor]:
    numbers = iter(flat)
    return zip(numbers, numbers, strict=True)


def _automaton(patterns: list[bytes]) -> ahocorasick_rs.BytesAhoCorasick | None:
    if not patterns:
        return None
    return ahocorasick_rs.BytesAhoCorasick(patterns, ahocorasick_rs.MatchKind.Standard, _kind(len(patterns)))


def _kind(count: int) -> ahocorasick_rs.Implementation:
    kinds = ahocorasick_rs.Implementation
    return kinds.DFA if count < DENSE else kinds.ContiguousNFA


class _Group:
    """The beginnings of one group, as they are found."""

    def __init__(self) -> None:
        self.coded: dict[bytes, set[Anchor]] = defaultdict(set)
        self.wide: dict[str, set[int]] = defaultdict(set)

    def kept(self) -> bytes:
        """The beginnings, what each tells; the wide ones, and what each of those tells."""
        shared: dict[tuple[int, ...], tuple[int, ...]] = {}
        told = [tuple(number for pair in sorted(pairs) for number in pair) for pairs in self.coded.values()]
        places = list(map(tuple, map(sorted, self.wide.values())))
        parts = (b"\n".join(self.coded), [shared.setdefault(each, each) for each in told], list(self.wide), places)
        return marshal.dumps(parts)


def prepare(tables: Tables) -> None:
    """Fill in the sieves of ``tables``."""
    groups = [_Group() for _ in range(SIGNS + len(tables.topics))]
    numbers = [tuple({_group(meaning) for meaning in meanings}) for meanings in tables.meanings]
    for place, anchor, before, after, payload in _beginnings(tables):
        wanted = [groups[number] for number in numbers[payload]]
        data = _begun(before, anchor, after)
        for group in wanted:
            if data is None:
                group.wide[anchor].add(place)
            else:
                group.coded[data[0]].add((place, data[1]))
    tables.sieves = [group.kept() for group in groups]


def _group(meaning: tuple[object, ...]) -> int:
    kind = meaning[0]
    return TERMS if kind == ENTRY else REFUSED if kind == REFUSAL else SIGNS + meaning[1]  # type: ignore[operator]


def _begun(before: str, anchor: str, after: str) -> tuple[bytes, int] | None:
    """A beginning in the letters of the alphabet, and where in it the anchor is; None if others are needed."""
    middle = spelled(anchor)
    if middle is None or (not before and spelled(after) is None):
        return None
    head, tail = _readable(before[::-1])[::-1], _readable(after)
    return (head + middle + tail)[: len(head) + max(REACH, len(middle) + NEXT)], len(head)


def _readable(text: str) -> bytes:
    """``text`` up to the first letter that the alphabet lacks."""
    whole = spelled(text)
    if whole is not None:
        return whole
    return b"".join(filter(None, takewhile(lambda each: each is not None, map(spelled, text))))


def _beginnings(tables: Tables) -> Iterator[tuple[int, str, str, str, int]]:
    """Of all spellings: the anchor, its text, what stands before and behind it, and the number of the meanings.
    Where nothing stands before, words need no space between them."""
    for place, anchor in enumerate(tables.anchors):
        found = _unspaced if place >= tables.words + tables.prefixes else _whole if place < tables.words else _prefixes
        yield from ((place, anchor, before, after, payload) for before, after, payload in found(tables, place))


def _whole(tables: Tables, place: int) -> Iterator[tuple[str, str, int]]:
    if tables.lone[place] != NONE:
        yield " ", " ", tables.lone[place]
    for tail, payload in _following(tables, place):
        yield from ((" ", f" {letters}", payload) for letters in _first_letters(tail))
    for around, payload in tables.around.get(place, {}).items():
        head, _, tail = around.partition(AROUND)
        yield from ((f"{before} ", f" {letters}", payload) for before in _last_letters(head) for letters in _first_letters(tail))


def _prefixes(tables: Tables, place: int) -> Iterator[tuple[str, str, int]]:
    payloads = {tables.lone[place], *(payload for _, payload in _following(tables, place))} - {NONE}
    yield from ((" ", "", payload) for payload in payloads)


def _unspaced(tables: Tables, place: int) -> Iterator[tuple[str, str, int]]:
    """A number in a Chinese list may stand in any text, and anywhere in it."""
    for tail, payload in [("", tables.lone[place]), *tables.tails.get(place, {}).items()]:
        if payload != NONE:
            yield "", tail, payload


def _following(tables: Tables, place: int) -> Iterator[tuple[str, int]]:
    """Tails, or their first words."""
    yield from tables.tails.get(place, {}).items()
    yield from ((pattern[0], payload) for pattern, payload in tables.starred.get(place, ()))


def _first_letters(tail: str) -> Iterable[str]:
    """What may follow an anchor and one space: the next word, or more space."""
    word = WORD.match(tail)
    return (word[0][:LETTERS], " ") if word else ("",)


def _last_letters(head: str) -> Iterable[str]:
    *_, word = WORD.finditer(head)
    return (word[0][-LETTERS:], " ") if word.end() == len(head) else ("",)
