"""What must not be reached at the desk, and what must not become markup. First of all."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from proxy_addon.glossary.model import Glossary
from proxy_addon.matching.matcher import Matcher
from proxy_addon.service.desk.render import HEADERS
from proxy_addon.service.desk.routes import OPEN, OWN
from proxy_addon.service.guard import needed
from proxy_addon.service.state import kept_in
from tests.service.conftest import Client

from .conftest import BEARER, Desk, serving

JSON = {"Content_Type": "application/json"}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"
HOSTILE_PACK = """\
test-hostile:
  kind: label
  lang: en
  who:
    en: 'x<script>alert(1)</script><img src=x onerror=alert(2)>"''><svg onload=alert(3)>'
  terms:
    en: [gyre, {exact: '<script>alert(1)</script>'}]
  means:
    en: 'x<script>alert(1)</script><img src=x onerror=alert(2)>"''><svg onload=alert(3)>'
  note:
    en: 'x<script>alert(1)</script><img src=x onerror=alert(2)>"''><svg onload=alert(3)>'
  annotate:
    - text: "gyre <img src=x onerror=alert(2)>"
      match: gyre
    - text: "<script>alert(1)</script>"
      match: "<script>alert(1)</script>"
  leave:
    - text: "<svg onload=alert(3)>"
      because: "<script>alert(1)</script>"
    - text: x
      because: "<svg onload=alert(3)>"
  sources:
    - title: "<script>alert(1)</script>"
      url: https://example.org/hostile
      for: [use]
