"""``glossator scan``: a row for each document, once, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from proxy_addon import load_glossary
from proxy_addon.headless.engine import Engine
from proxy_addon.headless.head import day
from proxy_addon.headless.partitions import partitions
from proxy_addon.headless.rows import Row
from proxy_addon.headless.scanning import Scan, Task
from proxy_addon.headless.sources import Source, sources
from proxy_addon.headless.table import manifest, read_table

from .conftest import ADDRESS, DATED, PAGE, Run, har, warc

ARTICLE = "<p>" + "These are the plain words of a long paragraph that says nothing much at all, and then some more. " * 2


def table(folder: Path) -> list[Row]:
    return sorted(read_table(folder), key=lambda row: row.document)


@pytest.mark.parametrize("style", ["csv", "parquet"])
def test_a_row_says_where_when_how_long_and_what(glossator: Run, tmp_path: Path, style: str) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "page.html").write_text(DATED)
    said = glossator("scan", tmp_path / "page.html", "-o", tmp_path / "out", "--format", style, "-j", "1")
    assert (said.code, said.err) == (0, f"1 documents in {tmp_path / 'out'}, 0 of them could not be read\n")
    [row] = table(tmp_path / "out")
    assert (row.date, row.title, row.lang) == ("2022-04-05", "Special military operation: day one", "en")
    assert (row.words, row.main_words, row.banned, row.mandated, row.quoted) == (15, 0, 1, 1, 1)
    assert [(tally.entry, tally.kind, tally.count, tally.quoted, tally.main) for tally in row.matches] == [
        ("ru-svo", "mandated", 1, 0, 0),
        ("ru-voina", "banned", 1, 1, 0),
    ]


@pytest.mark.parametrize(("name", "data"), [("a.har", har), ("a.warc.gz", warc)])
def test_archives_tell_the_site_and_the_day(glossator: Run, tmp_path: Path, name: str, data: object) -> None:
    pytest.importorskip("pyarrow")
    assert callable(data)
    (tmp_path / name).write_bytes(data())
    assert glossator("scan", tmp_path / name, "-o", tmp_path / "out", "-j", "1").code == 0
    [row] = table(tmp_path / "out")
    assert (row.site, row.url, row.date) == ("news.example.org", ADDRESS, "2022-04-05")


MAIN = [
    (ARTICLE, True),
    (f"<div>{ARTICLE} <a href=x>one link in it</a>", True),
    ("<p><a href=x>" + "Many words in one link that leads elsewhere and so are no text of this page at all. " * 2, False),
    ("<ul>" + "<li><a href=x>Home and away</a>" * 30, False),
    ("<p>Too short to tell.", False),
    ("<pre>" + "This is code that nobody reads as prose, however many words of it there may be in here. " * 2, False),
    ("<p>" + "这是一段很长的中文文章用来检验正文的判断是否正确因此需要足够多的字", True),
]


@pytest.mark.parametrize(("html", "main"), MAIN)
def test_main_text_is_long_and_hardly_linked(glossator: Run, tmp_path: Path, html: str, main: bool) -> None:
    (tmp_path / "page.html").write_text(f"<!DOCTYPE html><meta charset=utf-8><title>t</title><body>{html}", encoding="utf-8")
    assert glossator("scan", tmp_path / "page.html", "-o", tmp_path / "out", "--format", "csv", "-j", "1").code == 0
    [row] = table(tmp_path / "out")
    assert bool(row.main_words) is main
    if main:
        assert row.main_words == row.words


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("2022-04-05T10:00:00+03:00", "2022-04-05"),
        ("20220405T100000", "2022-04-05"),
        ("2022/4/5", "2022-04-05"),
        ("Tue, 05 Apr 2022 10:00:00 +0300", "2022-04-05"),
        ("2022-13-05", ""),
        ("0001-01-01", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_dates_are_read_as_pages_write_them_or_not_at_all(said: str, date: str) -> None:
    assert day(said) == date


DAYS = [
    '<meta content="2021-02-03" name=date>',
    "<meta itemprop=datePublished content='2021-02-03'>",
    '<script type="application/ld+json">{"datePublished": "2021-02-03T00:00"}</script>',
    '<body><time class=x datetime="2021-02-03">Wednesday</time>',
    '<link rel="canonical" href="https://www.example.org/2021/02/03/story">',
]


@pytest.mark.parametrize("tag", DAYS)
def test_the_day_is_found_where_pages_give_it(glossator: Run, tmp_path: Path, tag: str) -> None:
    (tmp_path / "page.html").write_text(f"<title>a &amp; b</title>{tag}{ARTICLE}")
    assert glossator("scan", tmp_path / "page.html", "-o", tmp_path / "out", "--format", "csv", "-j", "1").code == 0
    assert [(row.date, row.title) for row in table(tmp_path / "out")] == [("2021-02-03", "a & b")]


def collection(folder: Path, count: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"{number:05}.html").write_text(f"<title>{number}</title>{PAGE}{ARTICLE}")
    return folder


def test_a_document_that_cannot_be_read_has_a_row_too(glossator: Run, tmp_path: Path) -> None:
    folder = collection(tmp_path / "in", 3)
    (folder / "bad.html").write_bytes(b"")
    (folder / "cut.har").write_bytes(b"{")
    for _ in range(2):
        said = glossator("scan", folder, "-o", tmp_path / "out", "--format", "csv", "-j", "1")
        assert (said.code, said.err.count("\n")) == (1, 3)
        assert [bool(row.problem) for row in table(tmp_path / "out")] == [False, False, False, True, True]


def test_a_second_run_does_only_what_has_changed(glossator: Run, tmp_path: Path) -> None:
    folder, out = collection(tmp_path / "in", 200), tmp_path / "out"
    assert glossator("scan", folder, "-o", out, "--format", "csv", "-j", "1").code == 0
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("part-*")}
    assert len(before) > 1
    (folder / "00199.html").write_text(PAGE)
    assert glossator("scan", folder, "-o", out, "--format", "csv", "-j", "1").code == 0
    after = {path.name: path.stat().st_mtime_ns for path in out.glob("part-*")}
    assert len(before.items() & after.items()) == len(before) - 1
    assert set(manifest(out)["parts"]) == set(after)
    assert [row.document for row in table(out)] == [str(path) for path in sorted(folder.iterdir())]


def test_where_files_are_parted_depends_on_their_names_alone() -> None:
    named = [Source(f"{number}.html") for number in range(1000)]
    whole = {partition.identity for partition in partitions(named, "")}
    fewer = {partition.identity for partition in partitions(named[:500] + named[501:], "")}
    assert len(whole) > 5
    assert len(whole - fewer) == 1


def test_processes_and_one_process_make_the_same_table(tmp_path: Path) -> None:
    folder = collection(tmp_path / "in", 150)
    tables = []
    for jobs in (1, 2):
        run = Scan(Task(Engine(load_glossary()), tmp_path / f"out{jobs}", "csv"))
        run.carry_out(sources([str(folder)]), lambda _: None, lambda _: None, jobs=jobs)
        tables.append(table(tmp_path / f"out{jobs}"))
    assert len(tables[0]) == 150
    assert tables[1] == tables[0]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["-o", "out"], "name what to read"),
        (["x.html"], "--out"),
        (["x.html", "-o", "out", "--scheduler", "tcp://127.0.0.1:1"], "no Dask scheduler answers"),
        (["x.html", "-o", "out", "--scheduler", "nonsense://"], "no Dask scheduler answers"),
        (["--list", "nowhere.txt", "-o", "out"], "nowhere.txt"),
    ],
)
def test_what_is_used_wrongly_is_said_in_a_line(
    glossator: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("proxy_addon.headless.cluster._PATIENCE", 1)
    (tmp_path / "x.html").write_text(PAGE)
    said = glossator("scan", *words)
    assert (said.code, reason in said.err) == (2, True), said.err


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1", silence_logs=50
    ) as running:
        yield running


@pytest.mark.slow
def test_a_cluster_loses_and_doubles_nothing_when_a_worker_is_killed(glossator: Run, tmp_path: Path, cluster: object) -> None:
    pytest.importorskip("pyarrow")
    folder = collection(tmp_path / "in", 1500)
    (folder / "crawl.warc.gz").write_bytes(warc(copies=300))
    pids = [worker.process.process.pid for worker in cluster.workers.values()]  # type: ignore[attr-defined]
    out = tmp_path / "out"

    def kill() -> None:
        deadline = time.monotonic() + 60
        while len(list(out.glob("part-*"))) < 4 and time.monotonic() < deadline:
            time.sleep(0.005)
        killed.append(len(list(out.glob("part-*"))))
        os.kill(pids[0], signal.SIGKILL)

    killed: list[int] = []
    killer = Thread(target=kill)
    killer.start()
    said = glossator("scan", folder, "-o", out, "--scheduler", cluster.scheduler_address)  # type: ignore[attr-defined]
    killer.join()
    assert said.code == 0, said.err
    assert killed[0] < len(list(out.glob("part-*"))), "the worker was killed in the middle"
    here = Scan(Task(Engine(load_glossary()), tmp_path / "here", "parquet"))
    here.carry_out(sources([str(folder)]), lambda _: None, lambda _: None)
    found = table(out)
    assert len(found) == 1800
    assert found == table(tmp_path / "here")
    assert pids[0] not in [worker.process.process.pid for worker in cluster.workers.values()]  # type: ignore[attr-defined]
