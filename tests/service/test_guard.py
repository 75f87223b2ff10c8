"""Who may speak to the service. First what must be refused."""

from __future__ import annotations

import pytest

from proxy_addon.service.guard import Policy, refusal
from proxy_addon.service.keys import Keys

from .conftest import TOKEN, Client

BLOCKS = {"blocks": [{"id": "1", "text": "the special military operation"}]}
JSON = {"Content_Type": "application/json"}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("attack", "method", "path", "headers", "status"),
    [
        ("a site rebinds its name to the loopback address", "GET", "/v1/status", {"Host": "evil.test"}, 403),
        ("rebinding with the right port", "GET", "/v1/status", {"Host": "evil.test:{port}"}, 403),
        ("the right name and a wrong port", "GET", "/v1/status", {"Host": "127.0.0.1:1"}, 403),
        ("a page embeds the status", "GET", "/v1/status", {"Sec_Fetch_Site": "cross-site"}, 403),
        ("a sibling port of this machine asks", "GET", "/v1/status", {"Sec_Fetch_Site": "same-site"}, 403),
        ("a page fetches with CORS", "GET", "/v1/status", {"Origin": "https://evil.test"}, 403),
        ("a sandboxed frame asks", "GET", "/v1/status", {"Origin": "null"}, 403),
        ("a form posts across sites", "POST", "/v1/annotate", {"Origin": "https://evil.test", **JSON, **BEARER}, 403),
        ("an extension without the token", "POST", "/v1/annotate", {"Origin": "chrome-extension://abc", **JSON}, 403),
        ("an extension that is not paired reads", "GET", "/v1/glossary", {"Origin": "moz-extension://1-2-3"}, 403),
        ("an origin that is no address", "GET", "/v1/status", {"Origin": "http://["}, 403),
        ("an extension that is no address pairs", "POST", "/v1/pair", {"Origin": "chrome-extension://[", **JSON}, 403),
        ("an origin that is no address, with a token", "POST", "/v1/annotate", {"Origin": "http://[", **JSON, **BEARER}, 403),
        ("nobody's token", "POST", "/v1/annotate", JSON, 401),
        ("a wrong token", "POST", "/v1/annotate", {"Authorization": "Bearer wrong", **JSON}, 401),
        ("the token in the query", "POST", f"/v1/annotate?token={TOKEN}", JSON, 401),
        ("the token as another scheme", "POST", "/v1/annotate", {"Authorization": f"Basic {TOKEN}", **JSON}, 401),
        ("a no-cors post as text", "POST", "/v1/annotate", {"Content_Type": "text/plain", **BEARER}, 415),
        ("a form encoding", "POST", "/v1/annotate", {"Content_Type": "application/x-www-form-urlencoded", **BEARER}, 415),
        ("a path that climbs", "GET", "/v1/entries/..%2f..%2ftoken", {}, 404),
        ("a path with a NUL", "GET", "/v1/entries/%00", {}, 404),
        ("another spelling of a private path", "GET", "//v1/settings", {}, 404),
        ("another case of a private path", "GET", "/V1/settings", {}, 404),
        ("somebody reads the settings", "GET", "/v1/settings", {}, 401),
        ("somebody reads a site's settings", "GET", "/v1/sites/example.org", {}, 401),
        ("somebody reads the reports", "GET", "/v1/feedback", {}, 401),
        ("a page changes the settings", "PATCH", "/v1/settings", {"Origin": "https://evil.test", **JSON, **BEARER}, 403),
        ("somebody lists the extensions", "GET", "/v1/pairings", {}, 401),
        ("somebody begins a pairing", "POST", "/v1/pairings", JSON, 401),
        ("a page pairs itself", "POST", "/v1/pair", {"Origin": "https://evil.test", **JSON}, 403),
        ("another spelling of an open path", "GET", "/v1/status/", {}, 404),
        ("a method that is none", "PROPFIND", "/v1/status", {}, 401),
        ("two hosts", "GET", "/v1/status", {"Host": "127.0.0.1:{port}, evil.test"}, 403),
        ("a host with a user before it", "GET", "/v1/status", {"Host": "evil.test@127.0.0.1:{port}"}, 403),
    ],
)
def test_a_stranger_is_refused(client: Client, attack: str, method: str, path: str, headers: dict[str, str], status: int) -> None:
    sent = {name: value.replace("{port}", str(client.port)) for name, value in headers.items()}
    answer = client(method, path, BLOCKS if method == "POST" else None, **sent)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json"), attack
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("friend", "headers"),
    [
        ("a script with the token", BEARER),
        (
            "an extension that was given the token, in Chromium",
            {"Origin": "chrome-extension://abcdef", "Sec_Fetch_Site": "cross-site", **BEARER},
        ),
        ("an extension that was given the token, in Firefox", {"Origin": "moz-extension://1-2-3", **BEARER}),
    ],
)
def test_who_holds_the_token_is_served(client: Client, friend: str, headers: dict[str, str]) -> None:
    assert client("POST", "/v1/annotate", BLOCKS, **JSON, **headers).status == 200, friend


