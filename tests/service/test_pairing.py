"""An extension is paired by a code that a person carries over. First what must not pair, and what a pairing must not do."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from proxy_addon.service.keys import CODE_ATTEMPTS, CODE_LIFE, Keys, NotPaired, installed

from .conftest import TOKEN, Client

EXTENSION = "chrome-extension://abcdefghijklmnop"
OTHER = "moz-extension://0-1-2"
DAY = "2026-01-31"


class Clock:
    """Seconds that pass when told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("origin", ["", "null", "https://evil.test", "http://127.0.0.1:8081", "file://"])
def test_only_an_extension_can_be_paired(origin: str) -> None:
    keys = Keys("own")
    with pytest.raises(NotPaired, match="only a browser extension"):
        keys.pair(keys.code(), origin, DAY)


def test_without_a_code_nobody_is_paired() -> None:
    with pytest.raises(NotPaired, match="no code in use"):
        Keys("own").pair("12345678", EXTENSION, DAY)


def test_a_code_is_good_once() -> None:
    keys = Keys("own")
    code = keys.code()
    keys.pair(code, EXTENSION, DAY)
    with pytest.raises(NotPaired, match="no code in use"):
        keys.pair(code, OTHER, DAY)


def test_a_code_is_good_for_two_minutes() -> None:
    clock = Clock()
    keys = Keys("own", clock=clock)
    code = keys.code()
    clock.now += CODE_LIFE + 1
    with pytest.raises(NotPaired, match="no code in use"):
        keys.pair(code, EXTENSION, DAY)


def test_a_code_can_not_be_guessed() -> None:
    keys = Keys("own")
    code = keys.code()
    wrong = "00000000" if code != "00000000" else "11111111"
    for _ in range(CODE_ATTEMPTS - 1):
        with pytest.raises(NotPaired, match="the code is wrong"):
            keys.pair(wrong, EXTENSION, DAY)
    with pytest.raises(NotPaired, match="wrong too often"):
        keys.pair(wrong, EXTENSION, DAY)
    with pytest.raises(NotPaired, match="no code in use"):
        keys.pair(code, EXTENSION, DAY)


def test_a_token_is_good_for_its_extension_alone() -> None:
    keys = Keys("own")
    token = keys.pair(keys.code(), EXTENSION, DAY)
    assert (keys.admits(token, EXTENSION), keys.admits(token, OTHER), keys.owns(token)) == (True, False, False)
    assert (keys.admits("own", OTHER), keys.owns("own"), keys.admits("", EXTENSION)) == (True, True, False)


def test_a_pairing_lasts_and_its_token_is_not_kept(tmp_path: Path) -> None:
    keys = installed(tmp_path)
    token = keys.pair(f" {keys.code()} ", EXTENSION, DAY)
    again = installed(tmp_path)
    assert again.admits(token, EXTENSION)
    assert [(each.origin, each.since) for each in again.pairings] == [(EXTENSION, DAY)]
    kept = tmp_path / "paired.json"
    assert token not in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_an_ended_pairing_is_over(tmp_path: Path) -> None:
    keys = installed(tmp_path)
    token = keys.pair(keys.code(), EXTENSION, DAY)
    assert (keys.unpair(EXTENSION), keys.unpair(EXTENSION)) == (True, False)
    assert not keys.admits(token, EXTENSION)
    assert not installed(tmp_path).admits(token, EXTENSION)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"paired": 5}', '{"paired": [5, {"origin": 5}]}', "\x00"])
def test_a_broken_file_pairs_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "paired.json").write_text(text)
    assert installed(tmp_path).pairings == ()


def test_the_two_steps_over_http(client: Client) -> None:
    code = client.post("/v1/pairings", {}).json["code"]
    asked = {"Origin": EXTENSION, "Content_Type": "application/json", "Sec_Fetch_Site": "none"}
    wrong = client("POST", "/v1/pair", {"code": "x"}, **asked)
    assert (wrong.status, "eight digits" in wrong.json["detail"]) == (403, True)
    token = client("POST", "/v1/pair", {"code": code}, **asked).json["token"]
    bears = {"Authorization": f"Bearer {token}", "Content_Type": "application/json"}
    blocks = {"blocks": [{"text": "the special military operation"}]}
    assert len(client("POST", "/v1/annotate", blocks, **bears, Origin=EXTENSION).json["matches"]) == 1
    assert client("POST", "/v1/annotate", blocks, **bears, Origin=OTHER).status == 403
    assert client("POST", "/v1/pairings", {}, **bears, Origin=EXTENSION).status == 403
    assert client("GET", "/v1/pairings", Authorization=f"Bearer {TOKEN}").json["pairings"][0]["origin"] == EXTENSION
    assert client.post("/v1/pairings/end", {"origin": EXTENSION}).status == 204
    assert client("POST", "/v1/annotate", blocks, **bears, Origin=EXTENSION).status == 403
    assert client.post("/v1/pairings/end", {"origin": EXTENSION}).status == 404


def test_a_pairing_is_json_with_nothing_but_what_is_needed(tmp_path: Path) -> None:
    keys = installed(tmp_path)
    keys.pair(keys.code(), EXTENSION, DAY)
    rows = json.loads((tmp_path / "paired.json").read_text())["paired"]
    assert [sorted(row) for row in rows] == [["digest", "origin", "since"]]
