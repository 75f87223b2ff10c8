"""Keep or drop a candidate by the words around it: what the sentence, the block and the page are about.

The decision, for one candidate and one topic, in this order:

1. In the same sentence the nearest sign decides, counted in words; quotation marks around the candidate count as a sign
   three words away, for a topic only if block or page have any sign of it. If title and description are on the topic, a
   contrary sign more than four words away loses.
2. In the same block: a strong sign and nothing contrary keeps; something contrary and nothing strong drops; two different
   weak signs and nothing contrary keep.
3. On the page: title, description, the last four blocks and a slow memory of all blocks before, weighed together; a weak
   sign of the four blocks counts once, however often it stands there.

A candidate's own entry is never a weak sign for it. What stands later on the page is not waited for; of what stood long before
only that is known which has been asked. This module does not know terms, spellings or markup.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from operator import itemgetter
from typing import NamedTuple, Protocol

from proxy_addon.matching.compiled import AGAINST, STRONG

# In words.
QUOTED_DISTANCE = 3.0
LOSING_DISTANCE = 4.0
FAR = 99.0
# A sign after a candidate is felt nearer than one before: "war in Gaza".
AFTER_BONUS = 0.5
# Beyond this many characters words are not counted any more.
COUNTED = 600
RECENT_BLOCKS = 4
# What a weak word in one of them is worth.
RECENT_WEAK = 0.5
# What one word in an older block is worth.
MEMORY = 0.25
ENOUGH = 2.0
# So many characters of a page are remembered as text, so that a topic asked for the first time can still be found in them;
# what a block costs besides its text counts as so many.
KEPT = 250_000
BLOCK = 500
# No more signs than this begin close enough to a candidate to overlap it.
OVERLAPPING = 16

# A sign's name: a number of the vocabulary, or the id of an entry that stands for its topic.
Word = int | str


class Sign(NamedTuple):
    """A word that speaks for (STRONG, WEAK) or AGAINST a topic, at ``start``..``end`` of the folded block."""

    start: int
    end: int
    weight: int
    word: Word


@dataclass(slots=True)
class Tally:
    """Which different words have been seen."""

    strong: set[Word] = field(default_factory=set)
    weak: set[Word] = field(default_factory=set)
    against: set[Word] = field(default_factory=set)

    def add(self, sign: Sign) -> None:
        (self.strong if sign.weight == STRONG else self.against if sign.weight == AGAINST else self.weak).add(sign.word)

    def support_but(self, entry: Word) -> float:
        """What the words are worth together, without ``entry`` as a weak one."""
        return 2 * len(self.strong) + len(self.weak - {entry})


class Evidence:
    """The signs of one topic in one block."""

    def __init__(self, signs: Iterable[Sign]) -> None:
        self._signs = tuple(signs)
        self.tally = Tally()
        for sign in self._signs:
            self.tally.add(sign)

    def nearest(self, candidate: Candidate) -> tuple[Near, Near]:
        """The nearest strong and the nearest contrary sign in the candidate's sentence."""
        strong, against = self._ordered
        return _nearest(*strong, candidate), _nearest(*against, candidate)

    def strong_beside(self, candidate: Candidate) -> set[Word]:
        """The strong words of the block, but those that stand nowhere else than on the candidate itself."""
        signs, starts = self._ordered[0]
        at = bisect_left(starts, candidate.start)
        low, high = max(0, at - OVERLAPPING), bisect_left(starts, candidate.end)
        own = Counter(sign.word for sign in signs[low : min(high, at + OVERLAPPING)] if sign.end > candidate.start)
        return self.tally.strong - {word for word, count in own.items() if self._counts[word] == count}

    @cached_property
    def _counts(self) -> Counter[Word]:
        return Counter(sign.word for sign in self._ordered[0][0])

    @cached_property
    def _ordered(self) -> tuple[tuple[list[Sign], list[int]], ...]:
        return tuple(_with_starts(sign for sign in self._signs if sign.weight == weight) for weight in (STRONG, AGAINST))


