"""Work shared among processes: nothing is lost, nothing comes twice, whatever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy_addon.headless.crew import TRIES, Finished, carried_out


def squares(item: int) -> Iterator[int]:
    """So many results as the item says."""
    for number in range(item):
        yield number * number


def fails(item: int) -> Iterator[int]:
    yield 1
    if item == 3:
        raise KeyError("secret text of a page")


class Dies:
    """Kills its process at item 5, the first ``times`` times, after two results."""

    def __init__(self, folder: Path, times: int) -> None:
        self.folder, self.times = folder, times

    def __call__(self, item: int) -> Iterator[int]:
        yield item
        yield item + 1
        if item == 5 and len(list(self.folder.iterdir())) < self.times:
            (self.folder / str(os.getpid())).touch()
            os.kill(os.getpid(), 9)
        yield item + 2


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("count", [0, 1, 100])
def test_results_come_once_and_in_order(jobs: int, count: int) -> None:
    got = list(carried_out(squares, range(count), jobs))
    assert got == [(item, result) for item in range(count) for result in (*squares(item), Finished())]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_fault_is_told_of_without_the_text_it_may_quote(jobs: int) -> None:
    last = dict(carried_out(fails, range(6), jobs))
    assert {item: result for item, result in last.items() if result != Finished()} == {3: last[3]}
    assert isinstance(last[3], Finished)
    assert last[3].trouble.startswith("KeyError at test_crew.py:")


INTERRUPTED = """
import os, sys, time
from proxy_addon.headless.crew import carried_out

def slow(item):
    with open(sys.argv[1] + str(os.getpid()), "w"):
        try:
            time.sleep(60)
        finally:
            os.unlink(sys.argv[1] + str(os.getpid()))
    yield item

if __name__ == "__main__":
    print("begun", flush=True)
    try:
        list(carried_out(slow, range(9), 2))
    except KeyboardInterrupt:
        print("stopped")
"""


@pytest.mark.parametrize("delay", [0.02, 0.1, 0.3, 1.0])
def test_ctrl_c_on_a_terminal_ends_every_process_without_a_word_and_leaves_nothing(tmp_path: Path, delay: float) -> None:
    """A terminal sends it to the whole group, also to processes that are only starting."""
    (tmp_path / "script.py").write_text(INTERRUPTED)
    (tmp_path / "held").mkdir()
    command = [sys.executable, str(tmp_path / "script.py"), f"{tmp_path}/held/"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        assert running.stdout
        assert running.stdout.readline() == "begun\n"
        time.sleep(delay)
        os.killpg(running.pid, signal.SIGINT)
        assert running.communicate(timeout=20) == ("stopped\n", "")
    assert list((tmp_path / "held").iterdir()) == []


UNGUARDED = """
from proxy_addon.headless.crew import carried_out
from tests.headless.test_crew import squares
print(list(carried_out(squares, [1, 2], 2)))
"""


def test_a_script_without_a_guard_is_told_so_at_once(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(UNGUARDED)
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "CrewError: no process could be started; a script must do its work under" in ran.stderr.splitlines()[-1]


@pytest.mark.parametrize("times", [1, TRIES - 1])
def test_what_a_killed_process_had_begun_is_done_by_another(tmp_path: Path, times: int) -> None:
    got = list(carried_out(Dies(tmp_path, times), range(20), 2))
    assert got == [(item, result) for item in range(20) for result in (item, item + 1, item + 2, Finished())]
    assert len(list(tmp_path.iterdir())) == times


def test_an_item_that_kills_every_process_is_given_up_and_the_others_go_on(tmp_path: Path) -> None:
    got = list(carried_out(Dies(tmp_path, 99), range(20), 2))
    assert [item for item, result in got if result == Finished()] == [item for item in range(20) if item != 5]
    assert [result.trouble for item, result in got if item == 5 and isinstance(result, Finished)] == [
        f"the process at work on it died {TRIES} times; there may be too little memory"
    ]
