"""What stands right beside a candidate: letters of an address, hyphens, quotation marks, "so-called"; and in which sentence.

Everything here looks at a few dozen characters around a span. It knows no terms and no topics.
"""

from __future__ import annotations

import re
from bisect import bisect_right

OPENING = "«\"“„‘'‹「『〈《"
CLOSING = "»\"”“’'›」』〉》"
HYPHENS = "-\u2010\u2011"
# In a handle, an address or a path there are no words.
BEFORE_ADDRESS = "@/\\_"
AFTER_ADDRESS = "@\\_"

_SO_CALLED = re.compile(
    r"(?:\bso[- ]called|\bself-styled|\btermed|\bsogenannte[rnsm]?|\bsözde|\bsoi-disant|\bzogenaamde?"
    r"|\bтак назыв\w+|\bт\. ?н\.|\bтак зван\w+|\bпресловут\w+|\bгорезвісн\w+|所谓的?|所謂的?|いわゆる)[\s:,«\"“„‘]{0,3}$"
)
# A full stop ends a sentence where a capital follows; Chinese stops always do.
_SENTENCE_END = re.compile(r"[.!?…][\"»”')\]]{0,3}\s+(?=[\"«„“(\[—–-]{0,3}\s?[^\Wa-zа-яёіїєґў\d_])|[。！？]|\n\s*\n")
REACH = 40


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


def is_quoted(text: str, start: int, end: int) -> bool:
    """Whether the span fills quotation marks, or is introduced by "so-called" or its like."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before and after and before in OPENING and after in CLOSING:
        return True
    return _SO_CALLED.search(text[max(0, start - REACH) : start].lower()) is not None


class Sentences:
    """The sentences of one block."""

    def __init__(self, text: str) -> None:
        self._cuts = [0, *(end.end() for end in _SENTENCE_END.finditer(text)), len(text) + 1]

    def around(self, at: int) -> tuple[int, int]:
        """Start and end of the sentence that holds the offset ``at``."""
        number = bisect_right(self._cuts, at)
        return self._cuts[number - 1], self._cuts[number]
