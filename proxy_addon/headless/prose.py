"""Plain text and Markdown as blocks that lead back to bytes, and as a page. The one module that knows markdown-it.

A block of plain text ends at a blank line. In Markdown the blocks are CommonMark's (paragraphs, headings, cells); marks of
emphasis and the addresses of links are no text, code and images stand as U+FFFC. What is written otherwise than it is read
(character references, escapes) leads back to where it stands as a whole.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from proxy_addon.headless.documents import Document, Inner
from proxy_addon.markup.encoding import Encoding
from proxy_addon.markup.runs import OBJECT

_BLANK = re.compile(rb"\r?\n(?:[ \t]*\r?\n)+|\r(?:[ \t]*\r)+")
_LINE = re.compile(rb"\r\n|\n|\r")
_BAR = re.compile(r"(\|)")
_SOFT = ("softbreak", "hardbreak")
_OBJECTS = ("code_inline", "image", "html_inline")
# Between two characters of one block that both stand in the file, so much markup may stand at most.
_REACH = 4000


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of text from line ``line`` (from 1) on. Character n of ``text`` is written as characters ``places[n]`` up to, not
    including, ``ends[n]`` of ``source``, whose first byte is byte ``at`` of the document."""

    text: str
    line: int
    at: int
    source: bytes
    places: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int, encoding: Encoding) -> tuple[int, int]:
        """The bytes of the document in which characters ``start`` to ``end`` stand."""
        first, behind = encoding.span(self.source, self.places[start], self.ends[end - 1])
        return self.at + first, self.at + behind


def passages(document: Document, inner: Inner) -> Iterator[Passage]:
    """The blocks of a text or of a Markdown file, in order."""
    found = _markdown(inner) if document.form == "markdown" else _plain(inner)
    return (passage for passage in found if passage.text.strip())


def page(document: Document, inner: Inner) -> bytes:
    """A plain HTML page in UTF-8 that shows the text."""
    text = _read(inner.data, inner.encoding)
    shown = _parser().render(text) if document.form == "markdown" else "\n".join(_paragraphs(inner))
    head = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{html.escape(document.name)}</title></head>\n'
    return f"{head}<body>\n{shown}\n</body></html>\n".encode("utf-8", "replace")


def _read(data: bytes, encoding: Encoding) -> str:
    return encoding.decode(data).removeprefix("\ufeff")


def _paragraphs(inner: Inner) -> Iterator[str]:
    for passage in _plain(inner):
        if passage.text.strip():
            yield "<p>" + "<br>\n".join(map(html.escape, passage.text.removeprefix("\ufeff").splitlines())) + "</p>"


def _plain(inner: Inner) -> Iterator[Passage]:
    begin, line = 0, 1
    for end, behind in (*(blank.span() for blank in _BLANK.finditer(inner.data)), (len(inner.data), len(inner.data))):
        source = inner.data[begin:end]
        text = inner.encoding.decode(source)
        yield Passage(text, line, begin, source, range(len(text)), range(1, len(text) + 1))
        line += len(_LINE.findall(inner.data, begin, behind))
        begin = behind


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def _markdown(inner: Inner) -> Iterator[Passage]:
    starts = [0, *(ends.end() for ends in _LINE.finditer(inner.data)), len(inner.data)]
    cursor, row = 0, -1
    # Joined, text wouldn't tell any more what of it is written as a reference or an escape.
    for token in _parser().disable("text_join").parse(_read(inner.data, inner.encoding)):
        if token.type != "inline" or token.map is None:
            continue
        first, behind = token.map
        at = starts[min(first, len(starts) - 1)]
        source = inner.data[at : starts[min(behind, len(starts) - 1)]]
        cursor, row = (cursor, row) if row == first else (0, first)
        passage = _passage(token, first + 1, at, source, inner.encoding, cursor)
        cursor = max((cursor, *passage.ends))
        yield passage


def _passage(token: Token, line: int, at: int, source: bytes, encoding: Encoding, cursor: int) -> Passage:
    """What an inline token says; ``cursor``: where to look for it (the cells of a row are told of one after the other)."""
    written = encoding.decode(source)
    text: list[str] = []
    places: list[int] = []
    ends: list[int] = []
    for said, source_of in (piece for child in token.children or () for piece in _pieces(child, written, cursor)):
        found = _find(written, source_of, cursor)
        begin = found if found >= 0 else min(cursor, len(written) - 1)
        cursor = found + len(source_of) if found >= 0 else cursor
        if said == source_of and found >= 0:
            places.extend(range(begin, cursor))
            ends.extend(range(begin + 1, cursor + 1))
        else:
            places.extend([begin] * len(said))
            ends.extend([max(cursor, begin + 1)] * len(said))
        text.append(said)
    return Passage("".join(text), line, at, source, places, ends)


def _find(written: str, said: str, cursor: int) -> int:
    return written.find(said, cursor, cursor + _REACH + len(said)) if said else -1


def _pieces(child: Token, written: str, cursor: int) -> Iterator[tuple[str, str]]:
    """A token's text in pieces, each with how it is written: in a cell of a table the parser has undone the escapes of bars."""
    said, source_of = _said(child)
    if "|" not in source_of or _find(written, source_of, cursor) >= 0:
        yield said, source_of
    else:
        yield from ((piece, "\\|" if piece == "|" else piece) for piece in _BAR.split(said) if piece)


def _said(child: Token) -> tuple[str, str]:
    """What a token says, and how that is written if it can be looked for."""
    if child.type in _SOFT:
        return "\n", ""
    if child.type in _OBJECTS:
        return OBJECT, ""
    if child.type == "text_special":
        return child.content, child.markup
    return (child.content, child.content) if child.type == "text" else ("", "")
