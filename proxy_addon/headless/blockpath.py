"""Where on a page a block stands: ``html/body/div[2]/p[3]``, each element with its place among those of its name (XPath).

Elements are counted as their tags are written, with the end tags implied that HTML lets authors leave out. A browser that has
to mend broken markup may count differently. This module knows tags, not texts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from proxy_addon.markup.grammar import UNITS, lower
from proxy_addon.markup.runs import names
from proxy_addon.markup.stretch import split

_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
_P_ENDS = names(
    "address article aside blockquote div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section "
    "table ul"
)
# What a start tag closes, up to the nearest of the elements that shield it (13.1.2.4, optional tags).
_CLOSES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset(("li",)), frozenset(("ul", "ol", "menu"))),
    "dt": (frozenset(("dt", "dd")), frozenset(("dl",))),
    "dd": (frozenset(("dt", "dd")), frozenset(("dl",))),
    "tr": (frozenset(("tr", "td", "th")), frozenset(("table",))),
    "td": (frozenset(("td", "th")), frozenset(("table", "tr"))),
    "th": (frozenset(("td", "th")), frozenset(("table", "tr"))),
    "tbody": (frozenset(("thead", "tbody", "tr", "td", "th")), frozenset(("table",))),
    "option": (frozenset(("option",)), frozenset(("select", "datalist"))),
    "body": (frozenset(("head",)), frozenset()),
}


# Browsers nest elements no deeper than this, either.
_DEEPEST = 512


class _Path:
    """The elements that are open, each with its place among its siblings, and the depths at which each name stands: pages may
    nest thousands, which must not be looked through for each tag."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int]] = []
        self._depths: dict[str, list[int]] = defaultdict(list)
        self._children: list[Counter[str]] = [Counter()]

    def start(self, name: str) -> None:
        closes, shields = _CLOSES.get(name, (frozenset(), frozenset()))
        if name in _P_ENDS:
            closes, shields = closes | {"p"}, shields | {"table", "td", "th", "button"}
        self._imply(closes, shields)
        self._children[-1][name] += 1
        if name not in _VOID:
            self._depths[name].append(len(self._open))
            self._open.append((name, self._children[-1][name]))
            self._children.append(Counter())

    def _imply(self, closes: frozenset[str], shields: frozenset[str]) -> None:
        shield = max((depths[-1] for name in shields if (depths := self._depths.get(name))), default=-1)
        within = ((depths, bisect_right(depths, shield)) for name in closes if (depths := self._depths.get(name)))
        if found := [depths[nth] for depths, nth in within if nth < len(depths)]:
            self._cut(min(found))

    def end(self, name: str) -> None:
        if depths := self._depths.get(name):
            self._cut(depths[-1])

    def _cut(self, depth: int) -> None:
        for name, _ in self._open[depth:]:
            self._depths[name].pop()
        del self._open[depth:], self._children[depth + 1 :]

    def __str__(self) -> str:
        shown = self._open[:_DEEPEST]
        return "/".join(name if name in ("html", "body") else f"{name}[{place}]" for name, place in shown)


def block_paths(data: bytes, offsets: Sequence[int]) -> dict[int, str]:
    """For each offset of a text of the page, the path of the element in which it stands."""
    path, found = _Path(), dict[int, str]()
    wanted = iter(sorted(set(offsets)))
    following = next(wanted, None)
    for at, source in _markup(data):
        while following is not None and following < at:
            found[following] = str(path)
            following = next(wanted, None)
        if following is None:
            break
        _walk(path, source)
    while following is not None:
        found[following] = str(path)
        following = next(wanted, None)
    return found


def _markup(data: bytes) -> Iterable[tuple[int, bytes]]:
    stretch = split(data, 0, True)
    return ((stretch.offset(index), stretch.parts[index]) for index in range(1, len(stretch.parts), 2))


def _walk(path: _Path, source: bytes) -> None:
    for unit in UNITS.finditer(source):
        slash, name = unit.groups()
        if name is not None and slash:
            path.end(lower(name))
        elif name is not None:
            path.start(lower(name))
