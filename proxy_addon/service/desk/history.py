"""When an entry was edited: the commits that touched its lines where its file lies in a git checkout, else the file's own date.

git is only asked, with every program that a repository could name switched off. Nothing is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

# Seconds for git to answer, and the commits that are shown.
PATIENCE = 5.0
MOST = 50
_FORMAT = "%as%x1f%an%x1f%s"
_COMMAND = ("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false")


@dataclass(frozen=True, slots=True)
class Edit:
    """One commit: its day (YYYY-MM-DD), its author's name and its first line."""

    day: str
    author: str
    subject: str


async def edits(file: Path, first: int, last: int) -> list[Edit]:
    """The commits that touched these lines (from 1), newest first; none where the file is in no checkout, or git is missing."""
    command = [*_COMMAND, "log", f"-n{MOST}", "-s", "--no-ext-diff", "--no-textconv", f"--format={_FORMAT}"]
    told = await _said(*command, f"-L{first},{last}:{file.name}", folder=file.parent)
    rows = [line.split("\x1f") for line in told.splitlines() if line.count("\x1f") == 2]
    return [Edit(*row) for row in rows]


def changed(file: Path) -> str:
    """The day on which the file was last written (YYYY-MM-DD); empty where there is none."""
    try:
        return date.fromtimestamp(file.stat().st_mtime).isoformat()
    except (OSError, OverflowError, ValueError):
        return ""


async def _said(*command: str, folder: Path) -> str:
    """What a program prints; nothing where it fails or takes too long."""
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdin=nothing, stdout=pipe, stderr=nothing, env=environment
        )
    except (OSError, NotImplementedError):
        return ""
    try:
        told, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    except TimeoutError:
        return ""
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    return told.decode("utf-8", "replace") if process.returncode == 0 else ""
