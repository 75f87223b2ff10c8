"""Word forms and word edges, one module per language, found by the language's code.

``spellings`` is pure and deterministic: the same notation gives the same set, on every machine with the same dictionaries.
A language that is not listed still works: its terms match as they are written. Dictionaries are read on first use, once,
never at import. This package does not know the glossary, and no language module knows another language, save where one is
the script variant of the other.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from proxy_addon.matching.languages.inflection import Collision, Inflector
from proxy_addon.matching.languages.notation import phrases, spell
from proxy_addon.matching.languages.registry import Language, language

__all__ = ["Collision", "Language", "collisions", "guessed", "language", "spellings"]


def spellings(text: str, lang: str, *, inflect: bool = True) -> frozenset[str]:
    """Every surface spelling of the editor's ``text``: alternatives, joints and, if ``inflect``, the forms of each word.

    Capitals are those of the text. A trailing ``*`` marks a prefix.
    """
    inflector = _inflector(language(lang).module) if inflect else None
    found: set[str] = set()
    for phrase in phrases(text):
        own = tuple(word.text for word in phrase)
        found.update(spell(phrase, own))
        for forms in inflector.inflect(phrase) if inflector else ():
            found.update(spell(phrase, forms))
    return frozenset(found)


def guessed(text: str, lang: str) -> tuple[str, ...]:
    """The words of ``text`` that the dictionary lacks, so that their forms are an educated guess."""
    inflector = _inflector(language(lang).module)
    words = (word for phrase in phrases(text) for word in inflector.guessed(phrase)) if inflector else ()
    return tuple(dict.fromkeys(words))


def collisions(text: str, lang: str) -> tuple[Collision, ...]:
    """The forms of ``text`` that are also forms of another lemma, as far as a dictionary tells; one-word terms only."""
    inflector = _inflector(language(lang).module)
    found = (each for phrase in phrases(text) for each in inflector.collisions(phrase)) if inflector else ()
    return tuple(dict.fromkeys(found))


@cache
def _inflector(module: str) -> Inflector | None:
    return import_module(f"{__name__}.{module}").INFLECTOR if module else None
