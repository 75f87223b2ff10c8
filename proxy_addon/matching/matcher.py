"""Text in, matches out: ``Matcher(glossary).find(text)``, or ``.page()`` for a page whose blocks come one by one.

Every spelling of every length is a candidate at first; candidates fall by what stands beside them, by language, by refusals
(``not_in``) and by context; of those left the longest at the leftmost place counts. So a longer term that fails gives way to
the shorter one inside it. Offsets are code points of the text that was given, whatever folding did to it. A matcher is never
changed and may be used from several threads; a page belongs to one. It knows neither HTML nor HTTP, and keeps no text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from proxy_addon.glossary.model import Glossary
from proxy_addon.matching import cache as disk
from proxy_addon.matching.block import Block, Engine, Verdict
from proxy_addon.matching.compiled import FormRule, Tables, compile_glossary
from proxy_addon.matching.context import KEPT, Memory
from proxy_addon.matching.scanner import Scanner
from proxy_addon.matching.sieve import prepare
from proxy_addon.matching.suspects import Suspicion
from proxy_addon.paths import cache_dir

__all__ = ["Match", "Matcher", "Page", "Verdict"]

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")


@dataclass(frozen=True, slots=True)
class Match:
    """``text[start:end]``, in code points, is a term of ``entries`` (ids, in the glossary's order). ``quoted``: in quotation
    marks or called "so-called". ``rule`` says in a word or two why it counts."""

    start: int
    end: int
    entries: tuple[str, ...]
    quoted: bool = False
    rule: str = ""


class Matcher:
    """A glossary made ready for searching.

    The compiled form is kept in the folder ``cache``: None keeps nothing, "default" takes the user's own folder; no trouble
    with it is ever raised. With ``everything`` the entries that are off count too. Making one from the cache takes
    milliseconds; compiling holds the interpreter, so a program that must answer meanwhile calls ``warm`` in a process of its
    own first.
    """

    def __init__(
        self, glossary: Glossary, *, cache: Path | Literal["default"] | None = "default", everything: bool = False
    ) -> None:
        self.glossary = glossary
        self.version = disk.content_key(glossary, everything=everything)
        folder = cache_dir() / "compiled" if cache == "default" else cache
        self._tables = _tables(glossary, folder, self.version, everything)
        rules = [FormRule(*rule) for rule in self._tables.rules]  # type: ignore[arg-type]
        self._engine = Engine(Scanner(self._tables), self._tables, rules)
        self._suspicion = Suspicion(self._tables)
        self._order = {entry: place for place, entry in enumerate(glossary.entries)}

    def find(self, text: str, *, lang: str | None = None, title: str = "") -> list[Match]:
        """Every match, in order, none overlapping. Blocks are parted by blank lines and judged one after the other."""
        page = self.page(lang=lang, title=title)
        return [
            Match(match.start + start, match.end + start, match.entries, match.quoted, match.rule)
            for start, block in _blocks(text)
            for match in page.find(block)
        ]

    def page(self, *, lang: str | None = None, title: str = "", description: str = "") -> Page:
        """A page in the language ``lang`` (BCP 47), about what its title and description say."""
        return Page(self, lang, title, description)

    def suspects(self, text: str, edges: Callable[[], Sequence[int] | None] | None = None) -> Sequence[int]:
        """Offsets in ``text`` where the first word of a term, or of a sign of a topic, begins; no order, repeats possible.

        ``text`` may be several texts glued together, so a word inside another counts as well. If ``edges`` is given, it
        returns the offsets at which glued texts meet, in order, or None if that isn't known: what can't begin a term,
        wherever blocks begin and end, is left out.
        """
        return self._suspicion.suspects(text, edges() if edges else None)

    def explain(self, text: str, *, lang: str | None = None, title: str = "") -> list[Verdict]:
        """Every candidate in ``text``, kept or dropped, with the rule and the evidence; in order of place."""
        page = self.page(lang=lang, title=title)
        return [verdict.moved(start) for start, block in _blocks(text) for verdict in page.explain(block)]


class Page:
    """The evidence of a page so far. Blocks are given in document order, each once."""

    def __init__(self, matcher: Matcher, lang: str | None, title: str, description: str) -> None:
        self._matcher = matcher
        self._lang = lang
        self._memory = Memory([Block(text, lang, matcher._engine) for text in (title, description) if text])

    def find(self, block: str, *, lang: str | None = None) -> list[Match]:
        """The matches of one block of readable text, in order, apart. U+FFFC stands for an object and breaks phrases."""
        verdicts = self._judged(block, lang)
        if not verdicts:
            return []
        return [
            Match(first.start, first.end, self._entries(kept), first.quoted, first.rule)
            for kept in _by_span(verdicts)
            for first in kept[:1]
        ]

    def explain(self, block: str, *, lang: str | None = None) -> list[Verdict]:
        """Like ``find``, with every candidate."""
        return self._judged(block, lang, everything=True)

    def _judged(self, text: str, lang: str | None, *, everything: bool = False) -> list[Verdict]:
        block = Block(text, lang or self._lang, self._matcher._engine)
        verdicts = [] if block.is_silent() else block.verdicts(self._memory, everything=everything)
        if len(text) > KEPT:
            self._memory.add_block(block.summary(), 0)
        else:
            self._memory.add_block(block, len(text))
        return verdicts

    def _entries(self, verdicts: list[Verdict]) -> tuple[str, ...]:
        return tuple(sorted({verdict.entry for verdict in verdicts}, key=self._matcher._order.__getitem__))


def warm(glossary: Glossary, cache: Path | None = None, *, everything: bool = False) -> str:
    """Compile ``glossary`` into the cache, for a process of its own; the version. Nothing is done if it is there."""
    key = disk.content_key(glossary, everything=everything)
    _tables(glossary, cache or cache_dir() / "compiled", key, everything)
    return key


def _tables(glossary: Glossary, folder: Path | None, key: str, everything: bool) -> Tables:
    kept = disk.load(folder, key) if folder else None
    if kept is not None:
        return kept
    tables = compile_glossary(glossary, everything=everything)
    prepare(tables)
    if folder:
        disk.store(folder, key, tables)
    return tables


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for blank in _BLANK_LINE.finditer(text):
        yield start, text[start : blank.start()]
        start = blank.end()
    yield start, text[start:]


def _by_span(verdicts: list[Verdict]) -> Iterator[list[Verdict]]:
    """The kept verdicts, those of one span together. They are in order already, and none overlaps another."""
    same: list[Verdict] = []
    for verdict in verdicts:
        if same and verdict.start != same[0].start:
            yield same
            same = []
        same.append(verdict)
    if same:
        yield same
