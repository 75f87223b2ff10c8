"""The shipped glossary on labelled passages keeps its score."""

from __future__ import annotations

from pathlib import Path

import pytest

from proxy_addon.evaluation import Evaluation, prepared, read_passages, with_matcher
from proxy_addon.glossary.loader import load_glossary
from proxy_addon.matching.matcher import Matcher


@pytest.mark.parametrize(("name", "precision", "f1"), [("world.jsonl", 0.90, 0.92)])
def test_the_score_does_not_fall(shared: Path, name: str, precision: float, f1: float) -> None:
    glossary, passages = prepared(load_glossary(), read_passages(shared / "eval" / name))
    score = Evaluation(passages, with_matcher(Matcher(glossary))).score()
    assert (score.precision >= precision, score.f1 >= f1) == (True, True), score
