"""One block of text under judgment: its candidates, what speaks for and against each, and what it tells the page.

The filters stand in the order in which they are cheap: what is beside the candidate, its letters' case, the language,
refusals, context. A candidate is dropped by the first filter that objects. This module does not know where text comes from.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from proxy_addon.matching.compiled import ENTRY, NONE, REFUSAL, SIGN, STRONG, WEAK, FormRule, Tables, case_of
from proxy_addon.matching.context import Candidate, Decision, Evidence, Memory, Sign, Word, decide
from proxy_addon.matching.evasion import admits, masks
from proxy_addon.matching.gate import Gate
from proxy_addon.matching.languages import language
from proxy_addon.matching.normalize import fold
from proxy_addon.matching.scanner import Scanner
from proxy_addon.matching.surroundings import Sentences, in_address, is_quoted, touches_hyphen


@dataclass(frozen=True, slots=True)
class Verdict:
    """A candidate ``text[start:end]`` (code points) of ``entry``, kept or dropped by ``rule``; ``evidence``: the words that
    decided."""

    start: int
    end: int
    entry: str
    kept: bool
    rule: str
    quoted: bool = False
    evidence: tuple[str, ...] = ()

    def moved(self, by: int) -> Verdict:
        return replace(self, start=self.start + by, end=self.end + by)


class Occurrence(NamedTuple):
    """A form's spelling at ``start``..``end``; ``case``: how its letters must be written, if that counts."""

    start: int
    end: int
    rule: int
    case: str | None


