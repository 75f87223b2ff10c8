"""The header fields that must change when a body does: framing, validators, Vary, digests (RFC 9110, 9111, 9112).

Pure functions on fields as the wire has them: a tuple of (name, value) pairs of bytes, in order, repeated names and all. What
need not change keeps its place, its case and its bytes. This module does not know policies (``csp``), bodies or the proxy.

Validators: a rewritten page bears ``W/"s!<tag>.gl-<version>"``, where the letter says what the origin's tag was and
``version`` (letters, digits, ``-``) names everything the page was made with. A browser that asks with such a tag is asking the
origin for the tag inside; with any other version it asks for the whole page. And a browser asks each time: a page that was
made here is never fresh, however long the origin's would be, because what it was made with may have changed meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from proxy_addon.message.coding import STREAMS

Field = tuple[bytes, bytes]
Fields = tuple[Field, ...]

VARY = b"Sec-Fetch-Mode"

# What describes the origin's bytes, or promises something about them, and no longer holds for ours.
_OF_THE_BODY = frozenset(
    (
        b"content-length",
        b"content-encoding",
        b"transfer-encoding",
        b"content-md5",
        b"digest",
        b"content-digest",
        b"repr-digest",
        b"unencoded-digest",
        b"accept-ranges",
        b"use-as-dictionary",
        b"last-modified",
        b"expires",
    )
)
# What lets a browser show a page without asking (RFC 9111 section 5.2.2, RFC 5861, RFC 8246).
_FRESHNESS = frozenset((b"max-age", b"s-maxage", b"immutable", b"stale-while-revalidate", b"stale-if-error"))
# What asks for the page by date, or in terms of a dictionary that we don't have.
_NOT_ASKED = frozenset((b"if-modified-since", b"available-dictionary", b"dictionary-id"))
_ACCEPTED = frozenset((*(name.encode() for name in STREAMS), b"identity", b"*"))
_ENTITY_TAG = re.compile(rb'(?:W/)?"[^"]*"')
_PARAMETER = re.compile(r';[ \t\r\n]*([^;="]*)(?:=(?:"((?:[^"\\]|\\.)*)"?|([^;]*)))?[^;]*')
_ESSENCE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_PLAIN = re.compile(r"[A-Za-z0-9_:.+-]+\Z")
_LIST_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_DIRECTIVE = re.compile(_LIST_ITEM.pattern.encode("ascii"))


@dataclass(frozen=True, slots=True)
class MediaType:
    """What Content-Type says: ``essence`` like ``text/html`` in lower case, and the charset's label as written, if any."""

    essence: str
    charset: str | None = None

    def __str__(self) -> str:
        """The type as a field that can be read in one way only."""
        if self.charset is None:
            return self.essence
        label = re.sub(r'(["\\])', r"\\\1", self.charset)
        return f"{self.essence}; charset={label}" if _PLAIN.match(label) else f'{self.essence}; charset="{label}"'


def values(fields: Fields, name: bytes) -> tuple[bytes, ...]:
    """The values of every field of that name (given in lower case), in order."""
    return tuple(value for field, value in fields if field.lower() == name)


def tokens(fields: Fields, name: bytes) -> tuple[str, ...]:
    """The members of a comma list over every field of that name, trimmed, in lower case."""
    joined = b",".join(values(fields, name)).decode("latin-1").lower()
    return tuple(token for token in (part.strip(" \t") for part in joined.split(",")) if token)


def content_encoding(fields: Fields) -> str:
    """The value of Content-Encoding, several fields joined into one list."""
    return ", ".join(tokens(fields, b"content-encoding"))


def media_type(fields: Fields) -> MediaType | None:
    """The type a browser takes from Content-Type, the last good one of several (Fetch, "extract a MIME type")."""
    found: MediaType | None = None
    for item in _LIST_ITEM.findall(b",".join(values(fields, b"content-type")).decode("latin-1")):
        read = _media_type(item)
        if read is None or read.essence == "*/*":
            continue
        same = found is not None and found.essence == read.essence and read.charset is None
        found = found if same else read
    return found


def chunked(request_version: str, response_version: str) -> bool:
    """Whether a body of unknown length is framed by chunks: for HTTP/1.1 clients, unless the origin spoke HTTP/1.0.

    An HTTP/1.0 answer ends with its connection, HTTP/2 and HTTP/3 have frames of their own and forbid the field.
    """
    return request_version == "HTTP/1.1" and response_version != "HTTP/1.0"


def asked(fields: Fields, *, version: str) -> Fields:
    """The request for a page: codings we can't undo, dictionaries and validators of other versions are not asked for."""
    kept = without(fields, _NOT_ASKED)
    kept = _edited(kept, b"if-none-match", lambda value: _wanted_tags(value, version))
    return _edited(kept, b"accept-encoding", _wanted_codings)


