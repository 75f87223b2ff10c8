"""What the script of a page asks of the proxy, under a path of the page's own origin: answered there, never passed on."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from proxy_addon.machine.ownpath import LIMIT, MOST, PREFIX
from proxy_addon.paths import config_dir
from proxy_addon.preferences import Store

from .conftest import Running, Start
from .origin import Origin
from .reader import NAVIGATE, Reader

PAGE = b"<!doctype html><title>t</title><p>A zorbling.</p><p>Vorpal swords.</p>"
OWNED = b'<!doctype html><title>t</title><div id="__next"><p>A zorbling.</p></div>'
SAME = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Content-Type": "application/json"}
RUSSIAN = {**NAVIGATE, "Accept-Language": "ru"}


@pytest.fixture(autouse=True)
def preferences() -> Any:
    """The reader's choices, forgotten before and after."""
    file = config_dir() / "preferences.json"
    file.unlink(missing_ok=True)
    yield Store(file)
    file.unlink(missing_ok=True)


def told(page: bytes) -> dict[str, Any]:
    """What the script of a page is told."""
    found = re.search(r'<script data-glossator="([^"]*)">', page.decode())
    assert found
    said: dict[str, Any] = json.loads(html.unescape(found.group(1)))
    return said


def ask_path(reader: Reader, origin: Origin, fields: dict[str, str] = NAVIGATE) -> str:
    path = told(reader.get(origin.page("/x", PAGE), fields).body)["ask"]
    assert re.fullmatch(r"/\.glossator/[\w.-]+", path)
    return str(path)


def posted(reader: Reader, url: str, wish: Any, **fields: str) -> tuple[int, Any]:
    body = wish if isinstance(wish, bytes) else json.dumps(wish).encode()
    answer = reader.get(url, {**SAME, **fields}, method="POST", body=body)
    assert answer.field("Cache-Control") == "no-store"
    assert answer.field("Access-Control-Allow-Origin") is None
    return answer.status, json.loads(answer.body)


def test_the_script_is_told_where_to_ask_and_in_which_language(reader: Reader, origin: Origin) -> None:
    said = told(reader.get(origin.page("/x", PAGE), RUSSIAN).body)
    assert (said["mode"], said["labels"]["lang"]) == ("wrap", "ru")
    assert said["settings"] == {"off": False, "hidden": [], "kinds_off": [], "density": "block"}
    assert told(reader.get(origin.page("/y", OWNED)).body)["mode"] == "overlay"


def test_another_page_has_another_path(reader: Reader, origin: Origin) -> None:
    assert ask_path(reader, origin) != ask_path(reader, origin)


def test_the_script_is_answered_and_the_origin_is_not_asked(reader: Reader, origin: Origin) -> None:
    path = ask_path(reader, origin, RUSSIAN)
    before = len(origin.requests)
    there = reader.get(origin.url(path), SAME)
    assert (there.status, json.loads(there.body)) == (200, {"glossator": path.removeprefix(PREFIX)})
    blocks = [{"id": "7", "text": "\U0001f600 A zorbling.", "lang": "en"}, {"id": "8", "text": "Nothing.", "lang": None}]
    status, answer = posted(reader, origin.url(path), {"annotate": {"lang": "en", "title": "t", "blocks": blocks}})
    assert status == 200
    match = {"block": "7", "start": 5, "end": 13, "entry": "test-zorb", "entries": ["test-zorb"], "quoted": False}
    assert answer["matches"] == [match]
    assert answer["entries"]["test-zorb"]["means"] == {"lang": "ru", "text": "Выдуманное слово этих тестов."}
    assert len(origin.requests) == before


WISH = {"annotate": {"blocks": []}}


