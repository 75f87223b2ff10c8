"""The authority, browsers, the doctor and the removal, on real files, real databases and real browsers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from proxy_addon import paths
from proxy_addon.machine import authority, browsers, doctor, trust, uninstall
from proxy_addon.machine.edition import edition
from proxy_addon.service.keys import Keys, installed
from proxy_addon.service.server import Service
from proxy_addon.service.state import Current, kept_in

from .conftest import Start, write_pack
from .origin import CLOSE, Origin
from .test_life import COMMAND, ROOT, glossator, wait

TEXT = b"<!doctype html><title>t</title><p>A zorbling came.</p><script>new Image().src='/terms/'+document.querySelectorAll('gl-term').length</script>"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_authority_is_private_and_found_again(tmp_path: Path) -> None:
    made = authority.create(tmp_path / "new" / "authority")
    assert (mode(made.folder), mode(made.folder / authority.KEY_FILE)) == (0o700, 0o600)
    assert b"PRIVATE" not in made.file.read_bytes()
    found = authority.ensure(made.folder)
    assert (found.fingerprint, found.spki, found.sites) == (made.fingerprint, made.spki, ())
    since, until = found.valid
    assert since < datetime.now(UTC) < until < datetime.now(UTC) + timedelta(days=731)


def test_an_authority_can_be_limited_to_sites(tmp_path: Path) -> None:
    made = authority.create(tmp_path, ["a.test", "b.test"])
    limits = made.certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert (made.sites, limits.critical, len(limits.value.excluded_subtrees or ())) == (("a.test", "b.test"), True, 2)


def test_all_who_make_the_first_authority_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(authority.ensure, [tmp_path / "authority"] * 8))
    kept = authority.load(tmp_path / "authority")
    assert kept is not None
    assert {each.fingerprint for each in made} == {kept.fingerprint}
    assert x509.load_pem_x509_certificate(kept.file.read_bytes()) == kept.certificate
    assert sorted(path.name for path in kept.folder.iterdir()) == [authority.CERTIFICATE_FILE, authority.KEY_FILE]


def test_no_authority_is_none_and_a_damaged_one_is_told(tmp_path: Path) -> None:
    assert authority.load(tmp_path) is None
    (tmp_path / authority.KEY_FILE).write_bytes(b"-----BEGIN nonsense")
    with pytest.raises(authority.AuthorityError, match="is not a key with its certificate"):
        authority.load(tmp_path)


def test_ca_shows_makes_limits_and_renews(tmp_path: Path) -> None:
    first, second = glossator("ca"), glossator("ca")
    assert (first.returncode, first.stdout) == (0, second.stdout)
    assert "SHA-256:" in first.stdout
    (tmp_path / "sites").write_text("# papers\nnews.test\nother.test  # both\n", encoding="utf-8")
    limited = glossator("ca", "--sites", str(tmp_path / "sites"))
    renewed = glossator("ca", "--renew")
    widened = glossator("ca", "--any-site")
    again = glossator("ca", "--renew")
    told = [first, limited, renewed, widened, again]
    two, all_of_them = "Limited to:   news.test, other.test", "Limited to:   any site that is not excluded"
    expected = [all_of_them, two, two, all_of_them, all_of_them]
    assert [line in each.stdout for line, each in zip(expected, told, strict=True)] == [True] * 5
    assert len({each.stdout.splitlines()[1] for each in told}) == 5


def test_an_authority_whose_sites_nobody_knows_is_not_renewed_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOSSATOR_DATA", str(tmp_path))
    made = authority.create(tmp_path / "authority", ["news.test"])
    (made.folder / authority.KEY_FILE).write_bytes(b"damaged")
    done = glossator("ca", "--renew")
    assert (done.returncode, "is not a key with its certificate" in done.stderr) == (2, True)
    assert [(each.state, "--any-site, or --sites FILE" in each.cure) for each in doctor.certificate()] == [("bad", True)]
    assert glossator("ca", "--any-site").returncode == 0


@pytest.mark.skipif(trust.certutil() is None, reason="no certutil of NSS on this machine (Debian: libnss3-tools)")
def test_a_browsers_database_gets_the_authority_and_loses_it(tmp_path: Path) -> None:
    old, new = authority.create(tmp_path / "old"), authority.create(tmp_path / "new")
    store = tmp_path / "nssdb"
    store.mkdir()
    assert trust.add(store, old)
    assert (trust.names(store), trust.trusts(store, old), trust.trusts(store, new)) == ([authority.NAME], True, False)
    assert trust.remove(store) == [authority.NAME]
    assert (trust.names(store), trust.trusts(store, old)) == ([], False)


@pytest.mark.skipif(trust.certutil() is None, reason="no certutil of NSS on this machine (Debian: libnss3-tools)")
def test_uninstall_lists_and_removes_what_was_made_and_leaves_what_a_person_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("CONFIG", "CACHE", "DATA"):
        monkeypatch.setenv(f"GLOSSATOR_{name}", str(tmp_path / name.lower()))
    glossator("ca")
    store = tmp_path / "home" / ".pki" / "nssdb"
    store.mkdir(parents=True)
    own = authority.load(tmp_path / "data" / "authority")
    assert own is not None
    assert trust.add(store, own)
    assert [found.state for found in doctor.trusted()] == ["ok"]
    (own.folder / f"{authority.KEY_FILE}x1y2z3_4").write_bytes(b"a key half made when the machine went down")
    pack = write_pack(tmp_path / "config" / "glossary")
    mine = tmp_path / "data" / "letter.txt"
    mine.write_text("mine")
    done = glossator("uninstall", "--yes")
    assert done.returncode == 0
    assert str(own.folder / authority.KEY_FILE) in done.stdout
    assert trust.names(store) == []
    left = sorted(path for path in (*(tmp_path / "config").rglob("*"), *(tmp_path / "data").rglob("*")) if path.is_file())
    assert left == [pack / "words.yaml", mine]
    assert "There is nothing to remove." in glossator("uninstall", "--yes").stdout


def test_uninstall_leaves_no_file_but_the_readers_own_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Path) -> None:
    """Everything that writes has written: the proxy, the service, the desk, the cache."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folders = {name: tmp_path / name for name in ("config", "cache", "data")}
    for name, folder in folders.items():
        monkeypatch.setenv(f"GLOSSATOR_{name.upper()}", str(folder))
    authority.ensure(paths.authority_dir())
    keys = installed(paths.data_dir())
    keys.pair(keys.code(), "moz-extension://tests", "2026-11-24")
    state = kept_in(paths.config_dir(), edition([]).matcher, "en")
    state.preferences.change({"paused": True})
    state.feedback.add("en-vorpal", "A vorpal sword.", "wrong", "en", "2026-11-24")
    state.counts.add({"en-vorpal": 1})
    state.counts.flush()
    pack = write_pack(paths.packs_dir()) / "words.yaml"
    cut = [paths.config_dir() / ".preferences.json.abcd_123", pack.with_name(".words.yaml.abcd_123")]
    cut += [paths.data_dir() / ".paired.json.abcd_123", paths.cache_dir() / "compiled" / "abcd_123.part"]
    for file in cut:
        file.write_bytes(b"half written when the machine went down")
    made = {path for folder in folders.values() for path in folder.rglob("*") if path.is_file()} - {pack}
    names = {"preferences.json", "feedback.json", "counts.json", "token", "paired.json", authority.KEY_FILE}
    assert names <= {path.name for path in made}
    planned = uninstall.plan()
    assert (set(planned.files), planned.kept) == (made, (paths.packs_dir(),))
    assert uninstall.carry_out(planned) == []
    assert [path for folder in folders.values() for path in folder.rglob("*") if path.is_file()] == [pack]
    assert [folder.exists() for folder in folders.values()] == [True, False, False]


