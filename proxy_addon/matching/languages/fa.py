"""Persian word forms: plurals, the indefinite and ezafe endings, possessives; joined, with a half-space, or spaced.

The first word of a phrase takes the plural with ezafe («گشت‌های ارشاد»), the last one any suffix.
"""

from __future__ import annotations

from collections.abc import Iterator

from proxy_addon.matching.languages.inflection import Inflector
from proxy_addon.matching.languages.notation import Phrase

HALF_SPACE = "\u200c"
HEAD_SUFFIXES = ("ها", "های", "هایی")
# The indefinite ی is given after ه only: elsewhere it spells the adjective of the noun (جنگی, military).
SUFFIXES = (*HEAD_SUFFIXES, "مان", "تان", "شان", "هایش", "هایشان")
AFTER_HE = ("ای", "ی", "ام", "ات", "اش")
# These are also written apart.
SPACED = frozenset(HEAD_SUFFIXES)


def inflect(phrase: Phrase) -> Iterator[tuple[str, ...]]:
    words = tuple(word.text for word in phrase)
    if not phrase[-1].frozen:
        for form in forms(words[-1], SUFFIXES):
            yield (*words[:-1], form)
    if len(words) > 1 and not phrase[0].frozen:
        for form in forms(words[0], HEAD_SUFFIXES):
            yield (form, *words[1:])


def forms(word: str, suffixes: tuple[str, ...]) -> Iterator[str]:
    if word.endswith("ه"):
        yield word + "ٔ"
        yield word[:-1] + "گان"
        yield from (word + HALF_SPACE + suffix for suffix in AFTER_HE)
    for suffix in suffixes:
        yield word + HALF_SPACE + suffix
        if suffix in SPACED:
            yield f"{word} {suffix}"
        if not word.endswith("ه"):
            yield word + suffix


INFLECTOR = Inflector(inflect)
