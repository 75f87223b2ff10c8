"""``glossator scan``: a row for each document, once, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread, Timer

import pytest

from proxy_addon import load_glossary
from proxy_addon.headless.documents import Inner
from proxy_addon.headless.engine import Engine
from proxy_addon.headless.head import Head, day
from proxy_addon.headless.maintext import words
from proxy_addon.headless.partitions import partitions
from proxy_addon.headless.rows import Row
from proxy_addon.headless.scanning import Scan, Task
from proxy_addon.headless.sources import Source, sources
from proxy_addon.headless.table import manifest, read_table
from proxy_addon.markup.encoding import sniff

from .conftest import ADDRESS, BAD, DATED, PAGE, Run, har, warc

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
    (("<p><a href=x>" + "Many words in one link of a page that is long. " * 7) * 300, False),
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


COUNTS = [
    ("one two\nthree", 3),
    ("one&nbsp;two", 2),
    ("один\xa0два", 2),
    ("  один  \xa0  ", 1),
    ("这是 x很长", 5),
    ("カタ漢字 mix 1", 6),
    ("", 0),
]


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "gb18030", "koi8-r"])
@pytest.mark.parametrize(("text", "count"), COUNTS)
def test_words_are_counted_alike_in_every_encoding(text: str, count: int, charset: str) -> None:
    encoding = sniff(b"", f"text/html; charset={charset}", last=True)
    assert encoding
    try:
        source = text.encode(charset)
    except UnicodeEncodeError:
        pytest.skip("not all of it can be written in this encoding")
    assert words(source, encoding) == count


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


def test_bad_files_cost_the_others_of_their_partition_nothing(glossator: Run, tmp_path: Path) -> None:
    folder = collection(tmp_path / "in", 3)
    for name, (data, _) in BAD.items():
        (folder / name).write_bytes(data)
    said = glossator("scan", folder, folder / "picture.png", "-o", tmp_path / "out", "--format", "csv", "-j", "1")
    assert (said.code, len(said.err.splitlines())) == (1, len(BAD) + 1), said.err
    told = {Path(row.document).name.partition("#")[0]: row.problem for row in table(tmp_path / "out") if row.problem}
    assert {name: reason in told[name] for name, (_, reason) in BAD.items()} == dict.fromkeys(BAD, True)
    assert len([row for row in table(tmp_path / "out") if not row.problem]) == 3


def test_a_fault_of_ours_costs_one_document(glossator: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_head(page: Inner, url: str) -> Head:
        if b"<title>1</title>" in page.data:
            raise IndexError("secret text of a page")
        return Head()

    monkeypatch.setattr("proxy_addon.headless.rows.read_head", read_head)
    folder = collection(tmp_path / "in", 3)
    said = glossator("scan", folder, "-o", tmp_path / "out", "--format", "csv", "-j", "1")
    assert (said.code, "a fault in Glossator (IndexError at test_scan.py" in said.err, "secret" in said.err) == (1, True, False)
    assert [bool(row.problem) for row in table(tmp_path / "out")] == [False, True, False]


@pytest.mark.parametrize("style", ["csv", "parquet"])
def test_names_and_addresses_that_are_no_text_are_escaped(glossator: Run, tmp_path: Path, style: str) -> None:
    pytest.importorskip("pyarrow")
    folder = tmp_path / "in"
    folder.mkdir()
    try:
        (folder / os.fsdecode(b"\xff.html")).write_text(PAGE)
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    (folder / "a.har").write_bytes(har().replace(b"day-one", b"day-\\ud800"))
    said = glossator("scan", folder, "-o", tmp_path / "out", "--format", style, "-j", "1")
    assert said.code == 0, said.err
    assert [(Path(row.document).name, row.url[-10:]) for row in table(tmp_path / "out")] == [
        ("\\udcff.html", ""),
        ("a.har#2", "day-\\ud800"),
    ]


def test_what_could_not_be_read_is_tried_again(glossator: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out = collection(tmp_path / "in", 2), tmp_path / "out"
    command = ("scan", folder, "-o", out, "--format", "csv", "-j", "1")
    with monkeypatch.context() as patch:
        patch.setattr("proxy_addon.headless.sources.joined", lambda *_: b"")
        assert glossator(*command).code == 1
    assert [bool(row.problem) for row in table(out)] == [True, True]
    said = glossator(*command)
    assert (said.code, said.err) == (0, f"2 documents in {out}, 0 of them could not be read\n")
    assert [bool(row.problem) for row in table(out)] == [False, False]


@pytest.mark.parametrize("words", [["in", "inn"], ["inn"], ["empty"], ["in", "--list", "names.txt"]])
def test_a_table_is_not_replaced_when_something_named_is_not_there(
    glossator: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    collection(tmp_path / "in", 3)
    (tmp_path / "names.txt").write_text("nowhere.html\n")
    (tmp_path / "empty").mkdir()
    assert glossator("scan", "in", "-o", "out", "--format", "csv", "-j", "1").code == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    said = glossator("scan", *words, "-o", "out", "--format", "csv", "-j", "1")
    assert (said.code, "the table is not complete" in said.err or "of other inputs" in said.err) == (
        1 + ("in" not in words),
        True,
    )
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_a_table_grows_with_its_inputs_and_is_not_replaced_by_that_of_others(glossator: Run, tmp_path: Path) -> None:
    one, two, out = collection(tmp_path / "one", 2), collection(tmp_path / "two", 2), tmp_path / "out"
    assert glossator("scan", one, "-o", out, "--format", "csv", "-j", "1").code == 0
    said = glossator("scan", two, "-o", out, "--format", "csv", "-j", "1")
    assert (said.code, f"holds the table of other inputs ({one})" in said.err, said.err.count("\n")) == (2, True, 1)
    assert glossator("scan", two, f"{one}/", "-o", out, "--format", "csv", "-j", "1").code == 0
    assert len(table(out)) == 4


def test_what_killed_processes_left_is_removed(glossator: Run, tmp_path: Path) -> None:
    folder, out = collection(tmp_path / "in", 1), tmp_path / "out"
    out.mkdir()
    living, dead = out / f".part-1.csv.{os.getpid()}.tmp", out / ".part-2.csv.99999999.tmp"
    living.touch()
    dead.touch()
    assert glossator("scan", folder, "-o", out, "--format", "csv", "-j", "1").code == 0
    assert (living.exists(), dead.exists()) == (True, False)


def test_a_file_that_a_worker_does_not_see_is_a_fault_of_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.html").write_text(PAGE)
    [source] = sources(["a.html"])
    assert isinstance(source, Source)
    assert (source.name, source.path) == ("a.html", str(tmp_path / "a.html"))
    [partition] = partitions([source], "")
    (tmp_path / "a.html").unlink()
    elsewhere = Task(Engine(load_glossary()), tmp_path / "out", "csv", elsewhere=True)
    with pytest.raises(OSError, match=r"a\.html: No such file.*every worker must see"):
        list(elsewhere(partition))
    assert list((tmp_path / "out").iterdir()) == []


# What is named in a folder with 0.html, sub/1.html, .hidden/2.html, nameless and the link "link" to sub: what is read of it.
ALL = ["0.html", "sub/1.html"]
NAMED = [
    (["in"], ALL),
    (["in", "in"], ALL),
    (["in", "./in/", "in/sub", "in/sub/1.html", "in/0.html"], ALL),
    (["in/sub", "in"], ["sub/1.html", "0.html"]),
    (["in/0.html", "in/sub", "in"], ALL),
    (["in/0.html", "in/0.html"], ["0.html"]),
    (["in", "in/.hidden", "in/nameless", "in/nameless"], [*ALL, ".hidden/2.html", "nameless"]),
    (["in", "in/link"], [*ALL, "link/1.html"]),
    (["in", "-", "http://a.example/", "-", "http://a.example/"], [*ALL, "-", "http://a.example/"]),
]


@pytest.mark.parametrize(("given", "expected"), NAMED)
def test_what_is_named_twice_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], expected: list[str]
) -> None:
    for name in ("0.html", "sub/1.html", ".hidden/2.html", "nameless"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(PAGE)
    (tmp_path / "in" / "link").symlink_to("sub")
    monkeypatch.chdir(tmp_path)
    assert [str(getattr(source, "name", source)).removeprefix("in/") for source in sources(given)] == expected


@pytest.mark.parametrize("command", [["scan", "--format", "csv", "-j", "1"], ["annotate"]])
def test_results_within_a_source_are_not_read_again(
    glossator: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(collection(tmp_path / "in", 2))
    runs = []
    for _ in range(2):
        assert glossator(*command, ".", "-o", "out").code == 0
        (tmp_path / "in" / "out" / "report.html").write_text(PAGE)
        runs.append({path.name for path in (tmp_path / "in" / "out").iterdir()})
    assert runs[0] == runs[1]
    said = glossator(*command, "out", "-o", "out")
    assert (said.code, "results go there" in said.err or "of other inputs" in said.err) == (1 + (command[0] == "scan"), True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told_of(tmp_path: Path) -> None:
    folder = collection(tmp_path / "in", 1)
    (folder / "closed").mkdir(mode=0)
    assert [str(each) for each in sources([str(folder)]) if not isinstance(each, Source)] == [
        f"{folder}/closed: Permission denied; what is in it is not read: check its permissions"
    ]


def test_a_list_may_hold_names_that_are_no_text(glossator: Run, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff.html"
    try:
        Path(os.fsdecode(name)).write_text(PAGE)
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    (tmp_path / "list").write_bytes(b"\xef\xbb\xbf# names\n\n" + name + b"\r\n")
    said = glossator("scan", "--list", tmp_path / "list", "-o", tmp_path / "out", "--format", "csv", "-j", "1")
    assert (said.code, len(table(tmp_path / "out"))) == (0, 1), said.err


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
def test_workers_find_files_that_are_named_from_where_the_user_stands(
    glossator: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: object
) -> None:
    monkeypatch.chdir(collection(tmp_path / "in", 3).parent)
    address = cluster.scheduler_address  # type: ignore[attr-defined]
    said = glossator("scan", "in", "in/00001.html", "-o", "out", "--format", "csv", "--scheduler", address)
    assert said.code == 0, said.err
    assert [row.document for row in table(tmp_path / "out")] == [f"in/0000{number}.html" for number in range(3)]


@pytest.mark.slow
def test_a_scheduler_without_workers_is_told_of(glossator: Run, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    (tmp_path / "a.html").write_text(PAGE)
    with distributed.LocalCluster(
        n_workers=0, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1", silence_logs=50
    ) as empty:
        later = Timer(1, empty.scale, (1,))
        later.start()
        said = glossator("scan", tmp_path / "a.html", "-o", tmp_path / "out", "--scheduler", empty.scheduler_address)
    assert (said.code, f"no worker is at {empty.scheduler_address} yet" in said.err) == (0, True), said.err


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
