"""The house style of glossary files: one way to write the same content, so that a review shows only what changed.

``formatted`` keeps every value, every comment and the order of entries; keys come in the order of ``grammar``. Two spaces,
a form per line, a text on one line, quotes only where YAML needs them or would guess a date or number. Formatting twice is
formatting once. A file that can't be read, or whose content would change, is left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from proxy_addon.glossary.grammar import ANNOTATE, ENTRY, FORM, LEAVE, PACK, RULE, SOURCE, TOPIC
from proxy_addon.glossary.problem import Findings
from proxy_addon.glossary.reader import MappingNode, Node, ScalarNode, SequenceNode, read_document
from proxy_addon.glossary.shapes import Keys

WIDTH = 120
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\n]*", re.MULTILINE)
# Begins like YAML's own signs, holds a sign with a meaning, or ends in one.
_NEEDS_QUOTES = re.compile(r"^$|^[-?:,\[\]{}#&*!|>'\"%@`~<=]|^\s|\s$|:\s|:$|\s#|[\n\t]")
_FLOW_SIGNS = re.compile(r"[,\[\]{}]")
# What YAML tools take for a number, a date or a time; the words among them (yes, off) stay as the editor wrote them.
_GUESSED = re.compile(r"[-+.]?\d[\d_,.:eExXobTZ+-]*")
_GUESSED_WORD = re.compile(r"yes|no|on|off|true|false|null|y|n", re.IGNORECASE)
# The keys of what lies under a key, so that they can be put in order.
_BELOW: dict[str, Keys] = {"annotate": ANNOTATE, "leave": LEAVE, "sources": SOURCE, "terms": FORM}
_SECTIONS: dict[str, Keys] = {"rules": RULE, "topics": TOPIC}


@dataclass(slots=True)
class _Item:
    """A pair or list item with the comments that go with it; ``after`` are those below its last item."""

    value: Node
    key: ScalarNode | None = None
    before: list[str] = field(default_factory=list)
    behind: str = ""
    items: list[_Item] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    def commented(self) -> bool:
        return bool(self.before or self.behind or self.after) or any(item.commented() for item in self.items)


def formatted(text: str, stem: str, findings: Findings) -> str | None:
    """``text`` in the house style, or None after a report. ``stem`` is the file's name without its ending."""
    document = read_document(text, findings)
    if document is None or findings.problems:
        return None
    comments = _Comments(text, document.root)
    items = comments.attach(document.root)
    ordered = _ordered(items, PACK) if stem == "pack" else _sections(items, _SECTIONS.get(stem, ENTRY))
    result = _file(ordered, comments.rest(), spaced=stem != "pack")
    return result if _same(text, result, stem, findings) else None


def _sections(items: list[_Item], keys: Keys) -> list[_Item]:
    for item in items:
        item.items = _ordered(item.items, keys)
    return items


def _ordered(items: list[_Item], keys: Keys) -> list[_Item]:
    """The pairs of one mapping in the order of ``keys``, unknown ones last; what lies below them likewise."""
    ranks = {name: rank for rank, name in enumerate(keys)}
    for item in items:
        below = _BELOW.get(item.key.text) if item.key else None
        if below:
            _order_below(item, below)
    return sorted(items, key=lambda item: ranks.get(item.key.text, len(ranks)) if item.key else 0)


def _order_below(item: _Item, keys: Keys) -> None:
    for child in item.items:
        if isinstance(child.value, SequenceNode):
            _order_below(child, keys)
        elif child.items:
            child.items = _ordered(child.items, keys)


class _Comment(NamedTuple):
    line: int
    column: int
    text: str


class _Comments:
    """The comments of a file in their order, given out to the items they stand before or behind."""

    def __init__(self, text: str, root: MappingNode) -> None:
        spans = sorted((scalar.start, scalar.end) for scalar in _scalars(root))
        starts = [start for start, _ in spans]
        self.waiting = [
            _Comment(text.count("\n", 0, found.start()) + 1, _column(text, found.start()), found[0].rstrip())
            for found in _COMMENT.finditer(text)
            if not _within(found.start(), starts, spans)
        ][::-1]

    def attach(self, node: Node, end: float = inf) -> list[_Item]:
        """The items of a node whose successor begins in the line ``end``."""
        children = _children(node)
        lines = [(key or value).line if (key or value) is not None else 0 for key, value in children]  # type: ignore[union-attr]
        items = []
        for (key, value), line, until in zip(children, lines, [*lines[1:], end], strict=False):
            item = _Item(value, key, before=[comment.text for comment in self._until(line)])
            if self.waiting and self.waiting[-1].line == line and not self._inner(value, line):
                item.behind = self.waiting.pop().text
            item.items = self.attach(value, until)
            item.after = [comment.text for comment in self._until(until, _indent(value))] if item.items else []
            items.append(item)
        return items

    def _until(self, line: float, column: int = 1) -> Iterator[_Comment]:
        """Takes those before a line that stand in a column or right of it."""
        while self.waiting and self.waiting[-1].line < line and self.waiting[-1].column >= column:
            yield self.waiting.pop()

    def _inner(self, value: Node, line: int) -> bool:
        """Whether a comment on this line belongs to an item further in, the last that begins on the line."""
        block = not isinstance(value, ScalarNode) and value is not None
        return block and any((key or child) and (key or child).line == line for key, child in _children(value))  # type: ignore[union-attr]

    def rest(self) -> list[str]:
        return [comment.text for comment in reversed(self.waiting)]


