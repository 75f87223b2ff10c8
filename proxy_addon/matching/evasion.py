"""Words written so that machines miss them: Latin letters among Cyrillic ones, and letters masked by asterisks.

Only a word that mixes the two scripts is read as Cyrillic throughout; a word all in look-alikes is left alone. A mask counts
only where at least half of the letters show: «в*йна» is one word, «в***а» could be some two hundred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

# What can be masked: one word of four letters or more.
MASKABLE = re.compile(r"[^\W\d_]{4,}")
# More masked words than this in one block are no prose; the rest are passed over.
MASKS_IN_BLOCK = 200

_LOOKALIKES = str.maketrans("aeopcxykmtbhi03", "аеорсхукмтвніоз")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
# Beginning with the rarer kind of letter makes the search several times faster.
_MIXED = re.compile("[a-z03](?:(?=[\u0400-\u04ff])|(?<=[\u0400-\u04ff].))")
_WORD = re.compile(r"\w+")
_MASK = re.compile(r"(?<!\w)[^\W\d_]\w{0,30}[*@#$•]{1,8}[\w*@#$•]{0,30}")
_HIDDEN = re.compile(r"[*@#$•]+")


def unmixed(text: str) -> str:
    """The folded ``text`` with look-alike Latin letters replaced in words that mix scripts; lengths stay."""
    if text.isascii() or _CYRILLIC.search(text) is None:
        return text
    parts: list[str] = []
    done = 0
    for mix in _MIXED.finditer(text):
        if mix.start() >= done:
            start = mix.start()
            while start > done and text[start - 1].isalnum():
                start -= 1
            end = _WORD.match(text, mix.start()).end()  # type: ignore[union-attr]
            parts += text[done:start], text[start:end].translate(_LOOKALIKES)
            done = end
    return "".join(parts) + text[done:] if parts else text


def masks(text: str) -> Iterator[re.Match[str]]:
    """Words of the folded ``text`` with masked letters inside or at their end, the first few hundred."""
    if has_mask(text):
        for count, mask in enumerate(_MASK.finditer(text)):
            if count == MASKS_IN_BLOCK:
                return
            yield mask


def mask_starts(text: str) -> Iterator[int]:
    """Where a mask may begin in texts glued together: at the letter before any hidden one."""
    for sign in "*@#$•":
        at = text.find(sign)
        while at >= 0:
            if text[at - 1 : at].isalpha():
                yield at - 1
            at = text.find(sign, at + 1)


def has_mask(text: str) -> bool:
    """Whether ``masks`` may find any: a letter stands before a hidden one."""
    return ("*" in text or "@" in text or "#" in text or "$" in text or "•" in text) and next(mask_starts(text), None) is not None


def admits(mask: str, word: str) -> bool:
    """Whether ``mask`` may stand for ``word``: its letters fit, and half of the word's letters show."""
    shown = len(_HIDDEN.sub("", mask))
    return 2 * shown >= len(word) > shown and _pattern(mask).fullmatch(word) is not None


@lru_cache(maxsize=256)
def _pattern(mask: str) -> re.Pattern[str]:
    """One sign hides one letter; several in a row hide one to six, since people do not count them."""
    parts = (r"\w" if len(part) == 1 else r"\w{1,6}" for part in _HIDDEN.findall(mask))
    shown: Iterable[str] = map(re.escape, _HIDDEN.split(mask))
    return re.compile("".join(piece for pair in zip(shown, (*parts, ""), strict=True) for piece in pair))
