"""Words of a phrase as the units that the Slavic phrase grammar works on, with their dictionary readings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from proxy_addon.matching.languages.dictionary import APOSTROPHES, Cell, Reading, readings
from proxy_addon.matching.languages.notation import Phrase, Word

ADJECTIVES = frozenset(("ADJF", "PRTF"))


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece that inflects as a word: a word, or a part of one that the dictionary lacks («СМИ-» and «иноагент»).

    ``glue`` is what stands between the unit and the one before: a space, a hyphen or nothing.
    """

    text: str
    word: int
    glue: str
    frozen: bool
    head: bool
    readings: tuple[Reading, ...]

    @property
    def nouns(self) -> tuple[Reading, ...]:
        return tuple(each for each in self.readings if each.pos == "NOUN" and each.case == "nomn")

    @property
    def adjectives(self) -> tuple[Reading, ...]:
        return tuple(each for each in self.readings if is_adjective(each) and each.case == "nomn")

    @property
    def first(self) -> str:
        """The likeliest part of speech."""
        return self.readings[0].pos if self.readings else ""


def is_adjective(cell: Cell) -> bool:
    return cell.pos in ADJECTIVES or (cell.pos == "NPRO" and "Apro" in cell.tags)


def units_of(phrase: Phrase, lang: str) -> tuple[Unit, ...]:
    return tuple(unit for index, word in enumerate(phrase) for unit in word_units(word, index, lang))


def joined(units: tuple[Unit, ...], row: Iterable[str], count: int) -> tuple[str, ...]:
    """One form per unit as one form per word."""
    words = [""] * count
    for unit, form in zip(units, row, strict=True):
        words[unit.word] += form if unit.glue == " " else unit.glue + form
    return tuple(words)


def word_units(word: Word, index: int, lang: str) -> Iterator[Unit]:
    """The word itself if the dictionary has it; else its parts at hyphens and at the last joint."""
    for glue, text in parts_of(word, lang):
        found = () if word.frozen or not inflectable(text) else likely(readings(text.lower(), lang), text)
        yield Unit(text, index, glue, not found, word.head, found)


def parts_of(word: Word, lang: str) -> list[tuple[str, str]]:
    if word.frozen or known(word.text, lang):
        return [(" ", word.text)]
    if "-" in word.text:
        pieces, glue = word.text.split("-"), "-"
    elif word.joints:
        pieces, glue = [word.text[: word.joints[-1]], word.text[word.joints[-1] :]], ""
    else:
        return [(" ", word.text)]
    return [(glue if at else " ", piece) for at, piece in enumerate(pieces)]


def known(text: str, lang: str) -> bool:
    return inflectable(text) and any(each.known for each in readings(text.lower(), lang))


def inflectable(text: str) -> bool:
    """Not a number, not Latin, not an abbreviation in capitals."""
    letters = text.translate(APOSTROPHES).replace("'", "").replace("-", "")
    capitals = any(len(part) > 1 and part.isupper() for part in text.split("-"))
    return letters.isalpha() and not letters.isascii() and not capitals


def likely(found: tuple[Reading, ...], text: str) -> tuple[Reading, ...]:
    """A capital asks for names, a small letter for anything but names, as long as there are such readings.

    Of the guesses for an unknown word only those of the likeliest part of speech remain.
    """
    usable = [each for each in found if "UNKN" not in each.tags]
    chosen = [each for each in usable if each.proper == text[:1].isupper()] or usable
    return tuple(each for each in chosen if each.known or each.pos == chosen[0].pos)
