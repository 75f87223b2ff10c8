"""The JSON Schema (draft-07) of glossary files, for editors that complete and check while one types.

It is made from ``grammar``, with the meaning of each word of a vocabulary taken from the comments in ``model``; one schema
serves all files, as an entry, a rule and a topic are told apart by their keys. This module does not know files.
"""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

from proxy_addon.glossary import model
from proxy_addon.glossary.grammar import ANNOTATE, ENTRY, FORM, LEAVE, PACK, RULE, SOURCE, TOPIC
from proxy_addon.glossary.shapes import ID, TEXT, Key, Keys, Schema

_VOCABULARIES = {"kind": "Kind", "status": "Status", "case": "Case", "hyphen": "Hyphen", "quoted": "Quoted"}


def schema() -> Schema:
    """The whole schema as plain values."""
    definitions = {"entry": ENTRY, "rule": RULE, "topic": TOPIC, "annotate": ANNOTATE, "leave": LEAVE, "source": SOURCE}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A file of the glossary: entries, rules or topics by id, or the description of a pack",
        "type": "object",
        "properties": _properties(PACK),
        "patternProperties": {f"^(?!(?:{'|'.join(PACK)})$){ID.pattern}$": _section()},
        "additionalProperties": False,
        "definitions": {name: _mapping(keys) for name, keys in definitions.items()} | {"form": _form()},
    }


def schema_text() -> str:
    """The schema as the file ``pack.schema.json`` holds it."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def _section() -> Schema:
    """What hangs on an id: a rule if it names an authority, a topic if it lists evidence and
    has nothing of an entry, else an entry or its patch."""
    entry_like = {"anyOf": [{"required": [name]} for name in ("kind", "terms", "means")]}
    topic = {"anyOf": [{"required": [name]} for name in TOPIC], "not": entry_like}
    patch = {"required": ["default"], "maxProperties": 1}
    otherwise: Schema = _ref("entry")
    for test, chosen in (
        (patch, {"properties": {"default": _described(ENTRY["default"])}}),
        (topic, _ref("topic")),
        ({"required": ["authority"]}, _ref("rule")),
    ):
        otherwise = {"if": test, "then": chosen, "else": otherwise}
    return otherwise


def _form() -> Schema:
    one = [{"required": [name]} for name in ("lemma", "exact", "listed")]
    return {"anyOf": [TEXT.schema, {**_mapping(FORM), "oneOf": one}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _mapping(keys: Keys) -> Schema:
    required = [key.name for key in keys.values() if key.required]
    found: Schema = {"type": "object", "properties": _properties(keys), "additionalProperties": False}
    return {**found, "required": required} if required else found


def _properties(keys: Keys) -> Schema:
    return {key.name: _described(key) for key in keys.values()}


def _described(key: Key) -> Schema:
    words = definitions(_VOCABULARIES[key.name]) if key.name in _VOCABULARIES else {}
    meant = [f"{word}: {meaning}" for word, meaning in words.items() if meaning]
    return {**key.shape.schema, "description": "\n".join([key.help, *meant])}


def definitions(vocabulary: str) -> dict[str, str]:
    """The words of a vocabulary of ``model`` with the comments above them: ``{"banned": "An authority forbids …"}``."""
    source = inspect.getsource(model)
    body = re.search(rf"^{vocabulary} = Literal\[\n(.*?)^\]", source, re.MULTILINE | re.DOTALL)
    assert body, vocabulary
    found: dict[str, Any] = {}
    comment: list[str] = []
    for line in map(str.strip, body[1].splitlines()):
        if line.startswith("#"):
            comment.append(line.lstrip("# "))
        else:
            found[line.strip('",')] = " ".join(comment)
            comment = []
    return found
