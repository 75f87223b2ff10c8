"""The score counts what it says, and the command tells it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from proxy_addon.commands.evaluate import evaluate
from proxy_addon.evaluation import (
    Evaluation,
    Passage,
    Score,
    Span,
    explained,
    prepared,
    readable,
    wilson,
    with_matcher,
    with_substrings,
)
from proxy_addon.glossary.model import Form

from .samples import entry, glossary, matcher

LABEL = Span(2, 5, ("it",))


@pytest.mark.parametrize(
    ("found", "exact", "tolerant"),
    [
        ([], Score(0, 0, 0, 1), Score(0, 0, 0, 1)),
        ([LABEL], Score(1, 1, 1, 1), Score(1, 1, 1, 1)),
        ([Span(2, 5, ("other", "it"))], Score(1, 1, 1, 1), Score(1, 1, 1, 1)),
        ([Span(2, 5, ("other",))], Score(0, 1, 0, 1), Score(0, 1, 0, 1)),
        ([Span(0, 5, ("it",))], Score(0, 1, 0, 1), Score(1, 1, 1, 1)),
        ([LABEL, Span(6, 9, ("it",))], Score(1, 2, 1, 1), Score(1, 2, 1, 1)),
    ],
)
def test_matches_are_counted_against_labels(found: list[Span], exact: Score, tolerant: Score) -> None:
    evaluation = Evaluation([Passage("p", "en", "a war war", (LABEL,))], lambda passage: found)
    assert (evaluation.score(), evaluation.score(exact=False)) == (exact, tolerant)
    assert sum(evaluation.by(lambda passage, ref: ref).values(), Score()) == exact


def test_precision_recall_and_f1() -> None:
    score = Score(right=3, matches=4, found=3, labels=6)
    assert (score.precision, score.recall, score.f1) == (0.75, 0.5, 0.6)


def test_the_interval_of_a_proportion_is_wilsons() -> None:
    low, high = wilson(8, 10)
    assert (round(low, 4), round(high, 4), wilson(0, 0)) == (0.4902, 0.9433, (0.0, 1.0))


def test_the_bootstrap_is_the_same_every_time_and_holds_the_score() -> None:
    passages = [Passage(str(n), "en", "a war", (LABEL,)) for n in range(20)]
    evaluation = Evaluation(passages, lambda passage: [LABEL] if int(passage.id) % 3 else [])
    low, high = evaluation.interval()
    assert (low, high) == evaluation.interval()
    assert low < evaluation.score().f1 < high


def test_aliases_are_resolved_and_labelled_entries_are_switched_on() -> None:
    off = entry("it", Form("war", "en"), on=False, aliases=("old",))
    ready, passages = prepared(
        glossary(off, entry("else", Form("x", "en"), on=False)), [Passage("p", "en", "a war", (Span(2, 5, ("old",)),))]
    )
    assert passages[0].labels == (LABEL,)
    assert {ref: each.on for ref, each in ready.entries.items()} == {"it": True, "else": False}


def test_the_baselines_know_no_inflection_and_no_context() -> None:
    naive = glossary(entry("it", Form("war", "en")))
    passage = Passage("p", "en", "warfare, War, wars", ())
    assert [span[:2] for span in with_substrings(naive, words=False)(passage)] == [(0, 3), (9, 12), (14, 17)]
    assert [span[:2] for span in with_substrings(naive, words=True)(passage)] == [(9, 12)]


def test_markup_is_read_through_and_offsets_lead_back_into_it() -> None:
    text = "<p>a&nbsp;sp<b>ecial</b>&shy; war<sup>1</sup> war<br>x</p>"
    passage = Passage("p", "en", text, (), html=True)
    found = with_matcher(matcher(entry("it", Form("special war", "en"))))(passage)
    assert [text[span.start : span.end] for span in found] == ["sp<b>ecial</b>&shy; war"]
    assert readable(passage)[0] == "\n\na\u00a0special\u00ad war\ufffc1\ufffc war\nx\n\n"


ENTRY = """
it:
  kind: banned
  lang: en
  terms:
    en:
      - zorkmid operation
  means:
    en: A word made up for a test.
