"""Dutch word forms: the plural of the last word before a preposition. Doubled or single vowels are for braces."""

# ruff: noqa: SIM905 - a list of words reads best as words
from __future__ import annotations

from collections.abc import Iterator

from proxy_addon.matching.languages.inflection import Inflector
from proxy_addon.matching.languages.notation import Phrase

PREPOSITIONS = frozenset("van in op voor tegen met zonder aan bij uit naar over onder tot door".split())
PLURAL_IN_S = ("ie", "er", "el", "em", "je", "a", "o", "u", "y")


def inflect(phrase: Phrase) -> Iterator[tuple[str, ...]]:
    words = [word.text for word in phrase]
    head = next((at for at, word in enumerate(words) if at and word.lower() in PREPOSITIONS), len(words)) - 1
    word = words[head]
    if phrase[head].frozen or not word.isalpha() or word.endswith(("en", "s")) or (len(word) > 1 and word.isupper()):
        return
    yield (*words[:head], plural(word), *words[head + 1 :])


def plural(word: str) -> str:
    if word.endswith(PLURAL_IN_S):
        return word + "s"
    return word + ("n" if word.endswith("e") else "en")


INFLECTOR = Inflector(inflect)
