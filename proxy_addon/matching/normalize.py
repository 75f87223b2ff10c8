"""Folding: what is spelled alike to a reader becomes equal, and every folded character knows where it came from.

Case, ё/е, ў/у, dotless ı, Arabic letter variants, full width and ligatures are folded; stress marks on Cyrillic, vowel
points, soft hyphens and invisible characters vanish; a letter and its combining mark become one letter (и + breve is й).
Apostrophes become one; odd spaces and hyphens stay: the scanner knows them as gaps. It promises exact offsets in code points and
knows nothing of terms. Nearly every text takes the fast way, in which one character stays one character.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

# One character for one. A chain of str.replace is some hundred times faster than str.translate on text that is not ASCII.
ALIKE = dict(
    zip(
        "ёўı’ʼ‘ʹ`，！？：；（）\u0623\u0625\u0622\u0671\u0649\u064a\u0643",
        "еуi''''',!?:;()\u0627\u0627\u0627\u0627\u06cc\u06cc\u06a9",
        strict=True,
    )
)
PLAIN_ALIKE = {char: like for char, like in ALIKE.items() if char in "ёўı’ʼ‘"}
IGNORED = "\u00ad\u034f\u061c\u0640\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
MARKS = "\u0300-\u036f\u0483-\u0487\u064b-\u065f\u0670"
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
# Stress marks; on other letters they tell one letter from another.
STRESS = str.maketrans("", "", "\u0300\u0301")

_WIDE = re.compile("[\uff01-\uff5e]")
_RARE = re.compile(f"[{IGNORED}{MARKS}\uff01-\uff5e\ufb00-\ufb06]")
_UNEVEN = re.compile(f"[{IGNORED}{MARKS}\ufb00-\ufb06]")
# In a short text one search is quicker than many replacements.
_UNLIKE = re.compile(f"[{''.join(ALIKE)}{IGNORED}{MARKS}\uff01-\uff5e\ufb00-\ufb06]")
_SHORT = 60
_UNIT = re.compile(
    f"([^{MARKS}{IGNORED}])([{IGNORED}]*[{MARKS}][{IGNORED}{MARKS}]*)|[{MARKS}{IGNORED}]+|[\ufb00-\ufb06]", re.DOTALL
)
_FORMAT = re.compile(f"[{IGNORED}]+")


class Segments(NamedTuple):
    """Segment n begins at ``at[n]`` of the folded text and at ``source[n]`` of the source. ``stop[n]`` is 0 where it goes on
    character by character, else the end of the one source unit that the whole segment stands for."""

    at: list[int]
    source: list[int]
    stop: list[int]


class Folded(NamedTuple):
    """``text`` folded, and where it comes from; ``segments`` is None where every character stayed in its place."""

    text: str
    segments: Segments | None = None

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The source range of ``text[start:end]``, not empty, with the combining marks of its last letter."""
        if self.segments is None:
            return start, end
        return self._unit(start)[0], self._unit(end - 1)[1]

    def places(self, sources: Sequence[int]) -> Sequence[int]:
        """Where in ``text`` these offsets of the source are, in order; one inside a unit is on both sides of it."""
        return sources if self.segments is None else [place for offset in sources for place in self._sides(offset)]

    def _sides(self, offset: int) -> tuple[int, ...]:
        at, source, stop = self.segments  # type: ignore[misc]
        number = bisect_left(source, offset) - 1
        if number < 0:
            return (0,)
        behind = at[number + 1] if number + 1 < len(at) else len(self.text)
        if not stop[number]:
            return (min(at[number] + offset - source[number], behind),)
        return (at[number], behind) if offset < stop[number] else (behind,)

    def _unit(self, place: int) -> tuple[int, int]:
        at, source, stop = self.segments  # type: ignore[misc]
        number = bisect_right(at, place) - 1
        if stop[number]:
            return source[number], stop[number]
        start = source[number] + place - at[number]
        return start, start + 1


def fold(text: str) -> Folded:
    """``text`` folded, with the way back."""
    if text.isascii():
        return Folded(text.lower())
    lowered = text.lower()
    if len(lowered) != len(text):
        # U+0130 is the one character whose lower case is longer.
        lowered = text.replace("\u0130", "I").lower()
    if len(lowered) < _SHORT and _UNLIKE.search(lowered) is None:
        return Folded(lowered)
    for char, like in ALIKE.items():
        lowered = lowered.replace(char, like)
    if _RARE.search(lowered) is None:
        return Folded(lowered)
    for wide in set(_WIDE.findall(lowered)):
        lowered = lowered.replace(wide, chr(ord(wide) - 0xFEE0).lower())
    return Folded(lowered) if _UNEVEN.search(lowered) is None else _folded_with_map(lowered)


def fold_plain(text: str) -> str:
    """``text`` folded, if all its characters are of the ``alphabet``: each stays in its place."""
    lowered = text.lower() if "\u0130" not in text else text.replace("\u0130", "I").lower()
    if not text.isascii():
        for char, like in PLAIN_ALIKE.items():
            lowered = lowered.replace(char, like)
    return lowered


def _folded_with_map(text: str) -> Folded:
    parts: list[str] = []
    segments = Segments([], [], [])
    done = length = 0

    def keep(folded: str, source: int, stop: int = 0) -> None:
        nonlocal length
        if folded:
            parts.append(folded)
            segments.at.append(length)
            segments.source.append(source)
            segments.stop.append(stop)
            length += len(folded)

    for unit in _UNIT.finditer(text):
        keep(text[done : unit.start()], done)
        done = unit.end()
        base, marks = unit.groups()
        if base is not None:
            keep(_composed(base, _FORMAT.sub("", marks)), unit.start(), _end_of_marks(text, unit.end()))
        else:
            keep(LIGATURES.get(unit[0], ""), unit.start(), unit.end())
    keep(text[done:], done)
    return Folded("".join(parts), segments)


def _composed(base: str, marks: str) -> str:
    """One letter for a base letter and its marks; a ligature keeps its letters and loses the marks."""
    if "\u0400" <= base <= "\u052f":
        marks = marks.translate(STRESS)
    if base in LIGATURES:
        return LIGATURES[base]
    letter = unicodedata.normalize("NFC", base + marks)[0]
    return ALIKE.get(letter, letter)


def _end_of_marks(text: str, end: int) -> int:
    """Before the invisible characters that follow the last mark: they belong to nobody."""
    while _FORMAT.match(text[end - 1]):
        end -= 1
    return end
