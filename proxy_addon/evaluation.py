"""The score of a matcher on labelled passages: precision, recall, F1, how sure they are, and every error with its reason.

A passage is a text with the spans that should be found. A *match* is right if a label has its span (exact), or overlaps it
(tolerant), and names one of its entries; a *label* is found if a match is right for it. Precision counts matches, recall
labels. Alias ids count as the entry they stand for. Entries that labels name are switched on; the rest stays as it is.
Intervals are for 95 %: Wilson's for precision and recall, a seeded bootstrap over passages for F1. This module prints nothing.
"""

from __future__ import annotations

import html
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple

from proxy_addon.glossary.model import Glossary
from proxy_addon.matching.languages import spellings
from proxy_addon.matching.matcher import Matcher

BOOTSTRAP = 1000
# A normal distribution's two-sided 95 %.
Z = 1.959964


class PassageError(ValueError):
    """A file of passages can't be read; the message names file and line, and what to do."""


class Span(NamedTuple):
    """``text[start:end]`` in code points is a term of one of ``entries``."""

    start: int
    end: int
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """``text`` may be markup (``html``); offsets of labels then count the markup, too."""

    id: str
    lang: str
    text: str
    labels: tuple[Span, ...]
    title: str = ""
    html: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """``right`` of ``matches`` are right, ``found`` of ``labels`` are found. Without matches the precision is 1."""

    right: int = 0
    matches: int = 0
    found: int = 0
    labels: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.matches + other.matches, self.found + other.found, self.labels + other.labels)

    @property
    def precision(self) -> float:
        return self.right / self.matches if self.matches else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.labels if self.labels else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Mistake:
    """A match that no label bears out (``missed`` false), or a label without a match; ``why`` is the matcher's own account."""

    passage: str
    span: Span
    words: str
    missed: bool
    why: str


Find = Callable[[Passage], Sequence[Span]]


def read_passages(path: Path) -> list[Passage]:
    """The passages of a JSON-lines file. Raises PassageError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PassageError(f"{path}: {getattr(error, 'strerror', None) or 'not UTF-8'}; give a file of JSON lines") from error
    return [_passage(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


class Key(NamedTuple):
    """A key of a row, what types its value may have, and how to say so."""

    name: str
    types: tuple[type, ...]
    wanted: str
    needed: bool = True


_ROW = (
    Key("id", (str, int), 'a name, "ru-1"'),
    Key("lang", (str,), 'a code, "ru"'),
    Key("text", (str,), "one text in quotation marks"),
    Key("annotations", (list,), "a list of {start, end, entry}; [] where nothing is to be found"),
    Key("title", (str, type(None)), "a text in quotation marks, or left out", needed=False),
    Key("format", (str, type(None)), '"html" or "text", or left out', needed=False),
)
_LABEL = (
    Key("start", (int,), "a number of code points"),
    Key("end", (int,), "a number of code points"),
    Key("entry", (str,), "the id of one entry"),
)


def _passage(line: str, where: str) -> Passage:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise PassageError(f"{where}: not JSON ({error}); write one object a line") from error
    said = _checked(row, _ROW, where, "a row")
    labels = tuple(_label(each, f"{where}: annotation {number}") for number, each in enumerate(said["annotations"], 1))
    if not all(0 <= label.start < label.end <= len(said["text"]) for label in labels):
        raise PassageError(f"{where}: a label lies outside its text; offsets count code points from 0")
    return Passage(str(said["id"]), said["lang"], said["text"], labels, said.get("title") or "", said.get("format") == "html")


def _label(row: object, where: str) -> Span:
    said = _checked(row, _LABEL, where, "an annotation")
    return Span(said["start"], said["end"], (said["entry"],))


def _checked(row: object, keys: Sequence[Key], where: str, what: str) -> dict[str, Any]:
    """The row, if every key has a value of its type."""
    if not isinstance(row, dict):
        raise PassageError(f"{where}: {what} must be an object; write {{{', '.join(key.name for key in keys if key.needed)}}}")
    for key in keys:
        if key.name not in row:
            if key.needed:
                raise PassageError(f"{where}: {what} needs «{key.name}»; give {key.wanted}")
        elif not isinstance(row[key.name], key.types) or isinstance(row[key.name], bool):
            raise PassageError(f"{where}: «{key.name}» must be {key.wanted}, not {json.dumps(row[key.name])[:40]}")
    return row


def prepared(glossary: Glossary, passages: Iterable[Passage]) -> tuple[Glossary, list[Passage]]:
    """Every entry that a label names switched on, and the labels' ids in their present form."""
    known: dict[str, str] = {alias: entry.id for entry in glossary.entries.values() for alias in (entry.id, *entry.aliases)}
    resolved = [
        replace(
            each,
            labels=tuple(label._replace(entries=tuple(known.get(ref, ref) for ref in label.entries)) for label in each.labels),
        )
        for each in passages
    ]
    named = {ref for each in resolved for label in each.labels for ref in label.entries}
    entries = {ref: replace(entry, on=True) if ref in named else entry for ref, entry in glossary.entries.items()}
    return replace(glossary, entries=entries), resolved


