"""French word forms: the plural of the noun and its adjectives, up to the first preposition."""

# ruff: noqa: SIM905 - a list of words reads best as words
from __future__ import annotations

from collections.abc import Iterator

from proxy_addon.matching.languages.inflection import Inflector
from proxy_addon.matching.languages.notation import Phrase

PREPOSITIONS = frozenset("de du des à au aux en dans pour par contre sur sous sans avec et ou".split())
ELIDED = ("d'", "d’", "l'", "l’")
PLURALS = (("s", "s"), ("x", "x"), ("z", "z"), ("al", "aux"), ("eau", "eaux"), ("eu", "eux"), ("", "s"))


def inflect(phrase: Phrase) -> Iterator[tuple[str, ...]]:
    words = [word.text for word in phrase]
    end = next((at for at, word in enumerate(words) if governs(word.lower())), len(words))
    yield tuple(
        plural(word.text) if at < end and not word.frozen and word.text.isalpha() else word.text for at, word in enumerate(phrase)
    )


def governs(word: str) -> bool:
    return word in PREPOSITIONS or word.startswith(ELIDED)


def plural(word: str) -> str:
    if len(word) > 1 and word.isupper():
        return word
    return next(word.removesuffix(end) + new for end, new in PLURALS if word.endswith(end))


INFLECTOR = Inflector(inflect)