def test_uninstall_asks_first() -> None:
    glossator("ca")
    before = uninstall.plan()
    done = subprocess.run([*COMMAND, "uninstall"], input="n\n", capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert (done.returncode, uninstall.plan()) == (0, before)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("example.org", "https://example.org"),
        ("example.org/a?b#c", "https://example.org/a?b#c"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("about:blank", "about:blank"),
    ],
)
def test_what_a_person_types_becomes_an_address(typed: str, url: str) -> None:
    assert browsers.page(typed) == url


@pytest.mark.parametrize(
    "typed",
    ["ftp://x.test", "javascript:alert(1)", "file:///etc/passwd", "http://", "https://x.test:99999", "a b", "about:config"],
)
def test_what_is_no_web_page_is_refused(typed: str) -> None:
    with pytest.raises(browsers.BrowserError, match="is not the address of a web page"):
        browsers.page(typed)


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1:8080"), ("::1", "[::1]:8080")])
def test_chromium_is_told_the_proxy_as_a_url(tmp_path: Path, own_authority: authority.Authority, host: str, shown: str) -> None:
    _, command = browsers._WAYS["chromium"]
    assert f"--proxy-server=http://{shown}" in command(tmp_path, (host, 8080), own_authority)


@pytest.mark.browser
@pytest.mark.parametrize("name", browsers.NAMES)
@pytest.mark.slow
def test_browse_opens_an_annotated_page_and_leaves_nothing(
    name: browsers.Name, tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        browsers.find(name)
    except browsers.BrowserError as error:
        pytest.skip(str(error))
    if name == "firefox" and trust.certutil() is None:
        pytest.skip("no certutil of NSS on this machine (Debian: libnss3-tools)")
    short = tempfile.TemporaryDirectory(prefix="b-")  # Chromium puts a socket into it, whose path may have 107 bytes
    monkeypatch.setenv("TMPDIR", short.name)
    # Browsers don't send requests for loopback addresses to a proxy; this name is resolved by the proxy alone.
    url = origin.page("/x", TEXT).replace("127.0.0.1", "127.0.0.1.nip.invalid")
    upstream = origin.port
    origin.answers[url] = origin.answers["/x"]
    command = [
        *COMMAND,
        "browse",
        url,
        "--browser",
        name,
        "--headless",
        "--no-service",
        "--upstream",
        f"http://127.0.0.1:{upstream}",
    ]
    running = subprocess.Popen([*command, "--glossary", str(write_pack(tmp_path / "pack"))], cwd=ROOT, stderr=subprocess.PIPE)
    try:
        wait(lambda: any("/terms/1" in request.line for request in origin.requests) or running.poll() is not None, 60)
        assert running.poll() is None, running.stderr and running.stderr.read()
        assert os.listdir(short.name) != []
        running.send_signal(signal.SIGTERM)
        running.wait(20)
    finally:
        running.kill()
        running.wait()
    assert [found for found in os.listdir(short.name) if found.startswith("glossator-")] == []
    assert processes_with(short.name) == []
    short.cleanup()


def stand_in_browser(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program under Chromium's name that is closed at once; the first that is found."""
    folder.mkdir()
    (folder / "chromium").write_text("#!/bin/sh\nexit 0\n", encoding="ascii")
    (folder / "chromium").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


@pytest.mark.parametrize(("said", "code"), [((), 0), (("--service-port", "8081"), 2)])
def test_browse_takes_free_ports_beside_a_proxy_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: tuple[str, ...], code: int
) -> None:
    stand_in_browser(tmp_path / "bin", monkeypatch)
    with contextlib.ExitStack() as stack:
        for port in (8080, 8081):
            with contextlib.suppress(OSError):  # somebody else has it: as good
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
        done = glossator("browse", *said)
    assert (done.returncode, "port 8081 of 127.0.0.1 is taken" in done.stderr) == (code, bool(code))


@pytest.mark.parametrize("there", [False, True], ids=["nothing there before", "an installation there before"])
def test_browse_makes_no_file_that_lasts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    stand_in_browser(tmp_path / "bin", monkeypatch)
    folders = [tmp_path / name for name in ("config", "cache", "data")]
    for folder in folders:
        monkeypatch.setenv(f"GLOSSATOR_{folder.name.upper()}", str(folder))
        if there:
            folder.mkdir()
    done = glossator("browse", "--glossary", str(write_pack(tmp_path / "pack")))
    assert (done.returncode, "/#key=" in done.stdout) == (0, True)
    assert [folder.exists() for folder in folders] == [there] * 3
    made = {path.name for folder in folders for path in folder.rglob("*") if path.is_file() and folder.name != "cache"}
    assert made == ({"token"} if there else set())


def processes_with(text: str) -> list[str]:
    if not sys.platform.startswith("linux"):
        return []
    time.sleep(0.5)
    lines = [
        path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        for path in _readable(Path("/proc").glob("[0-9]*/cmdline"))
    ]
    return [line for line in lines if text in line and "pytest" not in line]


def _readable(paths: object) -> list[Path]:
    return [path for path in paths if os.access(path, os.R_OK) and path.exists()]  # type: ignore[attr-defined]


def test_the_doctor_finds_nothing_wrong_on_a_sound_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    glossator("ca")
    free = str(unused_port())
    done = glossator("doctor", "--port", free, "--service-port", free)
    assert (done.returncode, done.stderr) == (0, "")
    assert {line.split()[0] for line in done.stdout.splitlines()} <= {"ok", "note", "->"}


@pytest.mark.parametrize("service", [True, False], ids=["with the service", "without it"])
def test_the_doctor_knows_a_proxy_that_runs_wherever_its_service_is(start: Start, service: bool) -> None:
    address = start(service=service, service_port=0).address
    elsewhere = unused_port()
    ports = (address.service_port or elsewhere, elsewhere)
    assert [[each.state for each in doctor.listening(address.port, port)] for port in ports] == [["ok", "ok"]] * 2
    found = [each.found for each in doctor.listening(address.port, elsewhere)]
    assert found == [f"{address.port}: Glossator runs there", f"{elsewhere} is free (nothing runs there now)"]


def test_the_doctor_knows_a_service_that_runs_alone(small: Path) -> None:
    with serving_alone() as port:
        elsewhere = unused_port()
        found = [(each.state, each.found) for each in doctor.listening(elsewhere, port)]
    assert found == [("ok", f"{elsewhere} is free (nothing runs there now)"), ("ok", f"{port}: Glossator runs there")]


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 302 Found\r\nLocation: https://glossary.local/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy",
    ],
    ids=["no http", "another's object", "another's list", "a redirect elsewhere", "a proxy of another kind"],
)
def test_the_doctor_knows_another_program(origin: Origin, answer: bytes) -> None:
    origin.answers = {target: [answer, CLOSE] for target in ("http://glossary.local/", "/v1/status")}
    cures = [f"glossator proxy {flag} N takes another" for flag in ("--port", "--service-port")]
    assert [(each.state, each.cure) for each in doctor.listening(origin.port, origin.port)] == [("bad", cure) for cure in cures]


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving_alone() -> Iterator[int]:
    """The service without a proxy, as ``glossator serve`` runs it; its port."""
    service = Service(Current(edition([]).matcher), port=0, keys=Keys("token"))
    asyncio.run(service.start())
    try:
        yield service.port
    finally:
        asyncio.run(service.stop())