"""


def concrete(path: str) -> str:
    return path.replace("{id}", "test-zorb").replace("{style}", "csv").replace("{name}", "desk.css")


def test_what_is_not_for_everybody_needs_the_installations_key(desk: Desk) -> None:
    open_to_key = {"/desk/enter"}
    for path, (_, methods) in OWN.items():
        for method in methods:
            expected = 403 if path in open_to_key else 401
            answer = desk.client(method, path, {}, **JSON)
            assert (method, path, answer.status) == (method, path, expected)
            assert needed(method, path) == ("open" if path in open_to_key else "own")


def test_a_paired_extension_may_not_edit(desk: Desk) -> None:
    code = desk.post("/v1/pairings", {}).json["code"]
    origin = "chrome-extension://abcdef"
    token = desk.client("POST", "/v1/pair", {"code": code}, Origin=origin, **JSON).json["token"]
    for path, (_, methods) in OWN.items():
        if path != "/desk/enter":
            answer = desk.client(methods[0], path, {}, Authorization=f"Bearer {token}", Origin=origin, **JSON)
            assert (path, answer.status) == (path, 403)


def test_pages_are_only_read(desk: Desk) -> None:
    for path in OPEN:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert (path, desk.post(concrete(path), {}, method).status) == (path, 405)
            assert (path, desk.client(method, concrete(path), {}, **JSON).status) == (path, 401)


@pytest.mark.parametrize(
    ("stranger", "headers", "status"),
    [
        ("a page embeds it", {"Sec_Fetch_Site": "cross-site"}, 403),
        ("another server of this machine asks", {"Sec_Fetch_Site": "same-site", "Origin": "http://127.0.0.1:9"}, 403),
        ("a page fetches it with CORS", {"Origin": "https://evil.test"}, 403),
        ("a sandboxed frame asks", {"Origin": "null"}, 403),
        ("a site rebinds its name", {"Host": "evil.test"}, 403),
    ],
)
def test_no_site_reads_even_the_open_pages(desk: Desk, stranger: str, headers: dict[str, str], status: int) -> None:
    for path in (*map(concrete, OPEN), *OWN):
        assert (path, desk.get(path, **{**BEARER, **headers}).status) == (path, status), stranger


CLIMBING = [
    "/desk/static/../pages.py",
    "/desk/static/..%2fpages.py",
    "/desk/static/%2e%2e/%2e%2e/secret.py",
    "/desk/static/..\\pages.py",
    "/desk/static/desk.css%00",
    "/desk/static/",
    "/desk/static/words/en.json",
    "/desk/entries/..%2f..%2ftoken",
    "/desk/entries/%00",
    "/desk/entries/test-zorb/../../../etc/passwd",
    "/desk/export/..%2fcsv",
    "/desk/export/nothing",
    "/desk//own/settings",
    "/Desk/own/settings",
    "/desk/%6fwn/settings/",
    "/desk",
    "/desk/own/",
]


def test_a_path_that_climbs_leads_nowhere(desk: Desk) -> None:
    assert [(path, status) for path in CLIMBING if (status := desk.get(path).status) not in (401, 404)] == []


def test_another_spelling_of_a_private_path_is_as_private(desk: Desk) -> None:
    assert [desk.get(path).status for path in ("/desk/%6fwn/settings", "/desk/own/settings?lang=en", "/desk/own/%73ettings")] == [
        401
    ] * 3


def test_no_answer_may_be_framed_cached_scripted_or_sent_elsewhere(desk: Desk) -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http://glossary.local https://glossary.local; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
    answers = [(path, desk.get(concrete(path))) for path in OPEN]
    answers += [(path, desk.own(path + "?entry=test-zorb")) for path, (_, methods) in OWN.items() if "GET" in methods]
    for path, answer in answers:
        given = {name: answer.headers[name.lower()] for name in HEADERS if name != "Cache-Control"}
        expected = {name: value for name, value in HEADERS.items() if name != "Cache-Control"}
        if path == "/desk/try":
            style = r"style-src 'self' 'sha256-[\w+/=]+'"
            given["Content-Security-Policy"] = re.sub(style, "style-src 'self'", given["Content-Security-Policy"])
        assert (path, answer.status, given) == (path, 200, expected)
        assert "set-cookie" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


def test_no_template_has_a_script_or_a_style_of_its_own() -> None:
    folder = Path(__file__).parents[2] / "proxy_addon" / "service" / "desk"
    found = [
        (file.name, match.group())
        for file in (folder / "templates").glob("*.html")
        for match in re.finditer(
            r"<script(?! type=\"module\" src=)|<style|\son\w+=|\sstyle=|javascript:|\|\s*safe(?! *[|,)])", file.read_text()
        )
    ]
    assert found == []
    scripts = "".join(file.read_text() for file in (folder / "static").glob("*.js"))
    assert re.findall(r"innerHTML|outerHTML *=|insertAdjacentHTML|document\.write|eval\(|new Function|https?://", scripts) == []


def elements(markup: str) -> list[str]:
    """What a parser would make of it that could run."""
    return re.findall(
        r"<(?:script(?! type=\"module\" src=\"/desk/static/desk.js\")|img(?! src=\"https?://glossary.local/check/)|svg onload)[^>]*>",
        markup,
    )


def test_what_an_entry_or_a_query_says_stays_text(desk: Desk) -> None:
    (desk.packs / "hostile.yaml").write_text(HOSTILE_PACK, encoding="utf-8")
    desk.renew()
    desk.current.fault = HOSTILE
    desk.post(
        "/v1/settings",
        {"hidden": [HOSTILE[:200], "test-hostile"], "counting": True, "sites": {"x<svg": {"hidden": [HOSTILE[:200]]}}},
        "PATCH",
    )
    desk.current.counts.add({HOSTILE: 3, "test-hostile": 2})
    desk.post("/v1/feedback", {"entry": "test-hostile", "text": HOSTILE, "verdict": "wrong"})
    pages = [
        f"/desk/search?q={HOSTILE}",
        "/desk/search?q=gyre",
        "/desk/entries/test-hostile",
        f"/desk/entries/{HOSTILE.replace('/', '')}",
    ]
    pages += [
        "/desk/entries/test-hostile/edit",
        "/desk/entries/test-hostile/history",
        "/",
        f"/?lang={HOSTILE}",
        f"/desk/search?kind={HOSTILE}&pack={HOSTILE}&page={HOSTILE}",
    ]
    answers = [(page, desk.get(page.replace(" ", "%20").replace('"', "%22"))) for page in pages]
    parts = ("settings", "counts", "reports", "problems", "problems?shipped=1", "edit?entry=test-hostile")
    answers += [(name, desk.own(f"/desk/own/{name}")) for name in parts]
    sent = {
        "entry": "test-hostile",
        "text": HOSTILE_PACK,
        "place": "x",
        "digest": HOSTILE,
        "name": HOSTILE,
        "format": "csv",
        "lang": "en",
        "kind": "label",
        "source": HOSTILE,
    }
    bodies = [
        ("check", sent),
        ("check", {**sent, "entry": HOSTILE, "text": HOSTILE}),
        ("trying", {"text": HOSTILE + " gyre"}),
        ("trying", {"html": HOSTILE + " gyre"}),
    ]
    bodies += [
        ("importing", {**sent, "text": f"term,definition\n{HOSTILE},{HOSTILE}\n"}),
        ("keep", {**sent, "text": HOSTILE}),
        (
            "new",
            {
                **sent,
                "id": "x-y",
                "term": HOSTILE,
                "means": HOSTILE,
                "who": HOSTILE,
                "source": "https://x.test/",
                "source_title": HOSTILE,
                "place": str(desk.packs / "own.yaml"),
            },
        ),
    ]
    answers += [(f"{name} of {number}", desk.post(f"/desk/own/{name}", body)) for number, (name, body) in enumerate(bodies)]
    for name, answer in answers:
        assert (name, elements(answer.body.decode())) == (name, [])
    said = [name for name, answer in answers if b"&lt;script&gt;alert(1)" in answer.body or b"\\u003cscript" in answer.body]
    assert len(said) > 10, said


def test_a_body_without_sense_is_told_so(desk: Desk) -> None:
    for body in (b"", b"[]", b"1", b'{"entry": 1}', b"[" * 100_000, b"{}"):
        for path, (_, methods) in OWN.items():
            if "POST" in methods and path != "/desk/own/sitting":
                status = desk.client("POST", path, body, **JSON, **BEARER).status
                # An empty text may be tried.
                expected = (200, 422) if path == "/desk/own/trying" else (403, 422)
                assert (path, body[:20], status in expected) == (path, body[:20], True)


def test_a_file_is_written_only_where_an_entry_may_go(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    shipped = desk.shipped / "tests" / "tests.yaml"
    before = shipped.read_text()
    for place in (str(outside), str(shipped), "../outside.yaml", "", "/etc/passwd", str(desk.packs / ".." / "outside.yaml")):
        for entry in ("test-zorb", "test-vorpal", "test-unknown"):
            text = f"{entry}:\n  kind: label\n  lang: en\n  who:\n    en: x\n  terms:\n    en: [y]\n  means:\n    en: z\n"
            answer = desk.post("/desk/own/save", {"entry": entry, "text": text, "place": place, "digest": ""})
            assert (place, entry, answer.status) == (place, entry, 403)
    for name in ("../outside", "rules", "pack", "topics", "own", "", "a/b", "a.b", "A"):
        assert desk.post("/desk/own/keep", {"name": name, "text": "x: 1\n"}).status == 422
    assert (outside.exists(), shipped.read_text(), sorted(path.name for path in desk.packs.iterdir())) == (
        False,
        before,
        ["mine.yaml"],
    )


def test_nothing_is_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    desk.get("/desk/search?q=zorbling")
    desk.post("/desk/own/trying", {"text": "A secret zorbling."})
    # pytest listens to uvicorn's log of requests, which nobody else does.
    assert logging.getLogger("uvicorn.access").propagate is False
    told = [record.getMessage() for record in caplog.records if record.name != "uvicorn.access"]
    assert [line for line in told if "zorb" in line or "desk" in line] == []


def test_a_repository_runs_nothing_when_its_history_is_looked_at(desk: Desk, tmp_path: Path) -> None:
    """A glossary may come from somebody's repository, whose settings could name programs."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("no git on this machine")

    def run(*command: str) -> None:
        subprocess.run(
            [git, "-c", "user.name=n", "-c", "user.email=e@x.test", *command], cwd=desk.packs, check=True, capture_output=True
        )

    run("init", "-q")
    run("add", ".")
    run("commit", "-q", "-m", "First of <b>all</b>")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "pager.log", "diff.external", "diff.x.textconv", "gpg.program"):
        run("config", name, str(trap))
    run("config", "log.showSignature", "true")
    (desk.packs / ".gitattributes").write_text("*.yaml diff=x\n")
    answer = desk.get("/desk/entries/test-vorpal/history")
    assert b"First of &lt;b&gt;all&lt;/b&gt;" in answer.body
    assert not (tmp_path / "sprung").exists()


def test_a_fault_of_the_counts_file_is_a_problem_and_not_a_crash(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    desk.current.counts.file = tmp_path / "folder"
    assert desk.post("/desk/own/counts", {}, "DELETE").status == 500


def test_the_desk_of_an_empty_glossary_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = kept_in(tmp_path, Matcher(Glossary(), cache=None), "en")
    with serving(state) as port:
        client = Client(port)
        statuses = {path: client("GET", concrete(path)).status for path in OPEN}
    missing = {"/desk/entries/{id}", "/desk/entries/{id}/history"}
    assert statuses == {path: 404 if path in missing else 200 for path in OPEN}
