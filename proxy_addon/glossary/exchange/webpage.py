"""A saved web page -> drafts: its largest table, definition list or list. The one module that knows beautifulsoup4.

A table is read like a sheet; without a head its first column holds terms and its second meanings. In a list an item is a
term, and what follows a dash is its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bs4 import BeautifulSoup, Tag

from proxy_addon.glossary.exchange.draft import Draft
from proxy_addon.glossary.exchange.sheet import read_rows
from proxy_addon.glossary.problem import Findings

_DASH = re.compile(r"\s+[-\u2013\u2014]\s+|\s*:\s+")
Row = tuple[int, list[str]]


def read_page(data: bytes, findings: Findings) -> list[Draft]:
    """What the page's largest table or list holds. A page with neither is reported."""
    page = BeautifulSoup(data, "html.parser")
    found = max((_rows(each) for each in page.find_all(["table", "dl", "ul", "ol"])), key=len, default=[])
    if not found:
        findings.add(1, 1, "no table or list is in this page", "save the page that holds it (not a frame or an image)")
    return read_rows(found, findings) if found else []


def _rows(element: Tag) -> list[Row]:
    """The rows of a table or list that hold something, the first of them a head."""
    rows = [(line, cells) for line, cells in _READERS[element.name](element) if any(cells)]
    return rows if element.name == "table" and element.find("th") else [_HEAD, *rows] if rows else []


def _of_table(table: Tag) -> Iterator[Row]:
    """Cells in the order of the page, a row from each ``tr`` on: end tags may be left out, and then cells lie in cells."""
    row: Row = (1, [])
    for part in table.find_all(["tr", *_CELLS]):
        if part.find_parent("table") is not table:
            continue
        if part.name == "tr":
            yield row
            row = (_line(part), [])
        else:
            row[1].append(_own_text(part, _CELLS))
    yield row


def _of_definitions(definitions: Tag) -> Iterator[Row]:
    row: Row = (1, [])
    for part in definitions.find_all(["dt", "dd"]):
        if part.name == "dt":
            yield row
            row = (_line(part), [])
        if len(row[1]) < 2:
            row[1].append(_own_text(part, ("dt", "dd")))
    yield row


def _of_list(items: Tag) -> Iterator[Row]:
    for item in items.find_all("li"):
        yield _line(item), _DASH.split(_own_text(item, ("li",)), maxsplit=1)


def _line(element: Tag) -> int:
    return element.sourceline or 1


def _own_text(element: Tag, like: Sequence[str]) -> str:
    """The text in ``element``, but not what lies in others like it."""
    parts = (text for text in element.find_all(string=True) if text.find_parent(list(like)) is element)
    return " ".join(" ".join(parts).split())


_CELLS = ("th", "td")
_HEAD: Row = (1, ["term", "definition"])
_READERS = {"table": _of_table, "dl": _of_definitions, "ul": _of_list, "ol": _of_list}