"""


@pytest.fixture
def files(tmp_path: Path, small: Path) -> Path:
    (tmp_path / "entries.yaml").write_text(ENTRY, encoding="utf-8")
    said: list[dict[str, Any]] = [
        {"id": "1", "lang": "en", "text": "The zorkmid operation.", "annotations": [{"start": 4, "end": 21, "entry": "it"}]},
        {"id": "2", "lang": "en", "text": "Zorkmids operate.", "annotations": [{"start": 0, "end": 8, "entry": "it"}]},
    ]
    (tmp_path / "passages.jsonl").write_text("\n".join(map(json.dumps, said)), encoding="utf-8")
    return tmp_path


def run(files: Path, *more: str, name: str = "passages.jsonl") -> Any:
    return CliRunner().invoke(evaluate, [str(files / name), "--glossary", str(files / "entries.yaml"), *more])


def test_the_command_prints_the_score_the_baselines_and_the_errors(files: Path) -> None:
    done = run(files, "--errors", "--by", "lang,kind,entry")
    assert done.exit_code == 0, done.output
    assert "2 passages, 2 labels, 1 matches" in done.output
    for row in ("exact", "overlapping", "baseline: substring", "baseline: word", "by lang", "by kind", "by entry"):
        assert row in done.output
    assert "missed 2  it  «Zorkmids»  no spelling of the entry is here" in done.output


@pytest.mark.parametrize(("bar", "code"), [("0.6", 0), ("0.7", 1)])
def test_under_the_bar_it_exits_with_1(files: Path, bar: str, code: int) -> None:
    assert run(files, "--min-f1", bar).exit_code == code


def row(**changed: Any) -> str:
    """A good row but for what is changed; None leaves a key out."""
    said = {"id": "1", "lang": "en", "text": "a war", "annotations": [{"start": 2, "end": 5, "entry": "it"}], **changed}
    return json.dumps({key: value for key, value in said.items() if value is not None})


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "a row must be an object; write {id, lang, text, annotations}"),
        ("[1]", "a row must be an object; write {id, lang, text, annotations}"),
        ("1", "a row must be an object; write {id, lang, text, annotations}"),
        (row(text=None), "a row needs «text»; give one text in quotation marks"),
        (row(text=["a war"]), '«text» must be one text in quotation marks, not ["a war"]'),
        (row(lang=1), '«lang» must be a code, "ru", not 1'),
        (row(title=5), "«title» must be a text in quotation marks, or left out, not 5"),
        (row(annotations={}), "«annotations» must be a list of {start, end, entry}; [] where nothing is to be found, not {}"),
        (row(annotations=[1]), "annotation 1: an annotation must be an object; write {start, end, entry}"),
        (
            row(annotations=[{"start": "2", "end": 5, "entry": "it"}]),
            'annotation 1: «start» must be a number of code points, not "2"',
        ),
        (
            row(annotations=[{"start": 2, "end": 5, "entry": ["it"]}]),
            'annotation 1: «entry» must be the id of one entry, not ["it"]',
        ),
        (row(annotations=[{"start": 0, "end": 9, "entry": "it"}]), "a label lies outside its text"),
    ],
)
def test_a_bad_file_is_one_line_and_exit_2(files: Path, line: str, told: str) -> None:
    (files / "bad.jsonl").write_text("\n" + line, encoding="utf-8")
    done = run(files, name="bad.jsonl")
    assert done.exit_code == 2
    assert f"{files / 'bad.jsonl'}:2: {told}" in done.output.splitlines()[-1]


def test_an_error_is_explained_by_the_entry_it_is_about() -> None:
    both = matcher(entry("it", Form("war", "en")), entry("other", Form("war", "en")), entry("absent", Form("peace", "en")))
    explain, passage = explained(both), Passage("p", "en", "a war", ())
    assert [explain(passage, Span(2, 5, (ref,))) for ref in ("it", "absent", "unknown")] == [
        "it «war» kept: always",
        "no spelling of the entry is here",
        "the glossary has no such entry: unknown",
    ]


def test_a_file_that_is_not_there_is_one_line_and_exit_2(files: Path) -> None:
    assert run(files, name="absent.jsonl").exit_code == 2
    assert run(files, "--by", "moon").exit_code == 2