def rewritten(fields: Fields, *, version: str, chunked: bool) -> Fields:
    """The head of a page whose body we change; ``chunked`` adds Transfer-Encoding (see ``chunked``)."""
    framing = ((b"Transfer-Encoding", b"chunked"),) if chunked else ()
    return not_modified(fields, version=version) + framing


def not_modified(fields: Fields, *, version: str) -> Fields:
    """The head of a 304 for a page we changed before: it updates the stored page's head, so it must agree with it."""
    kept = _edited(without(fields, _OF_THE_BODY), b"etag", lambda value: mark(value, version))
    return varied(_asked_again(kept))


def _asked_again(fields: Fields) -> Fields:
    """The head of what a browser may store and must ask about each time it shows it."""
    kept = _edited(fields, b"cache-control", _without_freshness)
    said = {"no-cache", "no-store"} & set(tokens(kept, b"cache-control"))
    return kept if said else (*kept, (b"Cache-Control", b"no-cache"))


def _without_freshness(value: bytes) -> bytes | None:
    items = [item.strip(b" \t") for item in _DIRECTIVE.findall(value)]
    kept = [item for item in items if item.partition(b"=")[0].rstrip(b" \t").lower() not in _FRESHNESS]
    return value if kept == items else b", ".join(kept) or None


def varied(fields: Fields, by: bytes = VARY) -> Fields:
    """The head of what is stored apart ``by`` a field of its request: any HTML, changed or not, by how it is fetched."""
    if {"*", by.decode().lower()} & set(tokens(fields, b"vary")):
        return fields
    if not values(fields, b"vary"):
        return (*fields, (b"Vary", by))
    last = max(index for index, (name, _) in enumerate(fields) if name.lower() == b"vary")
    name, value = fields[last]
    return (*fields[:last], (name, value + b", " + by if value.strip() else by), *fields[last + 1 :])


def mark(tag: bytes, version: str) -> bytes | None:
    """The origin's entity tag as ours; None for one that could not be told again. Unquoted tags, though wrong, are common."""
    tag = tag.strip(b" \t")
    kind, core = _kind(tag)
    if not core or b'"' in core:
        return None
    return b'W/"' + kind + b"!" + core + b".gl-" + version.encode("ascii") + b'"'


def unmark(tag: bytes, version: str) -> bytes | None:
    """The origin's entity tag inside ours; None for a tag that is not ours or of another version."""
    end = b".gl-" + version.encode("ascii") + b'"'
    if not tag.startswith((b'W/"s!', b'W/"w!', b'W/"u!')) or not tag.endswith(end):
        return None
    core = tag[5 : -len(end)]
    return {b"s": b'"' + core + b'"', b"w": b'W/"' + core + b'"', b"u": core}[tag[3:4]]


def without(fields: Fields, names: frozenset[bytes]) -> Fields:
    """The fields but those named (in lower case)."""
    return tuple(field for field in fields if field[0].lower() not in names)


def _kind(tag: bytes) -> tuple[bytes, bytes]:
    """``s``trong, ``w``eak or ``u``nquoted, and what is inside."""
    for kind, start in ((b"s", b'"'), (b"w", b'W/"')):
        if tag.startswith(start) and tag.endswith(b'"') and len(tag) > len(start):
            return kind, tag[len(start) : -1]
    return b"u", tag


def _edited(fields: Fields, name: bytes, edit: Callable[[bytes], bytes | None]) -> Fields:
    """Every field of that name with its value edited; dropped where the edit gives None."""
    return tuple(_edits(fields, name, edit))


def _edits(fields: Fields, name: bytes, edit: Callable[[bytes], bytes | None]) -> Iterator[Field]:
    for field, value in fields:
        new = edit(value) if field.lower() == name else value
        if new is not None:
            yield field, new


def _wanted_tags(value: bytes, version: str) -> bytes | None:
    """The tags inside ours; foreign and stale ones, and ``*``, would get a 304 for a page the browser does not have."""
    tags = (unmark(tag, version) for tag in _ENTITY_TAG.findall(value))
    return b", ".join(tag for tag in tags if tag is not None) or None


def _wanted_codings(value: bytes) -> bytes:
    items = [item.strip(b" \t") for item in value.split(b",")]
    wanted = [item for item in items if item.partition(b";")[0].rstrip(b" \t").lower() in _ACCEPTED]
    return value if wanted == items else b", ".join(wanted) or b"identity"


def _media_type(item: str) -> MediaType | None:
    """One media type (WHATWG MIME Sniffing, "parse a MIME type"), of its parameters only the first charset."""
    essence, _, _ = item.partition(";")
    essence = essence.strip(" \t\r\n").lower()
    if not _ESSENCE.match(essence):
        return None
    for found in _PARAMETER.finditer(item):
        name, quoted, plain = found.groups()
        label = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else (plain or "").strip(" \t\r\n")
        if name.lower() == "charset" and (label or quoted is not None):
            return MediaType(essence, label)
    return MediaType(essence)
