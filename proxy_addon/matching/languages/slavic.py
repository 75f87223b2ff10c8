"""How a phrase inflects in Russian and Ukrainian: which word leads, which agree with it, which stay.

- The *head* is the first noun in the nominative that no preposition governs, or the word marked ``*``. Where only adjectives
  stand before a preposition, it may stand behind: «запрещённая в России организация».
- Adjectives, participles and pronouns that agree with the head follow its case, number, gender and animacy; a participle
  keeps tense, voice and aspect, so that «оккупированные» never yields «оккупирующие».
- A noun joined to the head by «и» or a hyphen, in the nominative too, declines with it: «денацификация и демилитаризация».
- Everything else stays: genitives («жест доброй воли»), prepositional phrases, adverbs, unknown capitals, ``=words``.
- The plural is added to a singular; a phrase given in the plural stays plural.
- Without a nominative noun the verb that opens the phrase, a short participle or an adjective inflects alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product

from proxy_addon.matching.languages.dictionary import YO, Cell, Reading, lemmas
from proxy_addon.matching.languages.inflection import Collision, Forms, Inflector
from proxy_addon.matching.languages.lone import lone_forms, lone_readings
from proxy_addon.matching.languages.notation import Phrase
from proxy_addon.matching.languages.units import Unit, is_adjective, joined, units_of

CONJUNCTIONS = frozenset(("и", "или", "та", "й", "і", "або", "чи"))
VERBAL = frozenset(("INFN", "VERB"))
# The second genitive, accusative and locative of a noun: the adjective beside it knows only the first.
FIRST_CASE = {"gen2": "gent", "acc2": "accs", "loc2": "loct"}
# Poetic endings (-нье, -ою, -ею, -ьи): kept for a word by itself, save those that change the stem.
POETIC = frozenset(("V-be", "V-oy", "V-ey", "V-bi"))
POETIC_STEM = frozenset(("V-be", "V-bi"))
# «гг» among the forms of «год»: another spelling habit than the lemma's.
FOREIGN = frozenset(("Abbr", "Dist"))
GUESSES = 2


@dataclass(frozen=True, slots=True)
class Target:
    """What an adjective must agree with."""

    case: str
    plural: bool
    gender: str


def inflector(lang: str) -> Inflector:
    return Inflector(partial(inflect, lang=lang), partial(guessed, lang=lang), partial(collisions, lang=lang))


def inflect(phrase: Phrase, lang: str) -> Forms:
    """Every form of the phrase, one string per word."""
    units = units_of(phrase, lang)
    for row in rows(units):
        yield joined(units, row, len(phrase))


def guessed(phrase: Phrase, lang: str) -> tuple[str, ...]:
    return tuple(unit.text for unit in units_of(phrase, lang) if unit.readings and not unit.readings[0].known)


def collisions(phrase: Phrase, lang: str) -> tuple[Collision, ...]:
    if len(phrase) != 1:
        return ()
    mine = [each for unit in units_of(phrase, lang) for each in unit.readings]
    own = {each.lemma.translate(YO) for each in [each for each in mine if each.is_lemma] or mine[:1]}
    forms = sorted({row[0] for row in inflect(phrase, lang)})
    found = (Collision(form, lemma, pos) for form in forms for lemma, pos in lemmas(form.lower(), lang))
    return tuple(each for each in found if each.pos != "GRND" and each.lemma.translate(YO) not in own)


# ---- the grammar ------------------------------------------------------------------------------------------------------


def rows(units: tuple[Unit, ...]) -> Iterator[tuple[str, ...]]:
    """The forms, one string per unit."""
    at = marked(units)
    if at is None:
        at = verb_of(units)
    if at is None:
        at = head_of(units)
    if at is None:
        at = lone_of(units)
    if at is not None:
        yield from declined(units, at) if units[at].nouns and not opens_with_verb(units[at]) else alone(units, at)


def marked(units: tuple[Unit, ...]) -> int | None:
    return next((at for at, unit in enumerate(units) if unit.head and not unit.frozen), None)


def verb_of(units: tuple[Unit, ...]) -> int | None:
    """The place of the verb that opens the phrase, after adverbs and «не»."""
    for at, unit in enumerate(units):
        if opens_with_verb(unit):
            return at
        if unit.first not in ("ADVB", "PRCL"):
            return None
    return None


def opens_with_verb(unit: Unit) -> bool:
    return any(each.pos in VERBAL for each in unit.readings) and not unit.nouns and not unit.adjectives


def head_of(units: tuple[Unit, ...]) -> int | None:
    free = units[: governed(units)]
    for at, unit in enumerate(free):
        if unit.nouns and not describes_later(unit, free[at + 1 :]):
            return at
    return described(units, len(free))


def described(units: tuple[Unit, ...], start: int) -> int | None:
    """The last noun behind the preposition at ``start`` that the adjectives before it describe: one that is rather a
    nominative, for «задержанные на акции» tells of no action."""
    before = units[:start]
    adjectives = [each for unit in before for each in unit.adjectives]
    if not all(unit.adjectives or unit.first in ("ADVB", "PRCL") for unit in before):
        return None
    later = range(len(units) - 1, start + 1, -1)
    return next((at for at in later if is_subject(units[at]) and any(described_by(adjectives, units[at]))), None)


def is_subject(unit: Unit) -> bool:
    return not unit.frozen and unit.first == "NOUN" and unit.readings[0].case in ("nomn", "accs")


def described_by(adjectives: list[Reading], unit: Unit) -> Iterator[bool]:
    return (agrees(adjective, noun) for adjective in adjectives for noun in unit.nouns)


def lone_of(units: tuple[Unit, ...]) -> int | None:
    """«без вести пропавший»: where a preposition opens the phrase, the adjective at its end."""
    free = units[: governed(units)]
    if not free and len(units) > 2 and units[-1].adjectives and not units[-1].nouns:
        return len(units) - 1
    return next((at for at, unit in enumerate(free) if lone_readings(unit)), None)


def governed(units: tuple[Unit, ...]) -> int:
    """Where the first preposition or numeral begins to govern: no head lies behind it."""
    return next((at for at, unit in enumerate(units) if unit.first in ("PREP", "NUMR")), len(units))


def describes_later(unit: Unit, later: tuple[Unit, ...]) -> bool:
    """«военный» before «преступник» is an adjective, though it may be a noun; «так» before anything is an adverb."""
    nouns = [noun for other in later for noun in other.nouns]
    if unit.first == "ADVB" and nouns:
        return True
    return any(agrees(adjective, noun) for adjective in unit.adjectives for noun in nouns)


def agrees(adjective: Cell, noun: Cell) -> bool:
    if adjective.plural != noun.plural:
        return False
    return noun.plural or not noun.gender or not adjective.gender or adjective.gender == noun.gender


# ---- nouns with what declines beside them -----------------------------------------------------------------------------


def declined(units: tuple[Unit, ...], head: int) -> Iterator[tuple[str, ...]]:
    others = second_heads(units, head)
    for noun in lexemes(units[head].nouns):
        followers = {at: follower(units, at, {head: noun, **others}) for at in range(len(units))}
        for cell in cells_of(noun, single=len(units) == 1):
            columns = [column(unit, cell, noun, followers[at], at == head) for at, unit in enumerate(units)]
            yield from product(*columns)


def lexemes(found: tuple[Reading, ...]) -> Iterator[Reading]:
    """One reading per paradigm; of guesses for an unknown word the likeliest ones."""
    own = [each for each in found if each.is_lemma] or [each for each in found if each.plural] or list(found)
    seen: set[frozenset[str]] = set()
    for each in own:
        key = frozenset(cell.text for cell in each.lexeme())
        if key not in seen and (each.known or len(seen) < GUESSES):
            seen.add(key)
            yield each


def cells_of(noun: Reading, *, single: bool) -> tuple[Cell, ...]:
    return _cells_of(noun, noun.lexeme, single)


# Equal readings may have different lexemes, so these belong to what is remembered.
@lru_cache(maxsize=4096)
def _cells_of(noun: Reading, lexeme: Callable[[], tuple[Cell, ...]], single: bool) -> tuple[Cell, ...]:
    return tuple(_of_noun(noun, lexeme, single))


def _of_noun(noun: Reading, lexeme: Callable[[], tuple[Cell, ...]], single: bool) -> Iterator[Cell]:
    for cell in lexeme():
        strange = poetic(cell, noun, single=single) or not FOREIGN.isdisjoint(cell.tags - noun.tags)
        sex_changed = noun.proper and cell.gender and noun.gender and cell.gender != noun.gender
        if cell.pos == "NOUN" and cell.plural >= noun.plural and not strange and not sex_changed:
            yield cell


def poetic(cell: Cell, own: Cell, *, single: bool) -> bool:
    return not (POETIC_STEM if single else POETIC).isdisjoint(cell.tags - own.tags)


def second_heads(units: tuple[Unit, ...], head: int) -> dict[int, Reading]:
    """The nouns that decline with the head: marked, behind «и» with adjectives of their own, behind its hyphen, or the name
    of the person it tells of («президент Зеленский», «Алексей Навальный»)."""
    found: dict[int, Reading] = {}
    for at in range(head + 1, len(units)):
        noun = next(likeliest(units[at].nouns), None)
        before = found.get(at - 1) or (units[head].nouns[0] if at == head + 1 else None)
        named = noun and before and noun.proper and noun.animacy == before.animacy == "anim"
        if noun and (named or units[at].head or apposed(units, head, at) or coordinated(units, head, at, noun)):
            found[at] = noun
    return found


def likeliest(nouns: tuple[Reading, ...]) -> Iterator[Reading]:
    """An unknown word beside a noun is rather a person: «организацию-иноагента»."""
    own = [each for each in nouns if each.is_lemma or each.plural]
    yield from sorted(own, key=lambda each: each.known or each.animacy != "anim")


def apposed(units: tuple[Unit, ...], head: int, at: int) -> bool:
    return at == head + 1 and units[at].glue == "-"


def coordinated(units: tuple[Unit, ...], head: int, at: int, noun: Reading) -> bool:
    first = units[at].readings[0]
    if first.pos != "NOUN" or first.case not in ("nomn", "accs"):
        return False
    start = at
    while start > head + 1 and any(agrees(each, noun) for each in units[start - 1].adjectives):
        start -= 1
    return start > head + 1 and units[start - 1].text.lower() in CONJUNCTIONS


def follower(units: tuple[Unit, ...], at: int, heads: dict[int, Reading]) -> tuple[Reading, Reading] | None:
    """The unit's reading and the noun it belongs to, if it declines with a head."""
    unit = units[at]
    if unit.frozen:
        return None
    if at in heads:
        return heads[at], heads[at]
    place = next((each for each in sorted(heads) if each > at), max(heads))
    if place < at and shielded(units, place, at):
        return None
    agreeing = [each for each in unit.adjectives if agrees(each, heads[place])]
    return (agreeing[0], heads[place]) if agreeing else None


