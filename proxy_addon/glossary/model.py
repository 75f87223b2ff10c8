"""The glossary as values: entries, the rules behind them, the topics that ambiguous words need.

Everything here is frozen and plain. This module promises that a value which exists is well typed; whether it is *right*
(its references exist, its sources are dated) is for ``loader`` and ``lint``. It does not know YAML, files or matching.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

# What officials do with the word. The value decides the pattern of the underline and the verb of the tooltip.
Kind = Literal[
    # An authority forbids, removes or punishes the use of this plain word («война»).
    "banned",
    # An authority requires this wording ("special military operation").
    "mandated",
    # Officials use it, without a duty to, for something with a plainer name («хлопок» for an explosion).
    "euphemism",
    # A status or stigma that an authority attaches to people or groups and has others repeat ("foreign agent").
    "label",
]

# Whether somebody can still be punished, or is still made to use the word.
Status = Literal[
    "current",
    # The rule was repealed or its authority is gone; ``until`` says when.
    "ended",
    # Whether the rule exists or applies is itself contested; ``note`` gives both sides.
    "disputed",
]

# How the letters' case decides whether a form matches.
Case = Literal[
    "any",
    # The first letter is as written ("Krieg" the noun, not "krieg"); the rest in any case, so that headlines match.
    "initial",
    # Every letter as written (СВО, not «сво»).
    "exact",
]

# Whether a form may touch a hyphen ("anti-war", «СМИ-иноагент»).
Hyphen = Literal[
    # As the language does: no in English, yes in Russian, Ukrainian, Belarusian and German.
    "default",
    "yes",
    "no",
]

# What quotation marks around a form decide.
Quoted = Literal[
    "any",
    # It matches only when quoted exactly or introduced by "so-called".
    "only",
]

# A text in several languages, by BCP 47 code: {"en": ..., "ru": ...}.
Texts = Mapping[str, str]
# Words or phrases by language; all are inflected by the rules of that language.
Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the glossary's files a thing is written: a path as the reader gave it, line and column from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place("", 0)


@dataclass(frozen=True, slots=True)
class Form:
    """One spelling or lemma of a term in one language, with the conditions under which it counts.

    ``text`` keeps the editor's notation: ``|`` joined, hyphenated or spaced (``спец|операция``); ``{a,b}`` alternatives;
    ``=word`` never inflected; ``*word`` the head of the phrase; ``word*`` a prefix. Conditions written on the entry have
    been merged in by the loader, so a form can be judged alone.
    """

    text: str
    lang: str
    inflect: bool = True
    weak: bool = False
    about: tuple[str, ...] = ()
    near: Words = field(default_factory=dict)
    not_near: Words = field(default_factory=dict)
    not_in: Words = field(default_factory=dict)
    case: Case = "any"
    hyphen: Hyphen = "default"
    quoted: Quoted = "any"
    masked: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that is a test. ``match`` lists the exact spans that must be found; empty means none of this entry may be."""

    text: str
    match: tuple[str, ...] = ()
    because: str = ""
    lang: str | None = None
    title: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact can be checked. ``supports`` names the fields it bears out; dates are ISO 8601."""

    title: str
    url: str
    seen: str = ""
    published: str = ""
    archive: str = ""
    supports: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Rule:
    """A law, order, notice or style guide: who issued it, what it is called, since when it holds, what it threatens."""

    id: str
    authority: Texts
    title: Texts
    country: str = ""
    since: str = ""
    until: str = ""
    penalty: Texts = field(default_factory=dict)
    note: Texts = field(default_factory=dict)
    url: str = ""
    archive: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Topic:
    """Evidence that a page is about something: one ``strong`` word or two different ``weak`` ones; ``against`` contradicts."""

    id: str
    strong: Words = field(default_factory=dict)
    weak: Words = field(default_factory=dict)
    against: Words = field(default_factory=dict)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Pack:
    """A folder of entries with one scope, licence and group of maintainers."""

    id: str
    title: Texts
    scope: Texts = field(default_factory=dict)
    licence: str = ""
    maintainers: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Entry:
    """One concept: its forms in the languages of texts, its meaning in the languages of readers, who requires or bans it.

    ``lines`` tells where in the entry's file each of its keys is written, as (line, column).
    """

    id: str
    kind: Kind
    forms: tuple[Form, ...]
    means: Texts
    pack: str = ""
    lang: str = ""
    status: Status = "current"
    on: bool = True
    since: str = ""
    until: str = ""
    who: Texts = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    note: Texts = field(default_factory=dict)
    annotate: tuple[Example, ...] = ()
    leave: tuple[Example, ...] = ()
    sources: tuple[Source, ...] = ()
    place: Place = NOWHERE
    lines: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def at(self, key: str) -> Place:
        """Where ``key`` is written; where the entry begins if it isn't."""
        return Place(self.place.file, *self.lines[key]) if key in self.lines else self.place

    @property
    def headword(self) -> str:
        """The first form in the entry's own language, without the editor's notation; for lists and titles."""
        own = [form for form in self.forms if form.lang == self.lang] or list(self.forms)
        return plain(own[0].text) if own else self.id


@dataclass(frozen=True, slots=True)
class Glossary:
    """All packs together. ``version`` is a hash of the content: two glossaries with one version annotate alike."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    packs: Mapping[str, Pack] = field(default_factory=dict)
    version: str = ""

    def entry(self, ref: str) -> Entry | None:
        """The entry with this id or alias id."""
        return self.entries.get(ref) or next((entry for entry in self.entries.values() if ref in entry.aliases), None)


def plain(text: str) -> str:
    """A form as a reader would write it: ``спец|операция`` is «спецоперация», the first of ``{a,b}`` stands for all."""
    out, depth, taken = [], 0, False
    for char in text:
        if char == "{":
            depth, taken = depth + 1, False
        elif char == "}" and depth:
            depth, taken = depth - 1, False
        elif char == "," and depth:
            taken = True
        elif char not in "|=*" and not taken:
            out.append(char)
    return "".join(out)


# What a reader of a language also reads with ease, when a text is not there in it. Ukrainian leads to English at once: it is
# for Ukrainian readers to ask for Russian, and not for us to hand it to them.
_READ_TOO: Mapping[str, tuple[str, ...]] = {
    "be": ("ru",),
    "zh-Hans": ("zh-Hant",),
    "zh-Hant": ("zh-Hans",),
    "zh": ("zh-Hans", "zh-Hant"),
}


def in_language(texts: Texts, *wanted: str) -> tuple[str, str]:
    """``(language, text)`` in the first language of ``wanted`` that there is, else in one that its readers read too, else in
    English, else in any; else ``("", "")``."""
    own = [code for one in wanted for code in _shorter(one)]
    for code in (*own, *(near for one in own for near in _READ_TOO.get(one, ())), "en", *texts):
        if code in texts:
            return code, texts[code]
    return "", ""


def _shorter(code: str) -> Iterator[str]:
    """A code and those of which it is a kind: be-tarask, be."""
    while code:
        yield code
        code = code.rpartition("-")[0]
