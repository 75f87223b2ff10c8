"""Every example in the shipped glossary: with all packs, with its entry alone, and through the rewriter, cut by inline tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from html import escape
from itertools import cycle
from pathlib import Path

import pytest

from proxy_addon import glossary_check
from proxy_addon.glossary.lint import lint
from proxy_addon.glossary.loader import load_glossary
from proxy_addon.glossary.model import Entry, Example, Form, Glossary
from proxy_addon.glossary_check import check_all_examples, check_examples, check_examples_of, check_examples_that_are_off
from proxy_addon.markup.rewriter import annotate_html
from proxy_addon.markup.strip import strip_annotations
from proxy_addon.matching.matcher import Matcher

GLOSSARY = load_glossary()
ENTRIES = [entry for entry in GLOSSARY.entries.values() if entry.on]
# What may stand in the middle of a term without parting it.
CUTS = ["<b>{}</b>", "<!-- -->{}", "&shy;{}", "<wbr>{}", '<a href="#"><i>{}</i></a>']


def test_nothing_is_to_mend_in_the_shipped_glossary() -> None:
    assert [str(complaint) for complaint in lint(GLOSSARY, date.today(), advice=False)] == []


def test_every_example_holds_with_all_packs(shipped: Matcher) -> None:
    assert [str(complaint) for complaint in check_all_examples(shipped)] == []


def test_every_example_of_what_is_off_would_hold_if_it_were_on() -> None:
    assert [str(complaint) for complaint in check_examples_that_are_off(GLOSSARY)] == []


CLAP = Entry("x", "euphemism", (Form("zorb", "en"),), {"en": "A."}, annotate=(Example("A zorb.", ("zorb",)),))
WRONG = replace(CLAP, leave=(Example("No zorb."),))


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (CLAP, []),
        (replace(CLAP, on=False), []),
        (WRONG, ["`x`: «zorb» matches in a sentence to leave alone"]),
        (replace(WRONG, on=False), ["`x`: «zorb» matches in a sentence to leave alone"]),
    ],
)
def test_what_held_is_not_run_again_and_what_did_not_is(
    entry: Entry, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def checked(version: str) -> list[str]:
        return [each.problem.what for each in check_examples(Glossary({"x": entry}, version=version), tmp_path / "kept")]

    ran: list[str] = []
    of = glossary_check.check_examples_of
    monkeypatch.setattr(glossary_check, "check_examples_of", lambda *about: ran.append("ran") or of(*about))
    assert [checked("1"), checked("1"), checked("2")] == [told, told, told]
    assert len(ran) == (3 if told else 2)


def test_what_can_not_be_remembered_is_run(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    assert check_examples(Glossary({"x": CLAP}, version="1"), tmp_path / "kept") == []


def alone(entry: Entry) -> Glossary:
    """The glossary with this entry and the topics it needs, as in a pack of its own."""
    topics = {ident for form in entry.forms for ident in form.about}
    return replace(GLOSSARY, entries={entry.id: entry}, topics={ident: GLOSSARY.topics[ident] for ident in sorted(topics)})


@pytest.mark.slow
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_example_holds_with_its_entry_alone(entry: Entry) -> None:
    """No entry counts on another, be it to lend it a topic or to take a longer term away from it."""
    complaints = check_examples_of(entry, Matcher(alone(entry), cache=None))
    assert [str(complaint) for complaint in complaints] == []


def cut(example: Example, inside: str) -> bytes:
    """The example as a page, ``inside`` begun in the middle of its first span."""
    span = example.match[0]
    start = example.text.index(span)
    middle = start + len(span) // 2
    end = start + len(span)
    before, half, rest, after = (escape(part) for part in parted(example.text, start, middle, end))
    lang = f' lang="{example.lang}"' if example.lang else ""
    text = f"{before}{half}{inside.format(rest)}{after}"
    return f"<!DOCTYPE html><html{lang}><title>{escape(example.title)}</title><p>{text}</p></html>".encode()


def parted(text: str, *at: int) -> Iterator[str]:
    yield from (text[start:end] for start, end in zip((0, *at), (*at, len(text)), strict=True))


def lost(pages: Iterable[tuple[Entry, bytes]], matcher: Matcher) -> list[tuple[str, str]]:
    """The pages on which the rewriter does not mark their entry."""
    missed = []
    for entry, page in pages:
        annotated = annotate_html(page, matcher=matcher, content_type="text/html; charset=utf-8")
        assert strip_annotations(annotated) == page
        if entry.id not in marked(annotated):
            missed.append((entry.id, page.decode()))
    return missed


def marked(annotated: bytes) -> set[str]:
    """The ids of all entries that are marked on a page."""
    return {ident for ids in re.findall(rb'<gl-term data-entry="([^"]*)"', annotated) for ident in ids.decode().split()}


def test_every_example_holds_when_inline_markup_cuts_the_term(shipped: Matcher) -> None:
    examples = [(entry, example) for entry in ENTRIES for example in entry.annotate]
    ways = cycle(CUTS)
    assert lost(((entry, cut(example, next(ways))) for entry, example in examples), shipped) == []


@pytest.mark.slow
@pytest.mark.parametrize("inside", CUTS)
def test_every_example_holds_whatever_inline_markup_cuts_the_term(inside: str, shipped: Matcher) -> None:
    pages = ((entry, cut(example, inside)) for entry in ENTRIES for example in entry.annotate)
    assert lost(pages, shipped) == []


def test_no_sentence_to_leave_alone_is_marked_by_the_rewriter(shipped: Matcher) -> None:
    wrong = []
    examples = [(entry, example) for entry in ENTRIES for example in entry.leave]
    for entry, example in examples:
        lang = f' lang="{example.lang}"' if example.lang else ""
        head = f"<!DOCTYPE html><html{lang}><title>{escape(example.title)}</title>"
        page = f"{head}<p>{escape(example.text)}</p></html>".encode()
        annotated = annotate_html(page, matcher=shipped, content_type="text/html; charset=utf-8")
        assert strip_annotations(annotated) == page
        if entry.id in marked(annotated):
            wrong.append((entry.id, example.text))
    assert wrong == []
