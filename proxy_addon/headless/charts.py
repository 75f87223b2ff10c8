"""Charts as SVG: text stays text, colours follow the reader's light or dark scheme, and no library is needed to see them.

Every mark differs from its neighbours in shape or place as well as in colour, and every chart has a title and a description for
those who can't see it. Lengths are in CSS pixels. This module knows numbers and labels, not what they mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from proxy_addon.headless.tally import Rate

WIDTH = 760
_ROW, _TOP, _LABEL, _WIDE = 26, 58, 44, 180
_BAR, _BARS = 20, 34  # a bar, and a row of bars with the interval under it
_LEFT, _LEFT_OF_ONE = 262, 352  # where rows begin, behind their names; with one series only
_CHARACTER = 7.3  # about the width of one
Point = tuple[float, float]
# Contrast with the ground is at least 4.5 : 1 in both schemes (WCAG 2.2, 1.4.11 asks for 3 : 1).
STYLE = (
    "svg{font:13px system-ui,sans-serif;--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--on:#fff;"
    "--c0:#a8380a;--c1:#0b5f9e;--c2:#00694b;--c3:#8b3a75}"
    "@media(prefers-color-scheme:dark){svg{--ink:#f0f3f6;--soft:#a3adb8;--line:#3d444d;--on:#15181c;"
    "--c0:#ff9d66;--c1:#7cc4ff;--c2:#4fd1a5;--c3:#eda2d4}}"
    "svg text{fill:var(--ink)}.o{fill:var(--on)!important}.s{fill:var(--soft)!important}.g{stroke:var(--line);fill:none}"
    ".i{stroke:var(--soft)}"
    + "".join(
        f".f{n}{{fill:var(--c{n})}}.l{n}{{stroke:var(--c{n});fill:none}}.b{n}{{fill:var(--c{n});opacity:.16}}" for n in range(4)
    )
)


@dataclass(frozen=True, slots=True)
class Series:
    """One thing in several places: a value with its interval for each label, None where there is none. ``look`` is its colour
    and its mark (0 to 3); by its place among the others if not said."""

    name: str
    rates: Sequence[Rate | None]
    look: int | None = None


def _picture(title: str, about: str, height: float, body: Sequence[str]) -> str:
    size = f'viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>'
        f"<title>{escape(title)}</title><desc>{escape(about)}</desc><style>{STYLE}</style>{''.join(body)}</svg>"
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start", soft: bool = False, limit: int = 60) -> str:
    """``text`` of ``limit`` characters at most; the whole of it is shown to who points at it."""
    shown, whole = escape(text), ""
    if len(text) > limit:
        shown, whole = escape(f"{text[: limit - 1]}…"), f"<title>{escape(text)}</title>"
    style = ' class="s"' if soft else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{whole}{shown}</text>'


def _label(left: float, y: float, name: str, count: str) -> list[str]:
    """The name of a row, as much of it as there is room for, and how many."""
    room = left - 24 - _CHARACTER * len(count)
    return [_text(0, y, name, limit=int(room / _CHARACTER)), _text(left - 14, y, count, anchor="end", soft=True)]


def _line(x1: float, y1: float, x2: float, y2: float, css: str, width: float = 1) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}" stroke-width="{width:g}"/>'


def _mark(x: float, y: float, nth: int, size: float = 4.5) -> str:
    """A circle, a square, a diamond or a triangle."""
    if nth == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:g}" class="f0"/>'
    around = {
        1: ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        2: ((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),
        3: ((0, -1.3), (1.3, 1), (-1.3, 1)),
    }[nth]
    points = " ".join(f"{x + size * 0.9 * dx:.1f},{y + size * 0.9 * dy:.1f}" for dx, dy in around)
    return f'<polygon points="{points}" class="f{nth}"/>'


def _legend(names: Sequence[str], left: float = 0, top: float = 0, first: int = 0) -> list[str]:
    out: list[str] = []
    for nth, name in enumerate(names, first):
        out += [_mark(left + 6, top + 16, nth), _text(left + 17, top + 20.5, name, limit=34)]
        left += 17 + 7.4 * min(len(name), 34) + 22
    return out


def _top(rates: Sequence[Rate | None], ends: bool = True) -> float:
    """The end of an axis: a round number beyond every value."""
    most = max((rate.high if ends else rate.value for rate in rates if rate), default=0.0)
    steps = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
    return next((step for step in steps if most <= step), 1.0)


def percent(value: float) -> str:
    """As readers write shares."""
    return f"{100 * value:.1f} %" if 0 < value < 0.1 else f"{100 * value:.0f} %"


def dots(title: str, about: str, labels: Sequence[tuple[str, str]], series: Sequence[Series]) -> str:
    """Rows side by side: a dot with a whisker for each series, in a column of its own. ``labels``: name, and how many."""
    left, height = _LEFT if len(series) > 1 else _LEFT_OF_ONE, _TOP + _ROW * len(labels) + 26
    column = (WIDTH - left) / max(1, len(series))
    end = _top([rate for each in series for rate in each.rates])
    body: list[str] = []
    for row, (name, count) in enumerate(labels):
        y = _TOP + _ROW * (row + 0.5)
        body += [_line(0, y + _ROW / 2, WIDTH, y + _ROW / 2, "g"), *_label(left, y + 4, name, count)]
    for nth, each in enumerate(series):
        body += _column(each, nth, left + column * nth, column - 22, end, height)
    return _picture(title, about, height, body)


def _column(series: Series, nth: int, left: float, width: float, end: float, height: float) -> list[str]:
    body = [_mark(left + 6, 16, nth), _text(left + 17, 20.5, series.name, limit=int(width / 7))]
    for tick in (0, 0.5, 1):
        x = left + width * tick
        anchor = "middle" if tick == 0.5 else "start" if not tick else "end"
        body.append(_line(x, _TOP - 6, x, height - 22, "g"))
        if tick != 0.5 or width > _WIDE:
            body.append(_text(x, _TOP - 14, percent(end * tick), anchor=anchor, soft=True))
    for row, rate in enumerate(series.rates):
        if rate:
            y = _TOP + _ROW * (row + 0.5)
            low, x, high = (left + width * min(1, value / end) for value in (rate.low, rate.value, rate.high))
            body += [_line(low, y, high, y, f"l{nth}", 2), _mark(x, y, nth)]
    return body


def lines(title: str, about: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Values along time, a panel for each series, all on one scale; a band for the interval, a gap where there is no value."""
    columns = min(2, len(series))
    width, high = WIDTH / columns, 190 if columns > 1 else 270
    end = _top([rate for each in series for rate in each.rates])
    body: list[str] = []
    for nth, each in enumerate(series):
        look = nth if each.look is None else each.look
        body += _panel(labels, each, look, (width * (nth % columns), high * (nth // columns)), (width, high), end)
    return _picture(title, about, high * -(-len(series) // columns), body)


def _panel(labels: Sequence[str], series: Series, nth: int, at: Point, size: Point, end: float) -> list[str]:
    left, right, top, bottom = at[0] + 52, at[0] + size[0] - 24, at[1] + 40, at[1] + size[1] - 32
    step = (right - left) / max(1, len(labels) - 1)
    body = _legend([series.name], left, at[1], nth)
    for tick in range(3):
        y = bottom - (bottom - top) * tick / 2
        body += [_line(left, y, right, y, "g"), _text(left - 8, y + 4, percent(end * tick / 2), anchor="end", soft=True)]
    every = max(1, -(-len(labels) // int(size[0] / 90)))
    for place in range(0, len(labels), every):
        body.append(_text(left + step * place, bottom + 20, labels[place], anchor="middle" if place else "start", soft=True))
    points = [
        (left + step * place, *(bottom - (bottom - top) * min(1, value / end) for value in rate)) if rate else None
        for place, rate in enumerate(series.rates)
    ]
    return body + _band(points, nth)


def _band(places: Sequence[tuple[float, ...] | None], nth: int) -> list[str]:
    """``places``: x, and y of the value and of the ends of its interval."""
    body: list[str] = []
    for here, there in pairwise(places):
        if here and there:
            points = ((here[0], here[2]), (there[0], there[2]), (there[0], there[3]), (here[0], here[3]))
            body.append(f'<polygon class="b{nth}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>')
            body.append(_line(here[0], here[1], there[0], there[1], f"l{nth}", 2))
    for place, before, after in zip(places, (None, *places), (*places[1:], None), strict=False):
        if place:
            alone = [_line(place[0], place[2], place[0], place[3], f"l{nth}", 1)] if not before and not after else []
            body += [*alone, _mark(place[0], place[1], nth, 3.2)]
    return body


def stacks(
    title: str,
    about: str,
    labels: Sequence[tuple[str, str]],
    names: Sequence[str],
    counts: Sequence[Sequence[int]],
    rates: Sequence[Rate],
) -> str:
    """Bars of equal length divided by counts; ``names`` are the parts, three at most. ``labels``: name, and how many. Under each
    bar is the interval of ``rates``, the share of all but the first part, counted from the right."""
    left, height = _LEFT, 36 + _BARS * len(labels) + 8
    body = _legend(names)
    for row, ((name, count), parts, rate) in enumerate(zip(labels, counts, rates, strict=True)):
        y, x, total = 36 + _BARS * row, float(left), sum(parts)
        body += [*_label(left, y + 17, name, count), *_reach(left, y + _BAR + 7, rate)]
        for nth, part in enumerate(parts):
            width = (WIDTH - left) * part / total if total else 0.0
            if part:
                size = f'width="{max(1.0, width - 2):.1f}" height="{_BAR}"'
                body.append(f'<rect x="{x:.1f}" y="{y + 3:.1f}" {size} class="f{nth}"/>')
            if width > _LABEL:
                body.append(f'<text x="{x + 7:.1f}" y="{y + 17.5:.1f}" class="o">{percent(part / total)}</text>')
            x += width
    return _picture(title, about, height, body)


def _reach(left: float, y: float, rate: Rate) -> list[str]:
    """The interval of a share that is counted from the right, as a line with ends."""
    ends = [WIDTH - (WIDTH - left) * value for value in (rate.high, rate.low)]
    return [_line(ends[0], y, ends[1], y, "i", 1.5), *(_line(x, y - 3, x, y + 3, "i", 1.5) for x in ends)]
