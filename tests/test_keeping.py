"""What the reader keeps outlives a crash at any moment, and programs that keep the same file lose nothing of each other."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from proxy_addon.counts import Counts
from proxy_addon.keeping import locked, write_atomically
from proxy_addon.preferences import Store
from proxy_addon.service.feedback import Feedback
from proxy_addon.service.keys import Keys

DAY = "2026-01-31"

# One program that keeps something: (path, its name, how many times) -> after each, one more thing of its own is kept.
Keeper = Callable[[Path, str, int], None]


def choose(path: Path, name: str, times: int) -> None:
    store = Store(path)
    for nth in range(times):
        store.change_site(f"{name}{nth}.example.org", {"off": True})


def report(path: Path, name: str, times: int) -> None:
    feedback = Feedback(path)
    for nth in range(times):
        feedback.add(f"{name}{nth}", "A sentence.", "wrong", "en", DAY)


def pair(path: Path, name: str, times: int) -> None:
    keys = Keys("own", path)
    for nth in range(times):
        keys.pair(keys.code(), f"chrome-extension://{name}{nth}", DAY)


def count(path: Path, name: str, times: int) -> None:
    counts = Counts(path)
    for nth in range(times):
        counts.add({f"{name}{nth}": 1})
        counts.flush()


# By name: who keeps, and how many things the file holds.
KEEPERS: dict[str, tuple[Keeper, Callable[[Any], int]]] = {
    "preferences": (choose, lambda kept: len(kept["sites"])),
    "reports": (report, lambda kept: len(kept["reports"])),
    "pairings": (pair, lambda kept: len(kept["paired"])),
    "counts": (count, lambda kept: sum(len(met) for met in kept["days"].values())),
}
PROGRAM = "import sys; from pathlib import Path; from tests.test_keeping import KEEPERS; print('go', flush=True)"
PROGRAM += "; KEEPERS[sys.argv[1]][0](Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))"


def program(kind: str, path: Path, name: str, times: int) -> subprocess.Popen[bytes]:
    """Another program that keeps so many things, and has begun to."""
    asked = [sys.executable, "-c", PROGRAM, kind, str(path), name, str(times)]
    process = subprocess.Popen(asked, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent)
    assert process.stdout
    process.stdout.readline()
    return process


@pytest.mark.parametrize("kind", KEEPERS)
def test_two_programs_at_once_lose_nothing_of_each_other(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "kept.json"
    others = [program(kind, path, name, 30) for name in ("a", "b")]
    for other in others:
        with other:
            assert other.wait(60) == 0
    assert KEEPERS[kind][1](json.loads(path.read_text())) == 60
    assert [file.name for file in tmp_path.iterdir()] == ["kept.json"]


def test_what_one_reports_another_shows_and_keeps(tmp_path: Path) -> None:
    one, two = Feedback(tmp_path / "f.json"), Feedback(tmp_path / "f.json")
    first = one.add("a", "A sentence.", "wrong", "en", DAY)
    second = two.add("b", "A sentence.", "wrong", "en", DAY)
    assert one.reports == two.reports == (first, second)
    assert one.add("b", "A sentence.", "wrong", "en", DAY) == second
    assert (one.remove(second.id), two.remove(second.id), two.reports) == (True, False, (first,))


def test_who_is_paired_or_not_any_more_in_one_program_is_so_in_another(tmp_path: Path) -> None:
    one, two = Keys("own", tmp_path / "p.json"), Keys("own", tmp_path / "p.json")
    first = one.pair(one.code(), "chrome-extension://a", DAY)
    second = two.pair(two.code(), "chrome-extension://b", DAY)
    assert (one.admits(first), one.admits(second), two.admits(first)) == (True, True, True)
    assert two.unpair("chrome-extension://a")
    assert (one.admits(first), one.admits(second)) == (False, True)


def test_what_two_count_is_summed_and_what_one_erases_is_gone(tmp_path: Path) -> None:
    today = date.today().isoformat()
    one, two = Counts(tmp_path / "c.json"), Counts(tmp_path / "c.json")
    for counts in (one, two, one, two):
        counts.add({"a": 1})
        counts.flush()
    assert one.days == two.days == {today: {"a": 4}}
    one.erase()
    two.add({"a": 1})
    two.flush()
    assert one.days == {today: {"a": 1}}


def test_who_waits_in_vain_for_another_program_says_so_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    with locked(path), pytest.raises(TimeoutError, match="another program is changing it"), locked(path, patience=0.02):
        path.write_text("{}")
    assert not path.exists()


def test_what_a_crash_left_half_written_goes_with_the_next_change(tmp_path: Path) -> None:
    (tmp_path / ".f.json.abc").write_text("{")
    (tmp_path / ".other.json.abc").write_text("{")
    Feedback(tmp_path / "f.json").add("a", "A sentence.", "wrong", "en", DAY)
    assert {file.name for file in tmp_path.iterdir()} == {"f.json", ".other.json.abc"}


def test_what_can_not_be_put_in_its_place_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> None:
        raise OSError("no room")

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(OSError, match="no room"):
        write_atomically(tmp_path / "kept.json", "{}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KEEPERS)
def test_a_kill_at_any_moment_leaves_one_whole_state(tmp_path: Path, kind: str) -> None:
    path, chance = tmp_path / "kept.json", random.Random(7)
    keep, number = KEEPERS[kind]
    held = 0
    for nth in range(20):
        with program(kind, path, f"n{nth}-", 900) as process:
            time.sleep(chance.uniform(0.001, 0.05))
            process.kill()
        kept = number(json.loads(path.read_text())) if path.exists() else 0
        assert kept >= held
        held = kept
    keep(path, "last", 1)
    assert number(json.loads(path.read_text())) == held + 1
    assert [file.name for file in tmp_path.iterdir()] == ["kept.json"]
