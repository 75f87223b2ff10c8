"""Pieces of text between tags become blocks that a reader reads as one, with the way back to the bytes.

A block runs across inline tags, comments and references, and ends at block tags and at two line breaks. The same rules say
what is no text of the page at all: editable text, form controls, code, what asks not to be translated. This module knows
names of elements, not terms.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, chain, islice
from typing import NamedTuple

from proxy_addon.markup.encoding import Encoding
from proxy_addon.markup.grammar import TAG_NAME, UNITS, attributes, lower

LINE = "\n"
OBJECT = "\ufffc"
BOUNDARY = "\u2029"


def names(words: str) -> frozenset[str]:
    """A set of element names written as one text."""
    return frozenset(words.split())


_BLOCKS = names(
    "address article aside blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li link "
    "listing main marquee menu meta nav ol optgroup option p param plaintext pre search section source summary "
    "table tbody td tfoot th thead title tr track ul xmp"
)
_OBJECTS = names(
    "applet audio button canvas code embed iframe img image input keygen math meter object picture progress rp rt "
    "rtc select sub sup svg textarea video"
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# What a tag puts between two pieces of text; inline tags put nothing there.
_JOINTS = dict.fromkeys(_BLOCKS, BOUNDARY) | dict.fromkeys(_OBJECTS, OBJECT) | {"br": LINE}
# Elements whose text is never annotated. (Behind "<pre>" and "<listing>" a line break is dropped: nothing may come between.)
SKIPPED = names("applet audio button canvas code datalist frameset listing object option optgroup pre select template video")
_VOID = names("area base basefont bgsound br col embed frame hr image img input keygen link meta param source track wbr")
# Formatting elements that reach beyond the element that closes them (13.2.4.3), unless a marker stands between.
_FORMATTING = names("a b big code em font i nobr s small strike strong tt u")
_MARKERS = names("applet caption marquee object td template th")
# Behind these an end tag of another element is not heard (13.2.4.2, "scope"). Cells are so only in tables, which stand for them.
_SCOPE = names("applet marquee object select table template")
# Behind these an end tag that the standard does not name is not heard (13.2.4.2, "special"); what may stand only once, and is
# ignored when it comes again, is left out.
_SPECIAL = _SCOPE | names(
    "address article aside blockquote button center dd details dir div dl dt fieldset figcaption figure footer h1 h2 h3 h4 "
    "h5 h6 header hgroup li listing main menu nav ol p pre search section summary ul"
)
# Their end tags close nothing: what comes behind belongs to them again.
_LASTING = frozenset(("html", "body"))
# A start tag closes an open element (first), unless one of the last stands between (13.2.6.4.7 and following).
_P_CLOSERS = names(
    "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p plaintext pre search section summary table ul "
    "xmp"
)
_CELLS = names("caption col colgroup tbody td tfoot th thead tr")
_IMPLIED = (
    ("p", _P_CLOSERS, _SCOPE | names("button caption html td th")),
    ("li", frozenset(("li",)), _SPECIAL - names("address div p")),
    ("dd", frozenset(("dd", "dt")), _SPECIAL - names("address div p")),
    ("dt", frozenset(("dd", "dt")), _SPECIAL - names("address div p")),
    ("option", names("option optgroup"), frozenset(("select", "datalist"))),
    ("button", frozenset(("button",)), _SCOPE),
    ("select", names("select input keygen textarea"), frozenset()),
    *((cell, _CELLS, names("table template")) for cell in ("td", "th", "caption")),
    ("tr", names("tbody tfoot thead tr"), names("table template")),
)
_CLOSED_BY: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {
    starter: tuple((name, shields) for name, closers, shields in _IMPLIED if starter in closers)
    for starter in frozenset().union(*(closers for _, closers, _ in _IMPLIED))
}
# What shields open elements from an end tag, by its name; from all others it is what is special.
_SHIELDS: dict[str, frozenset[str]] = (
    dict.fromkeys(_SPECIAL | _FORMATTING | {"form"}, _SCOPE)
    | dict.fromkeys(_CELLS, names("table template"))
    | {"p": _SCOPE | {"button"}, "li": _SCOPE | {"ol", "ul"}, "table": frozenset(("template",)), "template": frozenset()}
)
# How far up an end tag looks, and how many elements may outlive one that closes the element around them.
_REACH, _OUTLIVING = 64, 16


def joint(markup: bytes) -> str:
    """What stands between the text before and the text after ``markup``: BOUNDARY, or LINEs and OBJECTs, or nothing."""
    return short_joint(markup) if len(markup) <= SHORT else _joint(markup)


def _joint(markup: bytes) -> str:
    between = ""
    for unit in UNITS.finditer(markup):
        name = unit[2]
        mark = _JOINTS.get(lower(name)) if name is not None else _unit_joint(unit[0])
        if mark is None:
            continue
        if mark is BOUNDARY:
            return BOUNDARY
        if mark is LINE or not between.endswith(mark):
            between += mark
    return between


# Markup without attributes is nearly always the same few.
SHORT = 40
short_joint = lru_cache(maxsize=1024)(_joint)


def _unit_joint(unit: bytes) -> str | None:
    begin = TAG_NAME.match(unit)
    return _JOINTS.get(lower(begin.group(2))) if begin else None


# How a tag that matters beyond its name is recognised, in lower case: a word that is quickly looked for, and what counts.
_ASKS = tuple(
    (word.encode("ascii"), re.compile(pattern.encode("ascii")))
    for word, pattern in (
        ("contenteditable", "contenteditable"),
        ("translate", r"""translate(?:(?<=notranslate)|(?<=[\t\n\x0c\r "'/]translate)[\t\n\x0c\r ]*+=)"""),
        ("lang", r"""lang(?<=[\t\n\x0c\r "'/]lang)[\t\n\x0c\r ]*+="""),
    )
)


