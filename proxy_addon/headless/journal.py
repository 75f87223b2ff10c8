"""Which inputs of a long run are done, on disk, so that a run that was stopped can go on.

A line of JSON for each finished input, written when all of its output is; the first line says with which settings. What a
killed process left half written is not counted. This module does not know what the output is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class JournalError(Exception):
    """The run can't go on; the message says why and what to do."""


@dataclass(slots=True)
class Journal:
    """``done``: the troubles of each finished input by its identity; ``end``: how many bytes of output belong to them."""

    path: Path
    settings: Mapping[str, Any]
    done: dict[str, Sequence[str]] = field(default_factory=dict)
    end: int = 0

    def start(self, *, resume: bool) -> None:
        """Reads what is done if ``resume``, else begins anew. JournalError if either isn't possible."""
        if resume:
            self._read()
        elif self.path.exists():
            raise JournalError(f"{self.path} is of a run that was stopped: go on with --resume, or remove it to begin anew")
        else:
            self._write(self.settings, "w")

    def check(self, size: int, inputs: Iterable[str]) -> None:
        """JournalError unless the output, which has this ``size``, holds what is done, and every finished input is as it was."""
        if size < self.end:
            raise JournalError(
                f"of {self.end} bytes that were written only {size} are there: remove {self.path} to begin anew without --resume"
            )
        for changed in sorted(self.done.keys() - set(inputs))[:1]:
            name = changed.partition("\0")[0]
            raise JournalError(
                f"{name} has changed since it was read, or isn't named any more: name the same inputs as they were, "
                f"or remove {self.path} to begin anew without --resume"
            )

    def add(self, identity: str, troubles: Sequence[str], end: int) -> None:
        """An input is finished; its output ends at byte ``end``."""
        self.done[identity], self.end = troubles, end
        self._write({"input": identity, "troubles": troubles, "end": end}, "a")

    def finish(self) -> None:
        """The run is over."""
        self.path.unlink(missing_ok=True)

    def _write(self, value: Mapping[str, Any], mode: str) -> None:
        with open(self.path, mode, encoding="utf-8") as file:
            file.write(json.dumps(value) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> None:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError as error:
            raise JournalError(f"nothing to go on with: there is no {self.path}; begin without --resume") from error
        whole = data.rfind(b"\n") + 1
        try:
            settings, *lines = map(json.loads, data[:whole].splitlines())
            for line in lines:
                self.done[line["input"]], self.end = line["troubles"], int(line["end"])
        except (ValueError, TypeError, KeyError) as error:
            raise JournalError(f"{self.path} is no journal of this program's, or damaged: remove it to begin anew") from error
        if settings != dict(self.settings):
            raise JournalError(f"{self.path} is of a run with other settings or another glossary: use the same, or remove it")
        os.truncate(self.path, whole)
