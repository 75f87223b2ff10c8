"""Every example of every entry through the real matcher: what must match does, what must be left alone is.

Each example is a page of its own. An entry that is off is not asked to match. This module does not know files or how
complaints are shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from proxy_addon.glossary.lint import Complaint
from proxy_addon.glossary.model import Entry, Example
from proxy_addon.glossary.problem import Problem
from proxy_addon.matching.matcher import Matcher


def check_all_examples(matcher: Matcher) -> Iterator[Complaint]:
    """A complaint for each example of the matcher's glossary that does not hold with all packs loaded."""
    for entry in matcher.glossary.entries.values():
        if entry.on:
            for problem in check_examples_of(entry, matcher):
                yield Complaint(problem, "example", entry.id, advice=False)


def check_examples_of(entry: Entry, matcher: Matcher) -> Iterator[Problem]:
    for example in entry.annotate:
        found = _spans(entry, example, matcher)
        for span in example.match:
            if span not in found:
                yield _unmatched(entry, example, span, found, matcher)
    for example in entry.leave:
        for span in _spans(entry, example, matcher):
            what = f"`{entry.id}`: «{span}» matches in a sentence to leave alone"
            yield Problem(example.place, what, "make the form `weak`, or add `not_in` or `not_near`")


def _spans(entry: Entry, example: Example, matcher: Matcher) -> list[str]:
    matches = matcher.find(example.text, lang=example.lang, title=example.title)
    return [example.text[match.start : match.end] for match in matches if entry.id in match.entries]


def _unmatched(entry: Entry, example: Example, span: str, found: list[str], matcher: Matcher) -> Problem:
    if found:
        what = f"«{span}» does not match, but {' and '.join(f'«{each}»' for each in found)} does"
        return Problem(example.place, f"`{entry.id}`: {what}", "correct `match`, or the forms")
    others = matcher.find(example.text, lang=example.lang, title=example.title)
    start = example.text.find(span)
    over = sorted({ident for match in others if match.start < start + len(span) and start < match.end for ident in match.entries})
    if over:
        return Problem(example.place, f"`{entry.id}`: «{span}» goes to `{over[0]}`", "move the form or the example")
    cure = "add the form, or words of its topic to the sentence or `title`"
    return Problem(example.place, f"`{entry.id}`: «{span}» does not match", cure)
