"""JSON: everything that the model holds, without the places in files, and the JSON Schema (draft 2020-12) of it.

Schema and reading follow the types of ``model``, so that they can't tell another story than the values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from proxy_addon.glossary.exchange.draft import Draft
from proxy_addon.glossary.model import Entry, Glossary
from proxy_addon.glossary.problem import Findings

# Fields that tell where in a file something stands.
_PLACES = ("place", "lines")


def to_json(glossary: Glossary) -> Mapping[str, bytes]:
    return {"glossary.json": _text(_without_places(asdict(glossary)))}


def to_json_schema(_glossary: Glossary) -> Mapping[str, bytes]:
    return {"glossary.schema.json": _text({"$schema": "https://json-schema.org/draft/2020-12/schema", **_schema(Glossary)})}


def _text(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _without_places(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_places(each) for key, each in value.items() if key not in _PLACES}
    return [_without_places(each) for each in value] if isinstance(value, list | tuple) else value


def _schema(kind: Any) -> dict[str, Any]:
    arguments = get_args(kind)
    if is_dataclass(kind):
        named = _fields(kind)
        properties = {name: _schema(hint) for name, hint in named.items()}
        return {"type": "object", "properties": properties, "required": list(named), "additionalProperties": False}
    if get_origin(kind) is Literal:
        return {"enum": list(arguments)}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _schema(arguments[0])}
    if get_origin(kind) is Mapping:
        return {"type": "object", "additionalProperties": _schema(arguments[1])}
    if arguments:
        return {"anyOf": [_schema(each) for each in arguments]}
    return {"type": {str: "string", bool: "boolean", type(None): "null"}[kind]}


def _fields(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind) if each.name not in _PLACES}


def from_json(data: bytes) -> Glossary:
    """The glossary that ``to_json`` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    found: Glossary = _value(Glossary, json.loads(data))
    return found


def _value(kind: Any, found: Any) -> Any:
    arguments = get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return kind(**{name: _value(hint, found[name]) for name, hint in _fields(kind).items()})
    if get_origin(kind) is tuple:
        return tuple(_value(arguments[0], each) for each in found)
    if get_origin(kind) is Mapping:
        return {key: _value(arguments[1], each) for key, each in found.items()}
    return found


def read_json(data: bytes, findings: Findings) -> list[Draft]:
    """The entries of a file that ``to_json`` wrote, as drafts: ids, kinds, terms, meanings and addresses."""
    try:
        glossary = from_json(data)
    except json.JSONDecodeError as error:
        findings.add(error.lineno, error.colno, f"this is not JSON ({error.msg})", "mend it there, or export it anew")
    except (AttributeError, KeyError, TypeError, UnicodeDecodeError) as error:
        findings.add(1, 1, f"this is no exported glossary ({error!r})", "see `glossator glossary export --format json-schema`")
    else:
        return [_draft(entry) for entry in glossary.entries.values()]
    return []


def _draft(entry: Entry) -> Draft:
    codes = dict.fromkeys(form.lang for form in entry.forms)
    terms = {code: tuple(form.text for form in entry.forms if form.lang == code) for code in codes}
    sources = tuple(source.url for source in entry.sources)
    return Draft(1, entry.id, entry.kind, entry.lang, terms, entry.means, sources)
