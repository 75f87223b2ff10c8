"""A page that is only read: nothing is marked, and who looks on is told of every text and every match once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from proxy_addon import Matcher, load_glossary
from proxy_addon.markup.annotation import Annotator
from proxy_addon.markup.marks import Found
from proxy_addon.markup.rewriter import Rewriter
from proxy_addon.markup.runs import Block
from proxy_addon.markup.stretch import Stretch

PARAGRAPH = b"<p>The special <b>military</b> operation in Ukraine goes on.</p>"


@dataclass
class Notes:
    """Everything that was told."""

    read: list[bytes] = field(default_factory=list)
    matches: list[tuple[str, str]] = field(default_factory=list)

    def texts(self, stretch: Stretch, end: int, hidden: Sequence[int]) -> None:
        for index in range(0, len(stretch.parts), 2):
            at = stretch.offset(index)
            if stretch.parts[index].strip() and at < end and at not in hidden:
                self.read.append(stretch.parts[index][: end - at])

    def block(self, block: Block, matches: Sequence[Found]) -> None:
        self.matches += [(block.text[match.start : match.end], match.entries[0]) for match in matches]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(load_glossary())


def read(matcher: Matcher, page: bytes, size: int) -> tuple[bytes, Notes]:
    notes = Notes()
    rewriter = Rewriter(matcher, Annotator(matcher.glossary), density=None, watcher=notes)
    out = b"".join(rewriter.feed(page[at : at + size]) for at in range(0, len(page), size))
    return out + rewriter.close(), notes


POLICY = b'<meta http-equiv="Content-Security-Policy" content="style-src \'self\'">'


@pytest.mark.parametrize("page", [PARAGRAPH * 3, POLICY + PARAGRAPH, PARAGRAPH * 3000, b"<pre>x</pre>" + PARAGRAPH])
def test_a_page_that_is_only_read_comes_out_as_it_is(matcher: Matcher, page: bytes) -> None:
    assert read(matcher, page, 5000)[0] == page


@pytest.mark.parametrize("size", [700, 65536])
def test_every_text_is_told_once_however_the_bytes_arrive(matcher: Matcher, size: int) -> None:
    long = b"word " * 10_000
    page = b"<title>T</title><p>" + long + b"<b>bold</b></p><select><option>No</select><ul><li>One<li>Two</ul>" + PARAGRAPH
    told = read(matcher, page, size)[1].read
    assert b"".join(told) == long + b"bold" + b"OneTwo" + b"The special military operation in Ukraine goes on."


def test_a_crowded_page_is_read_to_its_end(matcher: Matcher) -> None:
    assert len(read(matcher, PARAGRAPH * 500, 65536)[1].matches) == 500


def test_real_pages_come_out_as_they_are(matcher: Matcher, shared: Path) -> None:
    pages = {path.name: path.read_bytes() for path in sorted((shared / "pages").glob("*.html"))[::8]}
    assert [name for name, page in pages.items() if read(matcher, page, 65536)[0] != page] == []