def places(word: bytes, source: bytes, begin: int = 0, end: int | None = None) -> Iterator[int]:
    """Where ``word`` stands, from ``begin`` on and before ``end``: quicker than a pattern while it is rare."""
    at = source.find(word, begin, end)
    while at >= 0:
        yield at
        at = source.find(word, at + len(word), end)


def asks(lowered: bytes, begin: int = 0, end: int | None = None) -> list[int]:
    """Where attributes seem to stand that may matter, in source in lower case, from ``begin`` on and before ``end``."""
    return [at for word, pattern in _ASKS for at in places(word, lowered, begin, end) if pattern.match(lowered, at)]


def asking(tag: bytes) -> bool:
    """Whether a tag may have such attributes."""
    lowered = tag.lower()
    return b"lang" in lowered or b"translate" in lowered or b"contenteditable" in lowered


@dataclass(slots=True)
class Ancestry:
    """The open elements from the outermost one that matters inward: those that skip their text or change its language.

    Outside such an element nothing is kept. ``lang`` is the language in force, ``skipping`` whether text is left alone.
    """

    base: str | None = None
    # Whether ``base`` is known for good.
    settled: bool = False
    _stack: list[tuple[str, bool, str | None]] = field(default_factory=list)
    _open: Counter[str] = field(default_factory=Counter)
    _skips: int = 0
    # The name of the last end tag that was not heard.
    _unheard: str = ""

    @property
    def clear(self) -> bool:
        """No open element matters."""
        return not self._stack

    @property
    def skipping(self) -> bool:
        """Text here is not for reading, or not the page's to change."""
        return self._skips > 0

    @property
    def lang(self) -> str | None:
        """The nearest language that was named."""
        return next((lang for _, _, lang in reversed(self._stack) if lang is not None), self.base) if self._stack else self.base

    def start(self, name: str, tag: bytes) -> None:
        """A start tag of HTML content that has no raw text."""
        if self._stack and name in _CLOSED_BY:
            self._imply(name)
        if name in _VOID:
            return
        skip, lang = name in SKIPPED, None
        if len(tag) > len(name) + 2 and asking(tag):
            leaves_alone, lang = _short_asked(tag) if len(tag) <= SHORT else _asked(tag)
            skip = skip or leaves_alone
            # Many a page repeats its language at its content: that changes nothing, and all inside need not be looked at.
            if not self._stack and self.settled and lang == self.base:
                lang = None
        if name in ("html", "body"):
            self.base = lang or self.base if not self.settled else self.base
            lang = None
        if self._stack or skip or lang is not None:
            self._push(name, skip, lang)

    def end(self, name: str) -> None:
        """An end tag; it closes the nearest open element of that name, if there is one and nothing shields it."""
        if name in _LASTING:
            return
        if not self._open[name]:
            self._end_with_parent(name)
        elif self._stack[-1][0] == name:
            self._pop()
        elif self._shielded(name):
            self._unheard = name
        else:
            self._close(name)

    def _shielded(self, name: str) -> bool:
        shields = _SHIELDS.get(name, _SPECIAL)
        for other, _, _ in islice(reversed(self._stack), _REACH):
            if other == name or other in shields:
                return other != name
        return False

    def _close(self, name: str) -> None:
        closed = []
        while (element := self._pop())[0] != name:
            closed.append(element)
        closed = closed[:_OUTLIVING][::-1]
        # The adoption agency (13.2.6.4.7) takes a formatting element from around the blocks in it.
        blocks = (nth for nth, element in enumerate(closed) if element[0] in _SPECIAL)
        block = next(blocks, len(closed)) if name in _FORMATTING else len(closed)
        for nth, element in enumerate(closed):
            if nth >= block or (element[1] and element[0] in _FORMATTING and name not in _MARKERS):
                self._push(*element)

    def _end_with_parent(self, parent: str) -> None:
        """The end tag of an element that was open before all of these."""
        outermost = self._stack[0][0] if self._stack else ""
        ends = outermost in _CHILDREN.get(parent, ()) or (outermost == self._unheard != "" and parent in _SPECIAL)
        if ends and not any(self._open[shield] for shield in _SHIELDS[parent]):
            self._stack, self._open, self._skips, self._unheard = [], Counter(), 0, ""

    def _imply(self, name: str) -> None:
        for target, shields in _CLOSED_BY[name]:
            if self._open[target] and self._reachable(target, shields):
                self.end(target)

    def _reachable(self, target: str, shields: frozenset[str]) -> bool:
        for name, _, _ in self._stack[: -_REACH - 1 : -1]:
            if name == target:
                return True
            if name in shields:
                return False
        return False

    def _push(self, name: str, skip: bool, lang: str | None) -> None:
        self._stack.append((name, skip, lang))
        self._open[name] += 1
        self._skips += skip

    def _pop(self) -> tuple[str, bool, str | None]:
        element = self._stack.pop()
        self._open[element[0]] -= 1
        self._skips -= element[1]
        return element


