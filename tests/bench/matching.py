"""The matcher alone: normalise, scan and context, against the size of the glossary; compile cold and cached; memory."""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import time
from functools import cache, partial
from pathlib import Path

from proxy_addon.glossary.loader import load_glossary
from proxy_addon.matching.matcher import Matcher
from tests.bench.corpora import CODES, Corpus, corpora, glossary, visible
from tests.bench.figures import Figure, Report, cpu_seconds, interleaved, ratios
from tests.bench.registries import registry

# Millions of characters per second with the shipped glossary.
BARS = {"EN": 60.0, "CYR": 15.0}
# Time with so many terms, over the time with 100.
GROWTH = {10_000: 1.5, 100_000: 2.5}


def measure(report: Report, runs: int) -> None:
    _compile(report, runs)
    if not corpora():
        report.skip("matching: no collection of real pages (set GLOSSATOR_SHARED)")
        return
    shipped = Matcher(load_glossary())
    for corpus in corpora():
        _throughput(report, shipped, corpus, runs)
    for corpus in corpora()[:2]:
        _growth(report, corpus, runs)
    _memory(report)


@cache
def pages(corpus: Corpus) -> tuple[tuple[str, ...], ...]:
    """The text of each page in blocks of a paragraph's length."""
    texts = (" ".join(visible(page).split()) for page in corpus.pages)
    return tuple(tuple(text[start : start + 600] for start in range(0, len(text), 600)) for text in texts)


def _size(corpus: Corpus) -> int:
    """Characters."""
    return sum(len(block) for blocks in pages(corpus) for block in blocks)


def _scan(matcher: Matcher, corpus: Corpus) -> int:
    found = 0
    for blocks in pages(corpus):
        page = matcher.page(lang=CODES[corpus.name])
        found += sum(len(page.find(block)) for block in blocks)
    return found


def _throughput(report: Report, matcher: Matcher, corpus: Corpus, runs: int) -> None:
    size = _size(corpus)
    _scan(matcher, corpus)
    rates = tuple(size / 1e6 / cpu_seconds(lambda: _scan(matcher, corpus)) for _ in range(runs))
    entries = len(matcher.glossary.entries)
    report.add(Figure(f"scan and context {corpus.name}", "Mchar/s", rates, BARS.get(corpus.name), note=f"{entries} entries"))


def _growth(report: Report, corpus: Corpus, runs: int) -> None:
    """With the names of a registry; and, without a bar, with phrases of arbitrary dictionary words, of which far more stand in
    any text."""
    for made, note in ((registry, "names as in registries"), (glossary, "arbitrary words")):
        matchers = {size: Matcher(made(corpus, size), cache=None) for size in (100, *GROWTH)}
        taken = interleaved({str(size): partial(_scan, matcher, corpus) for size, matcher in matchers.items()}, 3 * runs)
        for size, bar in GROWTH.items():
            grown = ratios(taken[str(size)], taken["100"])
            barred = bar if made is registry else None
            report.add(Figure(f"{size} terms over 100 {corpus.name}", "x", grown, barred, at_least=False, note=note))
        del matchers
        gc.collect()


def _compile(report: Report, runs: int) -> None:
    shipped = load_glossary()
    cold, cached = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            script = (
                "from pathlib import Path; import sys, time; from proxy_addon import Matcher, load_glossary; g = load_glossary();"
            )
            script += "t = time.perf_counter(); Matcher(g, cache=Path(sys.argv[1])); print(time.perf_counter() - t)"
            cold.append(_told(script, folder))
            cached.append(1000 * _told(script, folder))
    note = f"{len(shipped.entries)} entries; a process of its own"
    report.add(
        Figure("compile, cold", "s", tuple(cold), 3.0, at_least=False, note=note),
        Figure("compile, cached", "ms", tuple(cached), 50.0, at_least=False, note=note),
    )
    loads = []
    for _ in range(runs):
        start = time.perf_counter()
        load_glossary()
        loads.append(1000 * (time.perf_counter() - start))
    report.add(Figure("load the glossary", "ms", tuple(loads), 1000.0, at_least=False, note=note))


def _told(script: str, *arguments: str) -> float:
    ran = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    return float(ran.stdout)


def _memory(report: Report) -> None:
    """Peak resident memory of making a matcher of 100,000 terms, beyond what the process held with its glossary."""
    peak = Path("/proc/self/clear_refs")
    if not peak.exists():
        report.skip("memory of 100,000 terms: measured on Linux only")
        return
    script = "import gc, re, sys; from pathlib import Path; from tests.bench.corpora import corpora, dictionary; from tests.bench.registries import names, registry;"
    script += "from proxy_addon import Matcher; g = registry(corpora()[1], int(sys.argv[1])); dictionary.cache_clear(); names.cache_clear(); gc.collect();"
    script += "told = lambda key: int(re.search(key + r':\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) / 1000;"
    script += "held = told('VmRSS'); Path('/proc/self/clear_refs').write_text('5'); m = Matcher(g, cache=None);"
    script += "assert m.find('x') == []; print(told('VmHWM') - held)"
    report.add(Figure("memory of 100,000 terms", "MB", (_told(script, "100000"),), 300.0, at_least=False))
