"""The proxy without a person before it: it says where it listens, writes down what it decides, and ends by itself."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.reader import NAVIGATE, Reader

pytest_plugins = ["pytester"]

WORDS = """\
test-zorb:
  kind: euphemism
  lang: en
  terms: {en: [zorbling]}
  means: {en: A made-up word.}
  sources: [{title: Tests, url: 'https://example.org/', for: [use]}]
"""
PAGES = {"/page": ("text/html", b"<p>A zorbling &amp; another."), "/data": ("application/json", b"{}")}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, body = PAGES[self.path.partition("?")[0]]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def words(tmp_path: Path) -> Path:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "words.yaml").write_text(WORDS)
    return tmp_path / "pack"


def session(words: Path, *arguments: str, urls: list[str], status: int = 200) -> tuple[int, dict[str, Any]]:
    """Runs the command, gets the addresses through it, and waits for its end: exit code, and what it said when it listened."""
    command = [sys.executable, "-m", "proxy_addon.cli", "proxy", "--headless", "--no-exclusions", "--glossary", str(words)]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        told = json.loads(running.stdout.readline())
        reader = Reader((told["proxy"]["host"], told["proxy"]["port"]))
        for url in urls:
            assert reader.get(url, NAVIGATE).status == status
        reader.close()
        return running.wait(20), told


@pytest.mark.parametrize(
    ("options", "text"), [([], None), (["--record-text"], [["test-zorb", "zorbling"]])], ids=["decisions", "with text"]
)
def test_a_session_records_what_it_decides_and_ends_after_so_many_answers(
    tmp_path: Path, words: Path, site: str, options: list[str], text: object
) -> None:
    record = tmp_path / "record.jsonl"
    urls = [f"{site}/page?secret", f"{site}/data"]
    code, told = session(words, "--record", str(record), "--max-requests", "2", *options, urls=urls)
    assert (code, told["proxy"]["port"] > 0, told["service"]["port"]) == (0, True, None)
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    assert [(line["host"], line["reason"], line["counts"]) for line in lines] == [
        ("127.0.0.1", "rewritten", {"test-zorb": 1}),
        ("127.0.0.1", lines[1]["reason"], {}),
    ]
    assert [line.get("text") for line in lines] == [text, [] if text else None]
    assert "secret" not in record.read_text()
    assert ("zorbling" in record.read_text()) is bool(text)


def test_an_origin_that_does_not_answer_is_recorded(tmp_path: Path, words: Path) -> None:
    record = tmp_path / "record.jsonl"
    command = ["--record", str(record), "--max-requests", "1"]
    assert session(words, *command, urls=["http://127.0.0.1:1/"], status=502)[0] == 0
    assert [json.loads(line) for line in record.read_text().splitlines()] == [
        {"host": "127.0.0.1", "reason": "no answer", "counts": {}}
    ]


def test_words_are_recorded_only_where_something_is(words: Path) -> None:
    command = [sys.executable, "-m", "proxy_addon.cli", "proxy", "--headless", "--record-text"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert (ran.returncode, "say that, too" in ran.stderr, ran.stderr.count("\n")) == (2, True, 1)


def test_a_session_ends_when_its_time_is_up(words: Path) -> None:
    assert session(words, "--timeout", "0.2", urls=[])[0] == 0


@pytest.fixture
def loaded() -> list[str]:
    """The words that load the plugin where it is not installed."""
    installed = any(point.name == "glossator" for point in entry_points(group="pytest11"))
    return [] if installed else ["-p", "proxy_addon.pytest_plugin"]


EXAMPLE = """
import pytest, time

SITE = {site!r}

def test_nothing_is_annotated_with_the_shipped_glossary(glossator_proxy):
    page = glossator_proxy.get(SITE + "/page")
    assert (page.status, page.terms) == (200, [])
    assert glossator_proxy.decisions[0].reason == "rewritten"

