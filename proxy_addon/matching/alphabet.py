"""One byte for every character: text in the letters that nearly all pages here are written in, made ready for a sieve.

``coded`` gives letters and digits, folded as ``normalize`` folds them; a space for what may stand between the words of a
phrase; BREAK between two spaces for everything else. That takes three steps of the interpreter's own, whatever the text, some
five times less than folding. It says None where a character stands that the alphabet lacks; ``coded_loosely`` then reads a
folded text with a break for each of these. ``offsets`` leads back. This module knows no terms.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from proxy_addon.matching.compiled import BLANK
from proxy_addon.matching.normalize import fold

_CYRILLIC = "".join(map(chr, range(0x410, 0x450))) + "ЁёІіЇїЄєҐґЎў"
_LATIN = "éÉüÜöÖäÄßçÇıİşŞğĞèàáíóñ"
_OTHERS = "«»“”„‘’‚‹›—–…\u00a0·•№©®™°§£€ʼ\u2011−×→"
_CHARACTERS = "".join(map(chr, range(128))) + (_CYRILLIC + _OTHERS + _LATIN).ljust(128, "\ufffe")
_ENCODING = codecs.charmap_build(_CHARACTERS)
_PLACES = {char: place for place, char in enumerate(_CHARACTERS) if char != "\ufffe"}
SPACE, BREAK = b" ", b"."
_APART = b" . "
_WIDENED = len(_APART) - 1
# Blanks that the alphabet lacks.
_BLANKS = "\x85\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u2010\u2012"
_LOOKS_CYRILLIC = "abcdefghijklmnopqrstuvwxyz03"


def _read(char: str) -> int:
    folded = fold(char).text
    if folded in _PLACES and (folded.isalnum() or folded == "_"):
        return _PLACES[folded]
    return ord(SPACE if BLANK.match(char) else BREAK)


_FOLDED = bytes(map(_read, _CHARACTERS))
# Latin letters and look-alike digits, Cyrillic letters, and the rest.
_SCRIPTS = bytes(ord("l" if char in _LOOKS_CYRILLIC else "c" if char in _CYRILLIC else " ") for char in _CHARACTERS)


def coded(text: str) -> bytes | None:
    """``text``, not folded yet, with a space before and behind; None where the alphabet does not suffice."""
    if text.isascii():
        # The alphabet begins with ASCII.
        data = text.encode("ascii")
    else:
        try:
            data = codecs.charmap_encode(text, "strict", _ENCODING)[0]
        except UnicodeEncodeError:
            return None
    return b" %b " % data.translate(_FOLDED).replace(BREAK, _APART)


def coded_loosely(text: str) -> bytes:
    """The same of a folded text, with a break for what the alphabet lacks."""
    for blank in _BLANKS:
        text = text.replace(blank, " ")
    data: bytes = codecs.charmap_encode(text, "replace", _ENCODING)[0]
    return b" %b " % data.translate(_FOLDED).replace(BREAK, _APART)


def offsets(data: bytes, places: Iterable[int]) -> Iterator[int]:
    """Where in the text the bytes at these places come from. They should be nearly in order."""
    last = breaks = 0
    for place in places:
        breaks += data.count(BREAK, last, place) if place >= last else -data.count(BREAK, place, last)
        last = place
        yield place - 1 - _WIDENED * breaks


def mixes_scripts(data: bytes) -> bool:
    """Whether a Latin letter stands beside a Cyrillic one."""
    if data.isascii():
        return False
    scripts = data.translate(_SCRIPTS)
    # One byte is found much faster than two.
    return b"l" in scripts and b"c" in scripts and (b"lc" in scripts or b"cl" in scripts)


def spelled(text: str) -> bytes | None:
    """A folded spelling in the alphabet, or None."""
    return None if (data := coded(text)) is None else data[1:-1]