WRONG: list[tuple[str, Any, dict[str, str], int]] = [
    ("POST", WISH, {"Sec-Fetch-Site": "cross-site"}, 404),
    ("POST", WISH, {"Sec-Fetch-Site": "same-site"}, 404),
    ("GET", None, {"Sec-Fetch-Site": "none"}, 404),
    ("PUT", WISH, {}, 405),
    ("OPTIONS", None, {}, 405),
    ("POST", WISH, {"Content-Type": "text/plain"}, 415),
    ("POST", WISH, {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ("POST", b"{", {}, 400),
    ("POST", b"\xff", {}, 400),
    ("POST", b"[" * 100_000, {}, 400),
    ("POST", b"", {}, 400),
    ("POST", [], {}, 422),
    ("POST", {}, {}, 422),
    ("POST", {"annotate": {"blocks": []}, "set": {}}, {}, 422),
    ("POST", {"forget": True}, {}, 422),
    ("POST", {"annotate": {"blocks": [{"id": "1"}]}}, {}, 422),
    ("POST", {"set": {"paused": True}}, {}, 422),
    ("POST", {"set": {"sites": {}}}, {}, 422),
    ("POST", {"set": {"density": "most"}}, {}, 422),
    ("POST", {"set": []}, {}, 422),
    ("POST", {"set": {"kinds_off": {"colour": True}}}, {}, 422),
    ("POST", {"annotate": {"blocks": [{"id": "1", "text": "x" * MOST}]}}, {}, 413),
]


def test_what_is_asked_wrongly_is_refused_and_not_passed_on(reader: Reader, origin: Origin, preferences: Store) -> None:
    path = ask_path(reader, origin)
    before = len(origin.requests)
    for method, wish, fields, status in WRONG:
        body = b"" if wish is None else wish if isinstance(wish, bytes) else json.dumps(wish).encode()
        answer = reader.get(origin.url(path), {**SAME, **fields}, method=method, body=body)
        assert (answer.status, set(json.loads(answer.body))) == (status, {"error"}), (method, body[:80], fields)
    assert len(origin.requests) == before
    assert preferences.current.sites == {}


UNKNOWN = ("", "?x", "/", "/en.aaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaa", "/../x", "/%00")


def test_a_wrong_token_is_refused_and_not_passed_on(reader: Reader, origin: Origin) -> None:
    for path in UNKNOWN:
        for method, body in (("GET", b""), ("POST", b"{}")):
            answer = reader.get(origin.url("/.glossator" + path), SAME, method=method, body=body)
            assert (answer.status, origin.requests) == (404, []), (path, method)


def test_a_token_of_another_host_is_refused(reader: Reader, origin: Origin) -> None:
    path = ask_path(reader, origin)
    assert reader.get(f"http://localhost:{origin.port}{path}", SAME).status == 404
    assert reader.get(origin.url(path) + "x", SAME).status == 404
    assert reader.get(origin.url(path.replace("en.", "ru.")), SAME).status == 404


def test_a_token_outlives_the_proxy_that_gave_it(start: Start, origin: Origin) -> None:
    path = ask_path(start().reader(), origin)
    assert start().reader().get(origin.url(path), SAME).status == 200


@pytest.mark.parametrize("framing", [{"Content-Length": str(LIMIT + 1)}, {"Transfer-Encoding": "chunked"}])
def test_a_body_without_end_is_cut_off(reader: Reader, origin: Origin, framing: dict[str, str]) -> None:
    path = ask_path(reader, origin)
    before = len(origin.requests)
    reader.send(origin.url(path), {**SAME, **framing}, method="POST")
    assert reader.link
    assert reader.link.recv(4096)[:12] in (b"", b"HTTP/1.1 502")
    assert len(origin.requests) == before


def test_on_a_site_that_is_not_intercepted_the_path_is_the_sites_own(start: Start, origin: Origin) -> None:
    reader = start(not_sites=["127.0.0.1"]).reader()
    assert reader.get(origin.page("/.glossator/x", b"its own"), SAME).body == b"its own"


# A policy of the site's -> whether the script is put in, and whether it may ask.
POLICIES = {
    "script-src 'self'": (False, False),
    "default-src 'self'": (False, False),
    "script-src 'unsafe-inline'": (True, True),
    "script-src 'unsafe-inline'; connect-src 'none'": (True, False),
    "script-src 'unsafe-inline' 'nonce-a'": (False, False),
    "sandbox allow-scripts": (True, False),
    "sandbox": (False, False),
}


def test_the_sites_policy_decides(reader: Reader, origin: Origin) -> None:
    for policy, (script, ask) in POLICIES.items():
        fields = ("Content-Type: text/html", f"Content-Security-Policy: {policy}")
        page = reader.get(origin.page("/x", PAGE, *fields))
        assert (b"<script" in page.body, b"data-card" in page.body, b"<gl-term" in page.body) == (script, script, True), policy
        assert not re.search("script-src[^;]*sha256", page.field("Content-Security-Policy") or "")
        assert not script or bool(told(page.body)["ask"]) == ask
        owned = reader.get(origin.page("/y", OWNED, *fields))
        assert (owned.body == OWNED) is not (script and ask), policy


def test_without_the_option_there_is_no_script(start: Start, origin: Origin) -> None:
    reader = start(script=False).reader()
    page = reader.get(origin.page("/x", PAGE)).body
    assert (b"<gl-term" in page, b"<script" in page, b"data-card" in page) == (True, False, False)
    assert reader.get(origin.page("/y", OWNED)).body == OWNED


# -- what the reader chooses


def marks(reader: Reader, url: str, **fields: str) -> list[str]:
    return re.findall(r'data-entry="([^"]*)"', reader.get(url, {**NAVIGATE, **fields}).body.decode())


def test_what_is_chosen_on_a_page_holds_for_its_site_at_once_and_after_a_restart(
    start: Start, origin: Origin, preferences: Store
) -> None:
    reader = start().reader()
    url = origin.page("/x", PAGE, "Content-Type: text/html", 'ETag: "1"')
    first = reader.get(url)
    assert marks(reader, url) == ["test-zorb", "en-vorpal"]
    status, answer = posted(reader, origin.url(told(first.body)["ask"]), {"set": {"hidden": ["test-zorb"], "density": "page"}})
    assert (status, answer) == (200, {"off": False, "hidden": ["test-zorb"], "kinds_off": [], "density": "page"})
    second = reader.get(url, {**NAVIGATE, "If-None-Match": first.field("ETag") or ""})
    assert second.status == 200
    assert origin.requests[-1].field("If-None-Match") is None
    assert told(second.body)["settings"]["hidden"] == ["test-zorb"]
    assert marks(start().reader(), url) == ["en-vorpal"]
    assert marks(reader, url.replace("127.0.0.1", "localhost")) == ["test-zorb", "en-vorpal"]
    assert set(preferences.current.sites) == {"127.0.0.1"}


def test_only_what_the_glossary_knows_is_kept(reader: Reader, origin: Origin) -> None:
    url = origin.url(ask_path(reader, origin))
    _, answer = posted(reader, url, {"set": {"hidden": ["test-zorb", "visitor-1234", 7]}})
    assert answer["hidden"] == ["test-zorb"]


@pytest.mark.parametrize(
    ("wish", "kept"),
    [
        ({"hidden": {"en-vorpal": True}}, {"hidden": ["en-vorpal", "test-zorb"], "kinds_off": ["label"]}),
        ({"hidden": {"test-zorb": False}}, {"hidden": [], "kinds_off": ["label"]}),
        ({"hidden": {"visitor-1234": True}}, {"hidden": ["test-zorb"], "kinds_off": ["label"]}),
        ({"hidden": []}, {"hidden": [], "kinds_off": ["label"]}),
        ({"kinds_off": {"banned": True}}, {"hidden": ["test-zorb"], "kinds_off": ["banned", "label"]}),
        ({"kinds_off": {"label": False}}, {"hidden": ["test-zorb"], "kinds_off": []}),
    ],
)
def test_what_one_tab_chose_another_does_not_undo(
    running: Running, origin: Origin, wish: dict[str, Any], kept: dict[str, list[str]]
) -> None:
    reader = running.reader()
    one, other = (origin.url(ask_path(reader, origin)) for _ in range(2))
    posted(reader, one, {"set": {"hidden": {"test-zorb": True}, "kinds_off": {"label": True}}})
    _, answer = posted(reader, other, {"set": wish})
    assert {name: answer[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("chosen", "marked"),
    [
        ({"paused": True}, None),
        ({"sites": {"127.0.0.1": {"off": True}}}, None),
        ({"kinds_off": ["euphemism"]}, ["en-vorpal"]),
        ({"hidden": ["en-vorpal"]}, ["test-zorb"]),
        ({"packs_off": ["small"]}, ["test-zorb"]),
        ({"sites": {"example.org": {"off": True}}}, ["test-zorb", "en-vorpal"]),
    ],
)
def test_what_is_chosen_elsewhere_holds_on_the_next_page(
    start: Start, origin: Origin, preferences: Store, chosen: dict[str, Any], marked: list[str] | None
) -> None:
    preferences.change(chosen)
    reader = start().reader()
    url = origin.page("/x", PAGE)
    assert marks(reader, url) == (marked or [])
    assert (reader.get(url).body == PAGE) is (marked is None)


def test_the_language_chosen_is_that_of_every_page(start: Start, origin: Origin, preferences: Store) -> None:
    preferences.change({"language": "uk"})
    assert told(start().reader().get(origin.page("/x", PAGE), RUSSIAN).body)["labels"]["lang"] == "uk"


def test_what_is_chosen_for_a_site_goes_on_holding_where_a_page_of_it_chooses_more(
    running: Running, origin: Origin, preferences: Store, tmp_path: Path
) -> None:
    preferences.change({"sites": {"0.0.1": {"kinds_off": ["euphemism"]}}})
    reader = running.reader()
    url = origin.url(ask_path(reader, origin))
    _, answer = posted(reader, url, {"set": {"density": "page"}})
    assert answer == {"off": False, "hidden": [], "kinds_off": ["euphemism"], "density": "page"}
