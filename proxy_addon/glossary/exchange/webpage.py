"""A saved web page -> drafts: its largest table, definition list or list. The one module that knows beautifulsoup4.

A table is read like a sheet; without a head its first column holds terms and its second meanings. In a list an item is a
term, and what follows a dash is its meaning. Menus and what else frames a page are not looked at.
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
    found = max(filter(_is_content, page.find_all(list(_READERS))), key=_weight, default=None)
    rows = _rows(found) if found else []
    if not rows:
        cure = "save the page that holds it (not a frame or an image)"
        findings.add(1, 1, "no table or list is in this page, menus left aside", cure)
    return read_rows(rows, findings) if rows else []


def _is_content(element: Tag) -> bool:
    return not any(parent.name in _FRAMING or parent.get("role") in _FRAMING for parent in (element, *element.parents))


def _weight(element: Tag) -> int:
    """A row of a table is made with care, an item of a list may be anything."""
    return len(_rows(element)) * (1 if element.name in ("ul", "ol") else _TABLES)


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
# What frames a page, by element or by the role that stands for it (HTML-AAM).
_FRAMING = frozenset(
    ["nav", "header", "footer", "aside", "navigation", "banner", "contentinfo", "complementary", "menu", "menubar"]
)
_TABLES = 5
_HEAD: Row = (1, ["term", "definition"])
_READERS = {"table": _of_table, "dl": _of_definitions, "ul": _of_list, "ol": _of_list}