def shielded(units: tuple[Unit, ...], place: int, at: int) -> bool:
    """Behind a head an adjective agrees with it only if neither a preposition nor another noun stands between."""
    return any(unit.first in ("PREP", "NOUN", "NUMR") or unit.frozen for unit in units[place + 1 : at])


def column(unit: Unit, head: Cell, noun: Reading, follows: tuple[Reading, Reading] | None, is_head: bool) -> tuple[str, ...]:
    """The unit's forms beside the head's form."""
    if is_head or follows is None:
        return (head.text if is_head else unit.text,)
    own, leader = follows
    beside = [cell for cell in cells_of(leader, single=False) if same_place(cell, head, leader)]
    if own is leader:
        found = beside
    else:
        targets = {target(cell, leader) for cell in ([head] if leader is noun else beside)}
        found = [cell for cell in family(own) if any(fits(cell, each) for each in targets)]
    return tuple(sorted({cell.text for cell in found})) or (unit.text,)


def same_place(cell: Cell, head: Cell, noun: Reading) -> bool:
    same_case = FIRST_CASE.get(cell.case, cell.case) == FIRST_CASE.get(head.case, head.case)
    return same_case and (cell.plural == head.plural or noun.plural)


def target(cell: Cell, noun: Reading) -> Target:
    """An accusative like the genitive wants an adjective like the genitive, and one like the nominative likewise."""
    case = FIRST_CASE.get(cell.case, cell.case)
    gender = cell.gender or noun.gender
    if case == "accs" and (cell.plural or gender == "masc"):
        like = {each.case for each in noun.lexeme() if each.text == cell.text and each.plural == cell.plural}
        animate = noun.animacy == "anim" if {"gent", "nomn"} <= like else "gent" in like
        case = "gent" if animate or not like & {"gent", "nomn"} else "nomn"
    return Target("nomn" if case == "voct" else case, cell.plural, gender)


