"""A page made to be slow takes a time that grows with its length only."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache, partial

import pytest

from proxy_addon import load_glossary
from proxy_addon.headless.blockpath import block_paths
from proxy_addon.headless.documents import Document, inner
from proxy_addon.headless.engine import Engine
from proxy_addon.headless.head import read_head
from proxy_addon.headless.rows import row
from proxy_addon.headless.sources import Source

# What is repeated, and how often at first; four times as often may take four times as long, and twice that for a busy machine.
REPEATED = {
    "tags without end": (b"<meta ", 4000),
    "names in tags without end": (b'<meta name="date" ', 2000),
    "links without end": (b"<link canonical ", 2000),
    "titles": (b"<title>", 4000),
    "paragraphs without end": (b"<p ", 8000),
    "dates without tags": (b"datetime ", 4000),
    "dates in one tag": (b"<p " + b"datetime " * 4000, 1),
    "elements in each other": (b"<div>", 4000),
    "elements in each other, with text": (b"<div>war in Ukraine", 2000),
    "cells in each other": (b"<table><td><p>", 2000),
    "paragraphs in buttons": (b"<button><p>", 2000),
    "end tags of nothing": (b"</p></div>", 4000),
    "linked data": (b'"datePublished" ', 4000),
}
TIMES, SLACK = 4, 2.0


def fastest(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def paths(page: bytes) -> object:
    return block_paths(page, [len(page) - 1])


def head(page: bytes) -> object:
    return read_head(inner(Document("page", page)))


@cache
def engine() -> Engine:
    made = Engine(load_glossary())
    made.records(Document("page", b"<p>first war in Ukraine"))
    return made


def table(page: bytes) -> object:
    return row(engine(), Source("page"), Document("page", page))


def records(page: bytes) -> object:
    return engine().records(Document("page", page))


@pytest.mark.slow
@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.parametrize("read", [paths, head, table, records])
def test_time_grows_with_the_page_alone(read: Callable[[bytes], object], name: str) -> None:
    piece, count = REPEATED[name]
    read(piece)
    short, long = (fastest(partial(read, piece * count * times)) for times in (1, TIMES))
    assert long < SLACK * TIMES * short + 0.05
