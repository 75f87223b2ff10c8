"""``glossator report``: one page that stands alone, with the numbers of each chart in a table, and intervals that hold."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from proxy_addon.evaluation import wilson
from proxy_addon.headless.charts import Series, dots, percent
from proxy_addon.headless.rows import KINDS, Row
from proxy_addon.headless.rows import Tally as Found
from proxy_addon.headless.table import write_part
from proxy_addon.headless.tally import Group, Rate, Tally

from .conftest import Run

ENTRIES = {
    "plain": {"term": "a <b>plain</b> word", "kind": "banned", "lang": "en", "instead": []},
    "official": {"term": "an official phrase", "kind": "mandated", "lang": "en", "instead": ["plain"]},
}


def found(entry: str, count: int = 1, quoted: int = 0) -> Found:
    return Found(entry, str(ENTRIES[entry]["kind"]), count, quoted, count)


def document(number: int, site: str, date: str, *matches: Found, words: int = 100, problem: str = "") -> Row:
    kinds = {kind: sum(tally.count for tally in matches if tally.kind == kind) for kind in KINDS}
    quoted = sum(tally.quoted for tally in matches)
    return Row(f"{number}.html", site=site, date=date, words=words, **kinds, quoted=quoted, problem=problem, matches=matches)


ROWS = [
    *(document(n, "state.example", f"2022-0{1 + n % 4}-05", found("official", 2)) for n in range(30)),
    *(document(n, "free.example", f"2022-0{1 + n % 4}-05", found("plain", 3, 1)) for n in range(30, 50)),
    *(document(n, "free.example", "", found("plain"), found("official")) for n in range(50, 55)),
    *(document(n, "quiet.example", "2022-06-01") for n in range(55, 60)),
    document(60, "", "", problem="a broken file"),
]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    write_part(folder / "part-1.csv", ROWS[:31])
    write_part(folder / "part-2.csv", ROWS[31:])
    write_part(folder / "part-of-another-run.csv", ROWS)
    told = {"glossary": "0123456789abcdef", "parts": {"part-1.csv": 31, "part-2.csv": 30}, "entries": ENTRIES}
    (folder / "scan.json").write_text(json.dumps(told))
    return folder


def page(folder: Path) -> BeautifulSoup:
    return BeautifulSoup((folder / "report" / "report.html").read_text(encoding="utf-8"), "html.parser")


@pytest.mark.parametrize(("by", "first"), [("site", "sites"), ("month", "months"), ("kind", "kinds"), ("entry", "entries")])
def test_what_is_asked_for_comes_first(glossator: Run, results: Path, by: str, first: str) -> None:
    said = glossator("report", results, "--by", by)
    assert (said.code, said.err) == (0, "")
    headings = [heading["id"] for heading in page(results).find_all("h2")]
    assert headings[0] == first
    assert set(headings) == {
        "sites", "months", "entries-months", "kinds", "entries", "compare-plain-official", "compare-plain-official-months", "method", "limits",
    }  # fmt: skip


def test_the_page_loads_nothing_and_keeps_terms_as_text(glossator: Run, results: Path) -> None:
    glossator("report", results)
    text = (results / "report" / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[\w.]+", text) == []
    assert "default-src 'none'" in text
    assert page(results).find_all(["script", "img", "b"], string="plain") == []
    assert "a &lt;b&gt;plain&lt;/b&gt; word" in text


def test_every_chart_has_a_title_a_description_a_table_and_files(glossator: Run, results: Path) -> None:
    glossator("report", results)
    for section in page(results).find_all("section"):
        [svg], [table] = section.find_all("svg"), section.find_all("table")
        assert (svg["role"], bool(svg.title.get_text()), bool(svg.desc.get_text())) == ("img", True, True)
        assert table.caption
        assert table.find_all("th", scope="col")
        name = section["aria-labelledby"]
        ElementTree.parse(results / "report" / f"{name}.svg")
        with open(results / "report" / f"{name}.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        shown = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
        assert len(shown) == len(rows)
        for numbers, cells in zip(rows[1:], shown[1:], strict=True):
            assert list(as_shown(dict(zip(rows[0], numbers, strict=True)))) == cells
        assert all(len(set(head)) == len(head) for head in (rows[0], shown[0]))


def as_shown(row: dict[str, str]) -> Iterator[str]:
    """A row of a file as its table shows it to readers."""
    for name, number in row.items():
        write = percent if name == "share" else "{:.2f}".format
        if f"{name}_low" in row:
            yield write(float(number))
            low, high = row[f"{name}_low"], row[f"{name}_high"]
            yield f"{write(float(low))} – {write(float(high))}" if high else "unknown"
        elif not name.endswith(("_low", "_high")):
            yield number


def test_the_numbers_are_those_of_the_table(glossator: Run, results: Path) -> None:
    glossator("report", results)
    with open(results / "report" / "compare-plain-official.csv", encoding="utf-8", newline="") as file:
        assert [row[:5] for row in csv.reader(file)][1:] == [
            ["all", "20", "5", "30", "0.63636364"],
            ["state.example", "0", "0", "30", "1"],
            ["free.example", "20", "5", "0", "0.2"],
        ]
    with open(results / "report" / "sites.csv", encoding="utf-8", newline="") as file:
        rows = {(row["site"], row["kind"]): row for row in csv.DictReader(file)}
    banned = rows["free.example", "banned"]
    assert [banned[name] for name in ("documents", "with it", "share", "matches", "quoted", "per_10000_words")] == [
        "25", "25", "1", "65", "20", "260",
    ]  # fmt: skip
    assert "1 documents could not be read" in " ".join(page(results).get_text().split())


@pytest.mark.parametrize("pair", [("plain", "official"), ("banned", "mandated")])
def test_entries_and_kinds_can_be_compared(glossator: Run, results: Path, pair: tuple[str, str]) -> None:
    assert glossator("report", results, "--compare", *pair, "-o", results / "other").code == 0
    with open(results / "other" / f"compare-{'-'.join(pair)}.csv", encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1][1:4] == ["20", "5", "30"]


def test_what_is_compared_and_never_found_is_said(glossator: Run, results: Path) -> None:
    said = glossator("report", results, "--compare", "euphemism", "label")
    assert (said.code, said.err) == (0, "glossator: no document uses euphemism or label\n")
    section = page(results).find("section", {"aria-labelledby": "compare-euphemism-label"})
    assert (section.find("svg"), "No document uses “euphemism” or “label”." in section.get_text()) == (None, True)
    assert not (results / "report" / "compare-euphemism-label.svg").exists()


def test_the_terms_found_most_are_shown_over_time_in_the_colours_of_their_kinds(glossator: Run, results: Path) -> None:
    glossator("report", results, "--by", "month")
    assert [heading["id"] for heading in page(results).find_all("h2")][:2] == ["months", "entries-months"]
    with open(results / "report" / "entries-months.csv", encoding="utf-8", newline="") as file:
        rows = {(row["month"], row["entry"]): row for row in csv.DictReader(file)}
    assert [rows["2022-01", name]["with it"] for name in ENTRIES] == ["5", "8"]
    svg = (results / "report" / "entries-months.svg").read_text(encoding="utf-8")
    assert [f'class="l{look}"' in svg for look in range(4)] == [True, True, False, False]


def test_a_bar_of_a_site_has_its_interval(glossator: Run, results: Path) -> None:
    glossator("report", results)
    svg = (results / "report" / "compare-plain-official.svg").read_text(encoding="utf-8")
    assert svg.count('class="i"') == 3 * 3, "a line with two ends, for all, and for each of two sites"


def test_documents_without_a_site_are_no_site(glossator: Run, results: Path) -> None:
    write_part(results / "part-2.csv", [*ROWS[31:], document(61, "", "2022-05-05")])
    glossator("report", results)
    assert [tile.get_text() for tile in page(results).find_all("li")][2] == "3 sites"


def test_a_long_name_is_cut_where_there_is_no_room_and_shown_in_full_to_who_points() -> None:
    rates = [Rate(0.5, 0.4, 0.6)]
    name = "спецыяльная ваенная аперацыя"
    assert f">{name}</text>" in dots("t", "a", [(name, "mandated")], [Series("share", rates)])
    cut = dots("t", "a", [(name * 2, "n=5")], [Series("one", rates), Series("two", rates)])
    assert f"<title>{name * 2}</title>{name[:10]}" in cut


def test_a_share_has_wilsons_interval() -> None:
    tally = Tally(())
    tally.read(ROWS)
    assert tally.whole.share("banned") == (25 / 60, *wilson(25, 60))
    assert tally.unread == 1


def test_what_was_not_found_may_still_be_there() -> None:
    """Up to where three matches would be: 6000 words have none."""
    tally = Tally(())
    tally.read(ROWS)
    assert tally.whole.frequency("never") == (0, 0, 10_000 * 3 / 6000)


def test_the_interval_of_a_frequency_holds_the_truth_as_often_as_it_says() -> None:
    """Documents of unequal length whose terms come in bursts: the true rate is 12.5 in 10,000 words."""
    draw = random.Random(5)
    held = 0
    for _ in range(400):
        group = Group()
        for number in range(300):
            words = draw.choice((100, 400, 1500))
            count = 5 * (draw.random() < 0.00025 * words)
            group.add(document(number, "x", "", *([found("plain", count)] if count else []), words=words), {})
        rate = group.frequency("plain")
        held += rate.low <= 12.5 <= rate.high
    assert 0.90 <= held / 400 <= 0.98


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["nowhere"], "holds no finished table"),
        (["empty"], "holds no document"),
        (["broken"], "not a part of a table"),
        (["results", "--compare", "plain", "nothing"], "no entry or kind «nothing»"),
        (["results", "--compare", "plain", "plain"], "named twice"),
    ],
)
def test_what_is_used_wrongly_is_said_in_a_line(glossator: Run, results: Path, words: list[str], reason: str) -> None:
    told = {"glossary": "0", "parts": {}, "entries": ENTRIES}
    for name, parts in (("empty", {}), ("broken", {"part-1.csv": 1})):
        (results.parent / name).mkdir()
        (results.parent / name / "scan.json").write_text(json.dumps({**told, "parts": parts}))
    (results.parent / "broken" / "part-1.csv").write_text("what,ever\n1,2\n")
    said = glossator("report", results.parent / words[0], *words[1:])
    assert (said.code, reason in said.err, said.err.count("\n")) == (2, True, 1), said.err