def _with_starts(signs: Iterable[Sign]) -> tuple[list[Sign], list[int]]:
    ordered = sorted(signs, key=itemgetter(0, 1))
    return ordered, [sign.start for sign in ordered]


class Candidate(NamedTuple):
    """An occurrence to judge: its span in the folded ``text``, and that of its sentence."""

    text: str
    start: int
    end: int
    sentence: tuple[int, int]
    entry: str
    quoted: bool


class Near(NamedTuple):
    distance: float
    words: tuple[Word, ...] = ()


class Decision(NamedTuple):
    """``contrary``: dropped because something spoke against it, not for want of signs. ``words`` are the signs that decided."""

    kept: bool
    rule: str
    words: tuple[Word, ...] = ()
    contrary: bool = False


class Speaker(Protocol):
    """A block as the page remembers it: what it says of a topic is found out when a decision asks."""

    def tally(self, topic: int) -> Tally | None: ...


class Memory:
    """What a page has said so far about every topic."""

    def __init__(self, head: Sequence[Speaker] = ()) -> None:
        """``head``: title and description."""
        self._heads = head
        self._head: dict[int, Tally] = {}
        # Those still known, by number; how many there have been, how many are forgotten, what the known ones cost.
        self._blocks: dict[int, tuple[Speaker, int]] = {}
        self._seen = self._forgotten = self._cost = 0
        # For each topic that was asked for: how many blocks are counted, and what they are worth.
        self._totals: dict[int, tuple[int, float]] = {}

    def head(self, topic: int) -> Tally:
        """What title and description say of the topic."""
        known = self._head.get(topic)
        if known is None:
            known = self._head[topic] = Tally()
            for tally in filter(None, (each.tally(topic) for each in self._heads)):
                known.strong |= tally.strong
                known.weak |= tally.weak
                known.against |= tally.against
        return known

    def add_block(self, block: Speaker, length: int) -> None:
        """``length``: of the text that the block holds on to."""
        self._blocks[self._seen] = block, length + BLOCK
        self._cost += length + BLOCK
        self._seen += 1
        while self._cost > KEPT and len(self._blocks) > RECENT_BLOCKS:
            self._forget_one()

    def _forget_one(self) -> None:
        """The oldest block; what it says of topics asked so far is counted. One leaves as one comes, so no call takes long."""
        for topic, (counted, total) in self._totals.items():
            if counted <= self._forgotten:
                self._totals[topic] = self._forgotten + 1, total + self._worth(self._forgotten, topic)
        _, cost = self._blocks.pop(self._forgotten)
        self._forgotten += 1
        self._cost -= cost

    def on_topic(self, topic: int, entry: str) -> bool:
        """Whether title and description are about the topic, whatever they say of ``entry``, and nothing in them is against
        it."""
        head = self.head(topic)
        return head.support_but(entry) >= ENOUGH and not head.against

    def weigh(self, topic: int, entry: str) -> tuple[float, float, tuple[Word, ...]]:
        """What speaks for the topic and what against it, and the words of the head; ``entry`` is no weak sign of it."""
        head = self.head(topic)
        support, contrary = head.support_but(entry), 2.0 * len(head.against)
        weak: set[Word] = set()
        for tally in filter(None, map(self._tally, range(max(0, self._seen - RECENT_BLOCKS), self._seen), repeat(topic))):
            support += 2 * len(tally.strong)
            contrary += 2 * len(tally.against)
            weak |= tally.weak
        support += RECENT_WEAK * len(weak - {entry}) + self._total(topic)
        return support, contrary, (*head.strong, *(head.weak - {entry}))

    def _total(self, topic: int) -> float:
        counted, total = self._totals.get(topic, (0, 0.0))
        total += sum(self._worth(number, topic) for number in range(max(counted, self._forgotten), self._seen))
        self._totals[topic] = self._seen, total
        return total

    def _worth(self, number: int, topic: int) -> float:
        tally = self._tally(number, topic)
        return MEMORY * (len(tally.strong) - len(tally.against)) if tally else 0.0

    def _tally(self, number: int, topic: int) -> Tally | None:
        return self._blocks[number][0].tally(topic)