def fits(cell: Cell, wanted: Target) -> bool:
    if cell.case != wanted.case or cell.plural != wanted.plural:
        return False
    return cell.plural or not wanted.gender or not cell.gender or cell.gender == wanted.gender


def family(own: Reading) -> tuple[Cell, ...]:
    """The cells of an adjective's lexeme that are the same adjective: no other participle, no superlative, no folk song."""
    return _family(own, own.lexeme)


@lru_cache(maxsize=4096)
def _family(own: Reading, lexeme: Callable[[], tuple[Cell, ...]]) -> tuple[Cell, ...]:
    return tuple(_of_adjective(own, lexeme()))


def _of_adjective(own: Reading, cells: tuple[Cell, ...]) -> Iterator[Cell]:
    spelled = {(cell.text, cell.tags) for cell in cells}
    for cell in cells:
        # «спеціальная» beside «спеціальна», in one place of the paradigm.
        lengthened = (cell.text[:-1], cell.tags) in spelled
        if same_adjective(cell, own) and not lengthened and not poetic(cell, own, single=False):
            yield cell


def same_adjective(cell: Cell, own: Reading) -> bool:
    same_degree = ("Supr" in cell.tags) == ("Supr" in own.tags)
    return cell.pos == own.pos and is_adjective(cell) and same_degree and cell.tense == own.tense


# ---- words that inflect alone -----------------------------------------------------------------------------------------


def alone(units: tuple[Unit, ...], at: int) -> Iterator[tuple[str, ...]]:
    before, after = [unit.text for unit in units[:at]], [unit.text for unit in units[at + 1 :]]
    for reading in lone_readings(units[at]):
        for form in lone_forms(reading):
            yield (*before, form, *after)