class Evaluation:
    """What ``find`` finds in ``passages``, ready to be counted in several ways."""

    def __init__(self, passages: Sequence[Passage], find: Find) -> None:
        self.passages = passages
        self._found = [tuple(find(passage)) for passage in passages]

    def score(self, *, exact: bool = True) -> Score:
        return sum(self._scores(exact), Score())

    def interval(self, *, exact: bool = True) -> tuple[float, float]:
        """Where F1 would lie in 95 % of collections drawn like this one."""
        chance, scores = random.Random(0), self._scores(exact)
        drawn = sorted(sum(chance.choices(scores, k=len(scores)), Score()).f1 for _ in range(BOOTSTRAP)) if scores else [1.0]
        return drawn[int(0.025 * len(drawn))], drawn[int(0.975 * len(drawn))]

    def _scores(self, exact: bool) -> list[Score]:
        return [_score(found, passage.labels, exact) for passage, found in zip(self.passages, self._found, strict=True)]

    def by(self, group: Callable[[Passage, str], str], *, exact: bool = True) -> dict[str, Score]:
        """Scores by ``group(passage, entry id)``; a match belongs to its first right entry, else to its first."""
        scores: dict[str, Score] = defaultdict(Score)
        for passage, found in zip(self.passages, self._found, strict=True):
            for match in found:
                right = [ref for label in passage.labels if _agree(match, label, exact) for ref in label.entries]
                scores[group(passage, (right or match.entries)[0])] += Score(right=bool(right), matches=1)
            for label in passage.labels:
                hit = any(_agree(match, label, exact) for match in found)
                scores[group(passage, label.entries[0])] += Score(found=hit, labels=1)
        return dict(sorted(scores.items()))

    def mistakes(self, explain: Callable[[Passage, Span], str]) -> Iterator[Mistake]:
        """Every error of the exact count, passage by passage."""
        for passage, found in zip(self.passages, self._found, strict=True):
            wrong = [(match, False) for match in found if not any(_agree(match, label, True) for label in passage.labels)]
            missed = [(label, True) for label in passage.labels if not any(_agree(match, label, True) for match in found)]
            for span, absent in sorted(wrong + missed):
                yield Mistake(passage.id, span, passage.text[span.start : span.end], absent, explain(passage, span))


def _score(found: Sequence[Span], labels: Sequence[Span], exact: bool) -> Score:
    right = sum(any(_agree(match, label, exact) for label in labels) for match in found)
    hits = sum(any(_agree(match, label, exact) for match in found) for label in labels)
    return Score(right, len(found), hits, len(labels))


def _agree(match: Span, label: Span, exact: bool) -> bool:
    if exact and match[:2] != label[:2]:
        return False
    return match.start < label.end and label.start < match.end and not set(match.entries).isdisjoint(label.entries)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a proportion; (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    share, spread = hits / of, Z * Z / of
    middle = share + spread / 2
    reach = Z * sqrt(share * (1 - share) / of + spread / (4 * of))
    return max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread))


# ---- what finds


