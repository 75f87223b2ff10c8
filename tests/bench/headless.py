"""Reading a collection into a table: speed per core, what each column costs, a second process, and memory over many documents."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from proxy_addon.glossary.loader import load_glossary
from proxy_addon.headless.documents import Document, inner
from proxy_addon.headless.engine import Engine
from proxy_addon.headless.head import read_head
from proxy_addon.headless.maintext import Measure
from proxy_addon.headless.rows import row
from proxy_addon.headless.scanning import Scan, Task
from proxy_addon.headless.sources import Source, sources
from proxy_addon.markup.rewriter import Rewriter
from tests.bench.figures import Figure, Report, interleaved, megabytes_per_second
from tests.conftest import SHARED

# Megabytes of HTML per second on one core, with title, date and main text.
SPEED, SECOND_PROCESS = 25.0, 1.8
# Documents over which memory must stay flat, and megabytes by which the last nine tenths may add to the first.
DOCUMENTS, GROWTH = 100_000, 10.0
# Only pages of up to so many bytes are repeated so often: all of them would take a quarter of an hour.
_SMALL = 20_000

_FLAT = """
import sys
from pathlib import Path
from proxy_addon.glossary.loader import load_glossary
from proxy_addon.headless.engine import Engine
from proxy_addon.headless.scanning import Scan, Task
from proxy_addon.headless.sources import sources

page = __import__("resource").getpagesize()
run = Scan(Task(Engine(load_glossary()), Path(sys.argv[2]), "parquet"))
seen = []

def heard(partition):
    seen.append((run.documents, int(Path("/proc/self/statm").read_text().split()[1]) * page))

run.carry_out(sources([sys.argv[1]]), heard)
tenth = next(memory for documents, memory in seen if documents >= run.documents / 10)
print(run.documents, tenth, max(memory for _, memory in seen))
"""


def measure(report: Report, runs: int) -> None:
    pages = sorted((SHARED / "pages").glob("*.html"))
    if not pages:
        report.skip("headless: no collection of real pages (set GLOSSATOR_SHARED)")
        return
    _speed(report, pages, runs)
    with tempfile.TemporaryDirectory() as folder:
        _processes(report, pages, Path(folder))
        _memory(report, [page for page in pages if page.stat().st_size <= _SMALL], Path(folder))


def _speed(report: Report, pages: list[Path], runs: int) -> None:
    engine, source = Engine(load_glossary()), Source("pages")
    documents = [Document(page.name, page.read_bytes()) for page in pages]
    size = sum(len(document.data) for document in documents)
    contestants: dict[str, Callable[[], object]] = {
        "rows": lambda: [row(engine, source, document) for document in documents],
        "rewriter": lambda: [_read(engine, document, watched=False) for document in documents],
        "watched": lambda: [_read(engine, document, watched=True) for document in documents],
        "heads": lambda: [read_head(inner(document)) for document in documents],
    }
    taken = interleaved(contestants, runs)
    per_megabyte = {name: [1000 * seconds / size * 1e6 for seconds in each] for name, each in taken.items()}
    main_text = [
        max(0.0, watched - alone) for watched, alone in zip(per_megabyte["watched"], per_megabyte["rewriter"], strict=True)
    ]
    report.add(
        Figure(
            "scan, one core", "MB/s", megabytes_per_second(size, taken["rows"]), SPEED, note=f"{len(pages)} pages, all columns"
        ),
        Figure("scan: matching alone", "MB/s", megabytes_per_second(size, taken["rewriter"]), note="rewriter and matcher"),
        Figure("scan: words and main text cost", "ms/MB", tuple(main_text)),
        Figure("scan: title, date, language cost", "ms/MB", tuple(per_megabyte["heads"])),
    )


def _read(engine: Engine, document: Document, *, watched: bool) -> None:
    watcher = Measure(inner(document).encoding) if watched else None
    rewriter = Rewriter(engine.matcher, engine.annotator, density=None, watcher=watcher)
    rewriter.feed(document.data)
    rewriter.close()


def _processes(report: Report, pages: list[Path], folder: Path) -> None:
    """Wall time of a collection that takes long enough for the start of processes not to count."""
    if (os.cpu_count() or 1) < 2:
        report.skip("headless: a second process needs a second core")
        return
    _repeated(pages, folder / "many", 3000)
    taken = []
    for jobs in (1, 2):
        begun = time.perf_counter()
        Scan(Task(Engine(load_glossary()), folder / f"by-{jobs}", "parquet")).carry_out(
            sources([str(folder / "many")]), jobs=jobs
        )
        taken.append(time.perf_counter() - begun)
    report.add(
        Figure("scan, two processes over one", "x", (taken[0] / taken[1],), SECOND_PROCESS, note="3,000 pages, start included")
    )


def _memory(report: Report, pages: list[Path], folder: Path) -> None:
    _repeated(pages, folder / "flat", DOCUMENTS)
    command = [sys.executable, "-c", _FLAT, str(folder / "flat"), str(folder / "table")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    documents, tenth, most = map(int, told)
    report.add(
        Figure(
            "scan: memory that the last nine tenths add",
            "MB",
            ((most - tenth) / 1e6,),
            GROWTH,
            at_least=False,
            note=f"{documents} documents",
        ),
        Figure("scan: memory in all", "MB", (most / 1e6,), note="one process"),
    )


def _repeated(pages: list[Path], folder: Path, count: int) -> None:
    """So many names for the same files, a thousand in a folder."""
    for number in range(count):
        inside = folder / f"{number // 1000:04}"
        inside.mkdir(parents=True, exist_ok=True)
        os.symlink(pages[number % len(pages)], inside / f"{number:06}.html")
