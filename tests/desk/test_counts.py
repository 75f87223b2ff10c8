"""What is counted of what was read: nothing unless it is wanted, and then ids, days and numbers."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from proxy_addon.counts import DAYS, PERIOD, Counts
from proxy_addon.matching.matcher import Matcher
from proxy_addon.preferences import Store
from proxy_addon.service.checks import LIFE, MOST, Checks
from proxy_addon.service.keys import CODE_LIFE, SITTINGS, Keys, NotPaired, entrance
from proxy_addon.service.state import kept_in
from tests.service.conftest import GLOSSARY

TODAY = date(2026, 3, 1)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_counted_unless_it_is_wanted(tmp_path: Path) -> None:
    state = kept_in(tmp_path, Matcher(GLOSSARY, cache=None), "en")
    state.met({"ru-svo": 3})
    state.counts.flush()
    assert (dict(state.counts.days), list(tmp_path.iterdir())) == ({}, [])


def test_ids_days_and_numbers_are_kept_and_nothing_else(tmp_path: Path) -> None:
    state = kept_in(tmp_path, Matcher(GLOSSARY, cache=None), "en")
    state.preferences = Store()
    state.preferences.change({"counting": True})
    state.met({"ru-svo": 3})
    state.met({"ru-svo": 1, "other": 2})
    state.counts.flush()
    today = date.today().isoformat()
    assert json.loads((tmp_path / "counts.json").read_text()) == {"version": 1, "days": {today: {"other": 2, "ru-svo": 4}}}


def test_the_file_is_written_at_most_every_half_minute(tmp_path: Path) -> None:
    clock, file = Clock(), tmp_path / "counts.json"
    counts = Counts(file, clock, lambda: TODAY)
    counts.add({"a": 1})
    counts.add({"a": 1})
    assert json.loads(file.read_text())["days"] == {"2026-03-01": {"a": 1}}
    clock.now += PERIOD
    counts.add({"a": 1})
    assert json.loads(file.read_text())["days"] == {"2026-03-01": {"a": 3}}
    assert Counts(file).days == {"2026-03-01": {"a": 3}}


def test_what_is_older_than_a_year_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "counts.json"
    old = (TODAY - timedelta(days=DAYS)).isoformat()
    file.write_text(json.dumps({"days": {old: {"a": 1}, "2026-02-28": {"a": 2}}}))
    counts = Counts(file, Clock(), lambda: TODAY)
    counts.add({"a": 1})
    assert counts.days == {"2026-02-28": {"a": 2}, "2026-03-01": {"a": 1}}


def test_erasing_removes_the_file_at_once(tmp_path: Path) -> None:
    counts = Counts(tmp_path / "counts.json")
    counts.add({"a": 1})
    counts.erase()
    counts.flush()
    assert (dict(counts.days), list(tmp_path.iterdir())) == ({}, [])


@pytest.mark.parametrize(
    "text", ["", "[]", '{"days": 1}', '{"days": {"2026-01-01": 7}}', '{"days": {"2026-01-01": {"a": "x"}}}', "\ufeff{"]
)
def test_a_file_without_sense_counts_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "counts.json").write_text(text)
    assert not any(met for met in Counts(tmp_path / "counts.json").days.values())


def test_a_file_that_cannot_be_written_harms_no_page(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    counts = Counts(tmp_path / "file" / "counts.json")
    counts.add({"a": 1})
    assert list(counts.days.values()) == [{"a": 1}]


def test_a_picture_exists_for_whoever_was_told_of_it_and_not_for_long() -> None:
    clock = Clock()
    checks = Checks(clock)
    told = f"/check/{checks.issue()}"
    unknown = ("/check/", "/check/x", told + "x", told + "?", told.upper(), "/other" + told)
    assert (checks.knows(told), [path for path in unknown if checks.knows(path)]) == (True, [])
    clock.now += LIFE
    assert not checks.knows(told)


def test_only_so_many_pictures_exist() -> None:
    checks = Checks(Clock())
    first, *others = [f"/check/{checks.issue()}" for _ in range(MOST + 1)]
    assert (checks.knows(first), all(map(checks.knows, others))) == (False, True)


def test_the_desk_is_entered_by_a_key_once_and_soon() -> None:
    wall = Clock()
    keys = Keys("own", wall=wall)
    key, late, early = entrance("own", wall.now), entrance("own", wall.now), entrance("own", wall.now + 60)
    token = keys.enter(key)
    assert (keys.owns(token), keys.owns(key), keys.owns("")) == (True, False, False)
    forged = [entrance("other", wall.now), late.replace("1000-", "1001-"), late[:-1], "1000--", "-", "²-a-b", f"{'9' * 5000}-a-b"]
    for wrong in (key, "", token, "own", early, *forged):
        with pytest.raises(NotPaired, match="glossator desk"):
            keys.enter(wrong)
    wall.now += CODE_LIFE + 1
    with pytest.raises(NotPaired):
        keys.enter(late)
    assert keys.owns(keys.enter(entrance("own", wall.now)))
    assert "own" not in key


def test_a_sitting_ends_with_the_service_and_the_oldest_first() -> None:
    keys = Keys("own")
    first, *others = [keys.sit() for _ in range(SITTINGS + 1)]
    assert (keys.owns(first), all(map(keys.owns, others)), Keys("own").owns(others[0])) == (False, True, False)
