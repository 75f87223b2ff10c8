"""Glossaries of any size in the shape of public registries: of persons, of organisations, of titles.

A registry of people or organisations is for the most part names. So of the terms made here six in ten are persons (given
name, surname; half of them with a patronymic), a quarter organisations (a word like "foundation" with two to four others),
and the rest titles of three to eight words. Names are those that the Russian dictionary knows as such, in Latin letters for
the English list, as the lists of other countries write them; the other words are drawn evenly from a dictionary of the
language. One term in ``corpora.FOUND`` is a word of the pages, so that about a third of them hold a term. How often the words
of a list stand in a text decides what it costs: a list of arbitrary dictionary words costs more than these names do.
"""

# ruff: noqa: SIM905 - a list of words reads best as words
from __future__ import annotations

import random
from functools import cache

from proxy_addon.glossary.model import Entry, Form, Glossary
from tests.bench.corpora import CODES, FOUND, PREFIXES, Corpus, dictionary, vocabulary

KINDS = {
    "EN": "foundation institute movement society committee union agency centre association league".split(),
    "CYR": "фонд институт движение общество комитет союз агентство центр ассоциация партия".split(),
}
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch * y * e yu ya".replace("*", "\0").split(),
        strict=True,
    )
)


def registry(corpus: Corpus, size: int, *, seed: int = 7) -> Glossary:
    """``size`` terms, none of them inflected."""
    draw = random.Random(seed)
    words = vocabulary(corpus)
    terms = dict.fromkeys(draw.sample(words, min(size // FOUND, len(words))))
    while len(terms) < size:
        terms[_made(draw, corpus.name)] = None
    code = CODES[corpus.name]
    forms = (Form(term, code, inflect=False) for term in terms)
    entries = (Entry(f"t{n}", "euphemism", (form,), {"en": "x"}, lang=code) for n, form in enumerate(forms))
    return Glossary({entry.id: entry for entry in entries}, version=f"registry-{corpus.name}-{size}-{seed}")


def _made(draw: random.Random, name: str) -> str:
    chance = draw.random()
    if chance < 0.6:
        given, surnames, patronymics = names(name)
        person = [draw.choice(given), *([draw.choice(patronymics)] if chance < 0.3 else ()), draw.choice(surnames)]
        return " ".join(person)
    words = dictionary(name)
    if chance < 0.85:
        return " ".join([draw.choice(KINDS[name]), *draw.choices(words, k=draw.choice((2, 3, 4)))])
    return " ".join(draw.choices(words, k=draw.choice((3, 4, 5, 6, 7, 8))))


@cache
def names(name: str) -> tuple[tuple[str, ...], ...]:
    """Given names, surnames and patronymics, of a third of the alphabet: reading the whole dictionary takes a minute."""
    from pymorphy3 import MorphAnalyzer  # type: ignore[import-untyped, unused-ignore]

    known = MorphAnalyzer().dictionary
    found: dict[str, set[str]] = {"Name": set(), "Surn": set(), "Patr": set()}
    for prefix in PREFIXES[::3]:
        for word, (paradigm, place) in known.words.iteritems(prefix[:2]):
            tag = known.build_tag_info(paradigm, place)
            kind = next((kind for kind in found if kind in tag), None)
            if kind and "nomn" in tag and "sing" in tag:
                found[kind].add(word)
    spelled = (lambda word: word) if name == "CYR" else latin
    return tuple(tuple(map(spelled, sorted(words))) for words in found.values())


def latin(word: str) -> str:
    return "".join(_LATIN.get(char, char) for char in word).replace("\0", "")
