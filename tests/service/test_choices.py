"""Settings and reports over HTTP: what is refused is named, what is kept is what was chosen, and nothing of what was read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from proxy_addon.matching.matcher import Matcher
from proxy_addon.service.feedback import Feedback, still

from .conftest import GLOSSARY, TOKEN, Client

BEARER = {"Authorization": f"Bearer {TOKEN}"}
JSON = {**BEARER, "Content_Type": "application/json"}


@pytest.mark.parametrize(
    ("path", "patch", "said"),
    [
        ("/v1/settings", [], "the body must be an object"),
        ("/v1/settings", {"colour": "red"}, "colour: there is no such setting; known are paused, hidden"),
        ("/v1/settings", {"paused": 1}, "paused: expected true or false"),
        ("/v1/settings", {"density": "often"}, "density: expected one of all, block, section, page"),
        ("/v1/settings", {"language": "auto"}, "language: expected one of en, ru"),
        ("/v1/settings", {"kinds_off": ["rude"]}, "kinds_off: expected some of banned, mandated"),
        ("/v1/settings", {"hidden": "x"}, "hidden: expected a list of ids"),
        ("/v1/settings", {"sites": {"example.org": {"off": "no"}}}, "sites.example.org.off: expected true or false"),
        ("/v1/settings", {"sites": {"https://example.org/": {"off": True}}}, "host name like example.org"),
        ("/v1/settings", {"sites": []}, "sites: expected an object of hosts"),
        (
            "/v1/sites/example.org",
            {"paused": True},
            "paused: there is no such setting; known are off, hidden, kinds_off, density",
        ),
        ("/v1/sites/a%20b", {"off": True}, "host name like example.org"),
    ],
)
def test_what_is_no_setting_is_named_and_changes_nothing(client: Client, path: str, patch: Any, said: str) -> None:
    before = client("GET", "/v1/settings", **BEARER).json
    answer = client("PATCH", path, patch, **JSON)
    assert (answer.status, said in answer.json["detail"]) == (422, True), answer.json
    assert client("GET", "/v1/settings", **BEARER).json == before


def test_a_patch_changes_what_it_names_and_null_restores(client: Client) -> None:
    default = client("GET", "/v1/settings", **BEARER).json
    chosen = client("PATCH", "/v1/settings", {"density": "page", "hidden": ["ru-svo"]}, **JSON).json
    assert chosen == {**default, "density": "page", "hidden": ["ru-svo"]}
    assert client("PATCH", "/v1/settings", {"density": None, "hidden": None}, **JSON).json == default


def test_a_site_is_what_was_chosen_for_it_and_for_all(client: Client) -> None:
    client("PATCH", "/v1/settings", {"kinds_off": ["label"]}, **JSON)
    client("PATCH", "/v1/sites/Example.ORG", {"off": True, "kinds_off": ["euphemism"]}, **JSON)
    held = {"off": True, "hidden": [], "kinds_off": ["euphemism", "label"], "density": None}
    assert client("GET", "/v1/sites/www.example.org", **BEARER).json == held
    assert not client("GET", "/v1/sites/example.com", **BEARER).json["off"]
    client("PATCH", "/v1/settings", {"kinds_off": None, "sites": {"example.org": None}}, **JSON)
    assert client("GET", "/v1/settings", **BEARER).json["sites"] == {}


@pytest.mark.parametrize(
    ("report", "status", "said"),
    [
        ({"entry": "ru-svo", "verdict": "wrong"}, 422, "text: expected a string"),
        ({"entry": "ru-svo", "text": "  ", "verdict": "wrong"}, 422, "found nothing in it"),
        ({"entry": "ru-svo", "text": "x" * 1001, "verdict": "wrong"}, 413, "send the sentence alone"),
        ({"entry": "ru-svo", "text": "x", "verdict": "bad"}, 422, 'verdict: expected "wrong" or "missing", found "bad"'),
        ({"entry": "nothing", "text": "x", "verdict": "wrong"}, 422, 'there is no entry "nothing"'),
    ],
)
def test_a_report_that_can_not_be_used_is_named(client: Client, report: Any, status: int, said: str) -> None:
    answer = client.post("/v1/feedback", report)
    assert (answer.status, said in answer.json["detail"]) == (status, True), answer.json
    assert client("GET", "/v1/feedback", **BEARER).json == {"reports": []}


def test_a_report_says_whether_it_still_holds_and_can_be_taken_back(client: Client) -> None:
    text = "They held a special military operation fair."
    told = client.post("/v1/feedback", {"entry": "svo", "text": text, "verdict": "wrong", "lang": "en"})
    assert (told.status, told.json["entry"], told.json["still"]) == (201, "ru-svo", True)
    assert client.post("/v1/feedback", {"entry": "svo", "text": text, "verdict": "wrong"}).json["id"] == told.json["id"]
    assert [report["text"] for report in client("GET", "/v1/feedback", **BEARER).json["reports"]] == [text]
    ends = [client("DELETE", f"/v1/feedback/{told.json['id']}", {}, **JSON).status for _ in range(2)]
    assert ends == [204, 404]


@pytest.mark.parametrize(("verdict", "text", "held"), [("wrong", "A sentence.", False), ("missing", "A sentence.", True)])
def test_a_report_of_what_is_right_by_now_holds_no_more(verdict: Any, text: str, held: bool) -> None:
    kept = Feedback().add("ru-svo", text, verdict, "en", "2026-01-31")
    assert still(Matcher(GLOSSARY, cache=None), kept) is held


def test_a_report_holds_no_address_and_no_hour(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "feedback.json")
    kept = feedback.add("ru-svo", "A sentence.", "wrong", "en", "2026-01-31")
    assert Feedback(tmp_path / "feedback.json").reports == (kept,)
    assert set((tmp_path / "feedback.json").read_text().split('"')[1::2]) == {
        "version", "reports", "id", kept.id, "entry", "ru-svo", "text", "A sentence.", "verdict", "wrong", "lang", "en", "day", "2026-01-31",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "{", "[]", '{"reports": [{}]}', '{"reports": [{"id": "1", "verdict": "odd"}]}'])
def test_a_broken_file_of_reports_is_no_report(tmp_path: Path, text: str) -> None:
    (tmp_path / "feedback.json").write_text(text)
    assert Feedback(tmp_path / "feedback.json").reports == ()
