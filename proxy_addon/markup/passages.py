"""Long constructs that may pass before they end: scripts, raw text, comments, endless tags, foreign content.

A passage is advanced over a buffer and says how far it got and whether it has ended; what it has passed need not be kept.
It promises the same end for any chunking, and never to hold more than a few bytes, or one unfinished tag of ``HOLD`` bytes.
The states are those of the WHATWG standard, 13.2.5. A passage does not know what stands before or after it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from proxy_addon.markup.foreign import Namespaces
from proxy_addon.markup.grammar import NAME_ENDS, SPACE, SWITCHING, TAG_NAME, TOKEN, lower

# An unfinished construct is kept whole up to this many bytes; attributes and titles beyond it are not read.
HOLD = 4096


class Passage(Protocol):
    """Something under way. ``advance`` gives the offset reached and whether the passage has ended there."""

    def advance(self, buffer: bytes, at: int, last: bool) -> tuple[int, bool]: ...


@dataclass(slots=True)
class Until:
    """Everything up to a pattern; ``keep`` bytes at the buffer's end may be its beginning."""

    pattern: re.Pattern[bytes]
    keep: int
    inclusive: bool = True

    def advance(self, buffer: bytes, at: int, last: bool) -> tuple[int, bool]:
        found = self.pattern.search(buffer, at)
        if found:
            return (found.end() if self.inclusive else found.start()), True
        return (len(buffer) if last else max(at, len(buffer) - self.keep)), False


def comment() -> Until:
    """The rest of a comment, behind ``<!--`` and at least two more characters."""
    return Until(re.compile(rb"--!?>"), 3)


def bogus_comment() -> Until:
    """The rest of a bogus comment, a doctype or a processing instruction."""
    return Until(re.compile(rb">"), 0)


def cdata() -> Until:
    """The rest of a CDATA section."""
    return Until(re.compile(rb"\]\]>"), 2)


def plaintext() -> Until:
    """The rest of the document."""
    return Until(re.compile(rb"(?!)"), 0)


def raw_text(name: str) -> Passage:
    """The content of an element whose start tag switches the tokenizer, up to its end tag."""
    if name == "plaintext":
        return plaintext()
    if name == "script":
        return Script()
    return Until(re.compile(rf"</(?i:{re.escape(name)}){NAME_ENDS}".encode("latin-1")), len(name) + 2, inclusive=False)


_SCRIPT_STATES: Mapping[str, re.Pattern[bytes]] = {
    "data": re.compile(rf"<(?:/(?i:script){NAME_ENDS}|!--)".encode()),
    "escaped": re.compile(rf"(?i:</?script{NAME_ENDS})|-->".encode()),
    "double escaped": re.compile(rf"(?i:</script{NAME_ENDS})|-->".encode()),
}


@dataclass(slots=True)
class Script:
    """Script data with its escaped and double escaped states, up to the end tag that ends the element."""

    state: str = "data"

    def advance(self, buffer: bytes, at: int, last: bool) -> tuple[int, bool]:
        while found := _SCRIPT_STATES[self.state].search(buffer, at):
            said = found.group()
            if said.startswith(b"</") and self.state != "double escaped":
                return found.start(), True
            # The dashes of "<!--" may be those of "-->".
            at = found.end() - 2 if said == b"<!--" else found.end()
            self.state = self._after(said)
        return (len(buffer) if last else max(at, len(buffer) - len(b"</script"))), False

    def _after(self, said: bytes) -> str:
        if said == b"-->":
            return "data"
        return "escaped" if said == b"<!--" or said.startswith(b"</") else "double escaped"


# State: what ends it, and the next state by the byte found; "" for any other byte. ">" ends the tag everywhere.
_TAG_STATES: Mapping[str, tuple[re.Pattern[bytes], Mapping[bytes, str]]] = {
    "before name": (re.compile(rf"[^{SPACE}/]".encode()), {b"": "name"}),
    "name": (re.compile(rf"[{SPACE}/>=]".encode()), {b"=": "before value", b"/": "before name", b"": "after name"}),
    "after name": (re.compile(rf"[^{SPACE}]".encode()), {b"=": "before value", b"/": "before name", b"": "name"}),
    "before value": (re.compile(rf"[^{SPACE}]".encode()), {b'"': '"', b"'": "'", b"": "unquoted"}),
    '"': (re.compile(rb'"'), {b"": "before name"}),
    "'": (re.compile(rb"'"), {b"": "before name"}),
    "unquoted": (re.compile(rf"[{SPACE}>]".encode()), {b"": "before name"}),
}


