"""What is wrong with a glossary file, said to the person who can mend it.

A problem is a place, what was found there and what to do about it. This module does not know how problems are found or
shown, beyond the one line that every front door prints.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from proxy_addon.glossary.model import Place


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``str()`` is ``file:line:column: what was found; what to do``."""

    place: Place
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}; {self.cure}"


class GlossaryError(Exception):
    """A glossary that can't be used. ``problems`` holds everything that was found, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class Findings:
    """The problems of one file while it is being read. Lines and columns count from 1."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def place(self, line: int, column: int) -> Place:
        return Place(self.file, line, column)

    def add(self, line: int, column: int, what: str, cure: str) -> None:
        self.problems.append(Problem(self.place(line, column), what, cure))
