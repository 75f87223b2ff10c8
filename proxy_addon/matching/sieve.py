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
        self._automaton = _automaton(beginnings.split(b"\n") if beginnings else [])

    def holds(self, text: str) -> bool:
        """Whether the folded ``text`` may hold anything."""
        data = _spaced(text)
        return data is None or self._automaton is None or bool(self._automaton.find_matches_as_indexes(data))

    def tells(self, text: str) -> set[int] | None:
        """All that the folded ``text`` may tell; None: perhaps everything."""
        data = _spaced(text)
        if data is None or self._automaton is None:
            return None
        found = set(map(_number, self._automaton.find_matches_as_indexes(data, overlapping=True)))
        return set().union(*map(self._told.__getitem__, found))


def prepare(tables: Tables) -> None:
    """Fill in what the sieves of ``tables`` look for: terms, and words that speak for or against a topic."""
    tells = [frozenset(_told(tables, payload)) for payload in range(len(tables.meanings))]
    terms: set[bytes] = set()
    signs: dict[bytes, set[int]] = defaultdict(set)
    for beginning, payload in _beginnings(tables):
        data = _coded(_NO_WORD.sub(_simple, beginning))
        if any(meaning[0] == ENTRY for meaning in tables.meanings[payload]):
            terms.add(data)
        if tells[payload]:
            signs[data] |= tells[payload]
    shared: dict[tuple[int, ...], tuple[int, ...]] = {}
    tables.terms = b"\n".join(sorted(terms))
    tables.signs = b"\n".join(signs)
    tables.told = [shared.setdefault(topics, topics) for topics in map(tuple, map(sorted, signs.values()))]


def _told(tables: Tables, payload: int) -> Iterator[int]:
    """The topics that a spelling speaks of. A term speaks of its own."""
    for meaning in tables.meanings[payload]:
        if meaning[0] == SIGN:
            yield meaning[1]
        elif meaning[0] == ENTRY:
            yield from tables.rules[meaning[1]][3]  # type: ignore[misc]


def _beginnings(tables: Tables) -> Iterator[tuple[str, int]]:
    """Beginnings of all spellings in letters of scripts with spaces, each with the number of its meanings."""
    for place in range(tables.words + tables.prefixes):
        whole = place < tables.words
        anchor = f"{tables.anchors[place]} " if whole else tables.anchors[place]
        if tables.lone[place] != NONE:
            yield f" {anchor}", tables.lone[place]
        following = [*tables.tails.get(place, {}).items(), *((tail[0], found) for tail, found in tables.starred.get(place, ()))]
        for tail, payload in following:
            yield from ((f" {anchor}{letters}", payload) for letters in (_first_letters(tail) if whole else ("",)))
        for around, payload in tables.around.get(place, {}).items():
            yield from ((beginning, payload) for beginning in _beginnings_around(anchor, *around.split(AROUND)))

    for place in range(tables.words + tables.prefixes, len(tables.anchors)):
        # A number in a Chinese list may stand in any text, and anywhere in it.
        for tail, payload in [("", tables.lone[place]), *tables.tails.get(place, {}).items()]:
            if payload != NONE and _UNSPACED.search(tables.anchors[place] + tail) is None:
                yield tables.anchors[place] + tail, payload


def _beginnings_around(anchor: str, head: str, tail: str) -> Iterator[str]:
    for before in _last_letters(head):
        yield from (f"{before} {anchor}{letters}" for letters in _first_letters(tail))


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


def _automaton(patterns: list[bytes]) -> ahocorasick_rs.BytesAhoCorasick | None:
    if ahocorasick_rs is None:
        return None
    kinds = ahocorasick_rs.Implementation
    kind = kinds.DFA if len(patterns) < DENSE else kinds.ContiguousNFA
    return ahocorasick_rs.BytesAhoCorasick(patterns, matchkind=ahocorasick_rs.MatchKind.Standard, implementation=kind)
