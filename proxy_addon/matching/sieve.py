"""Whether a text can hold anything at all, before anybody looks closely: most blocks of most pages hold no term.

A sieve looks for beginnings of spellings (the anchor, and the first letters of the word beside it) between whatever is no
letter or digit, all at once and without a line of Python for what is not found. What it finds need not be there; what it
does not find is not. It works on folded text. Where words stand without spaces it cannot tell, and says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from proxy_addon.matching.compiled import AROUND, BLANK, ENTRY, NONE, SIGN, UNSPACED, WORD, Tables

try:
    import ahocorasick_rs
except ImportError:  # A machine without a wheel for it.
    ahocorasick_rs = None  # type: ignore[assignment]

# A denser automaton is a little faster and takes ten times as long to make.
DENSE = 2_000
# Patterns of one automaton.
PART = 10_000
# So many letters of the word beside the anchor: more tell little more.
LETTERS = 4

# What parts the words of a phrase: never what is as good as a space.
BREAK = "\v"
# Frequent characters between words. Each is replaced on its own: that is some twenty times faster than one expression.
_BLANKS, _BREAKS = "«»“”„–\u00a0", "—…"
_ASCII = "".join(
    char if char.isalnum() or char == "_" else " " if char != BREAK and BLANK.match(char) else BREAK
    for char in map(chr, range(128))
)
_SIMPLE = _ASCII.encode() + bytes(range(128, 256))
# The UTF-8 of ASCII and of the Latin and Cyrillic letters: where there is more, one has to look.
_PLAIN = bytes((*range(0xC0), 0xC4, 0xC5, 0xD0, 0xD1))
_NO_WORD = re.compile(r"[^\w\x00-\x7f]")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_number = itemgetter(0)


class Sieve:
    """``beginnings``: what to look for, as ``prepare`` leaves it, and what each tells."""

    def __init__(self, beginnings: bytes, told: Sequence[tuple[int, ...]] = ()) -> None:
        self._told = told
        self._automata = _automata(beginnings.split(b"\n") if beginnings else [])

    def tells(self, text: str) -> set[int] | None:
        """All that the folded ``text`` may tell; None: perhaps everything."""
        data = _spaced(text)
        if data is None or self._automata is None:
            return None
        told: set[int] = set()
        for first, automaton in self._automata:
            found = automaton.find_matches_as_indexes(data, overlapping=True)
            if found:
                told.update(*(self._told[first + number] for number in set(map(_number, found))))
        return told


def prepare(tables: Tables) -> None:
    """Fill in what the sieves of ``tables`` look for: terms, and words that speak for or against a topic."""
    tables.terms_in = bytes(any(meaning[0] == ENTRY for meaning in meanings) for meanings in tables.meanings)
    topics = [frozenset(_told(tables, payload)) for payload in range(len(tables.meanings))]
    terms: dict[bytes, set[int]] = defaultdict(set)
    signs: dict[bytes, set[int]] = defaultdict(set)
    for beginning, place, payload in _beginnings(tables):
        data = _coded(_NO_WORD.sub(_simple, beginning))
        if tables.terms_in[payload]:
            terms[data].add(place)
        if topics[payload]:
            signs[data] |= topics[payload]
    shared: dict[tuple[int, ...], tuple[int, ...]] = {}
    tables.terms, tables.places = b"\n".join(terms), list(map(tuple, map(sorted, terms.values())))
    tables.signs = b"\n".join(signs)
    tables.told = [shared.setdefault(each, each) for each in map(tuple, map(sorted, signs.values()))]


def _told(tables: Tables, payload: int) -> Iterator[int]:
    """The topics that a spelling speaks of. A term speaks of its own."""
    for meaning in tables.meanings[payload]:
        if meaning[0] == SIGN:
            yield meaning[1]
        elif meaning[0] == ENTRY:
            yield from tables.rules[meaning[1]][3]  # type: ignore[misc]


def _beginnings(tables: Tables) -> Iterator[tuple[str, int, int]]:
    """Beginnings of all spellings in letters of scripts with spaces, each with its anchor and the number of its meanings."""
    for place, anchor in enumerate(tables.anchors):
        found = _unspaced if place >= tables.words + tables.prefixes else _whole if place < tables.words else _prefixes
        yield from ((beginning, place, payload) for beginning, payload in found(tables, place, anchor))


def _whole(tables: Tables, place: int, anchor: str) -> Iterator[tuple[str, int]]:
    if tables.lone[place] != NONE:
        yield f" {anchor} ", tables.lone[place]
    for tail, payload in _following(tables, place):
        yield from ((f" {anchor} {letters}", payload) for letters in _first_letters(tail))
    for around, payload in tables.around.get(place, {}).items():
        head, _, tail = around.partition(AROUND)
        yield from (
            (f"{before} {anchor} {letters}", payload) for before in _last_letters(head) for letters in _first_letters(tail)
        )


def _prefixes(tables: Tables, place: int, anchor: str) -> Iterator[tuple[str, int]]:
    payloads = {tables.lone[place], *(payload for _, payload in _following(tables, place))} - {NONE}
    yield from ((f" {anchor}", payload) for payload in payloads)


def _unspaced(tables: Tables, place: int, anchor: str) -> Iterator[tuple[str, int]]:
    """A number in a Chinese list may stand in any text, and anywhere in it."""
    for tail, payload in [("", tables.lone[place]), *tables.tails.get(place, {}).items()]:
        if payload != NONE and _UNSPACED.search(anchor + tail) is None:
            yield anchor + tail, payload


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


def _spaced(text: str) -> bytes | None:
    """The text in UTF-8, its words between spaces, and nothing else than BREAK in between; None where words stand without."""
    if text.isascii():
        return b" %b " % _coded(text)
    for char in _BLANKS:
        text = text.replace(char, " ")
    for char in _BREAKS:
        text = text.replace(char, BREAK)
    data = _coded(text)
    if data.translate(None, _PLAIN):
        if _UNSPACED.search(text):
            return None
        data = _coded(_NO_WORD.sub(_simple, text))
    return b" %b " % data


def _simple(between: re.Match[str]) -> str:
    return " " if BLANK.match(between[0]) else BREAK


def _coded(text: str) -> bytes:
    return text.encode("utf-8", "replace").translate(_SIMPLE).replace(b"\v", b" \v ")


def _automata(patterns: list[bytes]) -> list[tuple[int, ahocorasick_rs.BytesAhoCorasick]] | None:
    """Automata for a part of the patterns each, with the number of the first one: making one stops all other threads."""
    if ahocorasick_rs is None:
        return None
    kinds = ahocorasick_rs.Implementation
    kind = kinds.DFA if len(patterns) < DENSE else kinds.ContiguousNFA
    standard = ahocorasick_rs.MatchKind.Standard
    return [
        (first, ahocorasick_rs.BytesAhoCorasick(patterns[first : first + PART], matchkind=standard, implementation=kind))
        for first in range(0, len(patterns), PART)
    ]