def with_matcher(matcher: Matcher) -> Find:
    """The matcher itself."""

    def find(passage: Passage) -> list[Span]:
        text, way_back = readable(passage)
        found = matcher.find(text, lang=passage.lang, title=passage.title)
        return [Span(*way_back(match.start, match.end), match.entries) for match in found]

    return find


def with_substrings(glossary: Glossary, *, words: bool) -> Find:
    """The naive baseline: every term as it is written in the glossary, in any case; whole words only, or anywhere."""
    owners: dict[str, set[str]] = defaultdict(set)
    for entry in glossary.entries.values():
        for form in entry.forms if entry.on else ():
            for spelling in spellings(form.text, form.lang, inflect=False):
                owners[spelling.rstrip("*").lower()].add(entry.id)
    either = "|".join(map(re.escape, sorted(owners, key=len, reverse=True)))
    pattern = re.compile(rf"\b(?:{either})\b" if words else either)

    def find(passage: Passage) -> list[Span]:
        hits = pattern.finditer(passage.text.lower()) if owners else ()
        return [Span(hit.start(), hit.end(), tuple(sorted(owners[hit[0]]))) for hit in hits]

    return find


def explained(matcher: Matcher) -> Callable[[Passage, Span], str]:
    """The matcher's account of a span: its verdicts on candidates of the same entries there."""

    def explain(passage: Passage, span: Span) -> str:
        if unknown := [ref for ref in span.entries if ref not in matcher.glossary.entries]:
            return f"the glossary has no such entry: {', '.join(unknown)}"
        text, way_back = readable(passage)
        told = [
            f"{verdict.entry} «{text[verdict.start : verdict.end]}» {'kept' if verdict.kept else 'dropped'}: {verdict.rule}"
            + (f" ({', '.join(verdict.evidence)})" if verdict.evidence else "")
            for verdict in matcher.explain(text, lang=passage.lang, title=passage.title)
            if verdict.entry in span.entries and _overlap(way_back(verdict.start, verdict.end), span)
        ]
        return "; ".join(dict.fromkeys(told)) or "no spelling of the entry is here"

    return explain


def _overlap(place: tuple[int, int], span: Span) -> bool:
    return place[0] < span.end and span.start < place[1]


_MARKUP = re.compile(r"<!--.*?-->|</?([A-Za-z][A-Za-z0-9-]*)[^>]*>|&(?:#\w+|\w+);", re.DOTALL)
_BLOCKS = frozenset(
    ("p", "div", "li", "ul", "ol", "td", "th", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section")
)
_OBJECTS = frozenset(["img", "sup", "sub", "input", "code", "svg"])


def readable(passage: Passage) -> tuple[str, Callable[[int, int], tuple[int, int]]]:
    """The passage's text as a reader sees it, and the way from its offsets back to those of the markup."""
    if not passage.html:
        return passage.text, lambda start, end: (start, end)
    chars: list[str] = []
    places: list[tuple[int, int]] = []
    done = 0
    for markup in (*_MARKUP.finditer(passage.text), None):
        until = markup.start() if markup else len(passage.text)
        chars += passage.text[done:until]
        places += ((at, at + 1) for at in range(done, until))
        if markup:
            shown = _shown(markup)
            chars += shown
            places += [markup.span()] * len(shown)
            done = markup.end()
    return "".join(chars), lambda start, end: (places[start][0], places[end - 1][1])


def _shown(markup: re.Match[str]) -> str:
    name = (markup[1] or "").lower()
    if markup[0].startswith("&"):
        return html.unescape(markup[0])
    return "\n\n" if name in _BLOCKS else "\n" if name == "br" else "\ufffc" if name in _OBJECTS else ""


Groups = Mapping[str, Callable[[Passage, str], str]]


def groups(glossary: Glossary) -> Groups:
    """The ways a score can be divided: by language of the passage, kind of the entry, entry."""
    kinds: Mapping[str, str] = {ref: entry.kind for ref, entry in glossary.entries.items()}
    return {
        "lang": lambda passage, ref: passage.lang,
        "kind": lambda passage, ref: kinds.get(ref, "unknown"),
        "entry": lambda passage, ref: ref,
    }