class Spans:
    """Spans of refused phrases; says whether one of them holds another span."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._ends = list(accumulate((end for _, end in ordered), max))

    def hold(self, start: int, end: int) -> bool:
        count = bisect_right(self._starts, start)
        return count > 0 and self._ends[count - 1] >= end

    def hold_more_than(self, start: int, end: int) -> bool:
        """Whether one of them is longer than the span it holds."""
        count = bisect_right(self._starts, start)
        earlier = bisect_left(self._starts, start)
        return (count > 0 and self._ends[count - 1] > end) or (earlier > 0 and self._ends[earlier - 1] >= end)


class Block:
    """``text`` as written, in the language ``lang`` as far as it is declared."""

    def __init__(self, text: str, lang: str | None, scanner: Scanner, tables: Tables, rules: Sequence[FormRule]) -> None:
        self._source = text
        self._folded = fold(text)
        self._text = self._folded.text
        self._tables = tables
        self._rules = rules
        self._lang = lang
        self._occurrences: list[Occurrence] = []
        self._refused: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._signs: dict[int, list[Sign]] = defaultdict(list)
        self._sort(scanner)

    def _sort(self, scanner: Scanner) -> None:
        """The hits by what they mean."""
        meanings = self._tables.meanings
        for found_start, found_end, payload in scanner.scan(self._text):
            start, end = self._folded.source(found_start, found_end)
            for meaning in meanings[payload]:
                if meaning[0] == ENTRY:
                    self._occurrences.append(Occurrence(start, end, meaning[1], meaning[2]))  # type: ignore[arg-type]
                elif meaning[0] == SIGN:
                    self._signs[meaning[1]].append(Sign(start, end, meaning[2], meaning[3]))  # type: ignore[arg-type, misc]
                elif meaning[0] == REFUSAL:
                    self._refused[meaning[1]].append((start, end))
        if self._tables.masked:
            self._occurrences += self._masked()

    def _masked(self) -> Iterator[Occurrence]:
        for mask in masks(self._text):
            rules = {rule for word, rule in self._tables.masked if admits(mask[0], word)}
            yield from (Occurrence(*self._folded.source(*mask.span()), rule, None) for rule in sorted(rules))

    def evidence(self) -> dict[int, Evidence]:
        """The signs of every topic in this block."""
        return self._evidence

    @cached_property
    def _evidence(self) -> dict[int, Evidence]:
        if not self._refused and not self._occurrences:
            return {topic: Evidence(found) for topic, found in self._signs.items()}
        signs = {topic: list(found) for topic, found in self._signs.items()}
        for start, end, number, _ in self._occurrences:
            rule = self._rules[number]
            for topic in rule.topics:
                signs.setdefault(topic, []).append(Sign(start, end, WEAK if rule.weak or rule.near else STRONG, rule.entry))
        if not self._refused:
            return {topic: Evidence(found) for topic, found in signs.items()}
        refused = Spans(span for spans in self._refused.values() for span in spans)
        kept = {
            topic: [sign for sign in found if not refused.hold_more_than(sign.start, sign.end)] for topic, found in signs.items()
        }
        return {topic: Evidence(found) for topic, found in kept.items() if found}

    @cached_property
    def _gate(self) -> Gate:
        return Gate(self._text, self._lang)

    @cached_property
    def _refusals(self) -> dict[int, Spans]:
        return {group: Spans(spans) for group, spans in self._refused.items()}

    @cached_property
    def _sentences(self) -> Sentences:
        return Sentences(self._source)

    def verdicts(self, memory: Memory, *, everything: bool = False) -> list[Verdict]:
        """What is kept, in order, without overlaps (equal spans stay); with ``everything`` what is dropped, too."""
        judged = sorted((self._judge(each, memory) for each in set(self._occurrences)), key=_leftmost_longest)
        verdicts: list[Verdict] = []
        span = (-1, -1)
        for verdict in judged:
            if verdict.kept and verdict.start < span[1] and (verdict.start, verdict.end) != span:
                verdict = replace(verdict, kept=False, rule="inside a longer match")
            if verdict.kept:
                span = (verdict.start, verdict.end)
            if verdict.kept or everything:
                verdicts.append(verdict)
        return verdicts

    def _judge(self, occurrence: Occurrence, memory: Memory) -> Verdict:
        rule = self._rules[occurrence.rule]
        start, end = occurrence.start, occurrence.end
        quoted = is_quoted(self._source, start, end)
        objection = self._objection(occurrence, rule, quoted)
        if objection:
            return Verdict(start, end, rule.entry, False, objection, quoted)
        decision = self._decision(occurrence, rule, quoted, memory)
        return Verdict(start, end, rule.entry, decision.kept, decision.rule, quoted, tuple(map(self._named, decision.words)))

    def _objection(self, occurrence: Occurrence, rule: FormRule, quoted: bool) -> str:
        """Why the form can't stand here, whatever the text is about; or nothing."""
        text, (start, end, _, case) = self._source, occurrence
        if language(rule.lang).edges == "word":
            if in_address(text, start, end):
                return "part of an address or a handle"
            if not rule.hyphen and touches_hyphen(text, start, end):
                return "joined by a hyphen"
        if case is not None and not _written(text[start:end], case, rule.initial):
            return "written in another case"
        if rule.quoted and not quoted:
            return "not in quotation marks"
        if not self._gate.admits(rule.lang):
            return "in another language"
        refusals = self._refusals.get(rule.refusal)
        return "part of another phrase" if refusals and refusals.hold(start, end) else ""

    def _decision(self, occurrence: Occurrence, rule: FormRule, quoted: bool, memory: Memory) -> Decision:
        """Signs near the form come first: a contrary one drops it; the topic is asked where the form alone says too little."""
        if not rule.weak and rule.scene == NONE:
            return Decision(True, "always")
        sentence = self._sentences.around(occurrence.start)
        candidate = Candidate(self._source, occurrence.start, occurrence.end, sentence, rule.entry, quoted)
        scene = decide(candidate, rule.scene, self._evidence, memory) if rule.scene != NONE else None
        if scene and scene.contrary:
            return scene
        if rule.near and scene and (scene.kept or not rule.topics):
            return scene
        if not rule.weak and not rule.near:
            return Decision(True, "always")
        asked = [decide(candidate, topic, self._evidence, memory) for topic in rule.topics]
        return next((each for each in asked if each.kept), asked[0] if asked else Decision(False, "no topic to go by"))

    def _named(self, word: Word) -> str:
        return word if isinstance(word, str) else self._tables.vocabulary[word]


def _leftmost_longest(verdict: Verdict) -> tuple[int, int, str]:
    return verdict.start, -verdict.end, verdict.entry


def _written(text: str, case: str, initial: bool) -> bool:
    return case_of(text)[:1] == case if initial else case_of(text) == case