# Whose end tags may be left out, by the parent with which they end.
_CHILDREN = dict.fromkeys(("ol", "ul", "menu"), ("li",)) | {"dl": ("dd", "dt"), "table": tuple(_CELLS)}


def _asked(tag: bytes) -> tuple[bool, str | None]:
    """Whether a start tag wants its text left alone, as editable or not to be translated; and the language it names."""
    asked = attributes(tag)
    editable = asked.get("contenteditable")
    alone = (
        (editable is not None and editable.lower() != b"false")
        or asked.get("translate", b"").lower() == b"no"
        or b"notranslate" in asked.get("class", b"").lower().split()
    )
    return alone, asked.get("lang", b"").decode("latin-1") or None


_short_asked = lru_cache(maxsize=256)(_asked)


REFERENCE = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9A-Fa-f]+;?|[A-Za-z][A-Za-z0-9]*;?)")


_UNREAD = re.compile(rf"{REFERENCE.pattern}|\0")


def readable(text: str) -> str:
    """Text with its references resolved (13.2.5.72) and without NULs, which browsers drop."""
    text = html.unescape(text) if "&" in text else text
    return text.replace("\0", "") if "\0" in text else text


class Run(NamedTuple):
    """One piece of text in the page: the offset of its first byte, and its bytes."""

    at: int
    source: bytes

    @property
    def end(self) -> int:
        """The offset behind its last byte."""
        return self.at + len(self.source)


@dataclass(slots=True)
class Block:
    """Text that is read as one. Its characters lead back to bytes, a reference as a whole."""

    lang: str | None
    encoding: Encoding
    runs: list[Run] = field(default_factory=list)
    # Before each run.
    _between: list[str] = field(default_factory=list)
    # Made when first asked for, as many a block is only cut and never read: a text for each run, and where it begins.
    _texts: list[str] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text, with LINE for a line break and OBJECT for what is no text."""
        return "".join(chain.from_iterable(zip(self._between, self._read(), strict=True)))

    def add(self, run: Run, between: str) -> None:
        """A further run of text, and what stands between it and the one before."""
        self._between.append(between if self.runs else "")
        self.runs.append(run)

    def _read(self) -> list[str]:
        if len(self._texts) < len(self.runs):
            self._texts = [readable(self.encoding.decode(run.source)) for run in self.runs]
            ends = accumulate(len(between) + len(text) for between, text in zip(self._between, self._texts, strict=True))
            self._starts = [end - len(text) for end, text in zip(ends, self._texts, strict=True)]
        return self._texts

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Where characters ``start`` to ``end`` stand: ``(index of the run, first byte, byte behind)``, one for each run."""
        texts = self._read()
        for index in range(max(bisect_right(self._starts, start) - 1, 0), bisect_left(self._starts, end)):
            run, begin, text = self.runs[index], self._starts[index], texts[index]
            low, high = max(start - begin, 0), min(end - begin, len(text))
            if low < high:
                first, behind = _bytes_of(run.source, self.encoding, low, high)
                if first < behind:
                    yield index, run.at + first, run.at + behind


def _bytes_of(source: bytes, encoding: Encoding, low: int, high: int) -> tuple[int, int]:
    """The bytes of characters ``low`` to ``high`` of the readable text of ``source``; (0, 0) if there are no such."""
    if source.isascii() and b"&" not in source and b"\0" not in source:
        return (low, high) if high <= len(source) else (0, 0)
    text = encoding.decode(source)
    first, behind = _unread(text, low), _unread(text, high - 1)
    return encoding.span(source, first[0], behind[1]) if behind[1] <= len(text) else (0, 0)


def _unread(text: str, place: int) -> tuple[int, int]:
    """The characters of ``text`` that stand for character ``place`` of what is read; behind its end if there is none."""
    done = read = 0
    for found in _UNREAD.finditer(text):
        plain = found.start() - done
        if place < read + plain:
            break
        resolved = readable(found.group())
        if resolved != found.group() and place < read + plain + len(resolved):
            return found.span()
        if resolved != found.group():
            done, read = found.end(), read + plain + len(resolved)
    return done + place - read, done + place - read + 1
