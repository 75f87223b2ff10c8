"""What stands right beside a candidate: letters of an address, hyphens, quotation marks, "so-called"; and in which sentence.

Everything here looks at a few dozen characters around a span. It knows no terms and no topics.
"""

from __future__ import annotations

import re
from bisect import bisect_right

# Not 《 and 〈: they mark titles of books and films. A blank may stand inside guillemets, as in French; inside marks that look
# the same on both sides it would be the blank between two quotations.
OPENING = "«\"“„‘'‹「『"
GUILLEMETS = "«‹"
# A sentence's punctuation stands before its closing mark; an apostrophe in a word closes nothing.
_CLOSED = re.compile(r"[.,;:!?…。，！？]{0,2}(?:\s?[»›]|[\"”“」』]|[’'](?!\w))")
HYPHENS = "-\u2010\u2011"
# In a handle, an address or a path there are no words.
BEFORE_ADDRESS = "@/\\_"
AFTER_ADDRESS = "@\\_"

_SO_CALLED = re.compile(
    r"(?:\bso[-\s]called|\bself-styled|\btermed|\bsogenannte[rnsm]?|\bsözde|\bsoi-disant|\bzogenaamde?"
    r"|\bтак\sназыв\w+|\bт\.\s?н\.\)?|\bтак\sзван\w+|\bпресловут\w+|\bгорезвісн\w+|所谓的?|所謂的?|いわゆる)[\s:,«\"“„‘]{0,3}$"
)
# No introduction without one of these: a search for them is ten times as fast.
_INTRODUCES = ("called", "styl", "termed", "ogena", "sözde", "disant", "назыв", "т.", "зван", "пресл", "горез", "所", "いわ")
# A full stop ends a sentence where a capital follows; Chinese stops always do. It begins with a set of characters, which the
# interpreter looks for quickly.
_SENTENCE_END = re.compile(
    r"[.!?…。！？\n](?:(?<=[.!?…])[\"»”')\]]{0,3}\s+(?=[\"«„“(\[—–-]{0,3}\s?[^\Wa-zа-яёіїєґў\d_])|(?<=[。！？])|(?<=\n)\s*\n)"
)
REACH = 40

_NUMERALS = "〇零一二三四五六七八九十百千万萬亿億"
# What a numeral must not be cut from, on either side of the cut.
_CUT_NUMBER = re.compile(rf"(?:[{_NUMERALS}][点點]?\0[{_NUMERALS}])|(?:[0-9][.,]?\0[0-9])|(?:[0-9]\0[.,][0-9])")
# A year before the day (一九八九六四), or the count of years since (六四三十五周年).
_YEAR_OR_ANNIVERSARY = re.compile(rf"(?:八九\0)|(?:\0[{_NUMERALS}]+(?:周年|週年|年))")


def in_address(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` is part of a handle, a path, an e-mail address or a domain name (``war.com``)."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if (before and before in BEFORE_ADDRESS and not _between_words(text, start)) or (after and after in AFTER_ADDRESS):
        return True
    if after == "." and _lower_ascii(text[end + 1 : end + 2]):
        return text[start:end].isascii()
    if after == "/" and text[end + 1 : end + 2].isalnum() and before == "/":
        return True
    return (
        before == "."
        and text[start - 2 : start - 1].isascii()
        and text[start - 2 : start - 1].isalnum()
        and text[start:end].islower()
    )


def _between_words(text: str, start: int) -> bool:
    """A slash between alternatives («удары/нападения») and not one in a path."""
    if text[start - 1] != "/" or start < 2 or not text[start - 2].isalpha():
        return False
    word = re.search(r"\S*$", text[max(0, start - REACH) : start - 1])
    return word is not None and word[0].isalpha()


def _lower_ascii(char: str) -> bool:
    return char.isascii() and char.islower()


def touches_hyphen(text: str, start: int, end: int) -> bool:
    """Whether a hyphen joins the span to another word."""
    before = start > 1 and text[start - 1] in HYPHENS and text[start - 2].isalnum()
    return before or (text[end : end + 1] in HYPHENS and text[end : end + 1] != "" and text[end + 1 : end + 2].isalnum())


def cuts_number(text: str, start: int, end: int) -> bool:
    """Whether the span begins or ends in the middle of a number, in a script without spaces: 六四 in 二六四, 九号 in 十九号."""
    return _cut(text, start) or _cut(text, end)


def _cut(text: str, at: int) -> bool:
    around = f"{text[max(0, at - 2) : at]}\0{text[at : at + REACH]}"
    return _CUT_NUMBER.search(around) is not None and _YEAR_OR_ANNIVERSARY.search(around) is None


def is_quoted(text: str, start: int, end: int) -> bool:
    """Whether the span fills quotation marks, or is introduced by "so-called" or its like."""
    if _is_opened(text, start) and _CLOSED.match(text, end):
        return True
    introduction = text[max(0, start - REACH) : start].lower()
    return any(map(introduction.__contains__, _INTRODUCES)) and _SO_CALLED.search(introduction) is not None


def _is_opened(text: str, start: int) -> bool:
    before = text[start - 1 : start]
    if before and before in OPENING:
        return True
    return before.isspace() and start > 1 and text[start - 2] in GUILLEMETS


class Sentences:
    """The sentences of one block."""

    def __init__(self, text: str) -> None:
        self._cuts = [0, *(end.end() for end in _SENTENCE_END.finditer(text)), len(text) + 1]

    def around(self, at: int) -> tuple[int, int]:
        """Start and end of the sentence that holds the offset ``at``."""
        number = bisect_right(self._cuts, at)
        return self._cuts[number - 1], self._cuts[number]
