"""The shapes a value in a glossary file can have: how each is read from nodes, and how a JSON Schema says it.

A shape reads a node into a plain value, or reports what is wrong and gives None. This module does not know which keys there
are (``grammar``) nor where nodes come from (``reader``).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from proxy_addon.glossary.problem import Findings
from proxy_addon.glossary.reader import MappingNode, Node, ScalarNode, SequenceNode

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{4})?(?:-[A-Z]{2})?")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_URL = re.compile(r"https?://[^\s<>\"]+")

Schema = dict[str, Any]
Read = Callable[[Node, Findings], Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """``read`` gives the value, or None after a report (and for a node that was reported already)."""

    read: Read
    schema: Schema


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a mapping: its shape, one line of help for the editor, whether it must be there."""

    name: str
    shape: Shape
    help: str
    required: bool = False


Keys = Mapping[str, Key]


def keys(*listed: Key) -> Keys:
    return {key.name: key for key in listed}


def read_keys(node: Node, known: Keys, what: str, findings: Findings) -> dict[str, Any] | None:
    """The values of a mapping by key, those in trouble left out; None where it is no mapping or lacks a required key."""
    if not isinstance(node, MappingNode):
        _expected(node, f"{what}: keys with values", "write `key: value` lines below it", findings)
        return None
    values = {}
    for name, value in node.pairs:
        key = known.get(name.text)
        if key is None:
            findings.add(name.line, name.column, f"`{name.text}` is not a key of {what}", nearest(name.text, known))
        elif (read := _read_value(name, key, value, findings)) is not None:
            values[name.text] = read
    present = {name.text for name, _ in node.pairs}
    missing = [f"`{key.name}`" for key in known.values() if key.required and key.name not in present]
    if missing:
        cure = f"add {'it' if len(missing) == 1 else 'them'} (the file may be half saved)"
        findings.add(node.line, node.column, f"{what} lacks {' and '.join(missing)}", cure)
    return None if any(key.required and key.name not in values for key in known.values()) else values


def _read_value(name: ScalarNode, key: Key, value: Node, findings: Findings) -> Any:
    if isinstance(value, ScalarNode) and not value.text.strip():
        findings.add(name.line, name.column, f"`{name.text}` is empty", "write its value, or remove the key")
        return None
    return key.shape.read(value, findings)


