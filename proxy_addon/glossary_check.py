"""Every example of every entry through the real matcher: what must match does, what must be left alone is.

Each example is a page of its own. An entry that is off is tried as if it were on, beside those that are off like it: a reader
may switch it on. A glossary in which nothing was to mend is remembered with the engine that ran it, and not run again. This
module does not know how complaints are shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from proxy_addon.glossary.lint import Complaint
from proxy_addon.glossary.model import Entry, Example, Glossary
from proxy_addon.glossary.problem import Problem
from proxy_addon.keeping import read_private, write_atomically
from proxy_addon.matching.cache import content_key
from proxy_addon.matching.matcher import Matcher

# So many glossaries are remembered.
_REMEMBERED = 32
_PACKAGE = Path(__file__).resolve().parent
# What reads and runs examples, besides the engine.
_RUNNING = (Path(__file__).resolve(), *sorted((_PACKAGE / "glossary").glob("*.py")))


def check_examples(glossary: Glossary, folder: Path) -> list[Complaint]:
    """A complaint for each example that does not hold; none, and nothing is run, if they all held before, by ``folder``."""
    key, file = _key(glossary), folder / "held"
    held = (read_private(file) or b"").decode("ascii", "replace").split()
    if key in held:
        return []
    found = [*check_all_examples(Matcher(glossary)), *check_examples_that_are_off(glossary)]
    if not found:
        with suppress(OSError):
            write_atomically(file, "\n".join([*held[1 - _REMEMBERED :], key]))
    return found


def _key(glossary: Glossary) -> str:
    digest = hashlib.blake2b(content_key(glossary, everything=False).encode(), digest_size=16)
    for path in _RUNNING:
        status = path.stat()
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}".encode("utf-8", "replace"))
    return digest.hexdigest()


def check_all_examples(matcher: Matcher) -> Iterator[Complaint]:
    """A complaint for each example of what is on in the matcher's glossary that does not hold with all packs loaded."""
    for entry in matcher.glossary.entries.values():
        if entry.on:
            for problem in check_examples_of(entry, matcher):
                yield Complaint(problem, "example", entry.id, advice=False)


def check_examples_that_are_off(glossary: Glossary) -> Iterator[Complaint]:
    """A complaint for each example of an entry that is off that would not hold if it were on."""
    entries = {ident: replace(entry, on=True) for ident, entry in glossary.entries.items() if not entry.on}
    named = {topic for entry in entries.values() for form in entry.forms for topic in form.about}
    topics = {ident: topic for ident, topic in glossary.topics.items() if ident in named}
    if entries:
        # Without a version it goes by its own content, so that an edit of an entry that is on compiles nothing here.
        yield from check_all_examples(Matcher(replace(glossary, entries=entries, topics=topics, version="")))


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
