"""The keys of the glossary's files, and the values of the model that they make.

These tables are the format: the loader reads by them, the JSON Schema is generated from them, the formatter orders keys
by them. A sound node becomes a value; an unsound one is reported and becomes None. This module does not know files, nor
whether the ids that a value names exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from proxy_addon.glossary.model import Case, Entry, Example, Form, Hyphen, Kind, Pack, Quoted, Rule, Source, Status, Topic, Words
from proxy_addon.glossary.problem import Findings
from proxy_addon.glossary.reader import MappingNode, Node, ScalarNode
from proxy_addon.glossary.shapes import (
    CODE,
    COUNTRY,
    DATE,
    OWN_WORDS,
    REFERENCE,
    REFERENCES,
    TEXT,
    TEXTS,
    URL,
    WORDS,
    Key,
    Shape,
    by_language,
    choice,
    flag,
    keys,
    listing,
    one_or_more,
    read_keys,
)

SUPPORTS = ("rule", "since", "use", "meaning", "penalty", "status", "denial")
YES = flag(yes=True, no=False, true=True, false=False)

_CONDITIONS = (
    Key("weak", YES, "It counts only where its topic is shown by other words."),
    Key("about", one_or_more(REFERENCE), "The topics (topics.yaml) that weak forms need; one is enough."),
    Key("near", OWN_WORDS, "At least one of these words stands in the same sentence or block."),
    Key("not_near", OWN_WORDS, "None of these words stands in the same sentence."),
    Key("not_in", OWN_WORDS, "Phrases, inflected too, inside which it is something else."),
    Key("case", choice(get_args(Case), "a way with case"), "How far the letters' case must be as written."),
    Key("hyphen", choice(get_args(Hyphen), "a way with hyphens"), "Whether it may touch a hyphen."),
    Key("quoted", choice(get_args(Quoted), "a way with quotes"), "only: it counts only in quotation marks or after so-called."),
    Key("masked", YES, "It counts with letters starred out too (в*йна)."),
)
_SPELLINGS = ("lemma", "exact", "listed")
FORM = keys(
    Key("lemma", TEXT, "A phrase that is inflected."),
    Key("exact", TEXT, "A spelling that is not inflected, in this case of letters."),
    Key("listed", listing(TEXT), "All spellings, one by one; none is inflected."),
    *_CONDITIONS,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """An id that a value names: the key it stands under, and where."""

    key: str
    id: str
    line: int
    column: int


def _references(key: str, found: Mapping[str, Any]) -> list[Reference]:
    return [Reference(key, node.text, node.line, node.column) for node in found.get(key, ())]


def _texts_of(found: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(node.text for node in found.get(key, ()))


@dataclass(frozen=True, slots=True)
class _Spelling:
    """One item under ``terms``, before the entry's conditions are merged in."""

    texts: tuple[str, ...]
    fixed: dict[str, Any]
    conditions: dict[str, Any]
    line: int
    column: int


def _read_form(node: Node, findings: Findings) -> _Spelling | None:
    if node is None:
        return None
    if isinstance(node, ScalarNode):
        text = TEXT.read(node, findings)
        return _spelling(node, {"lemma": text}, findings) if text else None
    found = read_keys(node, FORM, "a form", findings)
    return None if found is None else _spelling(node, found, findings)


def _spelling(node: Node, found: dict[str, Any], findings: Findings) -> _Spelling | None:
    assert node is not None
    given = [key for key in _SPELLINGS if key in found]
    if len(given) != 1:
        said = f"a form has {' and '.join(f'`{key}`' for key in given)}" if given else "a form has no spelling"
        findings.add(node.line, node.column, said, "write exactly one of `lemma`, `exact`, `listed`")
        return None
    fixed: dict[str, Any] = {} if given == ["lemma"] else {"inflect": False}
    if given == ["exact"]:
        fixed["case"] = "exact"
    texts = found[given[0]] if given == ["listed"] else (found[given[0]],)
    if not all(_balanced(text) for text in texts):
        findings.add(node.line, node.column, *_LONE_BRACE)
        return None
    conditions = {key: value for key, value in found.items() if key not in _SPELLINGS}
    return _Spelling(texts, fixed, conditions, node.line, node.column)


_LONE_BRACE = ("a brace without its partner", "write {one,two}, in quotes")


def misspelt(text: str) -> str:
    """What is wrong with a form in the editor's notation, and its cure; nothing of a sound one."""
    if not any(map(str.isalnum, text)):
        return "there is no word in it; write one"
    return "" if _balanced(text) else "; ".join(_LONE_BRACE)


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0


_FORM_SCHEMA = {"$ref": "#/definitions/form"}
TERMS = by_language(listing(Shape(_read_form, _FORM_SCHEMA)))

