"""The shipped glossary on labelled passages from elsewhere keeps its score, as a whole and in every large group."""

from __future__ import annotations

from pathlib import Path

import pytest

from proxy_addon.evaluation import Evaluation, groups, prepared, read_passages, with_matcher
from proxy_addon.glossary.loader import load_glossary
from proxy_addon.matching.matcher import Matcher

PRECISION, RECALL, F1 = 0.96, 0.95, 0.96
# For each language and each kind of entry that has so many labels.
GROUP, GROUP_F1 = 20, 0.92


@pytest.fixture(scope="module")
def evaluation(shared: Path, run_cache: Path) -> Evaluation:
    read = [passage for name in ("russia-belarus", "world") for passage in read_passages(shared / "eval" / f"{name}.jsonl")]
    glossary, passages = prepared(load_glossary(), read)
    return Evaluation(passages, with_matcher(Matcher(glossary, cache=run_cache / "compiled")))


def test_the_score_does_not_fall(evaluation: Evaluation) -> None:
    score = evaluation.score()
    assert (score.precision >= PRECISION, score.recall >= RECALL, score.f1 >= F1) == (True, True, True), score


@pytest.mark.parametrize("way", ["lang", "kind"])
def test_no_large_group_falls_behind(evaluation: Evaluation, way: str) -> None:
    large = {name: score for name, score in evaluation.by(groups(load_glossary())[way]).items() if score.labels >= GROUP}
    assert len(large) >= 3
    assert {name: score.f1 for name, score in large.items() if score.f1 < GROUP_F1} == {}
