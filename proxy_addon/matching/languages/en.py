"""English word forms: the plural of a noun phrase's head, and verbs that are nothing but verbs.

A phrase inflects in its head, the last word before the first preposition ("enemies of the people", "mothers-in-law") or
before an adjective that follows its noun ("attorneys general"); nouns joined by "and" inflect together. A word is a verb only
if the dictionary knows it as nothing else ("neutralise", but not "strike"), or before a particle ("mop up"). A plural stays
plural. Possessives need nothing: a word ends at its apostrophe. It does not know -ise from -ize: that is for braces.
"""

# ruff: noqa: SIM905 - a list of words reads best as words
from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

import lemminflect  # type: ignore[import-untyped, unused-ignore]

from proxy_addon.matching.languages.inflection import Inflector
from proxy_addon.matching.languages.notation import Phrase

PREPOSITIONS = frozenset(
    "of in on at for from to with without against by into over under between among about after before during through".split()
)
CONJUNCTIONS = frozenset(("and", "or"))
PARTICLES = frozenset("up down off out away back".split())
# A verb's particle only where nothing follows: else a preposition.
LAST_PARTICLES = frozenset("in on over through about".split())
FRENCH = ("d'", "d’", "de", "en")
# Adjectives behind their nouns, and which nouns those are.
POSTPOSED = {
    "general": frozenset("attorney secretary governor solicitor surgeon director consul procurator auditor inspector".split()),
    "martial": frozenset(("court",)),
}
AGENTS = ("er", "or")
VERBAL_ENDINGS = ("ify", "ise", "ize")
PREFIXES = ("dis", "counter", "anti", "over", "under", "mis", "pre", "re", "de", "un", "cyber", "super", "sub")
# Plurals that the dictionary lists as words of their own.
SUPPLETIVE = {"person": ("people",)}
CONSONANTS = frozenset("bcdfghjklmnpqrstvwxz")


def inflect(phrase: Phrase) -> Iterator[tuple[str, ...]]:
    words = tuple(word.text for word in phrase)
    if not phrase[0].frozen and not any(word.head for word in phrase) and opens_with_verb(words):
        yield from ((form, *words[1:]) for form in verb_forms(words[0].lower()))
        return
    places = [at for at in heads(phrase) if not phrase[at].frozen]
    for forms in product(*(plurals(words[at]) for at in places)):
        yield replaced(words, places, forms)


def opens_with_verb(words: tuple[str, ...]) -> bool:
    first, second = words[0].lower(), words[1].lower() if len(words) > 1 else ""
    particle = second in PARTICLES or (second in LAST_PARTICLES and len(words) == 2)
    return is_verb(first) or (particle and "VB" in forms_of(first))


def replaced(words: tuple[str, ...], places: list[int], forms: tuple[str, ...]) -> tuple[str, ...]:
    new = dict(zip(places, forms, strict=True))
    return tuple(new.get(at, word) for at, word in enumerate(words))


def heads(phrase: Phrase) -> list[int]:
    """The marked words; else the last before a preposition, with what "and" joins to it."""
    marked = [at for at, word in enumerate(phrase) if word.head]
    lower = [word.text.lower() for word in phrase]
    end = next((at for at, word in enumerate(lower) if at and (word in PREPOSITIONS or is_french(word))), len(phrase))
    joined = [at - 1 for at, word in enumerate(lower[:end]) if at and word in CONJUNCTIONS and is_noun(lower[at - 1])]
    postposed = end > 1 and lower[end - 2] in POSTPOSED.get(lower[end - 1], ())
    return marked or [*joined, end - 2 if postposed else end - 1]


def is_french(word: str) -> bool:
    """«d'» and its like: "coup d'état"."""
    return word.startswith(FRENCH[:2]) or word in FRENCH


def plurals(word: str) -> tuple[str, ...]:
    """The plural spellings, or the word itself where it has none: a plural, an adjective, a number, an abbreviation."""
    first, hyphen, rest = word.partition("-")
    if is_head_of_compound(first.lower(), rest.lower().split("-")):
        return tuple(form + hyphen + rest for form in noun_plurals(first.lower()))
    before, hyphen, last = word.rpartition("-")
    lower = last.lower()
    if not lower.isascii() or not lower.isalpha() or (len(last) > 1 and last.isupper()):
        return (word,)
    return tuple(before + hyphen + form for form in noun_plurals(lower)) or (word,)


def is_head_of_compound(first: str, rest: list[str]) -> bool:
    """ "mothers-in-law", "passers-by"; but "counter-attacks", "follow-ups"."""
    governs = len(rest) > 1 and rest[0] in PREPOSITIONS and rest[-1] != first
    acts = len(rest) == 1 and rest[0] in PREPOSITIONS | PARTICLES and first.endswith(AGENTS)
    return (governs or acts) and bool(noun_plurals(first))


def noun_plurals(word: str) -> tuple[str, ...]:
    found = forms_of(word)
    if word in PARTICLES:
        return (word + "s",)
    if not found and word.endswith("ing") and is_form(word, "VERB"):
        return (regular_plural(word),)
    if not found:
        return () if word.endswith("s") or is_form(word) else (regular_plural(word),)
    if "NN" not in found or is_form(word, "NOUN"):
        return ()
    return tuple(dict.fromkeys((*found.get("NNS", ()), *SUPPLETIVE.get(word, ()))))


def is_form(word: str, pos: str | None = None) -> bool:
    """A form of another word: "enemies", "fighting"."""
    lemmas = lemminflect.getAllLemmas(word, upos=pos)
    return any(each != word for found in lemmas.values() for each in found)


def regular_plural(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word[:-1] + "ies" if word[-1] == "y" and word[-2:-1] in CONSONANTS else word + "s"


def is_noun(word: str) -> bool:
    return bool(lemminflect.getAllLemmas(word, upos="NOUN"))


def is_verb(word: str) -> bool:
    """Known as a verb and nothing else; or unknown and shaped like one: "denazify"."""
    found = forms_of(word)
    return all(tag.startswith("VB") for tag in found) if found else word.endswith(VERBAL_ENDINGS)


def verb_forms(word: str) -> tuple[str, ...]:
    found = forms_of(word)
    if found:
        return tuple(dict.fromkeys(form for tag, forms in found.items() if tag.startswith("VB") for form in forms))
    stem = word.removesuffix("e")
    past = word[:-1] + "ied" if word.endswith("y") else stem + "ed"
    return word, regular_plural(word), past, stem + "ing"


@lru_cache(maxsize=4096)
def forms_of(word: str) -> dict[str, tuple[str, ...]]:
    """Penn Treebank tags to spellings: the dictionary's, or those of the known word behind a prefix ("dis|inform")."""
    found = dict(lemminflect.getAllInflections(word)) if word.isalpha() else {}
    prefix = next((each for each in PREFIXES if word.startswith(each) and len(word) > len(each) + 3), None)
    if found or prefix is None:
        return found
    known = lemminflect.getAllInflections(word.removeprefix(prefix))
    return {tag: tuple(prefix + form for form in forms) for tag, forms in known.items()}


def guessed(phrase: Phrase) -> tuple[str, ...]:
    """The heads that the dictionary lacks; of names it is not expected."""
    words = (phrase[at].text for at in heads(phrase) if not phrase[at].frozen)
    return tuple(word for word in words if word.isalpha() and word.islower() and not is_known(word))


def is_known(word: str) -> bool:
    return bool(forms_of(word) or lemminflect.getAllLemmas(word))


INFLECTOR = Inflector(inflect, guessed)
