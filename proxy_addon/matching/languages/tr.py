"""Turkish word forms: the suffixes of a noun by vowel harmony, on the last word of the phrase.

In the templates ``A`` is e or a, ``I`` one of ı i u ü, ``D`` d or t; a letter in brackets stands only after a vowel (before a
consonant for the vowel ``(I)``). A stem in p, ç, t, k is also given with b, c, d, ğ before a vowel: the dictionary would know
which. Names take an apostrophe («Türkiye'de»). A phrase that ends in a vowel may be a possessive compound
(«Ermeni soykırımı»): it takes -n- then. Words with a circumflex are given in both harmonies (harekâtı, and saati-like loans).
"""

from __future__ import annotations

from collections.abc import Iterator

from proxy_addon.matching.languages.inflection import Inflector
from proxy_addon.matching.languages.notation import Phrase

VOWELS = "aeıioöuüâîû"
FRONT = "eiöüîâ"
BACK = "aıouûâ"
VOICELESS = "fstkçşhp"
VOICED = {"p": "b", "ç": "c", "t": "d", "k": "ğ"}
CASES = ("", "(y)I", "(y)A", "DA", "DAn", "(n)In", "(y)lA", "DAki", "(n)Inki", "CA", "DIr")
POSSESSED_CASES = ("", "nI", "nA", "ndA", "ndAn", "nIn", "ylA", "ndAki")
PERSONS = ("(I)m", "(I)n", "(I)mIz", "(I)nIz")
SUFFIXES = (
    *CASES,
    *("lAr" + case for case in ("", "I", "A", "DA", "DAn", "In", "lA", "DAki", "DIr")),
    *("(s)I" + case for case in POSSESSED_CASES),
    *("lArI" + case for case in POSSESSED_CASES),
    *("lArImIz" + case for case in ("", "I", "A", "DA", "DAn", "In", "lA")),
    *(person + case for person in PERSONS for case in ("", "I", "A", "DA", "DAn", "In", "lA")),
)


def inflect(phrase: Phrase) -> Iterator[tuple[str, ...]]:
    last = phrase[-1]
    if last.frozen or not any(letter in VOWELS for letter in last.text.lower()):
        return
    before = tuple(word.text for word in phrase[:-1])
    compound = bool(before) and last.text[-1] in "ıiuü"
    for form in forms(last.text, compound=compound):
        yield (*before, form)


def forms(word: str, *, compound: bool) -> Iterator[str]:
    suffixes = (*SUFFIXES, *POSSESSED_CASES) if compound else SUFFIXES
    if compound:
        yield from (word[:-1] + suffixed(word[:-1], "lArI" + case, front) for case in POSSESSED_CASES for front in sides(word))
    for front in sides(word):
        for template in suffixes:
            yield from attached(word, suffixed(word, template, front))


def sides(word: str) -> tuple[bool, ...]:
    """Front, back, or both: by the last vowel."""
    last = next(letter for letter in reversed(word.lower()) if letter in VOWELS)
    return tuple(side for side, letters in ((True, FRONT), (False, BACK)) if last in letters)


def attached(word: str, suffix: str) -> Iterator[str]:
    yield word + suffix
    if word[:1].isupper() and suffix:
        yield f"{word}'{suffix}"
    if suffix and suffix[0] in VOWELS and word[-1] in VOICED:
        yield word[:-1] + VOICED[word[-1]] + suffix


def suffixed(word: str, template: str, front: bool) -> str:
    """The suffix as it sounds after ``word``; ``DA`` after "şehit" is "te"."""
    sounds = word.lower()
    at = 0
    out = ""
    while at < len(template):
        letter = template[at]
        if letter == "(":
            letter, at = template[at + 1], at + 2
            vowel = letter == "I"
            if (sounds[-1] in VOWELS) == vowel:
                at += 1
                continue
        added = sound(letter, sounds, front)
        out, sounds, at = out + added, sounds + added, at + 1
    return out


def sound(letter: str, before: str, front: bool) -> str:
    if letter == "A":
        return "e" if front else "a"
    if letter == "I":
        last = next(each for each in reversed(before) if each in VOWELS)
        return ("ü" if front else "u") if last in "oöuüû" else ("i" if front else "ı")
    if letter in "DC":
        return {"D": "dt", "C": "cç"}[letter][before[-1] in VOICELESS]
    return letter


INFLECTOR = Inflector(inflect)
