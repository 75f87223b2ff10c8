"""``python -m tests.bench [PART...]``: every figure that the documents state, in one run; a table and ``bench-results.json``."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.bench import glossary, headless, matching, proxying, rewriting, serving
from tests.bench.figures import Report, machine

PARTS = {
    "rewriting": rewriting.measure,
    "matching": matching.measure,
    "glossary": glossary.measure,
    "proxying": proxying.measure,
    "serving": serving.measure,
    "headless": headless.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure speed and memory; needs the outside collection of pages.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"only these parts: {', '.join(PARTS)}")
    parser.add_argument("--runs", type=int, default=5, help="runs of each figure (default 5)")
    chosen = parser.parse_args()
    unknown = set(chosen.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    report = Report()
    for name, value in machine().items():
        print(f"{name}: {value}")
    for name in chosen.parts or PARTS:
        print(f"\n{name}", flush=True)
        PARTS[name](report, chosen.runs)
    report.save(Path("bench-results.json"))
    print(f"\n{report.table()}")
    for reason in report.skipped:
        print(f"skipped: {reason}")


if __name__ == "__main__":
    main()
