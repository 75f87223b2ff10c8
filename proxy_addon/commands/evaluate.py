"""``glossator evaluate``: how good the matcher is on labelled passages, beside two naive ways; exit 1 under the bar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from proxy_addon.evaluation import (
    Evaluation,
    PassageError,
    Score,
    explained,
    groups,
    prepared,
    read_passages,
    wilson,
    with_matcher,
    with_substrings,
)
from proxy_addon.glossary.loader import GlossaryError, load_glossary
from proxy_addon.glossary.model import Glossary
from proxy_addon.matching.matcher import Matcher

WAYS = ("lang", "kind", "entry")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE.jsonl...")
@click.option("--by", default="", metavar="WAYS", help="Divide the score: any of lang, kind, entry, with commas.")
@click.option("--min-f1", type=click.FloatRange(0, 1), default=0.0, metavar="X", help="Exit 1 if the exact F1 is lower.")
@click.option("--errors", is_flag=True, help="List every error with the matcher's reason.")
@click.option("--glossary", multiple=True, metavar="PATH", help="A folder or file laid over the shipped glossary.")
def evaluate(files: Sequence[Path], by: str, min_f1: float, errors: bool, glossary: Sequence[str]) -> None:
    """Score the matcher on labelled passages (JSON lines)."""
    ways = [way.strip() for way in by.split(",") if way.strip()]
    if unknown := [way for way in ways if way not in WAYS]:
        raise click.UsageError(f"--by: there is no way «{unknown[0]}»; take any of {', '.join(WAYS)}")
    try:
        passages = [passage for file in files for passage in read_passages(file)]
        loaded, passages = prepared(load_glossary(glossary or None), passages)
    except (PassageError, GlossaryError) as error:
        raise click.UsageError(str(error)) from error
    matcher = Matcher(loaded)
    evaluation = Evaluation(passages, with_matcher(matcher))
    for line in (*_summary(evaluation), *_baselines(loaded, evaluation)):
        click.echo(line)
    for way in ways:
        click.echo(f"\nby {way}")
        for name, score in evaluation.by(groups(loaded)[way]).items():
            click.echo(_row(name, score))
    for mistake in evaluation.mistakes(explained(matcher)) if errors else ():
        what = "missed" if mistake.missed else "false"
        click.echo(f"{what:7}{mistake.passage}  {'+'.join(mistake.span.entries)}  «{mistake.words}»  {mistake.why}")
    if evaluation.score().f1 < min_f1:
        click.echo(f"F1 {evaluation.score().f1:.3f} is under {min_f1:.3f}", err=True)
        raise SystemExit(1)


def _summary(evaluation: Evaluation) -> Iterator[str]:
    score = evaluation.score()
    yield f"{len(evaluation.passages)} passages, {score.labels} labels, {score.matches} matches"
    yield f"{'':32}{'precision':>10}{'recall':>8}{'F1':>8}{'labels':>8}{'matches':>9}"
    for name, exact in (("exact", True), ("overlapping", False)):
        yield _row(name, evaluation.score(exact=exact))
    precision, recall = wilson(score.right, score.matches), wilson(score.found, score.labels)
    intervals = zip(("precision", "recall", "F1"), (precision, recall, evaluation.interval()), strict=True)
    yield "95 %: " + ", ".join(f"{name} {low:.3f} to {high:.3f}" for name, (low, high) in intervals)


def _baselines(glossary: Glossary, evaluation: Evaluation) -> Iterator[str]:
    for name, words in (("baseline: substring", False), ("baseline: word", True)):
        yield _row(name, Evaluation(evaluation.passages, with_substrings(glossary, words=words)).score())


def _row(name: str, score: Score) -> str:
    return f"{name:32}{score.precision:10.3f}{score.recall:8.3f}{score.f1:8.3f}{score.labels:8}{score.matches:9}"
