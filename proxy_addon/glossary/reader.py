"""YAML text -> nodes that know their place. The one module that knows the YAML library.

It promises that every scalar is a string (``no`` is a language, ``06`` two digits), that a key comes once, that nothing is
shared, tagged or nested beyond ``MAX_DEPTH``, and that a file with a syntax error still yields every section that is
sound, a section being what hangs on a key in column 1. It never raises for bad input: what is wrong goes to ``Findings``.
It does not know what the keys mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import yaml

from proxy_addon.glossary.problem import Findings

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 12
# Beyond this many sections a broken file is not searched for its sound ones.
MAX_SECTIONS = 2000

# The C parser is six times as fast; the other one reads the same.
_Loader: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_SECTION = re.compile(r"^[^\s#].*$", re.MULTILINE)
_SECTION_KEY = re.compile(r"""(['"]?)([\w.-]+)\1\s*:""")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ScalarNode(NamedTuple):
    """A string. ``start`` and ``end`` are code points into the text; ``style`` is the quote, ``|``, ``>`` or empty."""

    text: str
    line: int
    column: int
    start: int
    end: int
    style: str


class SequenceNode(NamedTuple):
    items: list[Node]
    line: int
    column: int


class MappingNode(NamedTuple):
    pairs: list[tuple[ScalarNode, Node]]
    line: int
    column: int


# None stands for a value that can't be used and has been reported.
Node = ScalarNode | SequenceNode | MappingNode | None


class Document(NamedTuple):
    """A file's sections. ``broken`` are the keys whose sections could not be read."""

    root: MappingNode
    broken: frozenset[str] = frozenset()


def read_text(data: bytes, findings: Findings) -> str | None:
    """The text of a file, or None after a report."""
    if len(data) > MAX_BYTES:
        found = f"this file has {len(data) // 1024} KB"
        findings.add(1, 1, found, f"split it into files of at most {MAX_BYTES // 1024} KB")
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        where = before.count("\n") + 1, len(before) - before.rfind("\n")
        findings.add(*where, f"byte {data[error.start]:#04x} is not UTF-8 text", "save the file as UTF-8")
        return None


def read_document(text: str, findings: Findings) -> Document | None:
    """The sections of a file, or None after a report. An empty file is reported."""
    try:
        root = _compose(text, findings)
    except yaml.YAMLError as error:
        return _sound_sections(text, error, findings)
    if isinstance(root, MappingNode):
        return Document(root)
    if root is None and not findings.problems:
        findings.add(1, 1, "this file is empty", "write an entry in it, or delete it (an editor may have half saved it)")
    elif root is not None:
        findings.add(root.line, root.column, "this file does not begin with a key", "begin each entry with its id: `my-id:`")
    return None


def _sound_sections(text: str, error: yaml.YAMLError, findings: Findings) -> Document:
    """What can be read of a file with a syntax error, each section tried alone."""
    pairs: list[tuple[ScalarNode, Node]] = []
    broken: set[str] = set()
    reported = len(findings.problems)
    for start, section in _sections(text):
        line = text.count("\n", 0, start)
        try:
            root = _compose(section, findings, line)
        except yaml.YAMLError as inner:
            _explain(inner, section, line, findings)
            key = _SECTION_KEY.match(section)
            broken.update([key[2]] if key else [])
        else:
            pairs.extend(root.pairs if isinstance(root, MappingNode) else [])
    if len(findings.problems) == reported:
        _explain(error, text, 0, findings)
    return Document(MappingNode(pairs, 1, 1), frozenset(broken))


def _sections(text: str) -> list[tuple[int, str]]:
    starts = [found.start() for found in _SECTION.finditer(text)]
    if len(starts) > MAX_SECTIONS:
        return []
    return [(start, text[start:end]) for start, end in pairwise([*starts, len(text)])]


def _compose(text: str, findings: Findings, line: int = 0) -> Node:
    """Nodes from the parser's events, which unlike its own composer need no recursion that a file could drive."""
    loader = _Loader(text)
    try:
        events = iter(loader.get_event, None)
        composer = _Composer(events, findings, line)
        return composer.document()
    finally:
        loader.dispose()


class _Composer:
    def __init__(self, events: Iterator[yaml.Event], findings: Findings, line: int) -> None:
        self.events = events
        self.findings = findings
        self.first_line = line + 1

    def document(self) -> Node:
        """The first document's node; a second document is reported."""
        root: Node = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    self._report(event, "a second document begins here", "remove the line `---`")
            elif isinstance(event, yaml.NodeEvent):
                node = self.node(event, 0)
                root = node if documents == 1 else root
        return root

    def node(self, event: yaml.Event, depth: int) -> Node:
        """The node that begins with ``event``; None, after a report, for what a glossary does not use."""
        refused = self._refused(event, depth)
        if isinstance(event, yaml.ScalarEvent):
            return None if refused else self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items = self._sequence(event, depth)
            return None if refused else items
        if isinstance(event, yaml.MappingStartEvent):
            pairs = self._mapping(event, depth)
            return None if refused else pairs
        return None

    def _refused(self, event: Any, depth: int) -> bool:
        if isinstance(event, yaml.AliasEvent):
            self._report(event, f"`*{event.anchor}` is an alias", "put the value in quotes, or write it out")
        elif event.anchor:
            self._report(event, f"`&{event.anchor}` is an anchor", "put the value in quotes, or write it out each time")
        elif event.tag:
            self._report(event, f"`{event.tag}` is a tag", "put the value in quotes, or remove the tag")
        elif depth > MAX_DEPTH:
            # Going on would let a file choose how deep this function recurses.
            raise yaml.MarkedYAMLError(problem="nested more than", problem_mark=_mark(event))
        return bool(event.anchor or event.tag)

    def _scalar(self, event: yaml.ScalarEvent) -> ScalarNode:
        start, end = _mark(event), event.end_mark.index  # type: ignore[union-attr]
        where = start.line + self.first_line, start.column + 1
        return ScalarNode(event.value, *where, start.index, end, event.style or "")

    def _sequence(self, start: yaml.Event, depth: int) -> SequenceNode:
        items = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.node(event, depth + 1))
        return SequenceNode(items, *self._where(start))

    def _mapping(self, start: yaml.Event, depth: int) -> MappingNode:
        pairs: dict[str, tuple[ScalarNode, Node]] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if isinstance(key, ScalarNode):
                self._keep(pairs, key, value)
            elif key is not None:
                self._report(event, "a key is a list or mapping", "write a plain word before the colon, or quote the text")
        return MappingNode(list(pairs.values()), *self._where(start))

    def _keep(self, pairs: dict[str, tuple[ScalarNode, Node]], key: ScalarNode, value: Node) -> None:
        first = pairs.setdefault(key.text, (key, value))[0]
        if first is not key:
            found = f"`{key.text}` stands here twice, first in line {first.line}"
            self.findings.add(key.line, key.column, found, "keep one, or join the two")

    def _where(self, event: yaml.Event) -> tuple[int, int]:
        mark = _mark(event)
        return mark.line + self.first_line, mark.column + 1

    def _report(self, event: yaml.Event, what: str, cure: str) -> None:
        self.findings.add(*self._where(event), what, cure)


def _mark(event: yaml.Event) -> Any:
    """Where an event begins. The library's types allow for none, its parsers always give one."""
    return event.start_mark


_HALF = "close it (the file may be half saved)"
_QUOTE = "put the text in quotes, or mend the indentation"
# What the parser says (part of it) -> what was found, what to do, and whether the place is where the trouble began. What was
# found is empty where the character says it.
_SYNTAX: tuple[tuple[str, str, str, bool], ...] = (
    ("nested more than", f"values are nested more than {MAX_DEPTH} deep", "write the entry as the guide shows", False),
    ("unexpected end of stream", "the quote that opens here is never closed", _HALF, True),
    ("document indicator", "the quote that opens here is never closed", _HALF, True),
    ("expected ',' or '}'", "the `{` that opens here is not closed, or a comma is missing", _HALF, True),
    ("expected ',' or ']'", "the `[` that opens here is not closed, or a comma is missing", _HALF, True),
    ("mapping values are not allowed", "a colon where no key can be", _QUOTE, False),
    ("block sequence entries are not", "a list begins on its key's line", "begin it on the next line", False),
    ("expected '-' indicator", "this line is not part of the list above it", "mend its indentation, or write `- `", False),
    ("expected key", "this line's indentation fits nothing above it", "indent by two spaces for each level", False),
    ("expected <block end>", "this line's indentation fits nothing above it", "indent by two spaces for each level", False),
    ("could not find expected ':'", "a line without `key:`", "add the colon and a value (the file may be half saved)", True),
    ("unknown escape", "a backslash between double quotes", "use single quotes, or write the backslash twice", False),
    ("alphabetic or numeric", "", "", True),
    ("incompatible YAML document", "a %YAML line", "remove it", False),
)


def _explain(error: yaml.YAMLError, text: str, line: int, findings: Findings) -> None:
    """Reports what the parser stumbled over, in the editor's words."""
    if not isinstance(error, yaml.MarkedYAMLError):
        _explain_unprintable(text, line, findings)
        return
    said = error.problem or ""
    swallowed = None if "quote" in _problem_of(said) else _quote_over_lines(text)
    if swallowed:
        findings.add(
            swallowed.line + line + 1, swallowed.column + 1, "the quote that opens here is not closed on its line", _HALF
        )
        return
    known = next((row for row in _SYNTAX if row[0] in said), None)
    mark = error.context_mark if known and known[3] and error.context_mark else error.problem_mark
    at = (mark.line + line + 1, mark.column + 1) if mark else (line + 1, 1)
    what, cure = known[1:3] if known and known[1] else _explain_character(said, text, mark.index if mark else len(text))
    # What was refused on this line is the cause of the parser's trouble with the rest of it.
    if not any(problem.place.line == at[0] for problem in findings.problems):
        findings.add(*at, what, cure)


def _problem_of(said: str) -> str:
    """What is told of a problem that the parser names so; nothing of one that it is not known for."""
    return next((row[1] for row in _SYNTAX if row[0] in said), "")


def _quote_over_lines(text: str) -> Any:
    """Where the last quoted text begins that goes over lines before the parser stumbles: its end is another's beginning."""
    found = None
    try:
        for token in yaml.scan(text, Loader=_Loader):
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"') and token.start_mark.line < token.end_mark.line:
                found = token.start_mark
    except yaml.YAMLError:
        return found
    return found


def _explain_character(said: str, text: str, index: int) -> tuple[str, str]:
    character = text[index : index + 1]
    if character == "\t":
        return "a tab", "indent with spaces"
    if character and ("cannot start any token" in said or "alphabetic or numeric" in said):
        return f"a value begins with `{character}`", "put it in quotes"
    return said.strip() or "this is not YAML", _QUOTE


def _explain_unprintable(text: str, line: int, findings: Findings) -> None:
    found = _UNPRINTABLE.search(text)
    index = found.start() if found else 0
    where = line + 1 + text.count("\n", 0, index), index - text.rfind("\n", 0, index)
    what = f"the character U+{ord(text[index]):04X} can't stand in a text file" if found else "this is not YAML"
    findings.add(*where, what, "delete it")
