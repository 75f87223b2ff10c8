"""One byte for every character: text in the letters that nearly all pages here are written in, made ready for a sieve.

``coded`` gives a text of the same length in bytes: letters and digits folded as ``normalize`` folds them, everything else a
space. That takes two steps of the interpreter's own, whatever the text, some ten times less than folding. It says None where
a character stands that the alphabet lacks; ``coded_loosely`` then reads a folded text with a space for each of these.
This module knows no terms.
"""

from __future__ import annotations

import codecs

from proxy_addon.matching.normalize import fold

_CYRILLIC = "".join(map(chr, range(0x410, 0x450))) + "ЁёІіЇїЄєҐґЎў"
_LATIN = "éÉüÜöÖäÄßçÇıİşŞğĞèàáíóñ"
_OTHERS = "«»“”„‘’‚‹›—–…\u00a0·•№©®™°§£€ʼ\u2011−×→"
_CHARACTERS = "".join(map(chr, range(128))) + (_CYRILLIC + _OTHERS + _LATIN).ljust(128, "\ufffe")
_ENCODING = codecs.charmap_build(_CHARACTERS)
_PLACES = {char: place for place, char in enumerate(_CHARACTERS) if char != "\ufffe"}
_SPACE = ord(" ")
_LOOKS_CYRILLIC = "abcdefghijklmnopqrstuvwxyz03"


def _folded_place(char: str) -> int:
    folded = fold(char).text
    return _PLACES.get(folded, _SPACE) if folded.isalnum() or folded == "_" else _SPACE


_FOLDED = bytes(_folded_place(char) if char in _PLACES else _SPACE for char in _CHARACTERS)
# Latin letters and look-alike digits, Cyrillic letters, and the rest.
_SCRIPTS = bytes(ord("l" if char in _LOOKS_CYRILLIC else "c" if char in _CYRILLIC else " ") for char in _CHARACTERS)


def coded(text: str) -> bytes | None:
    """``text``, not folded yet, with a space before and behind; None where the alphabet does not suffice."""
    try:
        data = codecs.charmap_encode(text, "strict", _ENCODING)[0]
    except UnicodeEncodeError:
        return None
    return b" %b " % data.translate(_FOLDED)


def coded_loosely(text: str) -> bytes:
    """The same with a space for what the alphabet lacks."""
    return b" %b " % codecs.charmap_encode(text, "replace", _ENCODING)[0].translate(_FOLDED)


def mixes_scripts(data: bytes) -> bool:
    """Whether a Latin letter stands beside a Cyrillic one."""
    if data.isascii():
        return False
    scripts = data.translate(_SCRIPTS)
    return b"lc" in scripts or b"cl" in scripts


def spelled(text: str) -> bytes | None:
    """A folded spelling in the alphabet, or None."""
    return None if (data := coded(text)) is None else data[1:-1]
