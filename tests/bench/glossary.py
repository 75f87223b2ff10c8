"""What an editor waits for: ``glossator glossary check`` as a whole and by its parts, with everything in the cache that
the command keeps there: the glossary as it was read and compiled, and that its examples held. The parts are done anew."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from proxy_addon.glossary.lint import lint
from proxy_addon.glossary.loader import load_glossary
from proxy_addon.glossary_check import check_all_examples
from proxy_addon.matching.matcher import Matcher
from tests.bench.figures import Figure, Report

COMMAND = (sys.executable, "-m", "proxy_addon.cli", "glossary", "check")


def measure(report: Report, runs: int) -> None:
    """The command as a process of its own, from its start to its end; then its parts in this process. Wall-clock time."""
    with tempfile.TemporaryDirectory() as folder:
        places = {f"GLOSSATOR_{name}": str(Path(folder, name.lower())) for name in ("CONFIG", "CACHE", "DATA")}

        def check() -> None:
            subprocess.run(COMMAND, env={**os.environ, **places}, capture_output=True, check=True)

        check()
        whole = tuple(_seconds(check) for _ in range(runs))
    glossary = load_glossary()
    matcher = Matcher(glossary)
    note = f"{len(glossary.entries)} entries"
    report.add(Figure("glossary check, warm", "s", whole, 1.0, at_least=False, note=f"{note}; the whole command"))
    parts: dict[str, Callable[[], object]] = {
        "load": load_glossary,
        "house rules": lambda: lint(glossary, date.today(), advice=False),
        "house rules and hints": lambda: lint(glossary, date.today()),
        "examples": lambda: list(check_all_examples(matcher)),
    }
    for name, work in parts.items():
        work()
        report.add(Figure(f"glossary check: {name}", "s", tuple(_seconds(work) for _ in range(runs)), note=note))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