@pytest.mark.glossator(glossary=[{words!r}], density="all")
@pytest.mark.parametrize("time_of_use", range(3))
def test_a_term_of_ones_own_is(glossator_proxy, time_of_use):
    page = glossator_proxy.get(SITE + "/page")
    assert [(term.entry, term.kind, term.text) for term in page.terms] == [("test-zorb", "euphemism", "zorbling")]
    assert page.original == b"<p>A zorbling &amp; another."
    assert [dict(decision.counts) for decision in glossator_proxy.decisions] == [{{"test-zorb": 1}}]

@pytest.mark.glossator(glossary=[{words!r}], density="all")
def test_each_test_sees_its_own_decisions_only(glossator_proxy):
    assert glossator_proxy.decisions == []
    assert glossator_proxy.get(SITE + "/data").body == b"{{}}"
    assert glossator_proxy.decisions[0].counts == {{}}
    assert glossator_proxy.ca.read_text().startswith("-----BEGIN CERTIFICATE")
    assert glossator_proxy.url == f"http://127.0.0.1:{{glossator_proxy.port}}"

@pytest.mark.glossator(glossary=["nowhere"])
def test_a_broken_glossary_is_said(glossator_proxy):
    pass
"""


def test_the_fixture_serves_people_who_test_their_own_sites(
    pytester: pytest.Pytester, site: str, words: Path, loaded: list[str]
) -> None:
    pytester.makepyfile(EXAMPLE.format(site=site, words=str(words)))
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--durations=0", "-vv", *loaded)
    result.assert_outcomes(passed=5, errors=1)
    result.stdout.fnmatch_lines(["*nowhere*"])


WRONG = [
    ('densty="all"', "there is no setting 'densty'; there are glossary, language, density"),
    ('density="nonsense"', "it takes one of: all, block, section, page"),
    ('script="yes"', "script is 'yes'; it takes bool"),
    ("max_page=True", "max_page is True; it takes int"),
    ("sites=5", "sites is 5; it takes str or a list of them"),
    ('trust="nowhere.pem"', "trust is 'nowhere.pem'; it takes a file that is there"),
    ('"all"', "takes its settings by name"),
]
MISTAKEN = """
import logging, pytest

@pytest.mark.glossator({settings})
def test_wrong(glossator_proxy):
    pass

@pytest.mark.glossator(sites="127.0.0.1")
def test_right(glossator_proxy):
    logging.error("a message that nobody closed a loop for")
    assert glossator_proxy.get({site!r} + "/page").status == 200
"""


@pytest.mark.parametrize(("settings", "reason"), WRONG)
def test_a_wrong_setting_is_said_in_a_line_and_harms_no_other_test(
    pytester: pytest.Pytester, site: str, loaded: list[str], settings: str, reason: str
) -> None:
    pytester.makepyfile(MISTAKEN.format(settings=settings, site=site))
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", *loaded)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([f"*pytest.mark.glossator*{reason}*"])
    result.stdout.no_fnmatch_line("*Event loop is closed*")
    result.stdout.no_fnmatch_line("*Traceback*")


SPEED = """
import pytest, time
SITE = {site!r}

def test_first(glossator_proxy):
    glossator_proxy.get(SITE + "/page")

@pytest.fixture
def before():
    return time.perf_counter()

@pytest.mark.parametrize("n", range(20))
def test_each_further_use_takes_less_than_a_tenth_of_a_second(before, glossator_proxy, n):
    glossator_proxy.get(SITE + "/page")
    with open({times!r}, "a") as file:
        print(time.perf_counter() - before, file=file)
"""


def test_a_further_use_of_the_fixture_takes_less_than_a_tenth_of_a_second(
    pytester: pytest.Pytester, site: str, tmp_path: Path, loaded: list[str]
) -> None:
    times = tmp_path / "times"
    pytester.makepyfile(SPEED.format(site=site, times=str(times)))
    pytester.runpytest_inprocess("-p", "no:cacheprovider", *loaded).assert_outcomes(passed=21)
    taken = sorted(map(float, times.read_text().split()))
    assert taken[len(taken) // 2] < 0.1
