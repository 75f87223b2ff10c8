"""What is read: documents, each the bytes of one page, text or part of a mail, whatever file it came in.

A byte offset that is reported anywhere counts from the first byte of ``Document.data``. This module knows no file format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from proxy_addon.markup.bridge import bridge
from proxy_addon.markup.encoding import Encoding, sniff
from proxy_addon.message.transform import place

# How the text of a document is told from its markup.
Form = Literal[
    "html",
    # Paragraphs between blank lines.
    "text",
    # CommonMark with tables.
    "markdown",
]

# The largest document that is read, in bytes: everything about one document is held in memory.
LARGEST = 256 << 20


class InputError(Exception):
    """An input that can't be read. The message names it, says what is wrong with it and how to mend that."""


class MissingError(InputError):
    """What the user named isn't there."""


class UnseenError(InputError):
    """A file that was found is not to be reached where it is read, which may be another machine."""


def fault(name: str, error: Exception) -> InputError:
    """What is said when we fail at a document: where, but not the error's own words, which may quote the page."""
    return InputError(f"{name}: a fault in Glossator ({place(error)}); please report it")


@dataclass(frozen=True, slots=True)
class Document:
    """``data`` with every content coding undone. ``name`` leads back to the file: ``FILE`` or ``FILE#n``, counted from 1.

    ``url`` and ``date`` (ISO 8601, when it was fetched or sent) are empty where the source doesn't say.
    """

    name: str
    data: bytes
    form: Form = "html"
    content_type: str | None = None
    url: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Inner:
    """A document as bytes whose ASCII is ASCII; ``content_type`` makes a rewriter read ``data`` in this encoding."""

    data: bytes
    encoding: Encoding
    content_type: str

    def outward(self, offsets: Sequence[int]) -> dict[int, int]:
        """The offsets in the document's own bytes for offsets in ``data``."""
        way = bridge(self.encoding)
        if way is None:
            return {offset: offset for offset in offsets}
        found, outside = {0: 0}, 0
        for before, offset in pairwise(sorted({0, *offsets})):
            outside += len(way.outward(self.data[before:offset]))
            found[offset] = outside
        return found


def inner(document: Document) -> Inner:
    """What of the document a matcher can be shown. InputError if its encoding holds no text."""
    encoding = sniff(document.data, document.content_type, last=True)
    if encoding is None or not encoding.readable:
        raise InputError(f"{document.name}: its encoding can't be read; save it as UTF-8")
    way = bridge(encoding)
    data = way.inward(document.data, last=True) if way else document.data
    return Inner(data, encoding, f"text/html; charset={encoding.name}")
