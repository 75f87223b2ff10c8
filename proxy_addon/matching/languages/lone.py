"""Words that inflect by themselves, where a Slavic phrase has no noun to lead it: verbs, short participles, adjectives."""

from __future__ import annotations

from collections.abc import Iterator

from proxy_addon.matching.languages.dictionary import Cell, Reading, readings
from proxy_addon.matching.languages.units import Unit, is_adjective

SHORT = frozenset(("ADJS", "PRTS"))
FINITE = frozenset(("INFN", "VERB", "GRND"))
POETIC_STEM = frozenset(("V-be", "V-bi"))
READINGS = 6
# Ukrainian: third person plural or past masculine, with its gerund.
GERUNDS = (("ють", "ючи"), ("уть", "учи"), ("ять", "ячи"), ("ать", "ачи"), ("ться", "чись"), ("в", "вши"), ("вся", "вшись"))


def lone_readings(unit: Unit) -> tuple[Reading, ...]:
    """The readings of the likeliest inflecting part of speech."""
    found = [each for each in unit.readings if each.pos in FINITE | SHORT or (is_adjective(each) and each.case == "nomn")]
    return tuple(each for each in found if each.pos == found[0].pos)[:READINGS]


def lone_forms(own: Reading) -> Iterator[str]:
    belongs = of_infinitive if own.infinitive else BELONGS[own.pos]
    for cell in own.lexeme():
        if belongs(cell, own) and POETIC_STEM.isdisjoint(cell.tags - own.tags):
            yield cell.text
        if own.infinitive and cell.pos == "VERB":
            yield from ukrainian_gerund(cell)


def ukrainian_gerund(cell: Cell) -> Iterator[str]:
    """«нейтралізувавши» beside «нейтралізував», «захищаючи» beside «захищають»: the Ukrainian dictionary lists them apart."""
    for ending, gerund in GERUNDS:
        stem = cell.text.removesuffix(ending)
        if stem != cell.text and is_gerund(stem + gerund):
            yield stem + gerund


def is_gerund(form: str) -> bool:
    return any(each.known and each.pos == "GRND" for each in readings(form, "uk"))


def of_infinitive(cell: Cell, own: Reading) -> bool:
    """All finite forms, the gerunds and what the passive says instead: «нейтрализован»."""
    return cell.pos in FINITE or (cell.pos == "PRTS" and cell.tense[1] == "pssv")


def of_verb(cell: Cell, own: Reading) -> bool:
    return cell.pos == own.pos and cell.tense[0] == own.tense[0]


def of_short(cell: Cell, own: Reading) -> bool:
    return cell.pos == own.pos and cell.tense == own.tense


def of_adjective(cell: Cell, own: Reading) -> bool:
    """Full and short forms. A neuter short adjective is spelled like the adverb, another word: left out."""
    if cell.plural < own.plural or cell.tense != own.tense:
        return False
    if cell.pos == "ADJS":
        return own.pos == "ADJF" and cell.gender != "neut" and not own.plural
    if cell.pos == "PRTS":
        return own.pos == "PRTF" and not own.plural
    return cell.pos == own.pos and "Supr" not in cell.tags - own.tags


BELONGS = {
    **dict.fromkeys(FINITE, of_verb),
    **dict.fromkeys(SHORT, of_short),
    **dict.fromkeys(("ADJF", "PRTF", "NPRO"), of_adjective),
}
