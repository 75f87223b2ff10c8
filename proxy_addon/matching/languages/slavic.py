"""How a phrase inflects in Russian and Ukrainian: which word leads, which agree with it, which stay.

- The *head* is the first noun in the nominative that no preposition governs, or the word marked ``*``.
- Adjectives, participles and pronouns that agree with the head follow its case, number, gender and animacy; a participle
  keeps tense, voice and aspect, so that «оккупированные» never yields «оккупирующие».
- A noun joined to the head by «и» or a hyphen, in the nominative too, declines with it: «денацификация и демилитаризация».
- Everything else stays: genitives («жест доброй воли»), prepositional phrases, adverbs, unknown capitals, ``=words``.
- The plural is added to a singular; a phrase given in the plural stays plural.
- Without a nominative noun the first verb, short participle or adjective inflects alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product

from .dictionary import APOSTROPHES, YO, Cell, Reading, lemmas, readings
from .inflection import Collision, Forms, Inflector
from .notation import Phrase, Word

CONJUNCTIONS = frozenset("и или та й і або чи".split())
ADJECTIVES = frozenset(("ADJF", "PRTF"))
SHORT = frozenset(("ADJS", "PRTS"))
FINITE = frozenset(("INFN", "VERB", "GRND"))
# The second genitive, accusative and locative of a noun: the adjective beside it knows only the first.
FIRST_CASE = {"gen2": "gent", "acc2": "accs", "loc2": "loct"}
# -нье for -ние, -ою for -ой, -ею for -ей, -ьи for -ии: poetry.
POETIC = frozenset(("V-be", "V-oy", "V-ey", "V-bi"))
POETIC_STEM = frozenset(("V-be", "V-bi"))


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece that inflects as a word: a word, or a part of one that the dictionary lacks («СМИ-» and «иноагент»)."""

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
        return self.readings[0].pos if self.readings else ""


def inflector(lang: str) -> Inflector:
    return Inflector(partial(inflect, lang=lang), partial(guessed, lang=lang), partial(collisions, lang=lang))


def inflect(phrase: Phrase, lang: str) -> Forms:
    """Every form of the phrase, one string per word."""
    units = tuple(unit for index, word in enumerate(phrase) for unit in units_of(word, index, lang))
    for row in rows(units):
        yield joined(units, row, len(phrase))


def guessed(phrase: Phrase, lang: str) -> tuple[str, ...]:
    units = (unit for index, word in enumerate(phrase) for unit in units_of(word, index, lang))
    return tuple(unit.text for unit in units if not unit.frozen and unit.readings and not unit.readings[0].known)


def collisions(phrase: Phrase, lang: str) -> tuple[Collision, ...]:
    if len(phrase) != 1:
        return ()
    forms = sorted({row[0] for row in inflect(phrase, lang)})
    own = {lemma for lemma, pos in lemmas(phrase[0].text.lower(), lang)} | {phrase[0].text.lower()}
    folded = {lemma.translate(YO) for lemma in own}
    return tuple(
        Collision(form, lemma, pos)
        for form in forms
        for lemma, pos in lemmas(form, lang)
        if lemma.translate(YO) not in folded
    )


# ---- words to units ---------------------------------------------------------------------------------------------------


def units_of(word: Word, index: int, lang: str) -> Iterator[Unit]:
    """The word itself if the dictionary has it; else its parts at hyphens and at the last joint."""
    for position, (glue, text) in enumerate(parts_of(word, lang)):
        frozen = word.frozen or not inflectable(text)
        found = () if frozen else proper_first(readings(text.lower(), lang), text)
        yield Unit(text, index, glue if position else " ", frozen or not found, word.head, found)


def parts_of(word: Word, lang: str) -> list[tuple[str, str]]:
    if word.frozen or known(word.text, lang):
        return [("", word.text)]
    if "-" in word.text:
        return [("-", part) for part in word.text.split("-")]
    if word.joints:
        return [("", word.text[: word.joints[-1]]), ("", word.text[word.joints[-1] :])]
    return [("", word.text)]


def known(text: str, lang: str) -> bool:
    return any(each.known for each in readings(text.lower(), lang))


def inflectable(text: str) -> bool:
    """Not a number, not Latin, not an abbreviation in capitals."""
    letters = text.translate(APOSTROPHES).replace("'", "")
    return letters.isalpha() and not letters.isascii() and not (len(letters) > 1 and letters.isupper())


