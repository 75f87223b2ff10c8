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
from itertools import accumulate, chain
from typing import NamedTuple

from proxy_addon.matching.compiled import ENTRY, NONE, REFUSAL, SIGN, STRONG, WEAK, FormRule, Tables, case_of
from proxy_addon.matching.context import Candidate, Decision, Evidence, Memory, Sign, Tally, Word, decide
from proxy_addon.matching.evasion import admits, masks
from proxy_addon.matching.gate import Gate
from proxy_addon.matching.languages import language
from proxy_addon.matching.normalize import fold
from proxy_addon.matching.scanner import Scanner
from proxy_addon.matching.surroundings import Sentences, cuts_number, in_address, is_quoted, touches_hyphen

# More hits or candidates than this in one block are no prose; the rest are passed over.
HITS_IN_BLOCK = 100_000
CANDIDATES_IN_BLOCK = 20_000


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
    """Spans of refused phrases; says whether one of them holds another span, or takes its beginning away."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._ends = list(accumulate((end for _, end in ordered), max))

    def hold(self, start: int, end: int) -> bool:
        count = bisect_right(self._starts, start)
        return count > 0 and self._ends[count - 1] >= end

    def reach_past(self, start: int) -> bool:
        """Whether one of them begins before ``start`` and ends after it."""
        earlier = bisect_left(self._starts, start)
        return earlier > 0 and self._ends[earlier - 1] > start

    def hold_more_than(self, start: int, end: int) -> bool:
        """Whether one of them is longer than the span it holds."""
        count = bisect_right(self._starts, start)
        earlier = bisect_left(self._starts, start)
        return (count > 0 and self._ends[count - 1] > end) or (earlier > 0 and self._ends[earlier - 1] >= end)


class Found(NamedTuple):
    """The hits in a block by what they mean: forms, spans of refused phrases by group, signs by topic."""

    occurrences: list[Occurrence]
    refused: dict[int, list[tuple[int, int]]]
    signs: dict[int, list[Sign]]


class Block:
    """``text`` as written, in the language ``lang`` as far as it is declared. Nothing is looked for until it is asked."""

    def __init__(self, text: str, lang: str | None, scanner: Scanner, tables: Tables, rules: Sequence[FormRule]) -> None:
        self._source = text
        self._folded = fold(text)
        self._text = self._folded.text
        self._scanner = scanner
        self._tables = tables
        self._rules = rules
        self._lang = lang
        self._evidence: dict[int, Evidence] = {}

    @cached_property
    def _found(self) -> Found:
        found = Found([], defaultdict(list), defaultdict(list))
        meanings, source = self._tables.meanings, self._folded.source
        for found_start, found_end, payload in self._scanner.scan(self._text)[:HITS_IN_BLOCK]:
            start, end = source(found_start, found_end)
            for meaning in meanings[payload]:
                if meaning[0] == ENTRY:
                    found.occurrences.append(Occurrence(start, end, meaning[1], meaning[2]))  # type: ignore[arg-type]
                elif meaning[0] == SIGN:
                    found.signs[meaning[1]].append(Sign(start, end, meaning[2], meaning[3]))  # type: ignore[arg-type, misc]
                elif meaning[0] == REFUSAL:
                    found.refused[meaning[1]].append((start, end))
        if self._tables.masked:
            found.occurrences.extend(self._masked())
        return found

    def _masked(self) -> Iterator[Occurrence]:
        for mask in masks(self._text):
            rules = {rule for word, rule in self._tables.masked if admits(mask[0], word)}
            yield from (Occurrence(*self._folded.source(*mask.span()), rule, None) for rule in sorted(rules))

    @cached_property
    def topics(self) -> set[int] | None:
        """The topics that the block may speak of; None: perhaps of all."""
        return self._scanner.topics(self._text)

    def evidence(self, topic: int) -> Evidence:
        """The signs of ``topic`` in this block."""
        known = self._evidence.get(topic)
        if known is None:
            known = self._evidence[topic] = Evidence(self._signs_of(topic))
        return known

    def _signs_of(self, topic: int) -> Iterator[Sign]:
        """Its words, and the terms that stand for it; what is part of a refused phrase says nothing."""
        for sign in chain(self._found.signs.get(topic, ()), self._stand_ins.get(topic, ())):
            if self._all_refused is None or not self._all_refused.hold_more_than(sign.start, sign.end):
                yield sign

    @cached_property
    def _stand_ins(self) -> dict[int, list[Sign]]:
        signs: dict[int, list[Sign]] = defaultdict(list)
        for start, end, number, _ in self._found.occurrences:
            rule = self._rules[number]
            for topic in rule.topics:
                signs[topic].append(Sign(start, end, WEAK if rule.weak or rule.near else STRONG, rule.entry))
        return signs

    @cached_property
    def _all_refused(self) -> Spans | None:
        refused = self._found.refused
        return Spans(span for spans in refused.values() for span in spans) if refused else None

    def tallies(self) -> dict[int, Tally]:
        """What it says of every topic."""
        return {topic: self.evidence(topic).tally for topic in self._found.signs.keys() | self._stand_ins.keys()}

    @cached_property
    def _gate(self) -> Gate:
        return Gate(self._text, self._lang)

    @cached_property
    def _refusals(self) -> dict[int, Spans]:
        return {group: Spans(spans) for group, spans in self._found.refused.items()}

    @cached_property
    def _sentences(self) -> Sentences:
        return Sentences(self._source)

    def verdicts(self, memory: Memory, *, everything: bool = False) -> list[Verdict]:
        """What is kept, in order, without overlaps (equal spans stay); with ``everything`` what is dropped, too."""
        if not self._scanner.finds_terms(self._text):
            return []
        judged = sorted(
            (self._judge(each, memory) for each in set(self._found.occurrences[:CANDIDATES_IN_BLOCK])), key=_leftmost_longest
        )
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
        elif cuts_number(text, start, end):
            return "part of a number"
        if case is not None and not _written(text[start:end], case, rule.initial):
            return "written in another case"
        if rule.quoted and not quoted:
            return "not in quotation marks"
        if not self._gate.admits(rule.lang):
            return "in another language"
        return "part of another phrase" if self._is_refused(start, end, rule) else ""

    def _is_refused(self, start: int, end: int, rule: FormRule) -> bool:
        """Without spaces, what belongs to the word before can't begin a form: 高中 and 港澳 are not 中港澳."""
        refusals = self._refusals.get(rule.refusal)
        if refusals is None:
            return False
        return refusals.hold(start, end) or (language(rule.lang).edges == "none" and refusals.reach_past(start))

    def _decision(self, occurrence: Occurrence, rule: FormRule, quoted: bool, memory: Memory) -> Decision:
        """Signs near the form come first: a contrary one drops it; the topic is asked where the form alone says too little."""
        if not rule.weak and rule.scene == NONE:
            return Decision(True, "always")
        sentence = self._sentences.around(occurrence.start)
        candidate = Candidate(self._source, occurrence.start, occurrence.end, sentence, rule.entry, quoted)
        scene = None
        if rule.scene != NONE:
            scene = decide(candidate, rule.scene, self.evidence(rule.scene), memory, quotes_suffice=True)
        if scene and scene.contrary:
            return scene
        if rule.near and scene and (scene.kept or not rule.topics):
            return scene
        if not rule.weak and not rule.near:
            return Decision(True, "always")
        asked = [decide(candidate, topic, self.evidence(topic), memory) for topic in rule.topics]
        return next((each for each in asked if each.kept), asked[0] if asked else Decision(False, "no topic to go by"))

    def _named(self, word: Word) -> str:
        return word if isinstance(word, str) else self._tables.vocabulary[word]


class Said:
    """What a block says, for the memory of its page."""

    def __init__(self, block: Block) -> None:
        self._block: Block | None = block
        self._tallies: dict[int, Tally] = {}

    def tally(self, topic: int) -> Tally | None:
        """What the block says of ``topic``."""
        if self._block is None:
            return self._tallies.get(topic)
        topics = self._block.topics
        return self._block.evidence(topic).tally if topics is None or topic in topics else None

    def settle(self) -> None:
        """Find out everything now, and let go of the text."""
        if self._block is not None:
            self._tallies = self._block.tallies()
            self._block = None


def _leftmost_longest(verdict: Verdict) -> tuple[int, int, str]:
    return verdict.start, -verdict.end, verdict.entry


def _written(text: str, case: str, initial: bool) -> bool:
    return case_of(text)[:1] == case if initial else case_of(text) == case
