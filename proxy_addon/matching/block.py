"""One block of text under judgment: its candidates, what speaks for and against each, and what it tells the page.

The filters stand in the order in which they are cheap: what is beside the candidate, its letters' case, the language,
refusals, context. A candidate is dropped by the first filter that objects. This module does not know where text comes from.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, chain
from typing import NamedTuple

from proxy_addon.matching.compiled import ENTRY, NONE, REFUSAL, SIGN, STRONG, WEAK, FormRule, Meaning, Tables, case_of
from proxy_addon.matching.context import Candidate, Decision, Evidence, Memory, Sign, Tally, Word, decide
from proxy_addon.matching.evasion import admits, has_mask, masks
from proxy_addon.matching.gate import Gate
from proxy_addon.matching.languages import language
from proxy_addon.matching.scanner import Reading, Scanner
from proxy_addon.matching.sieve import REFUSED, SIGNS, TERMS
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


class Engine(NamedTuple):
    """What all blocks are read with."""

    scanner: Scanner
    tables: Tables
    rules: Sequence[FormRule]


class Summary(NamedTuple):
    """What a block has said of topics, when its text is gone; of others it says nothing."""

    tallies: Mapping[int, Tally]

    def tally(self, topic: int) -> Tally | None:
        return self.tallies.get(topic)


class Block:
    """``text`` as written, in the language ``lang`` as far as it is declared. What nobody asks for is not looked for."""

    def __init__(self, text: str, lang: str | None, engine: Engine) -> None:
        self._source = text
        self._lang = lang
        self._scanner, self._tables, self._rules = engine
        self._reading = Reading(text)
        self._evidence: dict[int, Evidence] = {}

    def _hits(self, group: int) -> Iterator[tuple[int, int, Meaning]]:
        """What the spellings of a group mean, with their places in the source."""
        hits = self._scanner.scan(self._reading, group)
        meanings, source = self._tables.meanings, self._reading.folded.source if hits else None
        for found_start, found_end, payload in hits[:HITS_IN_BLOCK]:
            start, end = source(found_start, found_end)  # type: ignore[misc]
            for meaning in meanings[payload]:
                yield start, end, meaning

    @cached_property
    def _occurrences(self) -> list[Occurrence]:
        found = [
            Occurrence(start, end, meaning[1], meaning[2])  # type: ignore[arg-type]
            for start, end, meaning in self._hits(TERMS)
            if meaning[0] == ENTRY
        ]
        return [*found, *self._masked()] if self._has_masks else found

    @property
    def _has_masks(self) -> bool:
        return bool(self._tables.masked) and has_mask(self._source)

    def is_silent(self) -> bool:
        """Whether no term can be in it: true of most blocks, and quickly told."""
        if self._scanner.may_hold(self._reading, TERMS) or self._has_masks:
            return False
        self._occurrences = []
        return True

    def _masked(self) -> Iterator[Occurrence]:
        folded = self._reading.folded
        for mask in masks(folded.text):
            rules = {rule for word, rule in self._tables.masked if admits(mask[0], word)}
            start, end = folded.source(*mask.span())
            yield from (Occurrence(start, end, rule, None) for rule in sorted(rules))

    def evidence(self, topic: int) -> Evidence:
        """The signs of ``topic`` in this block."""
        known = self._evidence.get(topic)
        if known is None:
            known = self._evidence[topic] = Evidence(self._signs_of(topic))
        return known

    def tally(self, topic: int) -> Tally | None:
        """What the block says of ``topic``; None: nothing."""
        if topic in self._evidence or self._scanner.may_hold(self._reading, SIGNS + topic) or topic in self._stand_ins:
            return self.evidence(topic).tally
        return None

    def summary(self) -> Summary:
        """What it says of the topics that it has been asked for, without its text."""
        return Summary({topic: evidence.tally for topic, evidence in self._evidence.items()})

    def _signs_of(self, topic: int) -> Iterator[Sign]:
        """Its words, and the terms that stand for it; what is part of a refused phrase says nothing."""
        words = (
            Sign(start, end, meaning[2], meaning[3])  # type: ignore[arg-type, misc]
            for start, end, meaning in self._hits(SIGNS + topic)
            if meaning[0] == SIGN and meaning[1] == topic
        )
        for sign in chain(words, self._stand_ins.get(topic, ())):
            if not self._refused or not self._all_refused.hold_more_than(sign.start, sign.end):
                yield sign

    @cached_property
    def _stand_ins(self) -> dict[int, list[Sign]]:
        signs: dict[int, list[Sign]] = defaultdict(list)
        for occurrence, (objection, _) in self._standing.items():
            rule = self._rules[occurrence.rule]
            for topic in rule.topics if not objection else ():
                weight = WEAK if rule.weak or rule.near else STRONG
                signs[topic].append(Sign(occurrence.start, occurrence.end, weight, rule.entry))
        return signs

    @cached_property
    def _standing(self) -> dict[Occurrence, tuple[str, bool]]:
        """Of every occurrence: why it can't stand where it does, or nothing; whether it is quoted."""
        return {each: self._objection(each) for each in dict.fromkeys(self._occurrences[:CANDIDATES_IN_BLOCK])}

    @cached_property
    def _refused(self) -> dict[int, list[tuple[int, int]]]:
        """The spans of refused phrases, by group."""
        refused: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for start, end, meaning in self._hits(REFUSED):
            if meaning[0] == REFUSAL:
                refused[meaning[1]].append((start, end))
        return refused

    @cached_property
    def _all_refused(self) -> Spans:
        return Spans(span for spans in self._refused.values() for span in spans)

    @cached_property
    def _gate(self) -> Gate:
        return Gate(self._reading, self._lang)

    @cached_property
    def _refusals(self) -> dict[int, Spans]:
        return {group: Spans(spans) for group, spans in self._refused.items()}

    @cached_property
    def _sentences(self) -> Sentences:
        return Sentences(self._source)

    def verdicts(self, memory: Memory, *, everything: bool = False) -> list[Verdict]:
        """What is kept, in order, without overlaps (equal spans stay); with ``everything`` what is dropped, too."""
        if not self._occurrences:
            return []
        judged = sorted((self._judge(each, memory) for each in self._standing), key=_leftmost_longest)
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
        objection, quoted = self._standing[occurrence]
        if objection:
            return Verdict(start, end, rule.entry, False, objection, quoted)
        decision = self._decision(occurrence, rule, quoted, memory)
        return Verdict(start, end, rule.entry, decision.kept, decision.rule, quoted, tuple(map(self._named, decision.words)))

    def _objection(self, occurrence: Occurrence) -> tuple[str, bool]:
        quoted = is_quoted(self._source, occurrence.start, occurrence.end)
        return self._objection_to(occurrence, self._rules[occurrence.rule], quoted), quoted

    def _objection_to(self, occurrence: Occurrence, rule: FormRule, quoted: bool) -> str:
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
        refusals = self._refusals.get(rule.refusal) if rule.refusal != NONE else None
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


def _leftmost_longest(verdict: Verdict) -> tuple[int, int, str]:
    return verdict.start, -verdict.end, verdict.entry


def _written(text: str, case: str, initial: bool) -> bool:
    return case_of(text)[:1] == case if initial else case_of(text) == case