def proper_first(found: tuple[Reading, ...], text: str) -> tuple[Reading, ...]:
    """A capital asks for names, a small letter for anything but names, as long as there are such readings."""
    wanted = text[:1].isupper()
    return tuple(each for each in found if each.proper == wanted and "UNKN" not in each.tags) or tuple(
        each for each in found if "UNKN" not in each.tags
    )


def joined(units: tuple[Unit, ...], row: Iterable[str], count: int) -> tuple[str, ...]:
    words = [""] * count
    for unit, form in zip(units, row, strict=True):
        words[unit.word] += form if unit.glue == " " else unit.glue + form
    return tuple(words)


# ---- the grammar ------------------------------------------------------------------------------------------------------


def rows(units: tuple[Unit, ...]) -> Iterator[tuple[str, ...]]:
    """The forms, one string per unit."""
    verb = verb_of(units)
    if verb is not None:
        yield from alone(units, verb)
        return
    head = head_of(units)
    if head is None:
        lone = next((at for at, unit in enumerate(units) if not unit.frozen and lone_readings(unit)), None)
        yield from alone(units, lone) if lone is not None else ()
        return
    for noun in lexemes(units[head].nouns):
        yield from declined(units, head, noun)


def verb_of(units: tuple[Unit, ...]) -> int | None:
    """The place of the verb that opens the phrase, after adverbs and «не»."""
    for at, unit in enumerate(units):
        if any(each.pos in FINITE for each in unit.readings) and not unit.nouns and not unit.adjectives and not unit.head:
            return at
        if unit.first not in ("ADVB", "PRCL"):
            return None
    return None


def head_of(units: tuple[Unit, ...]) -> int | None:
    for at, unit in enumerate(units):
        if unit.head and unit.nouns:
            return at
    free = units[: governed(units)]
    for at, unit in enumerate(free):
        if unit.nouns and not unit.frozen and not describes_later(unit, free[at + 1 :]):
            return at
    return None


def governed(units: tuple[Unit, ...]) -> int:
    """Where the first preposition or numeral begins to govern: no head lies behind it."""
    return next((at for at, unit in enumerate(units) if unit.first in ("PREP", "NUMR")), len(units))


def describes_later(unit: Unit, later: tuple[Unit, ...]) -> bool:
    """«военный» before «преступник» is an adjective, though it may be a noun; «так» before anything is an adverb."""
    nouns = [noun for other in later for noun in other.nouns if not other.frozen]
    if unit.first == "ADVB" and nouns:
        return True
    return any(agrees(adjective, noun) for adjective in unit.adjectives for noun in nouns)


def lexemes(found: tuple[Reading, ...]) -> Iterator[Reading]:
    """One reading per paradigm; guesses for an unknown word are cut to the two likeliest."""
    own = tuple(each for each in found if each.is_lemma) or found
    seen: set[frozenset[str]] = set()
    for each in own:
        key = frozenset(cell.text for cell in each.lexeme())
        if key not in seen and (each.known or len(seen) < 2):
            seen.add(key)
            yield each


def declined(units: tuple[Unit, ...], head: int, noun: Reading) -> Iterator[tuple[str, ...]]:
    companions = [companion(units, head, at, noun) for at in range(len(units))]
    for cell in noun.lexeme():
        if cell.pos != "NOUN" or (noun.plural and not cell.plural) or poetic(cell, noun, single=len(units) == 1):
            continue
        columns = [
            (cell.text,) if at == head else beside(companions[at], cell, noun) or (unit.text,)
            for at, unit in enumerate(units)
        ]
        yield from product(*columns)


def poetic(cell: Cell, own: Cell, *, single: bool) -> bool:
    return not (POETIC_STEM if single else POETIC).isdisjoint(cell.tags - own.tags)


def companion(units: tuple[Unit, ...], head: int, at: int, noun: Reading) -> Reading | None:
    """The reading in which the unit declines with the head, if it does."""
    unit = units[at]
    if unit.frozen or at == head:
        return None
    if coordinated(units, head, at):
        return next((each for each in unit.nouns if each.plural == noun.plural or unit.glue == " "), None)
    agreeing = [each for each in unit.adjectives if agrees(each, noun)]
    if at > head + 1 and any(each.case != "nomn" for each in unit.readings if is_adjective(each)) and not unit.head:
        return None
    return agreeing[0] if agreeing else None


