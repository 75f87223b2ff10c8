"""End to end: gunzip, decode, match 10,000 terms, splice, in slices of 16 KB; beside its peers, in turn, in one run."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import tempfile
import tracemalloc
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

from proxy_addon.glossary.loader import load_glossary
from proxy_addon.markup.annotation import Annotator
from proxy_addon.markup.rewriter import Rewriter
from proxy_addon.matching.matcher import Matcher
from tests.bench import hostile
from tests.bench.corpora import CODES, Corpus, corpora, folder_of, glossary
from tests.bench.figures import Figure, Report, cpu_seconds, interleaved, megabytes_per_second, ratios

SLICE = 16 * 1024
TERMS = 10_000
# Megabytes per second on one core (10^6 bytes of the page as UTF-8).
BARS = {"EN": 50.0, "CYR": 40.0, "CJK": 45.0}
PEER = Path(__file__).with_name("peer.mjs")


def measure(report: Report, runs: int) -> None:
    _hostile(report)
    if not corpora():
        report.skip("rewriting: no collection of real pages (set GLOSSATOR_SHARED)")
        return
    for corpus in corpora():
        _one_corpus(report, corpus, runs)
    _memory(report, corpora()[0])


def _hostile(report: Report) -> None:
    shipped = Matcher(load_glossary())
    hostile.measure(report, shipped, Annotator(shipped.glossary))


def _one_corpus(report: Report, corpus: Corpus, runs: int) -> None:
    matcher = Matcher(glossary(corpus, TERMS), cache=None)
    annotator = Annotator(matcher.glossary)
    contestants: dict[str, Callable[[], object]] = {
        "glossator": lambda: [rewrite(slices(page), matcher, annotator) for page in corpus.gzipped],
        "bs4+lxml": lambda: [_soup(zlib.decompress(page, 31), matcher, CODES[corpus.name]) for page in corpus.gzipped[::6]],
    }
    taken = interleaved(contestants, runs)
    sixth = sum(map(len, corpus.pages[::6]))
    ours = megabytes_per_second(corpus.size, taken["glossator"])
    soup = megabytes_per_second(sixth, taken["bs4+lxml"])
    peer = megabytes_per_second(corpus.size, _peer(report, corpus, runs))
    report.add(
        Figure(f"end to end {corpus.name}", "MB/s", ours, BARS[corpus.name], note=f"{len(corpus.pages)} pages, {TERMS} terms"),
        Figure(f"bs4+lxml, same matcher {corpus.name}", "MB/s", soup, note="every sixth page"),
        Figure(f"times bs4+lxml {corpus.name}", "x", ratios(ours, soup), 8.0),
    )
    if peer:
        report.add(
            Figure(f"html-rewriter-wasm, text callback only {corpus.name}", "MB/s", peer),
            Figure(f"times html-rewriter-wasm {corpus.name}", "x", ratios(ours, peer), 2.0),
        )


def slices(gzipped: bytes) -> Iterable[bytes]:
    """The decoded page in slices, as the proxy meets it."""
    decoder = zlib.decompressobj(31)
    rest = gzipped
    while rest:
        yield decoder.decompress(rest, SLICE)
        rest = decoder.unconsumed_tail
    yield decoder.flush()


def rewrite(parts: Iterable[bytes], matcher: Matcher, annotator: Annotator) -> int:
    """The length of the annotated page."""
    rewriter = Rewriter(matcher, annotator, content_type="text/html; charset=utf-8")
    return sum(len(rewriter.feed(part)) for part in parts) + len(rewriter.close())


def _soup(page: bytes, matcher: Matcher, lang: str) -> int:
    """What most tools do: parse, look into every text, wrap, serialise."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page, "lxml")
    state = matcher.page(lang=lang)
    for text in soup.find_all(string=True):
        if text.parent is not None and text.parent.name in ("script", "style", "title", "textarea"):
            continue
        matches = state.find(str(text), lang=lang)
        if matches:
            first = matches[0]
            wrapped = soup.new_tag("gl-term")
            wrapped.string = text[first.start : first.end]
            text.replace_with(text[: first.start], wrapped, text[first.end :])
    return len(str(soup))


def _peer(report: Report, corpus: Corpus, runs: int) -> list[float]:
    """CPU seconds of the peer over the same gzipped pages; empty where node or the package can't be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        report.skip("html-rewriter-wasm: node and npm are not installed (Debian: apt-get install nodejs npm)")
        return []
    with tempfile.TemporaryDirectory() as folder:
        modules = Path(tempfile.gettempdir()) / "glossator-bench-peer"
        modules.mkdir(exist_ok=True)
        package = modules / "node_modules" / "html-rewriter-wasm"
        if not package.is_dir():
            install = ["npm", "install", "--silent", "--prefix", str(modules), "html-rewriter-wasm@0.4"]
            if subprocess.run(install, capture_output=True, check=False).returncode:
                report.skip("html-rewriter-wasm: npm could not install it")
                return []
        pages = folder_of(corpus, Path(folder, "pages"))
        told = subprocess.run(
            ["node", str(PEER), str(modules), str(pages), str(runs)], capture_output=True, text=True, check=True
        )
        return [float(value) for value in json.loads(told.stdout)]


def _memory(report: Report, corpus: Corpus) -> None:
    """What a 50 MB page costs over nothing, and what the first slice brings."""
    matcher = Matcher(glossary(corpus, TERMS), cache=None)
    whole = b"".join(corpus.pages)
    body = whole * (50_000_000 // len(whole) + 1)
    rewrite(slices(gzip.compress(whole, 1)), matcher, Annotator(matcher.glossary))  # what it makes when it is first asked stays
    rewriter = Rewriter(matcher, Annotator(matcher.glossary), content_type="text/html; charset=utf-8")
    tracemalloc.start()
    first = rewriter.feed(body[:SLICE])
    for start in range(SLICE, 50_000_000, SLICE):
        rewriter.feed(body[start : start + SLICE])
    rewriter.close()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    fresh = Rewriter(matcher, Annotator(matcher.glossary), content_type="text/html; charset=utf-8")
    milliseconds = 1000 * cpu_seconds(lambda: fresh.feed(body[:SLICE]))
    report.add(
        Figure("memory over baseline, 50 MB page", "MB", (peak,), 2.0, at_least=False),
        Figure("first output after", "ms of CPU", (milliseconds,), note=f"{len(first)} bytes out after the first {SLICE}"),
    )
