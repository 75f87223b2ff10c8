"""Every example in the shipped glossary: with all packs, with its entry alone, and through the rewriter, cut by inline tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import escape

import pytest
from bs4 import BeautifulSoup

from proxy_addon.glossary.loader import load_glossary
from proxy_addon.glossary.model import Entry, Example, Glossary
from proxy_addon.glossary_check import check_all_examples, check_examples_of
from proxy_addon.markup.rewriter import annotate_html
from proxy_addon.markup.strip import strip_annotations
from proxy_addon.matching.matcher import Matcher

GLOSSARY = load_glossary()
ENTRIES = [entry for entry in GLOSSARY.entries.values() if entry.on]
# What may stand in the middle of a term without parting it.
CUTS = ["<b>{}</b>", "<!-- -->{}", "&shy;{}", "<wbr>{}", '<a href="#"><i>{}</i></a>']


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(GLOSSARY, cache=None)


def test_every_example_holds_with_all_packs(matcher: Matcher) -> None:
    assert [str(complaint) for complaint in check_all_examples(matcher)] == []


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


def cut(entry: Entry, example: Example, span: str, inside: str) -> str:
    """The example as a page, ``inside`` begun in the middle of the span."""
    start = example.text.index(span)
    middle = start + len(span) // 2
    end = start + len(span)
    before, half, rest, after = (escape(part) for part in parted(example.text, start, middle, end))
    lang = f' lang="{example.lang}"' if example.lang else ""
    head = f"<title>{escape(example.title)}</title>" if example.title else "<title></title>"
    return f"<!DOCTYPE html><html{lang}><head>{head}</head><body><p>{before}{half}{inside.format(rest)}{after}</p></body></html>"


def parted(text: str, *at: int) -> Iterator[str]:
    yield from (text[start:end] for start, end in zip((0, *at), (*at, len(text)), strict=True))


@pytest.mark.parametrize("inside", CUTS)
def test_every_example_holds_when_inline_markup_cuts_the_term(inside: str, matcher: Matcher) -> None:
    lost = []
    for entry in ENTRIES:
        for example in entry.annotate:
            page = cut(entry, example, example.match[0], inside).encode()
            annotated = annotate_html(page, matcher=matcher, content_type="text/html; charset=utf-8")
            assert strip_annotations(annotated) == page
            marked = BeautifulSoup(annotated, "html.parser").select("gl-term")
            if not any(entry.id in term["data-entry"].split() for term in marked):
                lost.append((entry.id, example.match[0]))
    assert lost == []


def test_no_sentence_to_leave_alone_is_marked_by_the_rewriter(matcher: Matcher) -> None:
    for entry in ENTRIES:
        for example in entry.leave:
            lang = f' lang="{example.lang}"' if example.lang else ""
            page = (
                f"<!DOCTYPE html><html{lang}><title>{escape(example.title)}</title><p>{escape(example.text)}</p></html>".encode()
            )
            annotated = annotate_html(page, matcher=matcher, content_type="text/html; charset=utf-8")
            marked = BeautifulSoup(annotated, "html.parser").select("gl-term")
            assert [term for term in marked if entry.id in term["data-entry"].split()] == []
            assert strip_annotations(annotated) == page
