"""SKOS as JSON-LD 1.1 (W3C Recommendations of 2009 and 2020): a concept for each entry, a collection for each pack.

Nothing has to be fetched to read it: the context is part of the file. As SKOS asks (S13, S14), a concept has one preferred
label in a language, and no label of it is both preferred and alternative.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from proxy_addon.glossary.model import Entry, Glossary, Texts, plain

URN = "urn:glossator:"
_BY_LANGUAGE = {"prefLabel": "@language", "altLabel": "@language", "definition": "@language", "scopeNote": "@language"}
CONTEXT: dict[str, Any] = {
    "@vocab": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "id": "@id",
    "type": "@type",
    **{name: {"@id": f"http://www.w3.org/2004/02/skos/core#{name}", "@container": box} for name, box in _BY_LANGUAGE.items()},
    **{name: {"@type": "@id"} for name in ("inScheme", "hasTopConcept", "related", "member")},
    "source": {"@id": "dct:source", "@type": "@id"},
    "isReplacedBy": {"@id": "dct:isReplacedBy", "@type": "@id"},
    "conformsTo": {"@id": "dct:conformsTo", "@type": "@id"},
    "title": {"@id": "dct:title", "@container": "@language"},
    "creator": {"@id": "dct:creator", "@container": "@language"},
    "issued": "dct:issued",
}


def to_skos(glossary: Glossary) -> Mapping[str, bytes]:
    graph = [_scheme(glossary), *_collections(glossary), *_acts(glossary)]
    graph += [_concept(entry, glossary) for entry in glossary.entries.values()]
    text = json.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1)
    return {"glossary.jsonld": f"{text}\n".encode()}


def _scheme(glossary: Glossary) -> dict[str, Any]:
    members = [_entry_id(ident) for ident in glossary.entries]
    return {"id": f"{URN}glossary", "type": "ConceptScheme", "prefLabel": {"en": "Glossator"}, "hasTopConcept": members}


def _collections(glossary: Glossary) -> list[dict[str, Any]]:
    found = []
    for pack in glossary.packs.values():
        members = [_entry_id(entry.id) for entry in glossary.entries.values() if entry.pack == pack.id]
        found.append({"id": f"{URN}pack:{pack.id}", "type": "Collection", "prefLabel": dict(pack.title), "member": members})
    return found


def _acts(glossary: Glossary) -> list[dict[str, Any]]:
    """The rules, as the documents that concepts conform to."""
    found = []
    for rule in glossary.rules.values():
        act: dict[str, Any] = {"id": f"{URN}rule:{rule.id}", "type": "dct:Standard", "title": dict(rule.title)}
        act |= {"creator": dict(rule.authority)}
        act |= {"issued": rule.since} if rule.since else {}
        found.append(act | ({"source": rule.url} if rule.url else {}))
    return found


def _concept(entry: Entry, glossary: Glossary) -> dict[str, Any]:
    preferred, alternative = _labels(entry)
    related = {_entry_id(other.id) for ident in (*entry.instead, *entry.see) if (other := glossary.entry(ident))}
    successors = [_entry_id(other.id) for ident in entry.replaced_by if (other := glossary.entry(ident))]
    concept = {
        "id": _entry_id(entry.id),
        "type": "Concept",
        "inScheme": f"{URN}glossary",
        "notation": entry.id,
        "prefLabel": preferred,
        "altLabel": alternative,
        "definition": dict(entry.means),
        "scopeNote": _joined(entry.who, entry.note),
        "related": sorted(related),
        "isReplacedBy": successors,
        "conformsTo": [f"{URN}rule:{rule}" for rule in entry.rules],
        "source": [source.url for source in entry.sources],
    }
    return {name: value for name, value in concept.items() if value}


def _labels(entry: Entry) -> tuple[dict[str, str], dict[str, list[str]]]:
    by_language: dict[str, dict[str, None]] = {}
    for form in entry.forms:
        by_language.setdefault(form.lang, {})[plain(form.text)] = None
    preferred = {code: next(iter(labels)) for code, labels in by_language.items()}
    return preferred, {code: list(labels)[1:] for code, labels in by_language.items() if len(labels) > 1}


def _joined(*texts: Texts) -> dict[str, list[str]]:
    codes = dict.fromkeys(code for each in texts for code in each)
    return {code: [each[code] for each in texts if code in each] for code in codes}


def _entry_id(ident: str) -> str:
    return f"{URN}{ident}"