def test_the_own_page_is_served_by_every_own_name(client: Client) -> None:
    hosts = [f"127.0.0.1:{client.port}", f"localhost:{client.port}", f"[::1]:{client.port}"]
    assert [client("GET", "/v1/status", Host=host).status for host in hosts] == [200, 200, 200]


@pytest.mark.parametrize(
    ("body", "length", "status"),
    [
        (b"{}", "99999999", 413),
        (b"{", None, 400),
        (b"[" * 100_000, None, 400),
        (b"[]", None, 422),
        (b'{"blocks": 5}', None, 422),
        (b'{"blocks": [{"text": 5}]}', None, 422),
        (b'{"blocks": [{"text": "x", "lang": 5}]}', None, 422),
        (b'{"blocks": [{"text": "x", "id": true}]}', None, 422),
        (b'{"blocks": [' + b'{"text":""},' * 2000 + b'{"text":""}]}', None, 413),
        (b'{"blocks": [{"text": "' + b"x" * 100_001 + b'"}]}', None, 413),
    ],
)
def test_a_bad_body_gets_one_clear_problem(client: Client, body: bytes, length: str | None, status: int) -> None:
    headers = {"Content_Length": length} if length else {}
    answer = client.post("/v1/annotate", body, **headers)
    assert answer.status == status
    assert set(answer.json) == {"type", "title", "status", "detail"}


HALF = "\\ud800"
BLOCK = f'{{"id": "{HALF}", "text": "the special military operation"}}'


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/annotate", f'{{"blocks": [{BLOCK}]}}', 422),
        ("POST", "/v1/feedback", f'{{"entry": "ru-svo", "text": "a {HALF}", "verdict": "wrong"}}', 422),
        ("POST", "/v1/feedback", f'{{"entry": "{HALF}", "text": "a", "verdict": "wrong"}}', 422),
        ("POST", "/v1/feedback", f'{{"entry": "ru-svo", "text": "a", "verdict": "{HALF}"}}', 422),
        ("PATCH", "/v1/settings", f'{{"hidden": ["{HALF}"]}}', 422),
        ("PATCH", "/v1/settings", f'{{"{HALF}": 1}}', 422),
        ("PATCH", "/v1/settings", f'{{"sites": {{"{HALF}": {{"off": true}}}}}}', 422),
        ("POST", "/desk/enter", f'{{"key": "{HALF}"}}', 403),
        ("POST", "/desk/own/check", f'{{"entry": "{HALF}", "text": "a"}}', 422),
        ("POST", "/v1/feedback", '{"entry": "ru-svo", "text": "\ud800", "verdict": "wrong"}', 400),
    ],
)
def test_half_a_character_is_refused_and_never_kept(client: Client, method: str, path: str, body: str, status: int) -> None:
    answer = client(method, path, body.encode("utf-8", "surrogatepass"), **JSON, **BEARER)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json"), answer.body


def test_a_page_that_holds_half_a_character_is_annotated_all_the_same(client: Client) -> None:
    body = f'{{"blocks": [{{"id": "1", "text": "{HALF} the special military operation"}}], "title": "{HALF}"}}'
    answer = client("POST", "/v1/annotate", body.encode(), **JSON, **BEARER)
    assert [(match["start"], match["end"]) for match in answer.json["matches"]] == [(6, 32)]


@pytest.mark.parametrize(
    ("port", "host", "passes"), [(80, "localhost", True), (80, "127.0.0.1:80", True), (8081, "localhost", False)]
)
def test_the_port_that_browsers_leave_out_may_be_left_out(port: int, host: str, passes: bool) -> None:
    assert (refusal(Policy.for_port(port, Keys(TOKEN)), "GET", "/v1/status", {"host": host}) is None) is passes
