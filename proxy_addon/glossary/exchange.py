"""The glossary as other programs and readers take it: JSON, CSV, a page to read or print.

Each writer is a pure function of a glossary and gives text. This module does not know files or the command line.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from html import escape
from typing import Any

from proxy_addon.glossary.model import Entry, Glossary, Rule, Texts, in_language, plain

COLUMNS = ("id", "pack", "kind", "status", "lang", "term", "forms", "means_en", "rules", "since", "until", "sources")


def to_json(glossary: Glossary) -> str:
    """Everything, as the model has it, without the places in files."""
    return json.dumps(_without_places(asdict(glossary)), ensure_ascii=False, indent=2) + "\n"


def _without_places(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_places(each) for key, each in value.items() if key != "place"}
    return [_without_places(each) for each in value] if isinstance(value, list | tuple) else value


def to_csv(glossary: Glossary) -> str:
    """A row for each entry (RFC 4180); what is several is joined with `` | ``."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_row(entry) for entry in glossary.entries.values())
    return out.getvalue()


def _row(entry: Entry) -> list[str]:
    forms = " | ".join(f"{form.lang}:{plain(form.text)}" for form in entry.forms)
    first = [entry.id, entry.pack, entry.kind, entry.status, entry.lang, entry.headword, forms, entry.means.get("en", "")]
    sources = " | ".join(source.url for source in entry.sources)
    return [*first, " | ".join(entry.rules), entry.since, entry.until, sources]


def to_html(glossary: Glossary) -> str:
    """One page that can be read and printed: entries by pack, each with meaning, acts, forms and sources."""
    body = "".join(_section(glossary, pack) for pack in glossary.packs)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Glossary</title>\n'
        '<meta name="viewport" content="width=device-width">\n'
        "<style>body{max-width:45em;margin:2em auto;padding:0 1em;font:1em/1.5 serif}article{break-inside:avoid}"
        "h3{margin-bottom:0}p{margin:.3em 0}small{color:#444}</style></head>\n"
        f"<body>{body}</body></html>\n"
    )


def _section(glossary: Glossary, pack: str) -> str:
    entries = [entry for entry in glossary.entries.values() if entry.pack == pack]
    articles = "".join(f'<article id="{entry.id}">{"".join(_article(entry, glossary))}</article>\n' for entry in entries)
    title = _text(glossary.packs[pack].title, "h2")
    return f'<section id="pack-{escape(pack)}">{title}\n{articles}</section>\n' if entries else ""


def _article(entry: Entry, glossary: Glossary) -> Iterator[str]:
    yield f'<h3 lang="{entry.lang}">{escape(entry.headword)}</h3>'
    yield f"<p><small>{' · '.join(filter(None, (entry.kind, entry.status, entry.since, entry.until)))}</small></p>"
    yield from (f'<p lang="{code}">{escape(text)}</p>' for code, text in entry.means.items())
    yield _text(entry.who, "p")
    yield from (_act(glossary.rules[rule]) for rule in entry.rules)
    yield _text(entry.note, "p")
    forms = (f'<span lang="{form.lang}">{escape(plain(form.text))}</span>' for form in entry.forms)
    yield f"<p><small>{', '.join(forms)}</small></p>"
    yield from (f'<p><small><a href="{escape(each.url)}">{escape(each.title)}</a></small></p>' for each in entry.sources)


def _act(rule: Rule) -> str:
    said = f"{in_language(rule.authority, 'en')[1]}: {in_language(rule.title, 'en')[1]}"
    title = f'<a href="{escape(rule.url)}">{escape(said)}</a>' if rule.url else escape(said)
    return f"<p>{title}{f', {rule.since}' if rule.since else ''}</p>"


def _text(texts: Texts, tag: str) -> str:
    code, text = in_language(texts, "en")
    return f'<{tag} lang="{code}">{escape(text)}</{tag}>' if text else ""


WRITERS: Mapping[str, Callable[[Glossary], str]] = {"json": to_json, "csv": to_csv, "html": to_html}
