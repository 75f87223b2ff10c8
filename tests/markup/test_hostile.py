"""Pages made to be slow or large: time grows with the length, memory does not."""

from __future__ import annotations

import tracemalloc
from collections import deque

import pytest

from proxy_addon.markup.annotation import Annotator
from proxy_addon.markup.rewriter import Rewriter
from proxy_addon.matching.matcher import Matcher
from tests.bench.hostile import CONSTRUCTS, cpu_seconds, hostile
from tests.markup.fakes import ANNOTATOR, WordMatcher, WordPage


def seconds(construct: bytes, length: int) -> float:
    """Processor time for a page of one construct, in 16 KB chunks."""
    return cpu_seconds(hostile(construct, length), WordMatcher(), ANNOTATOR)


@pytest.mark.slow
@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_the_shipped_glossary_is_not_slowed_down_beyond_measure(construct: bytes, shipped: Matcher) -> None:
    """Megabytes per second; the benchmark asks for four times as many, on a quiet machine."""
    data = hostile(construct, 1_000_000)
    assert len(data) / 1e6 / min(cpu_seconds(data, shipped, Annotator(shipped.glossary)) for _ in range(2)) >= 0.5


@pytest.mark.parametrize(
    ("page", "left"),
    [
        (b"<p>war" * 400, True),
        (b"<p>war" * 200, False),
        (b"<tr><td>1899<td>Second Boer war<td>South Africa</tr>" * 400, False),
        (b"<p>The long war that nobody could name was over.</p>" * 400, False),
    ],
    ids=["alone, again and again", "some hundred", "a list of wars", "sentences"],
)
def test_a_word_alone_hundreds_of_times_is_no_prose(page: bytes, left: bool, shipped: Matcher) -> None:
    for size in (len(page), 501):
        rewriter = Rewriter(shipped, Annotator(shipped.glossary), content_type="text/html; charset=utf-8")
        out = b"".join(rewriter.feed(page[at : at + size]) for at in range(0, len(page), size)) + rewriter.close()
        assert (out, rewriter.reason) == (page, "crowded" if left else None)


@pytest.mark.slow
@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_four_times_the_page_takes_not_much_more_than_four_times_as_long(construct: bytes) -> None:
    short = min(seconds(construct, 250_000) for _ in range(3))
    assert seconds(construct, 1_000_000) < 8 * short + 0.1


class Forgetful(WordMatcher):
    """Without the memory of the blocks it was asked."""

    def page(self, *, lang: str | None = None, title: str = "", description: str = "") -> WordPage:
        page = super().page(lang=lang, title=title, description=description)
        page.blocks = deque(maxlen=1)  # type: ignore[assignment]
        return page


@pytest.mark.slow
def test_memory_does_not_grow_with_the_page() -> None:
    piece = b"<p>" + b"ordinary <b>words</b> of a page, and a war. " * 60
    rewriter = Rewriter(Forgetful(), ANNOTATOR, content_type="text/html; charset=utf-8")
    rewriter.feed(piece * 6)
    tracemalloc.start()
    for _ in range(300):
        rewriter.feed(piece * 6)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize(
    "begin",
    [
        b"<script>",
        b"<!--",
        b"<p title='",
        b"<title>",
        b"word",
        b"<svg>",
        b"<svg><![CDATA[",
        b"<p>war <a x='",
        b"<p>war <gl-a x='",
    ],
)
def test_what_is_held_back_is_bounded(begin: bytes) -> None:
    rewriter = Rewriter(WordMatcher(), ANNOTATOR, content_type="text/html; charset=utf-8")
    for _ in range(20):
        rewriter.feed(begin + b"x" * 10_000)
        begin = b""
        assert len(rewriter.pending) < 40_000
