"""The first writing of an entry: valid as it stands, with what is left to do as comments."""

from __future__ import annotations

from datetime import date
from typing import get_args

from proxy_addon.glossary.grammar import read_entry
from proxy_addon.glossary.layout import formatted
from proxy_addon.glossary.model import Kind
from proxy_addon.glossary.problem import Findings
from proxy_addon.glossary.reader import read_document
from proxy_addon.glossary.shapes import ID

KINDS: tuple[str, ...] = get_args(Kind)

_STUB = """\
{ident}:
  kind: {kind}
  lang: {lang}
  # rules: the acts behind it, from rules.yaml; then `who` may go
  who:
    en: {who}
  terms:
    {lang}:
      - {term}
  means:
    en: {means}
    # the same in the language of the word
  # annotate and leave: two sentences each
  sources:
    - title: {source_title}
      url: {source}
      seen: '{today}'
      for: [use]
"""


def stub(ident: str, findings: Findings, *, today: date, **answers: str) -> str | None:
    """The text of the entry ``ident`` from ``answers`` (kind, lang, term, means, who, source, source_title), or None after
    a report of the answers that can't stand in an entry."""
    if not ID.fullmatch(ident):
        findings.add(1, 1, f"`{ident}` is not an id", "use a-z, 0-9 and hyphens")
        return None
    quoted = {name: "'" + " ".join(text.split()).replace("'", "''") + "'" for name, text in answers.items()}
    text = _STUB.format(ident=ident, today=today.isoformat(), **quoted)
    document = read_document(text, findings)
    for key, node in document.root.pairs if document else ():
        read_entry(key, node, "", findings)
    return None if findings.problems else formatted(text, "entries", findings)
