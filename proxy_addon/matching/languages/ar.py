"""Arabic word forms: what is written together with a noun, before it (و ف ب ل ك ال) and after it (pronouns, plurals).

In a phrase the first word takes what goes before; the article may stand on the first word, on the rest, or on all.
"""

from __future__ import annotations

from collections.abc import Iterator

from proxy_addon.matching.languages.inflection import Inflector
from proxy_addon.matching.languages.notation import Phrase

CONJUNCTIONS = ("", "و", "ف")
BARE = ("", "ب", "ل", "ك")
WITH_ARTICLE = ("ال", "بال", "لل", "كال")
# "My" (ي) is left out: it spells the adjective of the noun (حربي, military).
PRONOUNS = ("ه", "ها", "هم", "هن", "نا", "ك", "كم")
ARTICLE = "ال"


def inflect(phrase: Phrase) -> Iterator[tuple[str, ...]]:
    words = tuple(word.text for word in phrase)
    if phrase[0].frozen:
        return
    if len(words) == 1:
        yield from ((form,) for form in alone(words[0]))
        return
    rests = dict.fromkeys((words[1:], tuple(map(definite, words[1:]))))
    stem = words[0].removeprefix(ARTICLE)
    firsts = [*begun(stem, BARE), *begun(stem, WITH_ARTICLE)] if stem == words[0] else begun(stem, WITH_ARTICLE)
    for rest in rests:
        yield from ((first, *rest) for first in firsts)


def alone(word: str) -> Iterator[str]:
    stem = word.removeprefix(ARTICLE)
    for noun in numbers(stem):
        yield from begun(noun, WITH_ARTICLE)
        if stem == word:
            yield from begun(noun, BARE)
    if stem == word:
        yield from (form for pronoun in PRONOUNS for form in begun(joining(word) + pronoun, BARE))


def numbers(stem: str) -> tuple[str, ...]:
    """The noun and its sound feminine plural or dual; broken plurals are for braces."""
    endings = ("ات", "تان", "تين") if stem.endswith("ة") else ("ين", "ون")
    return (stem, *(stem.removesuffix("ة") + ending for ending in endings))


def joining(noun: str) -> str:
    return noun[:-1] + "ت" if noun.endswith("ة") else noun


def begun(noun: str, particles: tuple[str, ...]) -> list[str]:
    return [conjunction + particle + noun for conjunction in CONJUNCTIONS for particle in particles]


def definite(word: str) -> str:
    return word if word.startswith(ARTICLE) else ARTICLE + word


INFLECTOR = Inflector(inflect)
