"""CSV (RFC 4180), as spreadsheets write it: a row for each entry, a column for each field and language.

``terms_ru`` holds the forms in Russian in the editor's notation, one a line; ``means_en`` the meaning for readers of English.
Reading takes the same columns, and those that tables of others have (``term``, ``definition``, a bare language code).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping

from proxy_addon.glossary.exchange.draft import Draft, in_lines
from proxy_addon.glossary.model import Entry, Glossary
from proxy_addon.glossary.problem import Findings
from proxy_addon.glossary.reader import read_text

FIELDS = ("id", "pack", "kind", "lang", "status", "since", "until", "rules")
# The columns of others -> ours; a language may follow (``term_de``, ``definition (fr)``).
_NAMES = {
    "term": "terms",
    "terms": "terms",
    "word": "terms",
    "phrase": "terms",
    "means": "means",
    "meaning": "means",
    "definition": "means",
    "description": "means",
    "id": "id",
    "kind": "kind",
    "lang": "lang",
    "language": "lang",
    "source": "sources",
    "sources": "sources",
    "url": "sources",
}
_COLUMN = re.compile(r"(?P<name>[a-z]+)(?:[ _(\[:-]+(?P<lang>[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)[)\]]?)?", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Za-z]{4})?")
Columns = list[tuple[str, str]]


def to_csv(glossary: Glossary) -> Mapping[str, bytes]:
    """One file, UTF-8 with the mark by which spreadsheets know it."""
    entries = list(glossary.entries.values())
    texts = sorted({form.lang for entry in entries for form in entry.forms})
    readers = sorted({code for entry in entries for code in entry.means})
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*FIELDS, *(f"terms_{code}" for code in texts), *(f"means_{code}" for code in readers), "sources"])
    writer.writerows(_row(entry, texts, readers) for entry in entries)
    return {"glossary.csv": out.getvalue().encode("utf-8-sig")}


def _row(entry: Entry, texts: list[str], readers: list[str]) -> Iterator[str]:
    plain = {name: getattr(entry, name) for name in FIELDS}
    yield from ("\n".join(value) if isinstance(value, tuple) else value for value in plain.values())
    yield from ("\n".join(form.text for form in entry.forms if form.lang == code) for code in texts)
    yield from (entry.means.get(code, "") for code in readers)
    yield "\n".join(source.url for source in entry.sources)


def read_csv(data: bytes, findings: Findings) -> list[Draft]:
    """The rows that hold a term. A table without a column of terms, or a row longer than its head, is reported."""
    text = read_text(data, findings)
    if text is None:
        return []
    head, _, _ = text.partition("\n")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    try:
        lines = [(rows.line_num, row) for row in rows]
    except csv.Error as error:
        findings.add(rows.line_num, 1, f"this is not CSV ({error})", "close the quotation mark, or save the table anew")
        return []
    starts = [1, *(end + 1 for end, _ in lines)]
    return read_rows([(start, row) for start, (_, row) in zip(starts, lines, strict=False)], findings)


def read_rows(rows: list[tuple[int, list[str]]], findings: Findings) -> list[Draft]:
    """Drafts from a table whose first row names the columns; rows without a word are nothing. Lines count from 1."""
    columns = [_column(name) for name in (rows[0][1] if rows else [])]
    if not any(field == "terms" for field, _ in columns):
        found = ", ".join(f"«{name}»" for name in (rows[0][1] if rows else []) if name.strip()) or "none"
        findings.add(1, 1, f"no column holds terms (columns: {found})", "name one `term`, `terms_ru` or the like")
        return []
    drafts = []
    for line, row in rows[1:]:
        written = max((at for at, cell in enumerate(row, 1) if cell.strip()), default=0)
        if not written:
            continue
        if written > len(columns):
            findings.add(line, 1, f"{written} cells under {len(columns)} columns", "put a cell that holds a comma in quotes")
        elif (draft := _draft(line, row, columns)).terms:
            drafts.append(draft)
        else:
            findings.add(line, 1, "no term in this row", "write it, or delete the row")
    return drafts


def _column(name: str) -> tuple[str, str]:
    """``terms_ru`` is ("terms", "ru"), a bare ``ru`` too; a column that nothing is known of is ("", "")."""
    name = name.strip().lstrip("\ufeff")
    if _LANGUAGE.fullmatch(name) and name not in _NAMES:
        return "terms", name
    match = _COLUMN.fullmatch(name)
    return (_NAMES.get(match["name"].lower(), ""), match["lang"] or "") if match else ("", "")


def _draft(line: int, row: list[str], columns: Columns) -> Draft:
    cells = [(field, code, cell.strip()) for (field, code), cell in zip(columns, row, strict=False) if cell.strip()]
    one = {field: cell for field, _, cell in cells if field in ("id", "kind", "lang")}
    own = one.get("lang", "")
    terms = {code or own: in_lines(cell) for field, code, cell in cells if field == "terms"}
    means = {code: " ".join(cell.split()) for field, code, cell in cells if field == "means"}
    sources = tuple(url for field, _, cell in cells if field == "sources" for url in cell.split())
    return Draft(line, terms={code: words for code, words in terms.items() if words}, means=means, sources=sources, **one)
