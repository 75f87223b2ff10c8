"""What the desk's pages show of a glossary: its packs, what a search finds, an entry with its inflected forms and examples.

Values for templates, made from one glossary and kept as long as it is in use. It does not know HTTP, nor who asks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from proxy_addon.glossary.model import Entry, Example, Form, Pack, in_language, plain
from proxy_addon.matching.languages import spellings
from proxy_addon.matching.matcher import Matcher

# So many entries on a page of results, and so many spellings of one form.
RESULTS = 50
SPELLINGS = 120
# A query of more letters is no search for words.
LONGEST = 200

# A piece of a text, and whether it is a term.
Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for: words, all of which must be found, within a kind and a pack; empty where any will do."""

    q: str = ""
    kind: str = ""
    pack: str = ""


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form as it is written, whether it needs the topic, and how it is spelled: the first ``SPELLINGS`` of ``number``."""

    text: str
    weak: bool
    spellings: tuple[str, ...]
    number: int


class Look:
    """One glossary as it is looked at."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self.glossary = matcher.glossary

    @cached_property
    def packs(self) -> list[tuple[Pack, int]]:
        """The packs that have entries, with how many."""
        counted = Counter(entry.pack for entry in self.glossary.entries.values())
        return [(pack, counted[pack.id]) for pack in self.glossary.packs.values() if counted[pack.id]]

    def pack_title(self, entry: Entry, language: str) -> str:
        """What the entry's pack is called."""
        pack = self.glossary.packs.get(entry.pack)
        return in_language(pack.title, language)[1] if pack else entry.pack

    def term(self, ident: str) -> str:
        """The headword of an entry, or the id of one that isn't there any more."""
        entry = self.glossary.entry(ident)
        return entry.headword if entry else ident

    def found(self, asked: Asked) -> list[Entry]:
        """The entries that hold every word, best first: those whose own forms are meant before those that mention them."""
        words = _folded(asked.q[:LONGEST]).split()
        inside = [
            (entry, forms, rest)
            for entry, forms, rest in self._index
            if (not asked.kind or entry.kind == asked.kind) and (not asked.pack or entry.pack == asked.pack)
        ]
        if not words:
            return [entry for entry, _, _ in inside]
        meant = {verdict.entry for verdict in self.matcher.explain(asked.q[:LONGEST])}
        ranked = [(_rank(entry, forms, rest, words, meant), entry) for entry, forms, rest in inside]
        return [entry for rank, entry in sorted(ranked, key=lambda pair: pair[0] or 0) if rank is not None]

    @cached_property
    def _index(self) -> list[tuple[Entry, str, str]]:
        """Every entry in the order of the alphabet, with its forms and the rest of its words, folded."""
        entries = sorted(self.glossary.entries.values(), key=lambda entry: (entry.headword.casefold(), entry.id))
        return [(entry, _folded("\n".join(_forms(entry))), _folded("\n".join(_rest(entry)))) for entry in entries]

    def terms(self, entry: Entry) -> list[tuple[str, list[ShownForm]]]:
        """The entry's forms by language, its own language first."""
        codes = dict.fromkeys(code for code in (entry.lang, *(form.lang for form in entry.forms)) if code)
        by_code = {code: [_shown(form) for form in entry.forms if form.lang == code] for code in codes}
        return [(code, forms) for code, forms in by_code.items() if forms]

    @staticmethod
    def examples(entry: Entry) -> list[tuple[Example, list[Piece]]]:
        """The sentences in which it is marked, with their terms."""
        return [(example, pieces(example.text, example.match)) for example in entry.annotate]


def pieces(text: str, marked: Sequence[str]) -> list[Piece]:
    """The text cut at the first place of each of the phrases that are marked in it."""
    spans = sorted((at, at + len(phrase)) for phrase in marked if phrase and (at := text.find(phrase)) >= 0)
    return list(cut(text, spans))


def cut(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """The text in pieces, those of ``spans`` marked; a span that begins in another is left out."""
    done = 0
    for start, end in spans:
        if start >= done:
            if start > done:
                yield text[done:start], False
            yield text[start:end], True
            done = end
    if done < len(text):
        yield text[done:], False


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")


def _forms(entry: Entry) -> Iterator[str]:
    yield from (entry.id, *entry.aliases)
    yield from (plain(form.text) for form in entry.forms)


def _rest(entry: Entry) -> Iterator[str]:
    yield from (*entry.means.values(), *entry.who.values())


def _rank(entry: Entry, forms: str, rest: str, words: list[str], meant: set[str]) -> int | None:
    """0 for the word itself, then forms of it, beginnings, parts of forms, mentions; None where a word is missing."""
    if " ".join(words) in forms.split("\n"):
        return 0
    if entry.id in meant:
        return 1
    if all(word in forms for word in words):
        begun = all(re.search(rf"(?<!\w){re.escape(word)}", forms) for word in words)
        return 2 if begun else 3
    return 4 if all(word in forms or word in rest for word in words) else None


def _shown(form: Form) -> ShownForm:
    every = _spelled(form.text, form.lang, form.inflect)
    return ShownForm(plain(form.text), form.weak, every[:SPELLINGS], len(every))


@lru_cache(maxsize=20_000)
def _spelled(text: str, lang: str, inflect: bool) -> tuple[str, ...]:
    return tuple(sorted(spellings(text, lang, inflect=inflect), key=str.casefold))