@dataclass(slots=True)
class Tag:
    """A tag from behind its name to its ``>``. ``self_closing`` is known when it has ended."""

    name: str = ""
    state: str = "before name"
    self_closing: bool = False
    _before: bytes = b""

    def advance(self, buffer: bytes, at: int, last: bool) -> tuple[int, bool]:
        begin = at
        while True:
            pattern, following = _TAG_STATES[self.state]
            found = pattern.search(buffer, at)
            if found is None:
                self._before = buffer[-1:] if len(buffer) > begin else self._before
                return len(buffer), False
            at, said = found.end(), found.group()
            if said == b">" and self.state not in ('"', "'"):
                before = buffer[at - 2 : at - 1] if at - 2 >= begin else self._before
                self.self_closing = self.state == "before name" and before == b"/"
                return at, True
            self.state = following.get(said, following[b""])


def self_closing(tag: bytes) -> bool:
    """Whether a complete tag ends in a ``/>`` that is not the end of an unquoted value."""
    if not tag.endswith(b"/>"):
        return False
    begin = TAG_NAME.match(tag)
    walk = Tag()
    walk.advance(tag, begin.end() if begin else 0, True)
    return walk.self_closing


def unfinished(source: bytes, *, foreign: bool = False) -> tuple[int, Passage]:
    """The passage that goes through a long unfinished construct, and how many of its bytes are behind it already."""
    if source.startswith(b"<!--"):
        return 4, comment()
    if foreign and source.startswith(b"<![CDATA["):
        return 9, cdata()
    begin = TAG_NAME.match(source)
    if begin is None:
        return 2, bogus_comment()
    if begin.end() == len(source):
        # A name longer than any there is: it is nobody's, whatever its end.
        return len(source), Tag(state="name", name="\0")
    return begin.end(), Tag(lower(begin.group(2)) if not begin.group(1) else "")


@dataclass(slots=True)
class Foreign:
    """SVG or MathML, from its start tag to where HTML goes on; HTML inside its integration points is passed over too."""

    space: Namespaces = field(default_factory=Namespaces)
    inside: Passage | None = None
    _waiting: tuple[str, bytes] | None = None

    def advance(self, buffer: bytes, at: int, last: bool) -> tuple[int, bool]:
        while True:
            if self.inside is not None:
                at, ended = self.inside.advance(buffer, at, last)
                if not ended:
                    return at, False
                self._after(self.inside)
                if self.inside is None and not self.space.depth:
                    return at, True
                continue
            found = TOKEN.search(buffer, at)
            if found is None or found[3] is not None:
                at, resumed = self._pause(buffer, found.start() if found else len(buffer), last)
                if not resumed:
                    return at, False
                continue
            at = self._token(buffer, found)
            if not self.space.depth and self.inside is None:
                return at, True

    def _pause(self, buffer: bytes, at: int, last: bool) -> tuple[int, bool]:
        if last:
            return len(buffer), False
        if len(buffer) - at < HOLD:
            return at, False
        behind, self.inside = unfinished(buffer[at:], foreign=self.space.foreign)
        if isinstance(self.inside, Tag) and self.inside.name:
            self._waiting = self.inside.name, buffer[at : at + HOLD]
        elif isinstance(self.inside, Tag) and (begin := TAG_NAME.match(buffer, at)):
            self.space.end(lower(begin.group(2)))
        return at + behind, True

    def _after(self, passage: Passage) -> None:
        self.inside = None
        if isinstance(passage, Tag) and self._waiting:
            name, source = self._waiting
            self._waiting = None
            self._start(name, source, passage.self_closing)

    def _start(self, name: str, source: bytes, closed: bool) -> None:
        if self.space.start(name, source, closed=closed) and name in SWITCHING:
            self.inside = raw_text(name)

    def _token(self, buffer: bytes, found: re.Match[bytes]) -> int:
        slash, name, _ = found.groups()
        if name is None:
            if self.space.foreign and buffer.startswith(b"<![CDATA[", found.start()):
                self.inside = cdata()
                return found.start() + 9
        elif slash:
            self.space.end(lower(name))
        else:
            tag = found[0]
            self._start(lower(name), tag[:HOLD], tag.endswith(b"/>") and self_closing(tag))
        return found.end()


def following(name: str, source: bytes, *, closed: bool) -> Passage | None:
    """What a start tag in HTML content begins: raw text, foreign content, or nothing special."""
    if name in SWITCHING:
        return raw_text(name)
    if name in ("svg", "math") and not closed:
        foreign = Foreign()
        foreign.space.start(name, source, closed=False)
        return foreign
    return None
