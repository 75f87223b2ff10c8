"""One document as one row of a table: where, when, in which language, how long, and how often which entry was found.

This module does not know how tables are written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from proxy_addon.glossary.model import Glossary
from proxy_addon.headless.documents import Document, Inner, InputError, fault, inner
from proxy_addon.headless.engine import Engine
from proxy_addon.headless.head import Head, day, read_head, urlsplit_host
from proxy_addon.headless.maintext import Measure, words
from proxy_addon.headless.prose import passages
from proxy_addon.headless.sources import Source
from proxy_addon.markup.rewriter import Rewriter
from proxy_addon.matching.matcher import Match

KINDS = ("banned", "mandated", "euphemism", "label")
_TITLE = 300  # characters of a title or a problem that are kept
# Letters that only one of the languages has, in the order in which they are looked for; the rest of the script is the last's.
_LETTERS = (
    ("uk", "їєґ"), ("be", "ў"), ("ru", "ыэъё"), ("ja", "のはをがにで"),
    ("ko", "이다는을"), ("zh", "的是在了不我國中"), ("fa", "پچژگ"), ("ar", "الة"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """How often an entry was found in one document: in all, in quotation marks, in the main text."""

    entry: str
    kind: str
    count: int
    quoted: int
    main: int


@dataclass(frozen=True, slots=True)
class Row:
    """One document. ``date``: the day it gives as its own, else that on which it was fetched; ``problem``: why it wasn't read."""

    document: str
    url: str = ""
    site: str = ""
    date: str = ""
    title: str = ""
    lang: str = ""
    words: int = 0
    main_words: int = 0
    banned: int = 0
    mandated: int = 0
    euphemism: int = 0
    label: int = 0
    quoted: int = 0
    problem: str = ""
    matches: tuple[Tally, ...] = field(default=())

    def plain(self) -> dict[str, Any]:
        """As plain values, matches as a list of dictionaries. Text can be written in UTF-8: lone surrogates, as file names and
        JSON may hold them, are escaped."""
        plain = {name: _writable(getattr(self, name)) for name in self.__dataclass_fields__}
        return {**plain, "matches": [asdict(tally) for tally in self.matches]}


def _writable(value: Any) -> Any:
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def row(engine: Engine, source: Source, document: Document | InputError) -> Row:
    """The row of a document, or of what could not be read. Never raises: one document must not cost the others theirs."""
    if isinstance(document, InputError):
        return Row(source.name, problem=str(document)[:_TITLE])
    try:
        return (_page if document.form == "html" else _text)(engine, source, document, inner(document))
    except InputError as error:
        problem = str(error)
    except Exception as error:
        problem = str(fault(document.name, error))
    return Row(document.name, document.url, urlsplit_host(document.url), problem=problem[:_TITLE])


def _page(engine: Engine, source: Source, document: Document, within: Inner) -> Row:
    measure = Measure(within.encoding)
    rewriter = Rewriter(engine.matcher, engine.annotator, content_type=document.content_type, density=None, watcher=measure)
    rewriter.feed(document.data)
    rewriter.close()
    head = read_head(within, document.url)
    sample = within.encoding.decode(measure.sample)
    found = [(match, measure.is_main(at)) for at, match in measure.matches]
    return _row(engine.glossary, source, document, head, found, measure.words, measure.main_words, sample)


def _text(engine: Engine, source: Source, document: Document, within: Inner) -> Row:
    judge = engine.matcher.page()
    blocks = list(passages(document, within))
    found = [(match, True) for block in blocks for match in judge.find(block.text)]
    count = sum(words(block.source, within.encoding) for block in blocks)
    title = " ".join(blocks[0].text.split())[:_TITLE] if blocks else ""
    return _row(engine.glossary, source, document, Head(title), found, count, count, title)


def _row(
    glossary: Glossary,
    source: Source,
    document: Document,
    head: Head,
    found: list[tuple[Match, bool]],
    count: int,
    main: int,
    sample: str,
) -> Row:
    tallies = tuple(_tallies(glossary, found))
    url = document.url or head.url
    kinds = Counter[str]()
    for tally in tallies:
        kinds[tally.kind] += tally.count
    return Row(
        document=document.name,
        url=url,
        site=urlsplit_host(url) or source.target.rpartition("/")[0].partition("/")[0],
        date=head.date or day(document.date),
        title=head.title[:_TITLE],
        lang=head.lang or _guessed(sample),
        words=count,
        main_words=main,
        banned=kinds["banned"],
        mandated=kinds["mandated"],
        euphemism=kinds["euphemism"],
        label=kinds["label"],
        quoted=sum(tally.quoted for tally in tallies),
        matches=tallies,
    )


def _tallies(glossary: Glossary, found: Iterable[tuple[Match, bool]]) -> Iterator[Tally]:
    """A match that may stand for several entries counts for each of them."""
    counts: dict[str, list[int]] = {}
    for match, main in found:
        for entry in match.entries:
            count = counts.setdefault(entry, [0, 0, 0])
            count[0] += 1
            count[1] += match.quoted
            count[2] += main
    for entry, (count_, quoted, main_) in counts.items():
        yield Tally(entry, glossary.entries[entry].kind, count_, quoted, main_)


def _guessed(text: str) -> str:
    """The language by its letters, where a page doesn't say it; Latin letters don't tell."""
    counts = {code: sum(map(text.count, letters)) for code, letters in _LETTERS}
    found = max(counts, key=counts.__getitem__)
    return found if counts[found] else ""
