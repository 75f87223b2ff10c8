"""A bar on a terminal, and nothing of it in a pipe."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOWN = """
from proxy_addon.headless.progress import Progress
with Progress([1000, 2000]) as progress:
    progress.done(1000)
    progress.say("a line")
    progress.done(2000)
"""


def shown(*, terminal: bool) -> str:
    """What a process writes on a standard error of one or the other kind."""
    reading, writing = os.openpty() if terminal else os.pipe()
    if terminal:
        fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    subprocess.run([sys.executable, "-c", SHOWN], cwd=ROOT, stderr=writing, check=True)
    os.close(writing)
    out = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        while some := os.read(reading, 4096):
            out += some
    os.close(reading)
    return out.decode()


@pytest.mark.parametrize("said", ["B/s", "1 of 2 inputs", "1.00k/3.00k", "a line"])
def test_a_terminal_shows_bytes_rate_and_inputs(said: str) -> None:
    assert said in shown(terminal=True)


def test_a_pipe_gets_the_lines_alone() -> None:
    assert shown(terminal=False) == "a line\n"
