"""Folding: what is spelled alike to a reader becomes equal, and every folded character knows where it came from.

Case, ё/е, ў/у, dotless ı, Arabic letter variants, full width and ligatures are folded; stress marks on Cyrillic, vowel
points, soft hyphens and invisible characters vanish; a letter and its combining mark become one letter (и + breve is й).
Odd spaces, hyphens and apostrophes stay: the scanner knows them as gaps. It promises exact offsets in code points and
knows nothing of terms. Nearly every text takes the fast way, in which one character stays one character.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from typing import NamedTuple

# One character for one. A chain of str.replace is some hundred times faster than str.translate on text that is not ASCII.
ALIKE = dict(
    zip(
        "ёўı\u0623\u0625\u0622\u0671\u0649\u064a\u0643",
        "еуi\u0627\u0627\u0627\u0627\u06cc\u06cc\u06a9",
        strict=True,
    )
)
IGNORED = "\u00ad\u034f\u061c\u0640\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
MARKS = "\u0300-\u036f\u0483-\u0487\u064b-\u065f\u0670"
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# Stress marks; on other letters they tell one letter from another.
STRESS = str.maketrans("", "", "\u0300\u0301")

_RARE = re.compile(f"[{IGNORED}{MARKS}\uff01-\uff5e\ufb00-\ufb06]")
_UNIT = re.compile(
    f"([^{MARKS}{IGNORED}])([{IGNORED}]*[{MARKS}][{IGNORED}{MARKS}]*)|[{MARKS}{IGNORED}]+|[\ufb00-\ufb06]", re.DOTALL
)
_FORMAT = re.compile(f"[{IGNORED}]+")


class Folded(NamedTuple):
    """``text`` folded. ``starts[i]`` and ``ends[i]`` bound the source of ``text[i]``; None where each is ``i`` and ``i + 1``."""

    text: str
    starts: array[int] | None = None
    ends: array[int] | None = None

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The source range of ``text[start:end]``, not empty, with the combining marks of its last letter."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """``text`` folded, with the way back."""
    if text.isascii():
        return Folded(text.lower())
    lowered = text.lower()
    if len(lowered) != len(text):
        # U+0130 is the one character whose lower case is longer.
        lowered = text.replace("\u0130", "I").lower()
    for char, like in ALIKE.items():
        lowered = lowered.replace(char, like)
    if _RARE.search(lowered) is None:
        return Folded(lowered)
    return _folded_with_map(lowered.translate(WIDE).lower())


def _folded_with_map(text: str) -> Folded:
    parts: list[str] = []
    starts, ends = array("I"), array("I")
    done = 0

    def keep(folded: str, start: int, end: int) -> None:
        parts.append(folded)
        starts.extend([start] * len(folded))
        ends.extend([end] * len(folded))

    def keep_plain(start: int, end: int) -> None:
        parts.append(text[start:end])
        starts.extend(range(start, end))
        ends.extend(range(start + 1, end + 1))

    for unit in _UNIT.finditer(text):
        keep_plain(done, unit.start())
        done = unit.end()
        base, marks = unit.groups()
        if base is not None:
            keep(_composed(base, _FORMAT.sub("", marks)), unit.start(), _end_of_marks(text, unit.end()))
        elif unit.group() in LIGATURES:
            keep(LIGATURES[unit.group()], unit.start(), unit.end())
    keep_plain(done, len(text))
    return Folded("".join(parts), starts, ends)


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