ANNOTATE = keys(
    Key("text", TEXT, "A sentence in which the term must be found.", True),
    Key("match", one_or_more(TEXT), "The exact spans of the text that must be found.", True),
    Key("lang", CODE, "The language of the text, where it is not plain from its letters."),
    Key("title", TEXT, "The title of the page it stands on, where that matters."),
)
LEAVE = keys(
    Key("text", TEXT, "A sentence in which nothing of this entry may be found.", True),
    Key("because", TEXT, "What it means there instead."),
    ANNOTATE["lang"],
    ANNOTATE["title"],
)
SOURCE = keys(
    Key("title", TEXT, "What it is called, and who published it.", True),
    Key("url", URL, "Its permanent public address.", True),
    Key("published", DATE, "When it was published."),
    Key("seen", DATE, "When it was last seen to say so."),
    Key("archive", URL, "An archived copy."),
    Key("for", listing(choice(SUPPORTS, "a kind of fact")), "The facts that it supports."),
)


def _read_source(node: Node, findings: Findings) -> Source | None:
    found = read_keys(node, SOURCE, "a source", findings)
    if found is None or node is None:
        return None
    supports = found.pop("for", ())
    return Source(**found, supports=supports, place=findings.place(node.line, node.column))


def _read_annotate(node: Node, findings: Findings) -> Example | None:
    return _read_example(node, ANNOTATE, "an example under `annotate`", findings)


def _read_leave(node: Node, findings: Findings) -> Example | None:
    return _read_example(node, LEAVE, "an example under `leave`", findings)


def _read_example(node: Node, known: Mapping[str, Key], what: str, findings: Findings) -> Example | None:
    found = read_keys(node, known, what, findings)
    if found is None or node is None:
        return None
    return Example(**found, place=findings.place(node.line, node.column))