def decide(candidate: Candidate, topic: int, evidence: Evidence, memory: Memory, *, quotes_suffice: bool = False) -> Decision:
    """Whether the candidate is about the topic, of which ``evidence`` stands in its block. ``quotes_suffice``: quotation marks
    around the candidate are a sign even where nothing else is."""
    if candidate.quoted and not quotes_suffice and not _heard_of(candidate, topic, evidence, memory):
        candidate = candidate._replace(quoted=False)
    return (
        _by_sentence(candidate, topic, evidence, memory)
        or _by_block(candidate, evidence)
        or _by_page(candidate, topic, evidence, memory)
    )


def _heard_of(candidate: Candidate, topic: int, evidence: Evidence, memory: Memory) -> bool:
    """Whether block or page have any sign of the topic."""
    return bool(evidence.tally.strong or evidence.tally.weak - {candidate.entry}) or memory.weigh(topic, candidate.entry)[0] > 0


def _by_sentence(candidate: Candidate, topic: int, evidence: Evidence, memory: Memory) -> Decision | None:
    strong, against = evidence.nearest(candidate)
    if candidate.quoted and strong.distance > QUOTED_DISTANCE:
        strong = Near(QUOTED_DISTANCE)
    if strong.distance >= FAR and against.distance >= FAR:
        return None
    if strong.distance <= against.distance:
        return Decision(True, "sentence" if strong.words else "quoted", strong.words)
    if against.distance > LOSING_DISTANCE and memory.on_topic(topic, candidate.entry):
        return Decision(True, "title over a distant contrary word", against.words)
    return Decision(False, "contrary word in the sentence", against.words, contrary=True)


def _by_block(candidate: Candidate, evidence: Evidence) -> Decision | None:
    strong, weak, against = evidence.strong_beside(candidate), evidence.tally.weak - {candidate.entry}, evidence.tally.against
    if against:
        return None if strong else Decision(False, "contrary word in the block", tuple(against), contrary=True)
    if strong:
        return Decision(True, "block", tuple(strong))
    return Decision(True, "weak words in the block", tuple(weak)) if len(weak) >= 2 else None


def _by_page(candidate: Candidate, topic: int, evidence: Evidence, memory: Memory) -> Decision:
    support, contrary, words = memory.weigh(topic, candidate.entry)
    support += len(evidence.tally.weak - {candidate.entry})
    if support >= ENOUGH and support > contrary:
        return Decision(True, "page", words)
    return Decision(False, "no sign of the topic")


def _nearest(signs: list[Sign], starts: list[int], candidate: Candidate) -> Near:
    """The nearer of the neighbours in the candidate's sentence; a sign that overlaps the candidate is none."""
    low, high = candidate.sentence
    best = Near(FAR)
    after = bisect_left(starts, candidate.end)
    if after < len(signs) and signs[after].start < high:
        best = Near(_words_between(candidate.text, candidate.end, signs[after].start) - AFTER_BONUS, (signs[after].word,))
    before = bisect_left(starts, candidate.start) - 1
    while before >= 0 and signs[before].end > candidate.start and starts[before] >= low:
        before -= 1
    if before >= 0 and signs[before].end <= candidate.start and starts[before] >= low:
        distance = _words_between(candidate.text, signs[before].end, candidate.start)
        if distance < best.distance:
            best = Near(distance, (signs[before].word,))
    return best


def _words_between(text: str, start: int, end: int) -> float:
    """Spaces, or half of the characters where there are none; less than FAR."""
    length = end - start
    if length > COUNTED:
        return FAR - 1
    spaces = text.count(" ", start, end)
    return float(spaces if spaces or length < 6 else length // 2)
