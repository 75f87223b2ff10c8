"""``glossator annotate``: the proxy's pages from files, and every match with its place."""

from __future__ import annotations

import csv
import gzip
import http.server
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from proxy_addon import Matcher, annotate_html, load_glossary, strip_annotations
from proxy_addon.headless import annotating
from proxy_addon.headless.documents import Document, InputError
from proxy_addon.headless.engine import Record
from proxy_addon.headless.sources import Source
from proxy_addon.pytest_plugin import GlossatorProxy

from .conftest import BAD, FILES, PAGE, Run, plain_warc

FOUND = [("special military operation", ("ru-svo",)), ("война", ("ru-voina",))]


def records(out: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_page_comes_out_with_annotations_and_nothing_else(glossator: Run, tmp_path: Path) -> None:
    page = PAGE.encode("koi8-r", "xmlcharrefreplace").replace(b"<title>", b"<meta charset=koi8-r><title>")
    (tmp_path / "page.html").write_bytes(page)
    said = glossator("annotate", tmp_path / "page.html")
    assert (said.code, said.err) == (0, "")
    assert said.out == annotate_html(page, matcher=Matcher(load_glossary()))
    assert strip_annotations(said.out) == page


MANY = "<meta charset=utf-8>" + "<p>Officials call it a special military operation in Ukraine." * 1600
PAGES = {
    "plain": ("text/html", PAGE.encode("ascii", "xmlcharrefreplace")),
    "in an old encoding": ("text/html; charset=koi8-r", PAGE.encode("koi8-r", "xmlcharrefreplace")),
    "in an encoding it names": ("text/html", f"<meta charset=windows-1251>{PAGE}".encode("windows-1251")),
    "in two bytes": ("text/html", b"\xff\xfe" + PAGE.encode("utf-16-le")),
    "owned by a framework": ("text/html", PAGE.replace("<body>", "<body><div id=__next data-reactroot>").encode()),
    "with a policy": ("text/html", PAGE.replace("<head>", "<head><meta http-equiv=Content-Security-Policy content=\"style-src 'self'\">").encode()),
    "crowded": ("text/html", MANY.encode()),
    "in an encoding that holds no text": ("text/html", b"<meta charset=iso-2022-kr><p>x"),
    "long": ("text/html", f"<meta charset=utf-8>{'<p>Nothing here.' * 9000}{PAGE}".encode()),
}  # fmt: skip


@pytest.mark.glossator(script=False, language="en")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_comes_out_exactly_as_from_the_proxy(
    glossator: Run, tmp_path: Path, site: str, glossator_proxy: GlossatorProxy, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    kind, page = PAGES[name]
    monkeypatch.setattr(_Handler, "more", {"/any": (kind, page)})
    (tmp_path / "page.html").write_bytes(page)
    through = glossator_proxy.get(f"{site}/any").body
    assert glossator("annotate", f"{site}/any").out == through
    if kind == "text/html":  # a file has no other name for its encoding
        assert glossator("annotate", tmp_path / "page.html").out == through
    assert (through != page) is ("owned" not in name and "no text" not in name)


TARGETS = [
    (["a/index.html", "b/index.html"], ["a/index.html", "b/index.html"]),
    (["a", "b"], ["a/index.html", "a/x/y.html", "b/index.html"]),
    (["a/x", "b"], ["y.html", "index.html"]),
    (["c/index.html", "c/index.html.gz"], ["index.html", "index.html.gz.html"]),
    (["c"], ["index.html", "index.html.gz.html", "n.txt.html", "n.txt.html.html"]),
    (["d/a/index.html", "a/index.html", "b"], ["d/a/index.html", "{above}/a/index.html", "b/index.html"]),
    (["a/../a/index.html", "d/../b/index.html"], ["a/index.html", "b/index.html"]),
]


@pytest.mark.parametrize(("given", "expected"), TARGETS)
def test_no_page_is_written_over_another(
    glossator: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], expected: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a/index.html", "a/x/y.html", "b/index.html", "c/index.html", "c/index.html.gz", "c/n.txt", "c/n.txt.html", "d/a/index.html"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        page = f"<p>{name}</p>".encode()
        (tmp_path / name).write_bytes(gzip.compress(page) if name.endswith("gz") else page)
    assert glossator("annotate", *given, "-o", "out").code == 0
    made = {path.relative_to("out").as_posix() for path in Path("out").rglob("*") if path.is_file()}
    assert made == {name.format(above=tmp_path.name) for name in expected}


def test_no_page_is_written_over_what_is_read(glossator: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").write_text(PAGE)
    said = glossator("annotate", "page.html", "-o", ".")
    assert (said.code, "page.html would be overwritten" in said.err, (tmp_path / "page.html").read_text()) == (2, True, PAGE)


def test_standard_input_is_read_beside_files_whatever_number_of_processes(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    command = [sys.executable, "-m", "proxy_addon.cli", "annotate", "--format", "jsonl", "-j", "2", str(tmp_path / "a.html"), "-"]
    ran = subprocess.run(command, input=PAGE.encode(), capture_output=True, check=False)
    assert (ran.returncode, [row["document"] for row in records(ran.stdout)]) == (
        0,
        [str(tmp_path / "a.html")] * 2 + ["stdin"] * 2,
    )


def test_who_reads_no_further_is_left_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(MANY)
    command = [sys.executable, "-m", "proxy_addon.cli", "annotate", "--format", "jsonl", str(tmp_path / "a.html")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout
        running.stdout.close()
        assert running.stderr
        assert (running.stderr.read(), running.wait()) == (b"", 1)


def stopped(glossator: Run, monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> None:
    """Runs a command that is stopped at its second input."""
    read = annotating.documents

    def failing(source: Source) -> Iterator[Document | InputError]:
        if source.name.endswith("001.html"):
            raise KeyboardInterrupt
        return read(source)

    with monkeypatch.context() as patch:
        patch.setattr(annotating, "documents", failing)
        assert glossator(*words).code == 130


def lose(part: Path) -> None:
    part.unlink()


def cut(part: Path) -> None:
    os.truncate(part, 10)


def change(part: Path) -> None:
    (part.parent / "in" / "sub0" / "000.html").write_text(f"{PAGE} ")


def remove(part: Path) -> None:
    (part.parent / "in" / "sub0" / "000.html").unlink()


def spoil(part: Path) -> None:
    part.with_name("out.jsonl.journal").write_bytes(b"\0\xff\n\n")


def spoil_a_line(part: Path) -> None:
    with part.with_name("out.jsonl.journal").open("a") as journal:
        journal.write("[]\n")


DAMAGE = [
    (lose, "only 0 are there"),
    (cut, "only 10 are there"),
    (change, "has changed"),
    (remove, "isn't named any more"),
    (spoil, "damaged"),
    (spoil_a_line, "damaged"),
]


@pytest.mark.parametrize(("damage", "reason"), DAMAGE)
def test_a_run_does_not_go_on_from_what_is_no_longer_so(
    glossator: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None], reason: str
) -> None:
    collection(tmp_path / "in", 4)
    command = ("annotate", "--format", "jsonl", "-j", "1", tmp_path / "in", "-o", tmp_path / "out.jsonl")
    stopped(glossator, monkeypatch, *command)
    damage(tmp_path / "out.jsonl.part")
    said = glossator(*command, "--resume")
    assert (said.code, reason in said.err, said.err.count("\n")) == (2, True, 1), said.err
    (tmp_path / "out.jsonl.journal").unlink()
    assert glossator(*command).code == 0
    assert len(records((tmp_path / "out.jsonl").read_bytes())) == 2 * len(list((tmp_path / "in").rglob("*.html")))


def test_a_journal_that_ends_in_half_a_line_is_good(glossator: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collection(tmp_path / "in", 4)
    command = ("annotate", "--format", "jsonl", "-j", "1", tmp_path / "in", "-o", tmp_path / "out.jsonl")
    stopped(glossator, monkeypatch, *command)
    with (tmp_path / "out.jsonl.journal").open("a") as journal:
        journal.write('{"input": "')
    assert glossator(*command, "--resume").code == 0
    assert [row["text"] for row in records((tmp_path / "out.jsonl").read_bytes())] == 4 * [text for text, _ in FOUND]


def test_standard_input_is_read_where_nothing_is_named(glossator: Run) -> None:
    assert strip_annotations(glossator("annotate", stdin=PAGE.encode()).out) == PAGE.encode()


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_gives_the_same_matches(glossator: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name]())
    said = glossator("annotate", "--format", "jsonl", tmp_path / name)
    assert (said.code, said.err) == (0, "")
    assert [(row["text"], tuple(row["entries"])) for row in records(said.out)] == FOUND


def test_a_record_says_where_and_why(glossator: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(PAGE.encode())
    first, second = records(glossator("annotate", "--format", "jsonl", tmp_path / "page.html").out)
    assert set(first) == set(Record._fields)
    place = slice(first["byte_start"], first["byte_end"])
    assert PAGE.encode()[place] == b"special <b>military</b> operation"
    sentence = "Officials call it a special military operation in Ukraine, and forbid «война»."
    assert first["sentence"] == sentence
    assert sentence[first["start"] : first["end"]] == "special military operation"
    assert first["block"] == "html/body/article[1]/p[2]"
    assert (first["kinds"], first["quoted"], first["rule"]) == (["mandated"], False, "always")
    assert (second["kinds"], second["quoted"]) == (["banned"], True)
    assert PAGE.encode()[second["byte_start"] : second["byte_end"]] == "&#1074;ойна".encode()
    assert first["glossary"] == load_glossary().version


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "windows-1251", "gb18030"])
def test_byte_offsets_are_those_of_the_file_in_its_own_encoding(glossator: Run, tmp_path: Path, codec: str) -> None:
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    head = b"" if codec in marks else f"<meta charset={codec}>".encode()
    page = marks.get(codec, b"") + head + "<p>😀 й: Россия начала «<i>СВО</i>» в Украине".encode(codec, "xmlcharrefreplace")
    (tmp_path / "page.html").write_bytes(page)
    [row] = records(glossator("annotate", "--format", "jsonl", tmp_path / "page.html").out)
    assert page[row["byte_start"] : row["byte_end"]].decode(codec) == "СВО"


TEXTS = {
    "a.txt": "Hello.\r\n\r\nThe special military\r\noperation in Ukraine.\r\n",
    "a.md": "# Head\n\nThe **special** *military* operation in [Ukraine](http://x/СВО) and `СВО`.\n\n    СВО\n",
    "table.md": "| one | two |\n|---|---|\n| x | The special military operation in Ukraine |\n",
}


@pytest.mark.parametrize(("name", "line"), [("a.txt", "line 3"), ("a.md", "line 3"), ("table.md", "line 3")])
def test_texts_lead_back_to_their_bytes(glossator: Run, tmp_path: Path, name: str, line: str) -> None:
    text = TEXTS[name].encode()
    (tmp_path / name).write_bytes(text)
    [row] = records(glossator("annotate", "--format", "jsonl", tmp_path / name).out)
    written = text[row["byte_start"] : row["byte_end"]].decode()
    assert written.replace("*", "").split() == ["special", "military", "operation"]
    assert row["block"] == line


WRITTEN = [
    "Россия начала {СВО} в Украине.",
    "\ufeffРоссия начала {СВО} в Украине.",
    "\ufeff# Россия начала {СВО} в Украине",
    "&laquo;Россия&raquo; &amp; начала {СВО} в Украине.",
    "Россия &amp; начала {СВ&#1054;} в Украине.",
    "Россия начала {&#1057;ВО} &amp; в Украине.",
    "Россия \\* \\[начала\\] {С**В**О} \\*в Украине.",
    "Россия \\*начала\\* &nbsp; {СВО} и {СВО} в Украине.",
    "> Россия &amp; начала\n> {СВО} в Украине",
    "| а &amp; б | в |\n|---|---|\n| Россия \\| начала {СВО} | {СВО} в Украине |",
    "* Россия _начала_ `&amp; code` ![a](b) {СВО} в Украине",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_in_markdown_references_and_escapes_lead_back_to_their_bytes(glossator: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(text.replace("{", "").replace("}", ""), encoding="utf-8")
    data = (tmp_path / "a.md").read_bytes()
    found = records(glossator("annotate", "--format", "jsonl", tmp_path / "a.md").out)
    assert [data[row["byte_start"] : row["byte_end"]].decode() for row in found] == re.findall(r"\{(.*?)\}", text)


def test_a_byte_order_mark_hides_no_heading(glossator: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("\ufeff# Война\n\nВойна в Украине.\n", encoding="utf-8")
    assert [row["block"] for row in records(glossator("annotate", "--format", "jsonl", tmp_path / "a.md").out)][-1] == "line 3"
    assert b"<h1>" in glossator("annotate", tmp_path / "a.md").out


def test_a_text_becomes_a_page(glossator: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(TEXTS["a.md"])
    page = strip_annotations(glossator("annotate", tmp_path / "a.md").out).decode()
    assert "<h1>Head</h1>" in page
    assert "<strong>special</strong>" in page


def test_all_formats_hold_the_same_matches(glossator: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(PAGE.encode())
    lines = records(glossator("annotate", "--format", "jsonl", tmp_path).out)
    assert json.loads(glossator("annotate", "--format", "json", tmp_path).out) == lines
    rows = list(csv.DictReader(io.StringIO(glossator("annotate", "--format", "csv", tmp_path).out.decode())))
    assert [(row["entries"], row["text"], row["byte_start"]) for row in rows] == [
        (" ".join(line["entries"]), line["text"], str(line["byte_start"])) for line in lines
    ]
    assert [
        line.split(": ")[1].split("  ")[0]
        for line in glossator("annotate", "--format", "text", tmp_path).out.decode().splitlines()
    ] == [line["text"] for line in lines]


def collection(folder: Path, count: int = 12) -> Path:
    for number in range(count):
        (folder / f"sub{number % 2}").mkdir(parents=True, exist_ok=True)
        (folder / f"sub{number % 2}" / f"{number:03}.html").write_text(f"<p>{number}</p>{PAGE}")
    return folder


def test_several_processes_give_what_one_gives(glossator: Run, tmp_path: Path) -> None:
    folder = collection(tmp_path / "in")
    one, two = (glossator("annotate", "--format", "jsonl", "-j", jobs, folder) for jobs in ("1", "2"))
    assert two == one
    assert len(records(one.out)) == 24


def test_a_folder_becomes_a_folder(glossator: Run, tmp_path: Path) -> None:
    folder = collection(tmp_path / "in")
    said = glossator("annotate", folder, "--out", tmp_path / "out")
    assert (said.code, said.err, said.out) == (0, "", b"")
    made = {path.relative_to(tmp_path / "out"): path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    given = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.html")}
    assert {name: strip_annotations(page) for name, page in made.items()} == given


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_of_in_a_line_and_the_others_go_on(glossator: Run, tmp_path: Path, name: str) -> None:
    data, reason = BAD[name]
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.html").write_text(PAGE)
    said = glossator("annotate", "--format", "jsonl", tmp_path / name, tmp_path / "good.html")
    assert said.code == 1
    told, summary = said.err.splitlines()
    assert reason in told
    assert name in told
    assert summary == "glossator: 1 of 2 inputs could not be read in full"
    assert len(records(said.out)) == 2
    if name != "replacement.html":  # such a page goes on as it is, as through the proxy
        page = glossator("annotate", tmp_path / name)
        assert (page.code, page.err.count("\n"), reason in page.err) == (1, 1, True)


def test_what_stands_before_a_cut_is_read(glossator: Run, tmp_path: Path) -> None:
    whole = plain_warc(records=2)
    for cut in (10, len(PAGE), len(whole) // 2 - 40, len(whole) // 2 - 5):
        (tmp_path / "a.warc").write_bytes(whole[:-cut])
        said = glossator("annotate", "--format", "jsonl", tmp_path / "a.warc")
        assert (said.code, len(records(said.out)), said.err.count("\n")) == (1, 2, 2), cut


DATES = ["Fri, 01 Jan 99999999999999999999 00:00:00 +0000", "Fri, 01 Jan 2022 00:00:00 +99999999999999999999", "soon", ""]


@pytest.mark.parametrize("date", DATES)
def test_a_letter_may_bear_any_date(glossator: Run, tmp_path: Path, date: str) -> None:
    (tmp_path / "a.eml").write_text(f"Subject: x\nDate: {date}\n\nA special military operation in Ukraine.\n")
    said = glossator("annotate", "--format", "jsonl", tmp_path / "a.eml")
    assert (said.code, len(records(said.out)), said.err) == (0, 1, "")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["nowhere.html", "--format", "text"], None),
        (["a.html", "b.html"], "--out FOLDER"),
        (["--resume", "a.html"], "say --out"),
        (["--format", "pdf"], "pdf"),
        (["a.html", "--glossary", "nowhere"], "nowhere"),
        (["a.html", "--format", "json", "--out", "."], "is a folder: with --format json, --out names a file"),
    ],
)
def test_what_is_used_wrongly_is_said_in_a_line(glossator: Run, words: list[str], reason: str | None) -> None:
    said = glossator("annotate", *words)
    assert said.code == (2 if reason else 1)
    assert (reason or "No such file") in said.err
    assert "Traceback" not in said.err


class _Handler(http.server.BaseHTTPRequestHandler):
    more: Mapping[str, tuple[str, bytes]] = {}

    def do_GET(self) -> None:
        if self.path == "/nonsense":
            self.wfile.write(b"nonsense\r\n\r\n")
            return
        path = urllib.parse.unquote(self.path)
        pages = {"/image": ("image/png", b"x"), **self.more}
        kind, body = pages.get(path, ("text/html", b""))
        if path in ("/page", "/a page", "/страница?q=ё", "/cut"):
            kind, body = "text/html; charset=windows-1251", PAGE.encode("windows-1251")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) + 999 * (path == "/cut")))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", ["/page", "/page#part", "/a page", "/страница?q=ё"])
def test_an_address_that_is_named_is_fetched_as_browsers_write_it(glossator: Run, site: str, path: str) -> None:
    said = glossator("annotate", f"{site}{path}")
    assert (said.code, strip_annotations(said.out)) == (0, PAGE.encode("windows-1251")), said.err


FAILURES = [
    ("/none", "answered 404"),
    ("/image", "image/png, neither"),
    ("/cut", "cut off"),
    ("/nonsense", "no answer that could be read"),
    (None, "not reached"),
]


@pytest.mark.parametrize(("path", "reason"), FAILURES)
def test_an_address_that_gives_no_page_is_told_of(glossator: Run, site: str, path: str | None, reason: str) -> None:
    said = glossator("annotate", f"{site}{path}" if path else "http://127.0.0.1:1/")
    assert (said.code, reason in said.err, said.err.count("\n")) == (1, True, 1)


@pytest.mark.slow
def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out.jsonl"
    collection(folder, 40)
    os.mkfifo(folder / "zz.fifo")
    command = [sys.executable, "-m", "proxy_addon.cli", "annotate", "--format", "jsonl", "-j", "2", "-o", str(out)]
    with subprocess.Popen(
        [*command, str(folder), str(folder / "zz.fifo")], stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        journal = tmp_path / "out.jsonl.journal"
        deadline = time.monotonic() + 30
        while (not journal.exists() or journal.read_bytes().count(b"\n") < 30) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
        _, told = running.communicate(timeout=10)
    assert (running.returncode, "--resume goes on" in told, "Traceback" in told) == (130, True, False)
    assert not out.exists()
    again = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    assert (again.returncode, "go on with --resume" in again.stderr) == (2, True)
    resumed = subprocess.run([*command, "--resume", str(folder)], capture_output=True, text=True, check=False)
    assert (resumed.returncode, resumed.stderr) == (0, "")
    whole = subprocess.run([*command[:-1], str(tmp_path / "whole.jsonl"), str(folder)], capture_output=True, check=False)
    assert whole.returncode == 0
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert not journal.exists()