def _column(text: str, start: int) -> int:
    return start - text.rfind("\n", 0, start)


def _indent(node: Node) -> int:
    """The column in which the items of a node begin."""
    first = node.pairs[0][0] if isinstance(node, MappingNode) and node.pairs else node
    return first.column if first else 1


def _within(index: int, starts: Sequence[int], spans: Sequence[tuple[int, int]]) -> bool:
    before = bisect_right(starts, index) - 1
    return before >= 0 and index < spans[before][1]


def _children(node: Node) -> list[tuple[ScalarNode | None, Node]]:
    if isinstance(node, MappingNode):
        return list(node.pairs)
    return [(None, item) for item in node.items] if isinstance(node, SequenceNode) else []


def _scalars(node: Node) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    for key, value in _children(node):
        yield from [key] if key else []
        yield from _scalars(value)


def _file(items: list[_Item], rest: list[str], *, spaced: bool) -> str:
    blocks = ["\n".join(_lines(item, 0, listed=False)) for item in items]
    # The first comments of a file (the line for editors) are not the first entry's own.
    return ("\n\n" if spaced else "\n").join([*blocks, *rest]) + "\n"


def _lines(item: _Item, indent: int, *, listed: bool) -> list[str]:
    """The lines of one pair or list item. ``listed``: it is a form under ``terms``, one per line."""
    pad = " " * indent
    lead = f"{pad}{_scalar(item.key)}:" if item.key else f"{pad}-"
    behind = f"  {item.behind}" if item.behind else ""
    before = [pad + comment for comment in item.before]
    flow = _flow(item, indent, listed=listed)
    if flow is not None:
        return [*before, f"{lead} {flow}{behind}"]
    within = listed or (item.key is not None and item.key.text == "terms" and indent > 0)
    below = [line for child in item.items for line in _lines(child, indent + 2, listed=within)]
    below += [f"{pad}  {comment}" for comment in item.after]
    if item.key is None and isinstance(item.value, MappingNode) and not item.items[0].before and not behind:
        return [*before, f"{lead} {below[0].lstrip()}", *below[1:]]
    return [*before, lead + behind, *below]


def _flow(item: _Item, indent: int, *, listed: bool) -> str | None:
    """The value on its key's line, or None if it goes on lines of its own."""
    if isinstance(item.value, ScalarNode):
        return _scalar(item.value)
    one_line = isinstance(item.value, MappingNode) if listed else _is_list_of_scalars(item)
    inner = not item.after and not any(child.commented() for child in item.items)
    if not (one_line and inner and (item.key is None or not listed)):
        return None
    written = _inline(item)
    lead = len(_scalar(item.key)) + 2 if item.key else 2
    return written if indent + lead + len(written) <= WIDTH else None


def _is_list_of_scalars(item: _Item) -> bool:
    return isinstance(item.value, SequenceNode) and all(isinstance(child.value, ScalarNode) for child in item.items)


def _inline(item: _Item) -> str:
    if isinstance(item.value, ScalarNode):
        return _scalar(item.value, flow=True)
    if isinstance(item.value, SequenceNode):
        return "[" + ", ".join(_inline(child) for child in item.items) + "]"
    pairs = (f"{_scalar(child.key, flow=True)}: {_inline(child)}" for child in item.items)
    return "{" + ", ".join(pairs) + "}"


def _scalar(node: ScalarNode | None, *, flow: bool = False) -> str:
    if node is None:
        return ""
    text = node.text.strip()
    words = node.style and _GUESSED_WORD.fullmatch(text)
    if not (_NEEDS_QUOTES.search(text) or _GUESSED.fullmatch(text) or words or (flow and _FLOW_SIGNS.search(text))):
        return text
    if "\n" in text or "\t" in text or ("'" in text and '"' not in text and "\\" not in text):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escaped}"'
    return "'" + text.replace("'", "''") + "'"


def _same(text: str, result: str, stem: str, findings: Findings) -> bool:
    """Whether nothing but the layout changed; a report if not."""
    before, after = (read_document(each, Findings(findings.file)) for each in (text, result))
    kept = before and after and _content(before.root) == _content(after.root)
    if kept and before and after and _notes(text, before.root) == _notes(result, after.root):
        return True
    findings.add(1, 1, f"this {stem} file can't be formatted without changing it", "move its comments to lines of their own")
    return False


def _content(node: Node) -> object:
    if isinstance(node, ScalarNode):
        return node.text.strip()
    if isinstance(node, MappingNode):
        return {key.text.strip(): _content(value) for key, value in node.pairs}
    return [_content(item) for item in node.items] if node else None


def _notes(text: str, root: MappingNode) -> list[str]:
    return sorted(comment.text for comment in _Comments(text, root).waiting)
