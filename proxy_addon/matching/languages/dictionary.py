"""The Russian and Ukrainian dictionaries (OpenCorpora and VESUM, through pymorphy3): readings of a word, forms of a lemma.

A *reading* is one lemma a spelling may belong to, with its grammar; a *cell* is one form in that lemma's paradigm. Words that
the dictionary lacks are read by analogy with known words (``known`` is false then). It promises readings in the dictionary's
order of likelihood and knows nothing of phrases. Loading takes about 0.1 s a language, on first use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, NamedTuple

import pymorphy3  # type: ignore[import-untyped, unused-ignore]

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct", "voct", "gen2", "acc2", "loc2")
GENDERS = ("masc", "femn", "neut")
TENSES = ("past", "pres", "futr")
VOICES = ("actv", "pssv")
ASPECTS = ("perf", "impf")
# Plurals that the dictionary lists under another lemma.
PLURALS = {("ru", "дитя"): "дети"}
PROPER = frozenset(("Name", "Surn", "Patr", "Geox", "Orgn", "Trad"))
YO = str.maketrans("ёЁ", "еЕ")
# Dictionaries and keyboards write the Ukrainian apostrophe in several ways; pymorphy3 knows this one.
APOSTROPHES = str.maketrans("’ʼ‘`", "''''")


@dataclass(frozen=True, slots=True)
class Cell:
    """One form: its text, part of speech and grammemes (OpenCorpora tags)."""

    text: str
    pos: str
    tags: frozenset[str]

    @property
    def case(self) -> str:
        return _grammar(self.tags).case

    @property
    def plural(self) -> bool:
        return "plur" in self.tags

    @property
    def gender(self) -> str:
        return _grammar(self.tags).gender

    @property
    def animacy(self) -> str:
        return _grammar(self.tags).animacy

    @property
    def tense(self) -> tuple[str, str, str]:
        """Tense, voice and aspect: what tells one participle of a verb from another."""
        return _grammar(self.tags).tense


class Grammar(NamedTuple):
    """What a cell's tags say."""

    case: str
    gender: str
    animacy: str
    tense: tuple[str, str, str]


@cache
def _grammar(tags: frozenset[str]) -> Grammar:
    """Many words share their tags. The Ukrainian dictionary leaves the case off some nominatives."""

    def one_of(choice: tuple[str, ...]) -> str:
        return next((tag for tag in choice if tag in tags), "")

    tense = one_of(TENSES), one_of(VOICES), one_of(ASPECTS)
    return Grammar(one_of(CASES) or "nomn", one_of(GENDERS), one_of(("anim", "inan")), tense)


@dataclass(frozen=True, slots=True)
class Reading(Cell):
    """A spelling read as a form of ``lemma``."""

    lemma: str = ""
    known: bool = True
    lexeme: Callable[[], tuple[Cell, ...]] = field(default=tuple, compare=False, repr=False)

    @property
    def is_lemma(self) -> bool:
        return self.lemma.translate(YO) == self.text.translate(YO)

    @property
    def infinitive(self) -> bool:
        """The Ukrainian dictionary does not mark every infinitive; but it is the lemma."""
        return self.pos == "INFN" or (self.pos == "VERB" and self.is_lemma)

    @property
    def proper(self) -> bool:
        return not PROPER.isdisjoint(self.tags)


@lru_cache(maxsize=4096)
def readings(word: str, lang: str) -> tuple[Reading, ...]:
    """The readings of a lower-case ``word``, likeliest first. A spelling with ``е`` for ``ё`` is read only if no other is."""
    spelled = word.translate(APOSTROPHES)
    analyser = _analyser(lang)
    found = [_reading(parse, PLURALS.get((lang, parse.normal_form)), lang) for parse in analyser.parse(spelled)]
    return tuple([each for each in found if each.text == spelled] or found)


def lemmas(form: str, lang: str) -> tuple[tuple[str, str], ...]:
    """``(lemma, part of speech)`` of every dictionary reading of a form, ``е`` read as ``ё`` too."""
    parses = _analyser(lang).parse(form.translate(APOSTROPHES).translate(YO))
    return tuple(dict.fromkeys((each.normal_form, str(each.tag.POS)) for each in parses if each.is_known))


def _reading(parse: Any, plural: str | None, lang: str) -> Reading:
    pos, tags = _pos(parse.tag), frozenset(parse.tag.grammemes)
    also = _analyser(lang).parse(plural)[0] if plural else None
    return Reading(parse.word, pos, tags, parse.normal_form, bool(parse.is_known), Lexeme(parse, also))


class Lexeme:
    """The cells of a word's paradigm, and of another's plural, made when they are first asked for."""

    __slots__ = ("_also", "_cells", "_parse")

    def __init__(self, parse: Any, also: Any = None) -> None:
        self._parse, self._also = parse, also
        self._cells: tuple[Cell, ...] | None = None

    def __call__(self) -> tuple[Cell, ...]:
        if self._cells is None:
            lexeme = [*self._parse.lexeme, *(each for each in (self._also.lexeme if self._also else ()) if "plur" in each.tag)]
            self._cells = tuple(Cell(each.word, _pos(each.tag), frozenset(each.tag.grammemes)) for each in lexeme)
        return self._cells


def _pos(tag: Any) -> str:
    """The Ukrainian dictionary marks an infinitive as a kind of verb."""
    return "INFN" if "infn" in tag.grammemes else str(tag.POS or "")


@cache
def _analyser(lang: str) -> Any:
    return pymorphy3.MorphAnalyzer(lang=lang)
