"""A glossary as tables for the scanner: every spelling of every form, refusal and sign of a topic, with what it means.

The tables are plain lists, dicts and tuples, so that ``cache`` can keep them as they are. A spelling is cut into its first
word, the *anchor*, which the scanner looks for, and its *tail*. Where words are not separated by spaces the anchor is the
first two characters, in simplified and traditional spelling. What a spelling means is a tuple of *meanings*; those of one
spelling are listed together and named by a number. This module does not know texts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, NamedTuple

from proxy_addon.glossary.model import Entry, Form, Glossary, Words
from proxy_addon.matching import han
from proxy_addon.matching.evasion import MASKABLE
from proxy_addon.matching.languages import language, spellings
from proxy_addon.matching.normalize import fold

# What a spelling means: (ENTRY, rule, letters' case or None), (REFUSAL, group), (SIGN, topic, weight, word).
ENTRY, REFUSAL, SIGN = 0, 1, 2
# The weights of signs.
STRONG, WEAK, AGAINST = 2, 1, -2
NONE = -1

# Scripts without spaces between words: beside them a word of another script ends (用VPN翻墙).
UNSPACED = "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
WORD = re.compile(f"[^\\W{UNSPACED}]+")
# Between two words of a phrase these are as good as a space: odd spaces, hyphens, quotation marks (“undesirable” organisation).
BLANK = re.compile(r"[\s\-\u2010-\u2013«»\"“”„‹›]+")
_WORD_AND_GAP = re.compile(rf"([^\W{UNSPACED}]+)([\W{UNSPACED}]*)")
# In a phrase whose anchor is not its first word: between what stands before and after it.
AROUND = "\0"
# A first word shorter than this is so frequent that a longer word of the phrase is looked for instead.
TELLING = 4

# The sort of an anchor (a whole word, a prefix, a beginning without spaces), the anchor, and its tail.
Key = tuple[str, str, str]
Meaning = tuple[int, ...] | tuple[int, int, str | None]


class FormRule(NamedTuple):
    """The conditions of one form, by number. ``topics``: any of them, or those that a form that always counts speaks for;
    ``scene``: the topic made of near and not_near."""

    entry: str
    lang: str
    weak: bool
    topics: tuple[int, ...]
    scene: int
    near: bool
    refusal: int
    hyphen: bool
    quoted: bool
    initial: bool


@dataclass(slots=True)
class Tables:
    """``anchors``: whole words, then prefixes, then beginnings in scripts without spaces; ``words`` and ``prefixes`` count the
    first two. ``lone[n]`` is what anchor n means alone. ``tails[n]``: what it means before a tail; ``reach[n]``: the tails'
    longest count of words, or their lengths in characters. ``around[n]``: the same for phrases that begin before the anchor,
    with the counts of tokens before and after in ``spans[n]``. ``starred[n]``: tails with prefixes in them, word by word.
    ``sieves`` are made and read by ``sieve``."""

    anchors: list[str] = field(default_factory=list)
    words: int = 0
    prefixes: int = 0
    lone: list[int] = field(default_factory=list)
    tails: dict[int, dict[str, int]] = field(default_factory=dict)
    reach: dict[int, tuple[int, ...]] = field(default_factory=dict)
    around: dict[int, dict[str, int]] = field(default_factory=dict)
    spans: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    starred: dict[int, list[tuple[tuple[str, ...], int]]] = field(default_factory=dict)
    meanings: list[tuple[Meaning, ...]] = field(default_factory=list)
    rules: list[tuple[object, ...]] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    vocabulary: list[str] = field(default_factory=list)
    masked: list[tuple[str, int]] = field(default_factory=list)
    sieves: list[bytes] = field(default_factory=list)

    def plain(self) -> tuple[Any, ...]:
        return tuple(getattr(self, each.name) for each in fields(self))


def compile_glossary(glossary: Glossary, *, everything: bool = False) -> Tables:
    """The tables of the entries that are on, or of all. Takes about a millisecond for each inflected word."""
    compiler = _Compiler()
    for name, topic in glossary.topics.items():
        compiler.add_topic(name, topic.strong, topic.weak, topic.against)
    for entry in glossary.entries.values():
        if entry.on or everything:
            for form in entry.forms:
                compiler.add_form(entry, form)
    return compiler.tables()


def case_of(text: str) -> str:
    """The case of the letters, which is all that folding may have changed: ``"СВО-2"`` is ``"UUU"``."""
    return "".join("U" if char.isupper() else "l" for char in text if char.isalpha())


def tokens(folded: str) -> tuple[str, ...]:
    """The words of a folded spelling, and between them what is not blank: ``не скачет , тот``, ``мін ' юст``.

    A prefix ends with one asterisk; others stand for letters that somebody hid: ``нет в *** е``."""
    found: list[str] = []
    for each in _WORD_AND_GAP.finditer(folded):
        word, after = each.groups()
        starred = after[:1] == "*" and (after[1:2].isspace() or each.end() == len(folded) == each.start(2) + 1)
        between = BLANK.sub("", after[1:] if starred else after)
        found += [word + "*" if starred else word, *([between] if between else ())]
    return tuple(found if not found or WORD.match(found[-1]) else found[:-1])


def is_prefix(token: str) -> bool:
    """Whether a token is the beginning of a word, and not the asterisks of a masked one."""
    return token.endswith("*") and WORD.match(token) is not None


def anchored(words: Sequence[str]) -> tuple[str, str, str]:
    """What stands before the anchor, the anchor, what stands after. The anchor is the first word or, if that is short, the
    longest; apostrophes belong to it (м'який). Phrases with prefixes in them are anchored at their first word."""
    if not words:
        return "", "", ""
    place, length = 0, _joined(words, 0)
    if len("".join(words[:length])) < TELLING and not any(map(is_prefix, words)):
        starts = [at for at, word in enumerate(words) if WORD.match(word) and (not at or words[at - 1] != "'")]
        place = max(starts, key=lambda at: len("".join(words[at : at + _joined(words, at)])))
        length = _joined(words, place)
    return " ".join(words[:place]), "".join(words[place : place + length]), " ".join(words[place + length :])


def _joined(words: Sequence[str], place: int) -> int:
    """How many tokens from ``place`` on are one word with apostrophes."""
    end = place + 1
    while tuple(words[end : end + 1]) == ("'",) and end + 1 < len(words) and WORD.match(words[end + 1]):
        end += 2
    return end - place


class _Compiler:
    """Collects spellings; numbers are given in the order of the glossary, so that equal glossaries make equal tables."""

    def __init__(self) -> None:
        # A word is often a sign of several topics.
        self.spelled = lru_cache(maxsize=None)(_spelled)
        self.keyed = lru_cache(maxsize=None)(_keys)
        self.meant: dict[Key, list[Meaning]] = defaultdict(list)
        self.numbers: dict[tuple[str, object], int] = {}
        self.rules: list[FormRule] = []
        self.topics: list[str] = []
        self.vocabulary: list[str] = []
        self.masked: list[tuple[str, int]] = []

    def add_topic(self, name: str, *signs: Words) -> int:
        topic = len(self.topics)
        self.numbers["topic", name] = topic
        self.topics.append(name)
        for weight, words in zip((STRONG, WEAK, AGAINST), signs, strict=False):
            for lang, word in _each(words):
                self._add_sign(topic, weight, lang, word)
        return topic

    def _add_sign(self, topic: int, weight: int, lang: str, word: str) -> None:
        number = self.numbers.setdefault(("word", word), len(self.vocabulary))
        if number == len(self.vocabulary):
            self.vocabulary.append(word)
        for spelling in self.spelled(word, lang, True):
            self._add(spelling, lang, (SIGN, topic, weight, number))

    def add_form(self, entry: Entry, form: Form) -> None:
        rule = len(self.rules)
        topics = tuple(self.numbers["topic", name] for name in _about(entry, form) if ("topic", name) in self.numbers)
        known = language(form.lang)
        hyphen = known.hyphen if form.hyphen == "default" else form.hyphen == "yes"
        scene, refusal = self._scene(form), self._refusal(form.not_in)
        near, quoted, initial = bool(form.near), form.quoted == "only", form.case == "initial"
        self.rules.append(FormRule(entry.id, form.lang, form.weak, topics, scene, near, refusal, hyphen, quoted, initial))
        for spelling in self.spelled(form.text, form.lang, form.inflect):
            case = None if form.case == "any" else case_of(spelling) if form.case == "exact" else case_of(spelling)[:1]
            self._add(spelling, form.lang, (ENTRY, rule, case))
            if form.masked and MASKABLE.fullmatch(spelling):
                self.masked.append((fold(spelling).text, rule))

    def _scene(self, form: Form) -> int:
        if not form.near and not form.not_near:
            return NONE
        key = ("scene", (_frozen(form.near), _frozen(form.not_near)))
        if key not in self.numbers:
            self.numbers[key] = self.add_topic(f"near {len(self.topics)}", form.near, {}, form.not_near)
        return self.numbers[key]

    def _refusal(self, words: Words) -> int:
        if not words:
            return NONE
        key = ("refusal", _frozen(words))
        if key not in self.numbers:
            number = self.numbers[key] = len(self.numbers)
            for lang, word in _each(words):
                for spelling in self.spelled(word, lang, True):
                    self._add(spelling, lang, (REFUSAL, number))
        return self.numbers[key]

    def _add(self, spelling: str, lang: str, meaning: Meaning) -> None:
        for key in self.keyed(spelling, lang):
            meanings = self.meant[key]
            if meaning not in meanings:
                meanings.append(meaning)

    def tables(self) -> Tables:
        made = Tables(rules=list(map(tuple, self.rules)), topics=self.topics, vocabulary=self.vocabulary, masked=self.masked)
        payloads: dict[tuple[Meaning, ...], int] = {}
        places: dict[tuple[str, str], int] = {}
        shared: dict[str, str] = {}
        for sort, anchor, _ in sorted(self.meant, key=lambda key: key[0]):
            if (sort, anchor) not in places:
                places[sort, anchor] = len(places)
                made.anchors.append(anchor)
        made.words = sum(sort == "1" for sort, _ in places)
        made.prefixes = sum(sort == "2" for sort, _ in places)
        made.lone = [NONE] * len(places)
        while self.meant:
            (sort, anchor, tail), meanings = self.meant.popitem()
            payload = payloads.setdefault(tuple(meanings), len(payloads))
            _place(made, places[sort, anchor], shared.setdefault(tail, tail), payload)
        made.meanings = list(payloads)
        _measure(made)
        return made


def _place(made: Tables, place: int, tail: str, payload: int) -> None:
    if not tail:
        made.lone[place] = payload
    elif place < made.words + made.prefixes and "*" in tail and any(map(is_prefix, tail.split(" "))):
        made.starred.setdefault(place, []).append((tuple(tail.split(" ")), payload))
    elif place < made.words and AROUND in tail:
        made.around.setdefault(place, {})[tail] = payload
    else:
        made.tails.setdefault(place, {})[tail] = payload


def _measure(made: Tables) -> None:
    for place, tails in made.tails.items():
        unspaced = place >= made.words + made.prefixes
        made.reach[place] = tuple(sorted({len(tail) if unspaced else _count(tail) for tail in tails}))
    for place, around in made.around.items():
        parts = (each.partition(AROUND) for each in around)
        made.spans[place] = tuple(sorted({(_count(head), _count(tail)) for head, _, tail in parts}))


def _count(words: str) -> int:
    return words.count(" ") + 1 if words else 0


def _about(entry: Entry, form: Form) -> Iterable[str]:
    """What a form is about; one that counts always speaks for the topics that the entry's ambiguous forms need."""
    if form.about or form.weak or form.near:
        return form.about
    return dict.fromkeys(name for each in entry.forms for name in each.about)


def _each(words: Words) -> Iterator[tuple[str, str]]:
    return ((lang, word) for lang, listed in words.items() for word in listed)


def _frozen(words: Mapping[str, Iterable[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((lang, tuple(listed)) for lang, listed in words.items())


def _spelled(text: str, lang: str, inflect: bool) -> tuple[str, ...]:
    return tuple(sorted(spellings(text, lang, inflect=inflect)))


def _keys(spelling: str, lang: str) -> tuple[Key, ...]:
    """Where in the tables a spelling belongs."""
    folded = fold(spelling).text
    if language(lang).edges == "none":
        text = han.simplified(folded)
        anchors = han.spellings(text[:2]) if lang.startswith(("zh", "ja")) else (text[:2],)
        return tuple(("3", anchor, text[2:]) for anchor in anchors if anchor)
    head, anchor, tail = anchored(tokens(folded))
    tail = f"{head}{AROUND}{tail}" if head else tail
    return (("2" if anchor.endswith("*") else "1", anchor.rstrip("*"), tail),) if anchor.rstrip("*") else ()