def coordinated(units: tuple[Unit, ...], head: int, at: int) -> bool:
    """A second head: behind «и», or behind a hyphen that follows the head."""
    unit = units[at]
    if at <= head or not unit.nouns:
        return False
    if unit.glue == "-":
        return at == head + 1
    return unit.head or (units[at - 1].text in CONJUNCTIONS and unit.readings[0].pos == "NOUN" and unit.readings[0].is_lemma)


def beside(other: Reading | None, head: Cell, noun: Reading) -> tuple[str, ...]:
    """The forms of a companion beside the head's form."""
    if other is None:
        return ()
    if other.pos == "NOUN":
        cells = (cell for cell in other.lexeme() if cell.case == head.case and (cell.plural == head.plural or other.plural))
    else:
        gender = head.gender or noun.gender
        cells = (cell for cell in family(other) if fits(cell, head, gender, noun.animacy))
    return tuple(sorted({cell.text for cell in cells if not poetic(cell, other, single=False)}))


def fits(cell: Cell, head: Cell, gender: str, animacy: str) -> bool:
    case = FIRST_CASE.get(head.case, head.case)
    if cell.plural != head.plural or cell.case not in ((case, "nomn") if case == "voct" else (case,)):
        return False
    if not cell.plural and gender and cell.gender and cell.gender != gender:
        return False
    return not (case == "accs" and animacy and cell.animacy and cell.animacy != animacy)


def agrees(adjective: Cell, noun: Cell) -> bool:
    if adjective.plural != noun.plural:
        return False
    return noun.plural or not noun.gender or not adjective.gender or adjective.gender == noun.gender


def is_adjective(cell: Cell) -> bool:
    return cell.pos in ADJECTIVES or (cell.pos == "NPRO" and "Apro" in cell.tags)


def family(own: Reading) -> Iterator[Cell]:
    """The cells of an adjective's lexeme that are the same adjective: no other participle, no superlative."""
    for cell in own.lexeme():
        if not is_adjective(cell) or ("Supr" in cell.tags) != ("Supr" in own.tags):
            continue
        if cell.pos == own.pos and (own.pos != "PRTF" or cell.tense == own.tense):
            yield cell


# ---- words that inflect alone -----------------------------------------------------------------------------------------


def alone(units: tuple[Unit, ...], at: int) -> Iterator[tuple[str, ...]]:
    before, after = [unit.text for unit in units[:at]], [unit.text for unit in units[at + 1 :]]
    for reading in lone_readings(units[at]):
        for form in lone_forms(reading):
            yield (*before, form, *after)


def lone_readings(unit: Unit) -> tuple[Reading, ...]:
    """The readings of the likeliest inflecting part of speech."""
    inflecting = [
        each
        for each in unit.readings
        if each.pos in FINITE or each.pos in SHORT or (is_adjective(each) and each.case == "nomn")
    ]
    return tuple(each for each in inflecting if each.pos == inflecting[0].pos)[:6]


def lone_forms(own: Reading) -> Iterator[str]:
    for cell in own.lexeme():
        if LONE[own.pos](cell, own) and not poetic(cell, own, single=True):
            yield cell.text


def of_verb(cell: Cell, own: Reading) -> bool:
    """An infinitive stands for all finite forms and the gerund; a finite form for those of its own tense."""
    if own.pos == "INFN":
        return cell.pos in FINITE
    return cell.pos == own.pos and cell.tense[0] == own.tense[0]


def of_short(cell: Cell, own: Reading) -> bool:
    return cell.pos == own.pos and cell.tense == own.tense


def of_adjective(cell: Cell, own: Reading) -> bool:
    """Full and short forms. A neuter short adjective is spelled like the adverb, another word: left out."""
    if cell.pos in SHORT:
        same_verb = cell.pos == "PRTS" and own.pos == "PRTF" and cell.tense == own.tense
        return not own.plural and (same_verb or (cell.pos == "ADJS" and own.pos == "ADJF" and cell.gender != "neut"))
    if own.plural and not cell.plural:
        return False
    return is_adjective(cell) and cell.pos == own.pos and "Supr" not in cell.tags - own.tags and cell.tense == own.tense


LONE = {
    **dict.fromkeys(("INFN", "VERB", "GRND"), of_verb),
    **dict.fromkeys(SHORT, of_short),
    **dict.fromkeys(("ADJF", "PRTF", "NPRO"), of_adjective),
}
