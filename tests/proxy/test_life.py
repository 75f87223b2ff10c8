"""The proxy as a process: how it starts, what it says, how it follows the glossary, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proxy_addon import strip_annotations
from proxy_addon.cli import main
from proxy_addon.commands.proxy import place
from proxy_addon.machine import authority
from proxy_addon.machine.run import Place

from .conftest import write_pack
from .origin import Origin
from .reader import NAVIGATE, Reader

TEXT = b"<!doctype html><title>t</title><p>A zorbling and a quibbling came.</p>"
TERM = b"<gl-term"
HTML = "Content-Type: text/html; charset=utf-8"
COMMAND = (sys.executable, "-m", "proxy_addon.cli")
ROOT = Path(__file__).resolve().parent.parent.parent


def glossator(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60, cwd=ROOT, check=False)


@contextlib.contextmanager
def process(tmp_path: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any], Path]]:
    """``glossator proxy``, what it wrote into the ready file, and the file of what it says."""
    ready, said = tmp_path / "ready.json", tmp_path / "said.txt"
    command = [*COMMAND, "proxy", "--port", "0", "--service-port", "0", "--ready-file", str(ready), *arguments]
    with said.open("wb") as output:
        running = subprocess.Popen(command, stdout=output, stderr=output, cwd=ROOT)
    try:
        wait(lambda: ready.exists() or running.poll() is not None)
        assert running.poll() is None, said.read_text()
        yield running, json.loads(ready.read_text()), said
    finally:
        running.kill()
        running.wait()


def wait(condition: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_listens_for_this_machine_only_and_ends_at_once_when_asked(tmp_path: Path, number: signal.Signals) -> None:
    with process(tmp_path) as (running, told, said):
        port = told["proxy"]["port"]
        assert told["proxy"]["host"] == "127.0.0.1"
        service = f"http://127.0.0.1:{told['service']['port']}/"
        wait(lambda: service in said.read_text())
        assert f"listens on 127.0.0.1:{port}:" in said.read_text()
        with socket.create_connection(("127.0.0.1", port)):
            started = time.monotonic()
            running.send_signal(number)
            assert running.wait(5) == 0
            assert time.monotonic() - started < 2
        for each in (port, told["service"]["port"]):
            with socket.create_server(("127.0.0.1", each)):
                pass
        assert not (tmp_path / "ready.json").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has all of 127.0.0.0/8 by default")
@pytest.mark.parametrize(
    ("host", "reached", "warned"), [("127.0.0.1", False, False), ("127.0.0.2", True, False), ("0.0.0.0", True, True)]
)
def test_who_comes_to_another_address_of_this_machine_is_refused_unless_that_was_wanted(
    tmp_path: Path, host: str, reached: bool, warned: bool
) -> None:
    with process(tmp_path, "--host", host) as (_, told, said):
        assert [connects("127.0.0.2", told[part]["port"]) for part in ("proxy", "service")] == [reached, False]
        wait(lambda: "Its local service" in said.read_text())
        assert (f"whoever reaches {host}:" in said.read_text()) is warned


def connects(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_it_ends_at_once_in_the_middle_of_pages_and_with_connections_kept_open(tmp_path: Path, origin: Origin) -> None:
    pack, go_on = write_pack(tmp_path / "pack"), threading.Event()
    origin.answers["/half"] = [f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Length: 9999\r\n\r\n".encode("ascii") + TEXT, go_on]
    with process(tmp_path, "--glossary", str(pack)) as (running, told, _):
        at = ("127.0.0.1", told["proxy"]["port"])
        kept = [Reader(at) for _ in range(3)]
        assert all(TERM in each.get(origin.page("/x", TEXT)).body for each in kept)
        halves = [Reader(at).send(origin.url("/half")) for _ in range(3)]
        wait(lambda: len(origin.requests) == 6)
        with socket.create_connection(("127.0.0.1", told["service"]["port"])):
            started = time.monotonic()
            running.send_signal(signal.SIGTERM)
            assert running.wait(5) == 0
            assert time.monotonic() - started < 2
        go_on.set()
        for each in halves:
            each.close()


def test_a_ready_file_left_by_one_that_was_killed_is_gone_before_the_next_one_listens(tmp_path: Path) -> None:
    (tmp_path / "ready.json").write_text("stale", encoding="ascii")
    done = glossator("proxy", "--ready-file", str(tmp_path / "ready.json"), "--port", "0", "--glossary", "/nonexistent")
    assert (done.returncode, (tmp_path / "ready.json").exists()) == (2, False)


def test_nothing_it_says_or_writes_tells_what_was_read(tmp_path: Path, origin: Origin) -> None:
    pack = write_pack(tmp_path / "pack")
    before = files(tmp_path)
    with process(tmp_path, "--glossary", str(pack)) as (running, told, said):
        reader = Reader(("127.0.0.1", told["proxy"]["port"]))
        assert TERM in reader.get(origin.page("/secret-path", TEXT)).body
        reader.get("http://nowhere.invalid/secret-path")
        running.send_signal(signal.SIGINT)
        running.wait(5)
    said_and_written = b"".join(path.read_bytes() for path in files(tmp_path) - before)
    assert b"secret-path" not in said_and_written
    assert b"nowhere.invalid" not in said_and_written
    assert str(origin.port).encode() not in said.read_bytes()


def files(*more: Path) -> set[Path]:
    places = [Path(os.environ[f"GLOSSATOR_{name}"]) for name in ("CONFIG", "CACHE", "DATA")]
    return {path for place in (*places, *more) for path in place.rglob("*") if path.is_file()}


def test_verbose_tells_reasons_by_host_and_no_addresses(tmp_path: Path, origin: Origin) -> None:
    pack = write_pack(tmp_path / "pack")
    with process(tmp_path, "-v", "--glossary", str(pack)) as (_, told, said):
        reader = Reader(("127.0.0.1", told["proxy"]["port"]))
        reader.get(origin.page("/secret-path", TEXT))
        reader.get(origin.page("/picture", b"x", "Content-Type: image/png"))
        wait(lambda: said.read_text().count("127.0.0.1: ") == 2)
        lines = [line for line in said.read_text().splitlines() if "127.0.0.1: " in line]
        assert lines == ["glossator: 127.0.0.1: rewritten, 1 term", "glossator: 127.0.0.1: left alone: not html"]
        assert "secret-path" not in said.read_text()


def test_an_edit_of_the_glossary_shows_on_the_next_page_and_a_broken_one_does_not(tmp_path: Path, origin: Origin) -> None:
    pack = write_pack(tmp_path / "pack")
    url = origin.page("/x", TEXT, HTML, 'ETag: "v1"')
    with process(tmp_path, "--glossary", str(pack), "--no-script") as (_, told, said):
        reader = Reader(("127.0.0.1", told["proxy"]["port"]))
        first = reader.get(url)
        assert b">zorbling</gl-term>" in first.body
        write_pack(pack, "quibbling")
        wait(lambda: "was read anew" in said.read_text())
        second = reader.get(url, {**NAVIGATE, "If-None-Match": first.field("ETag") or ""})
        assert origin.requests[-1].field("If-None-Match") is None
        assert (b">zorbling</gl-term>" in second.body, b">quibbling</gl-term>" in second.body) == (False, True)
        (pack / "words.yaml").write_text("test-zorb:\n  kind: nonsense\n", encoding="utf-8")
        wait(lambda: "the last good one stays" in said.read_text())
        assert f"{pack / 'words.yaml'}:2:" in said.read_text()
        third = reader.get(url)
        assert (third.body, third.field("ETag")) == (second.body, second.field("ETag"))
        (pack / "words.yaml").unlink()
        pack.rmdir()
        wait(lambda: said.read_text().count("the last good one stays") == 2)
        assert reader.get(url).body == second.body
        write_pack(pack)
        wait(lambda: said.read_text().count("was read anew") == 2)
        assert reader.get(url).body == first.body


@pytest.mark.slow
def test_no_page_waits_long_while_the_glossary_is_read_anew(tmp_path: Path, origin: Origin) -> None:
    """The benchmark holds the wait to 20 ms on a quiet machine; here others compute beside."""
    pack = write_pack(tmp_path / "pack")
    url = origin.page("/x", TEXT, HTML)
    with process(tmp_path, "--glossary", str(pack)) as (_, told, said):
        reader = Reader(("127.0.0.1", told["proxy"]["port"]))
        reader.get(url)
        write_pack(pack, "quibbling")
        waits = []
        while "was read anew" not in said.read_text():
            begun = time.monotonic()
            reader.get(url)
            waits.append(time.monotonic() - begun)
        assert max(waits) < 0.5


@pytest.mark.slow
def test_pages_keep_coming_while_the_glossary_is_edited_ten_times_a_second(tmp_path: Path, origin: Origin) -> None:
    pack = write_pack(tmp_path / "pack")
    url = origin.page("/x", TEXT, HTML)
    with process(tmp_path, "--glossary", str(pack)) as (_, told, said):
        reader = Reader(("127.0.0.1", told["proxy"]["port"]))
        for number in range(50):
            write_pack(pack, ("zorbling", "quibbling")[number % 2])
            time.sleep(0.1)
            assert strip_annotations(reader.get(url).body) == TEXT
        wait(lambda: "was read anew" in said.read_text())
        assert b">quibbling</gl-term>" in reader.get(url).body


def test_killed_in_the_middle_of_a_page_it_starts_again_where_it_was(tmp_path: Path, origin: Origin) -> None:
    pack, go_on = write_pack(tmp_path / "pack"), threading.Event()
    origin.answers["/half"] = [f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Length: 9999\r\n\r\n".encode("ascii") + TEXT, go_on]
    with process(tmp_path, "--glossary", str(pack)) as (running, told, _):
        at = ("127.0.0.1", told["proxy"]["port"])
        link = Reader(at).send(origin.url("/half"))
        wait(lambda: origin.requests)
        running.kill()
        running.wait()
        with contextlib.suppress(ConnectionResetError):
            while link.recv(4096):
                pass
        link.close()
        go_on.set()
    (tmp_path / "again").mkdir()
    with process(tmp_path / "again", "--glossary", str(pack), "--port", str(at[1])) as (_, again, _):
        assert (again["proxy"], again["spki"]) == (told["proxy"], told["spki"])
        assert TERM in Reader(at).get(origin.page("/x", TEXT)).body


@pytest.mark.slow
def test_the_service_beside_the_proxy_answers_from_the_same_glossary_and_says_where_the_proxy_is(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    with process(tmp_path, "--glossary", str(pack)) as (_, told, _):

        def status() -> Any:
            with urllib.request.urlopen(f"http://127.0.0.1:{told['service']['port']}/v1/status", timeout=10) as answer:
                return json.load(answer)

        wait(lambda: status()["proxy"])
        first = status()
        assert (first["proxy"], first["fault"]) == (f"127.0.0.1:{told['proxy']['port']}", "")
        write_pack(pack, "quibbling")
        wait(lambda: status()["glossary"] != first["glossary"])
        (pack / "words.yaml").write_text("test-zorb: 5\n", encoding="utf-8")
        wait(lambda: status()["fault"])
        assert "words.yaml:1:" in status()["fault"]


def test_a_broken_glossary_ends_the_start_with_every_problem_and_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("one:\n  kind: nonsense\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("two: {kind: label\n", encoding="utf-8")
    done = glossator("proxy", "--port", "0", "--service-port", "0", "--glossary", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{tmp_path / 'a.yaml'}:2:" in done.stderr
    assert f"{tmp_path / 'b.yaml'}:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("proxy", "--nonsense"), "--nonsense"),
        (("proxy", "--port", "seven"), "'seven' is not a valid number."),
        (("proxy", "--timeout", "soon"), "'soon' is not a valid number."),
        (("proxy", "--port", "70000"), "70000 is not in the range"),
        (("proxy", "--host", ""), "write 127.0.0.1"),
        (("proxy", "--host", " "), "write 127.0.0.1"),
        (("proxy", "--language", "xx"), "'xx' is not one of"),
        (("proxy", "--sites", "https://x.test/"), "write example.org, without https://"),
        (("proxy", "--max-page", "0"), "--max-page is 0"),
        (("proxy", "--upstream", "nonsense://"), "is not the URL of a proxy; write http://HOST:PORT"),
        (("proxy", "--upstream", "nonsense"), "is not the URL of a proxy; write http://HOST:PORT"),
        (("proxy", "--upstream", "http://proxy.test/path"), "is not the URL of a proxy; write http://HOST:PORT"),
        (("proxy", "--upstream", "ftp://name:secret@proxy.test"), "'proxy.test' is not the URL of a proxy"),
        (("proxy", "--port", "0", "--host", "nonsense.invalid"), "choose another with --host"),
        (
            ("proxy", "--port", "0", "--service-port", "0", "--glossary", "/nonexistent"),
            "/nonexistent:1:1: there is no such file",
        ),
        (("serve", "--port", "70000"), "70000 is not in the range"),
        (("serve", "--language", "xx"), "'xx' is not one of"),
        (("serve", "--glossary", "/nonexistent"), "/nonexistent:1:1: there is no such file"),
        (("glossary", "check", "/nonexistent"), "Path '/nonexistent' does not exist"),
        (("nonsense",), "No such command 'nonsense'"),
        (("browse", "ftp://example.org/"), "is not the address of a web page"),
        (("browse", "http://"), "is not the address of a web page"),
        (("browse", "--proxy", "nowhere", "about:blank"), "'nowhere' is not HOST:PORT"),
        (("browse", "--proxy", "127.0.0.1:70000", "about:blank"), "'127.0.0.1:70000' is not HOST:PORT"),
        (("ca", "--sites", "/nonexistent/sites"), "/nonexistent/sites: No such file"),
        (("ca", "--sites", "sites", "--any-site"), "exclude each other"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...], said: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    told = capsys.readouterr()
    assert (ended.value.code, told.out, len(told.err.splitlines())) == (2, "", 1)
    assert said in told.err
    assert "secret" not in told.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"news.test\n\n# a bank\nlogin.*\n", ":4: 'login.*' is not one site; write the name of each"),
        (b"news.test\nhttps://x.test/\n", ":2: 'https://x.test/' is not a host name; write example.org"),
        (b"10.0.0.1\n", ":1: '10.0.0.1' is an address; such an authority signs for names only"),
        (b"news.test\n127.1  # here\n", ":2: '127.1  # here' is an address"),
        (b"# nothing\n", ": write at least one site"),
        (b"", ": write at least one site"),
        ("новости.рф".encode("cp1251"), ": is not text in UTF-8; save it as that"),
    ],
)
def test_a_list_of_sites_that_cannot_be_used_is_told_with_the_line(
    tmp_path: Path, text: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sites").write_bytes(text)
    with pytest.raises(SystemExit) as ended:
        main(("ca", "--sites", str(tmp_path / "sites")))
    told = capsys.readouterr()
    assert (ended.value.code, told.out, len(told.err.splitlines())) == (2, "", 1)
    assert f"{tmp_path / 'sites'}{said}" in told.err


@pytest.mark.parametrize(
    ("upstream", "mode", "extra"),
    [
        ("", "regular", {}),
        ("http://proxy.test:3128", "upstream:http://proxy.test:3128", {}),
        ("https://proxy.test/", "upstream:https://proxy.test:443", {}),
        ("http://[::1]:3128", "upstream:http://[::1]:3128", {}),
        ("http://name:s%40cret@proxy.test:3128", "upstream:http://proxy.test:3128", {"upstream_auth": "name:s@cret"}),
        ("http://name@proxy.test:3128", "upstream:http://proxy.test:3128", {"upstream_auth": "name:"}),
    ],
)
def test_another_proxy_is_named_with_the_password_apart(upstream: str, mode: str, extra: dict[str, str]) -> None:
    assert place("127.0.0.1", 0, upstream) == Place("127.0.0.1", 0, mode, extra)


@pytest.mark.parametrize("option", ["--port", "--service-port"])
def test_a_port_that_is_taken_is_named_with_the_cure(option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1])
        ports = {"--port": "0", "--service-port": "0", option: number}
        done = glossator("proxy", *(word for pair in ports.items() for word in pair))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert number in done.stderr
    assert f"choose another with {option}" in done.stderr


def test_the_service_alone_names_a_taken_port_and_a_folder_it_may_not_write(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = glossator("serve", "--port", str(taken.getsockname()[1]))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "choose another with --port" in done.stderr
    monkeypatch.setenv("GLOSSATOR_DATA", "/dev/null/data")
    for command in (("serve", "--port", "0"), ("proxy", "--port", "0"), ("ca",)):
        done = glossator(*command)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
        assert "mend its permissions" in done.stderr


@pytest.mark.slow
def test_folders_that_may_not_be_written_cost_nothing_but_the_cache(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CACHE", "CONFIG"):
        monkeypatch.setenv(f"GLOSSATOR_{name}", "/dev/null/nowhere")
    with process(tmp_path, "--glossary", str(write_pack(tmp_path / "pack"))) as (_, told, _):
        assert TERM in Reader(("127.0.0.1", told["proxy"]["port"])).get(origin.page("/x", TEXT)).body


def test_an_authority_that_cannot_be_read_is_named_with_the_cure() -> None:
    folder = Path(os.environ["GLOSSATOR_DATA"]) / "authority"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / authority.KEY_FILE).write_bytes(b"nonsense")
    try:
        done = glossator("proxy", "--port", "0")
    finally:
        (folder / authority.KEY_FILE).unlink()
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "move it away and run: glossator ca" in done.stderr


@pytest.mark.parametrize(("pack", "code"), [("words", None), ("broken", 1)])
def test_it_runs_inside_mitmdump_which_refuses_a_broken_glossary(
    tmp_path: Path, origin: Origin, pack: str, code: int | None
) -> None:
    write_pack(tmp_path / "words")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "x.yaml").write_text("one: {kind: nonsense}\n", encoding="utf-8")
    script = glossator("addon-path").stdout.strip()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    sets = (f"confdir={tmp_path}", f"glossator_glossary={tmp_path / pack}", "glossator_service_port=0")
    options = ["-s", script, "--listen-host", "127.0.0.1", "-p", str(port), *(word for each in sets for word in ("--set", each))]
    program = "import sys; from mitmproxy.tools.main import mitmdump; sys.exit(mitmdump(sys.argv[1:]))"
    said = tmp_path / "said.txt"
    with said.open("wb") as output:
        running = subprocess.Popen(
            [sys.executable, "-c", program, *options],
            stdout=output,
            stderr=output,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    try:
        if code is not None:
            assert running.wait(30) == code
            assert "x.yaml:1:" in said.read_text()
            assert "Traceback" not in said.read_text()
        else:
            wait(lambda: "listening" in said.read_text() or running.poll() is not None)
            assert TERM in Reader(("127.0.0.1", port)).get(origin.page("/x", TEXT)).body
    finally:
        running.kill()
        running.wait()
