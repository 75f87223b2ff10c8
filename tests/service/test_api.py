"""What the service answers."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_addon.service.offsets import Utf16
from proxy_addon.service.secret import installation_token

from .conftest import Client


def test_status_names_the_glossary(client: Client) -> None:
    told = client("GET", "/v1/status").json
    assert (told["api"], told["entries"], told["fault"]) == ("1", 1, "")


@pytest.mark.parametrize("ref", ["ru-svo", "svo"])
def test_a_card_tells_meaning_rule_and_sources(client: Client, ref: str) -> None:
    card = client("GET", f"/v1/entries/{ref}?language=ru").json
    assert card["id"] == "ru-svo"
    assert card["means"] == {"lang": "ru", "text": "Название, которого требуют власти."}
    assert card["rules"][0]["authority"] == {"lang": "en", "text": "Roskomnadzor"}
    assert [source["url"] for source in card["sources"]] == ["https://example.org/notice", None]


def test_an_unknown_entry_is_a_problem(client: Client) -> None:
    assert client("GET", "/v1/entries/nothing").json["status"] == 404


def test_matches_come_with_utf16_offsets(client: Client) -> None:
    text = "😀 the special military operation"
    told = client.post("/v1/annotate", {"blocks": [{"id": "b", "text": text}], "lang": "en"}).json
    match = told["matches"][0]
    units = text.encode("utf-16-le")
    assert units[2 * match["start"] : 2 * match["end"]].decode("utf-16-le") == "special military operation"
    assert (match["block"], match["entry"]) == ("b", "ru-svo")
    assert list(told["entries"]) == ["ru-svo"]


@given(st.text(), st.data())
def test_offsets_agree_with_the_encoder(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    assert Utf16(text)(at) == len(text[:at].encode("utf-16-le", "surrogatepass")) // 2


def test_the_front_page_is_for_people(client: Client) -> None:
    answer = client("GET", "/")
    assert answer.status == 200
    assert b"Glossator is running" in answer.body


def test_the_token_is_private_and_stays(tmp_path: Path) -> None:
    first = installation_token(tmp_path / "new")
    assert len(first) >= 40
    assert installation_token(tmp_path / "new") == first
    assert stat.S_IMODE((tmp_path / "new" / "token").stat().st_mode) == 0o600


def test_an_empty_token_file_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("")
    assert len(installation_token(tmp_path)) >= 40