@pytest.mark.parametrize(("place", "state"), [("DATA", "bad"), ("CACHE", "note")])
def test_the_doctor_sees_a_folder_that_it_may_not_write(monkeypatch: pytest.MonkeyPatch, place: str, state: str) -> None:
    assert [found.state for found in doctor.writable()] == ["ok", "ok"]
    monkeypatch.setenv(f"GLOSSATOR_{place}", "/dev/null/nowhere")
    wrong = [found for found in doctor.writable() if found.state != "ok"]
    assert [(found.state, "/dev/null/nowhere" in found.found, place in found.cure) for found in wrong] == [(state, True, True)]


def test_the_doctor_names_a_broken_glossary_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("one: {kind: nonsense}\n", encoding="utf-8")
    found = list(doctor.glossaries([tmp_path]))
    assert {each.state for each in found} == {"bad"}
    assert str(tmp_path / "x.yaml") in found[0].found


def test_the_doctor_sees_a_key_that_others_can_read_and_a_clock_that_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOSSATOR_DATA", str(tmp_path))
    made = authority.create(tmp_path / "authority")
    (made.folder / authority.KEY_FILE).chmod(0o644)
    assert [found.state for found in doctor.certificate()] == ["ok", "bad"]
    since, until = made.valid
    found = [
        (doctor.dated(made, moment).state, doctor.dated(made, moment).subject)
        for moment in (since - timedelta(1), until + timedelta(1))
    ]
    assert found == [("bad", "clock"), ("bad", "authority")]


@pytest.mark.parametrize(
    ("values", "states"),
    [
        ({}, ["ok"]),
        ({"https_proxy": "http://127.0.0.1:8080"}, ["ok"]),
        ({"https_proxy": "http://proxy.test:3128"}, ["note"]),
        ({"https_proxy": "http://127.0.0.1:8080", "no_proxy": "*"}, ["bad"]),
    ],
)
def test_the_doctor_sees_who_is_sent_past_the_proxy(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], states: list[str]
) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert [found.state for found in doctor.environment(8080)] == states


def test_compiling_is_told_when_it_begins_and_only_then(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GLOSSATOR_CACHE", str(tmp_path / "cold"))
    caplog.set_level("INFO", "proxy_addon")
    for _ in range(2):
        edition([write_pack(tmp_path / "pack")])
    assert [record.getMessage().split(",")[0] for record in caplog.records] == ["Compiling the glossary"]
