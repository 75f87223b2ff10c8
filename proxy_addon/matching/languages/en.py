"""English word forms: plurals, and verbs that are nothing but verbs."""

from __future__ import annotations

from collections.abc import Iterator

from .inflection import Inflector
from .notation import Phrase


def inflect(phrase: Phrase) -> Iterator[tuple[str, ...]]:
    import lemminflect

    words = [w.text for w in phrase]
    cut = next((i for i, w in enumerate(words) if w.lower() in PREPOSITIONS and i), len(words))
    if phrase[cut - 1].frozen or not words[cut - 1].isalpha():
        return
    for form in lemminflect.getAllInflections(words[cut - 1].lower(), upos="NOUN").get("NNS", ()):
        yield (*words[: cut - 1], form, *words[cut:])


PREPOSITIONS = frozenset("of in on at for from to with without against by into over under between among".split())
INFLECTOR = Inflector(inflect)
