"""A progress bar on a terminal, nothing anywhere else. The one module that knows tqdm."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from tqdm import tqdm  # type: ignore[import-untyped]


class Progress:
    """Counts inputs and their bytes; shows bytes, rate, time left, and how many inputs are done, on a terminal only."""

    def __init__(self, sizes: Sequence[int] = ()) -> None:
        """``sizes`` of all inputs in bytes, if they are known; without them there is no time left to show."""
        self._inputs, self._done = len(sizes), 0
        self._bar: Any = tqdm(
            total=sum(sizes) or None, unit="B", unit_scale=True, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False
        )

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.close()

    def done(self, size: int, inputs: int = 1) -> None:
        """One more input, or several, of so many bytes."""
        self._done += inputs
        of = f" of {self._inputs}" if self._inputs else ""
        self._bar.set_postfix_str(f"{self._done}{of} inputs", refresh=False)
        self._bar.update(size)

    def say(self, line: str) -> None:
        """A line on standard error that the bar doesn't write over."""
        self._bar.write(line, file=sys.stderr) if not self._bar.disable else print(line, file=sys.stderr)
