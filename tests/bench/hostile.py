"""Pages of one construct, again and again, that a hostile site might send to keep the machine busy."""

from __future__ import annotations

import time

from proxy_addon.markup.marks import Writer
from proxy_addon.markup.rewriter import Finder, Rewriter
from tests.bench.figures import Figure, Report

CONSTRUCTS = (
    b"<a ", b"<a b='", b"&amp;", b"ordinary words ", b"x", b"<svg>", b"<svg><g>", b"<code>", b"</></>", b"<", b"<script>x</script>",
    b"<b>", b"<p>", b"<br>", b"war<b>", b"<div contenteditable>", b"<span lang=x>", b"<li>", b"</p>", b"<math><mi>", b"<template>",
    b"<select><option>", b"<!--", b"<svg><![CDATA[", b"&", b"&#1", b"\0", b"gl-term ", b"<script><!--<script>", b'<a "', b"<a =", b"\r\n",
    b"\xff", b"</", b"<div lang=a><b></i>", b"<svg><svg></svg></svg>", b"<button><button></button>x", b"<p>war", b"war ", b"<svg><title>",
    b"<meta ", b"<meta name=description>", b"<h1>war</h1>", "война ".encode(), "战争".encode(), "в*".encode(), b"special military ",
    b"<b translate=no><div></b>", b"<span translate=no><i translate=no></span>", b"<p translate=no><select></p>",
)  # fmt: skip
LENGTH = 4_000_000
# Megabytes per second, slowest of all.
BAR = 2.0
SLICE = 16 * 1024


def hostile(construct: bytes, length: int = LENGTH) -> bytes:
    """A page of about so many bytes."""
    return b"<p>" + construct * (length // len(construct))


def cpu_seconds(page: bytes, matcher: Finder, annotator: Writer) -> float:
    """Processor time for a page that arrives in slices."""
    rewriter = Rewriter(matcher, annotator, content_type="text/html; charset=utf-8")
    begun = time.process_time()
    for at in range(0, len(page), SLICE):
        rewriter.feed(page[at : at + SLICE])
    rewriter.close()
    return time.process_time() - begun


def measure(report: Report, matcher: Finder, annotator: Writer) -> None:
    """The slowest construct, by name; the better of two runs of each."""
    rates = {}
    for construct in CONSTRUCTS:
        page = hostile(construct)
        rates[construct] = len(page) / 1e6 / min(cpu_seconds(page, matcher, annotator) for _ in range(2))
    slowest = min(rates, key=rates.__getitem__)
    note = f"{slowest.decode(errors='backslashreplace')!r}, slowest of {len(rates)} constructs, {LENGTH // 10**6} MB each"
    report.add(Figure("slowest hostile construct", "MB/s", (rates[slowest],), BAR, note=note))
