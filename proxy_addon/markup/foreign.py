"""The stack of foreign elements: which namespace the next tag is in, without a tree (WHATWG 13.2.6.5, "foreign content").

It promises to say when the tokenizer must treat a tag as HTML's own, and when the last foreign element is closed. It knows
only foreign elements: HTML inside an integration point does not close the elements around it.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from proxy_addon.markup.grammar import BREAKS_OUT, attributes

_BREAKS_OUT = lru_cache(maxsize=512)(re.compile(rf"(?:{BREAKS_OUT})\Z").match)
_SVG_POINTS = frozenset(("foreignobject", "desc", "title"))
_MATHML_POINTS = frozenset(("mi", "mo", "mn", "ms", "mtext"))
_HTML_TYPES = frozenset((b"text/html", b"application/xhtml+xml"))
_FONT = frozenset(("color", "face", "size"))
_NAMESPACES = ("svg", "math")


class Namespaces:
    """Foreign elements that are open. ``foreign`` is False where HTML's rules hold: outside, and in an integration point."""

    __slots__ = ("_open", "_stack", "foreign")

    def __init__(self) -> None:
        self._stack: list[tuple[str, str, bool]] = []
        self._open: Counter[str] = Counter()
        self.foreign = False

    @property
    def depth(self) -> int:
        """How many foreign elements are open."""
        return len(self._stack)

    def start(self, name: str, tag: bytes, *, closed: bool) -> bool:
        """A start tag; True where it is an HTML tag, so that its name may switch the tokenizer."""
        if not self.foreign:
            if name in _NAMESPACES and not closed:
                self._push(name, name, False)
                return False
            return True
        if _BREAKS_OUT(name) and (name != "font" or _FONT & attributes(tag).keys()):
            self._break_out()
            return not self._stack
        if not closed:
            outer, space, _ = self._stack[-1]
            if name == "svg" and space == "math" and outer == "annotation-xml":
                space = "svg"
            self._push(name, space, name in _SVG_POINTS if space == "svg" else self._is_point(name, tag))
        return False

    def end(self, name: str) -> None:
        """An end tag: closes the nearest foreign element of that name; ``</p>`` and ``</br>`` break out."""
        if self.foreign and name in ("p", "br"):
            self._break_out()
        elif self._open[name]:
            while self._pop() != name:
                pass
            self._settle()

    @staticmethod
    def _is_point(name: str, tag: bytes) -> bool:
        """Of MathML's elements."""
        if name == "annotation-xml":
            return attributes(tag).get("encoding", b"").lower() in _HTML_TYPES
        return name in _MATHML_POINTS

    def _push(self, name: str, space: str, point: bool) -> None:
        self._stack.append((name, space, point))
        self._open[name] += 1
        self.foreign = not point

    def _pop(self) -> str:
        name = self._stack.pop()[0]
        self._open[name] -= 1
        return name

    def _break_out(self) -> None:
        while self._stack and not self._stack[-1][2]:
            self._pop()
        self._settle()

    def _settle(self) -> None:
        self.foreign = bool(self._stack) and not self._stack[-1][2]
