"""An entry as the service and the page script tell it: plain JSON values in one reader's language, with rules and sources.

Knows nothing of HTTP.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from proxy_addon.glossary.model import Entry, Glossary, Rule, Source, Texts, in_language

Card = dict[str, Any]


def card(glossary: Glossary, entry: Entry, language: str) -> Card:
    """Everything a hover card shows. Texts carry the language they are really in; links are http or https, else left out."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "status": entry.status,
        "term": entry.headword,
        "lang": entry.lang,
        "means": _text(entry.means, language),
        "who": _text(entry.who or _authority(glossary, entry), language),
        "since": entry.since,
        "until": entry.until,
        "note": _text(entry.note, language),
        "rules": [_rule(glossary.rules[ref], language) for ref in entry.rules if ref in glossary.rules],
        "instead": [_reference(glossary, ref) for ref in entry.instead],
        "see": [_reference(glossary, ref) for ref in entry.see],
        "sources": [_source(source) for source in entry.sources],
    }


def _text(texts: Texts, language: str) -> Card | None:
    code, text = in_language(texts, language)
    return {"lang": code, "text": text} if text else None


def _authority(glossary: Glossary, entry: Entry) -> Texts:
    return next((glossary.rules[ref].authority for ref in entry.rules if ref in glossary.rules), {})


def _rule(rule: Rule, language: str) -> Card:
    texts = {"authority": rule.authority, "title": rule.title, "penalty": rule.penalty}
    said = {name: _text(value, language) for name, value in texts.items()}
    return {"id": rule.id, **said, "since": rule.since, "until": rule.until, "url": link(rule.url)}


def _reference(glossary: Glossary, ref: str) -> Card:
    entry = glossary.entry(ref)
    return {"id": ref, "term": entry.headword, "lang": entry.lang} if entry else {"id": ref, "term": ref, "lang": ""}


def _source(source: Source) -> Card:
    return {"title": source.title, "url": link(source.url), "archive": link(source.archive), "published": source.published}


def link(url: str) -> str | None:
    """``url`` if a page may link to it."""
    return url if urlsplit(url).scheme in ("http", "https") else None