ENTRY = keys(
    Key("kind", choice(get_args(Kind), "a kind"), "What officials do with the word.", True),
    Key("lang", CODE, "The language the term comes from.", True),
    Key("status", choice(get_args(Status), "a status"), "Whether somebody can still be punished, or made to use it."),
    Key("default", flag(on=True, off=False), "off: it is information only, nothing is annotated."),
    Key("since", DATE, "Since when it is banned, required or used."),
    Key("until", DATE, "Until when, if it ended."),
    Key("rules", REFERENCES, "The acts behind it (rules.yaml), the weightiest first."),
    Key("who", TEXTS, "Who bans, requires or uses it: a short noun phrase."),
    *(Key(key.name, WORDS if key.shape is OWN_WORDS else key.shape, key.help) for key in _CONDITIONS),
    Key("terms", TERMS, "The forms by which it is found, by the language of the text.", True),
    Key("means", TEXTS, "What it is, in one or two sentences, by the language of the reader.", True),
    Key("note", TEXTS, "Denials, the other side, doubts."),
    Key("instead", REFERENCES, "The entries of its counterparts."),
    Key("see", REFERENCES, "Related entries."),
    Key("replaced_by", REFERENCES, "The entries that took its place."),
    Key("aliases", REFERENCES, "Ids by which it was known."),
    Key("annotate", listing(Shape(_read_annotate, {"$ref": "#/definitions/annotate"})), "Sentences that must match."),
    Key("leave", listing(Shape(_read_leave, {"$ref": "#/definitions/leave"})), "Sentences that must not."),
    Key("sources", listing(Shape(_read_source, {"$ref": "#/definitions/source"})), "Where the facts can be checked."),
)
RULE = keys(
    Key("authority", TEXTS, "Who issued it.", True),
    Key("title", TEXTS, "What it is called.", True),
    Key("country", COUNTRY, "Where it holds."),
    Key("since", DATE, "Since when it holds."),
    Key("until", DATE, "Until when it held."),
    Key("penalty", TEXTS, "What it threatens."),
    Key("url", URL, "Its text, or the best public account of it."),
    Key("archive", URL, "An archived copy."),
    Key("note", TEXTS, "Doubts, or what is not known."),
)
TOPIC = keys(
    Key("strong", WORDS, "One of these shows the topic."),
    Key("weak", WORDS, "Two different ones of these show it."),
    Key("against", WORDS, "These contradict it."),
)
PACK = keys(
    Key("title", TEXTS, "What the pack is called.", True),
    Key("scope", TEXTS, "What belongs in it."),
    Key("licence", TEXT, "The licence of its text."),
    Key("maintainers", listing(TEXT), "Who looks after it."),
)
# Keys that name ids elsewhere -> what they name.
NAMES: Mapping[str, str] = {
    "rules": "rule",
    "about": "topic",
    "instead": "entry",
    "see": "entry",
    "replaced_by": "entry",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry as written, and the ids it names. ``entry`` is None for a patch, which only turns another one on or off."""

    entry: Entry | None
    references: tuple[Reference, ...] = ()
    on: bool = True


def read_entry(key: ScalarNode, node: Node, pack: str, findings: Findings) -> Draft | None:
    """An entry, or a patch of one where ``default`` is its only key."""
    if _misplaced(key, node, "an entry", findings):
        return None
    if _is_patch(node):
        found = read_keys(node, keys(ENTRY["default"]), "an entry", findings)
        return None if not found else Draft(None, on=found["default"])
    found = read_keys(node, ENTRY, "an entry", findings)
    if found is None:
        return None
    terms: dict[str, tuple[_Spelling, ...]] = found.pop("terms")
    named = [ref for name in NAMES for ref in _references(name, found)]
    named += [ref for some in terms.values() for one in some for ref in _references("about", one.conditions)]
    shared = {condition.name: found.pop(condition.name) for condition in _CONDITIONS if condition.name in found}
    forms = tuple(form for lang, some in terms.items() for one in some for form in _forms(one, lang, shared, findings))
    on = found.pop("default", True)
    listed = {name: _texts_of(found, name) for name in (*NAMES, "aliases") if name in found}
    values = {**found, **listed, "id": key.text, "pack": pack, "on": on, "forms": forms}
    lines = {name.text: (name.line, name.column) for name, _ in getattr(node, "pairs", ())}
    entry = Entry(**values, place=findings.place(key.line, key.column), lines=lines)
    return Draft(entry, tuple(named))


# What is what -> the keys that only it has, and where it belongs.
_SORTS = {
    "an entry": ({"kind", "terms", "means"}, "a file of entries (any name but rules, topics, pack)"),
    "a rule": ({"authority", "penalty"}, "a rules.yaml"),
    "a topic": ({"strong", "against"}, "a topics.yaml"),
}


def _misplaced(key: ScalarNode, node: Node, wanted: str, findings: Findings) -> bool:
    """Whether this is another sort of thing, by its keys; then that is reported."""
    names = {name.text for name, _ in node.pairs} if isinstance(node, MappingNode) else set()
    if names & _SORTS[wanted][0]:
        return False
    for sort, (own, place) in _SORTS.items():
        if names & own:
            findings.add(key.line, key.column, f"`{key.text}` is {sort} and not {wanted}", f"move it to {place}")
            return True
    return False


def _is_patch(node: Node) -> bool:
    pairs = getattr(node, "pairs", None) or []
    return [name.text for name, _ in pairs] == ["default"]


def _forms(one: _Spelling, lang: str, shared: Mapping[str, Any], findings: Findings) -> list[Form]:
    """The forms of one item: its own conditions win over the entry's; refusals (``not_…``) add up."""
    own = {**shared, **one.conditions}
    values = {name: _by_language(own[name], lang) for name in ("near",) if name in own}
    for name in ("not_near", "not_in"):
        values[name] = _joined(_by_language(shared.get(name, {}), lang), _by_language(one.conditions.get(name, {}), lang))
    rest = {name: value for name, value in own.items() if name not in ("near", "not_near", "not_in", "about")}
    merged = {**rest, **one.fixed, **values, "about": _texts_of(own, "about")}
    merged |= {name: value for name, value in one.conditions.items() if name == "case"}
    place = findings.place(one.line, one.column)
    return [Form(text, lang, **merged, place=place) for text in one.texts]


def _by_language(words: Any, lang: str) -> Words:
    return words if isinstance(words, Mapping) else {lang: words}


def _joined(first: Words, second: Words) -> Words:
    if not first or not second:
        return first or second
    return {lang: (*first.get(lang, ()), *second.get(lang, ())) for lang in {**first, **second}}


def read_rule(key: ScalarNode, node: Node, findings: Findings) -> Rule | None:
    found = None if _misplaced(key, node, "a rule", findings) else read_keys(node, RULE, "a rule", findings)
    return None if found is None else Rule(**found, id=key.text, place=findings.place(key.line, key.column))


def read_topic(key: ScalarNode, node: Node, findings: Findings) -> Topic | None:
    found = None if _misplaced(key, node, "a topic", findings) else read_keys(node, TOPIC, "a topic", findings)
    return None if found is None else Topic(**found, id=key.text, place=findings.place(key.line, key.column))


def read_pack(node: Node, pack: str, findings: Findings) -> Pack | None:
    found = read_keys(node, PACK, "a pack", findings)
    return None if found is None else Pack(**found, id=pack, place=findings.place(1, 1))
