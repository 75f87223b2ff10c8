"""German word forms: the head noun by its ending, and the adjectives before it.

The head is the first capitalised word; what follows stays («Endlösung der Judenfrage»). Umlauting plurals (Kämpfe) are for
braces. Nouns keep their capital, which tells them from verbs («Kriegen», not «kriegen»), if the entry asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from proxy_addon.matching.languages.inflection import Inflector
from proxy_addon.matching.languages.notation import Phrase

# The end of the lemma, and what the other forms add to it.
NOUN_ENDINGS = (
    (("ung", "heit", "keit", "schaft", "ion", "tät", "enz", "anz", "ur"), ("en",)),
    (("in",), ("nen",)),
    (("ismus", "en", "a", "o", "s"), ()),
    (("er", "el"), ("s", "n")),
    (("ist", "ent", "ant", "at"), ("en", "s", "e")),
    (("e",), ("n",)),
)
OTHER_NOUNS = ("s", "es", "e", "en")
ADJECTIVE_ENDINGS = ("e", "er", "es", "en", "em")


def inflect(phrase: Phrase) -> Iterator[tuple[str, ...]]:
    marked = [at for at, word in enumerate(phrase) if word.head]
    capitals = [at for at, word in enumerate(phrase) if word.text[:1].isupper()]
    lower = all(word.text.islower() for word in phrase[: capitals[0]]) if capitals else False
    if not marked and not lower:
        return
    head = (marked or capitals)[0]
    columns = [adjective(word.text) if not word.frozen else (word.text,) for word in phrase[:head]]
    last = (phrase[head].text,) if phrase[head].frozen else noun(phrase[head].text)
    for row in product(*columns, last):
        yield (*row, *(word.text for word in phrase[head + 1 :]))


def noun(lemma: str) -> tuple[str, ...]:
    if not lemma.isalpha() or (len(lemma) > 1 and lemma.isupper()):
        return (lemma,)
    added = next((added for ends, added in NOUN_ENDINGS if lemma.endswith(ends)), OTHER_NOUNS)
    return (lemma, *(lemma + each for each in added))


def adjective(word: str) -> tuple[str, ...]:
    stem = next((word.removesuffix(each) for each in ("er", "es", "en", "em", "e") if word.endswith(each)), None)
    return tuple(stem + each for each in ADJECTIVE_ENDINGS) if stem and len(stem) > 2 else (word,)


INFLECTOR = Inflector(inflect)