def nearest(found: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """The cure for a name that is not known: the nearest one, else all."""
    close = get_close_matches(found, known, 1)
    return f"did you mean `{close[0]}`?" if close else f"use one of: {', '.join(known)}"


def _expected(node: Node, wanted: str, cure: str, findings: Findings) -> None:
    """Reports a node of the wrong kind, unless it has been reported."""
    if node is not None:
        findings.add(node.line, node.column, f"{_kind(node)} stands where {wanted} should be", cure)


def _kind(node: Node) -> str:
    if isinstance(node, ScalarNode):
        return f"the text `{_short(node.text)}`"
    return "a list" if isinstance(node, SequenceNode) else "a mapping"


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"


def _scalar(node: Node, wanted: str, findings: Findings) -> str | None:
    if isinstance(node, ScalarNode):
        if node.text.strip():
            return node.text.strip()
        findings.add(node.line, node.column, "an empty text", f"write {wanted}, or remove the line")
        return None
    _expected(node, wanted, "write it on one line; put it in quotes if it begins with `{` or `[`", findings)
    return None


def _read_text(node: Node, findings: Findings) -> str | None:
    return _scalar(node, "a text", findings)


TEXT = Shape(_read_text, {"type": "string", "minLength": 1})


def choice(values: tuple[str, ...], wanted: str) -> Shape:
    """One word of a vocabulary."""

    def read(node: Node, findings: Findings) -> str | None:
        text = _scalar(node, wanted, findings)
        if text is None or text in values:
            return text
        assert isinstance(node, ScalarNode)
        findings.add(node.line, node.column, f"`{_short(text)}` is not {wanted}", nearest(text, values))
        return None

    return Shape(read, {"enum": list(values)})


def flag(**meanings: bool) -> Shape:
    """A word that says yes or no: ``flag(yes=True, no=False)``."""
    said = choice(tuple(meanings), " or ".join(meanings))

    def read(node: Node, findings: Findings) -> bool | None:
        word = said.read(node, findings)
        return None if word is None else meanings[word]

    # YAML tools read these words as booleans.
    return Shape(read, {"type": ["boolean", "string"], "enum": [True, False, *meanings]})


def _matching(pattern: re.Pattern[str], wanted: str, cure: str, valid: Callable[[str], bool] = bool) -> Shape:
    def read(node: Node, findings: Findings) -> str | None:
        text = _scalar(node, wanted, findings)
        if text is None or (pattern.fullmatch(text) and valid(text)):
            return text
        assert isinstance(node, ScalarNode)
        findings.add(node.line, node.column, f"`{_short(text)}` is not {wanted}", cure)
        return None

    return Shape(read, {"type": "string", "pattern": f"^{pattern.pattern}$"})


def _is_date(text: str) -> bool:
    year, month, day = (int(part) if part else 1 for part in _DATE.fullmatch(text).groups())  # type: ignore[union-attr]
    return year > 0 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


DATE = _matching(_DATE, "a date", "write 'YYYY', 'YYYY-MM' or 'YYYY-MM-DD', in quotes", _is_date)
URL = _matching(_URL, "a web address", "write it whole, from https://")
COUNTRY = _matching(re.compile("[A-Z]{2}"), "a country code", "write two capitals (ISO 3166): RU")
CODE = _matching(LANGUAGE, "a language code", "write a BCP 47 code: ru, en, zh-Hans")


def _read_reference(node: Node, findings: Findings) -> ScalarNode | None:
    text = _scalar(node, "an id", findings)
    if text is None or ID.fullmatch(text):
        return node if isinstance(node, ScalarNode) and text else None
    assert isinstance(node, ScalarNode)
    findings.add(node.line, node.column, f"`{_short(text)}` is not an id", "use a-z, 0-9 and hyphens")
    return None


# An id that must exist elsewhere: it keeps its node, so that a dangling one can be shown.
REFERENCE = Shape(_read_reference, {"type": "string", "pattern": f"^{ID.pattern}$"})


def listing(item: Shape) -> Shape:
    """A list, at least one item long."""

    def read(node: Node, findings: Findings) -> tuple[Any, ...] | None:
        if not isinstance(node, SequenceNode):
            _expected(node, "a list", "put it in square brackets, or on lines that begin with `- `", findings)
            return None
        if not node.items:
            findings.add(node.line, node.column, "an empty list", "write its items, or remove the key")
            return None
        return tuple(value for part in node.items if (value := item.read(part, findings)) is not None)

    return Shape(read, {"type": "array", "items": item.schema, "minItems": 1})


def one_or_more(item: Shape) -> Shape:
    """A list, or a single item without brackets."""
    several = listing(item)

    def read(node: Node, findings: Findings) -> tuple[Any, ...] | None:
        if isinstance(node, SequenceNode):
            values: tuple[Any, ...] | None = several.read(node, findings)
            return values
        value = item.read(node, findings)
        return None if value is None else (value,)

    return Shape(read, {"anyOf": [item.schema, several.schema]})


def by_language(item: Shape) -> Shape:
    """Values by language code."""

    def read(node: Node, findings: Findings) -> dict[str, Any] | None:
        if not isinstance(node, MappingNode):
            _expected(node, "languages with values", "write the language first: `en: …`", findings)
            return None
        if not node.pairs:
            findings.add(node.line, node.column, "no language", "write at least one, or remove the key")
            return None
        values = {}
        for code, value in node.pairs:
            if CODE.read(code, findings) and (read := _read_value(code, Key(code.text, item, ""), value, findings)) is not None:
                values[code.text] = read
        return values

    schema = {"type": "object", "propertyNames": CODE.schema, "additionalProperties": item.schema, "minProperties": 1}
    return Shape(read, schema)


TEXTS = by_language(TEXT)
WORDS = by_language(listing(TEXT))
REFERENCES = listing(REFERENCE)


def _read_own_words(node: Node, findings: Findings) -> Any:
    return (WORDS if isinstance(node, MappingNode) else _LIST).read(node, findings)


_LIST = listing(TEXT)
# Words by language, or a list in the language of the form it stands on.
OWN_WORDS = Shape(_read_own_words, {"anyOf": [_LIST.schema, WORDS.schema]})
