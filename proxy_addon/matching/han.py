"""Chinese characters: traditional and simplified spellings of one word are one word.

``simplified`` folds character by character; ``spellings`` undoes it for the one or two characters that a scan looks for, so
that a text need not be folded to be scanned. The table's origin is written in ``han.txt``. It is for matching alone: a
faithful conversion needs words, not characters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

_TABLE = Path(__file__).with_name("han.txt")


def simplified(text: str) -> str:
    """``text`` with every traditional character replaced by its simplified one; lengths stay."""
    return text.translate(_to_simplified())


def spellings(text: str) -> Iterator[str]:
    """Every text that ``simplified`` folds into the simplified ``text``, itself among them; meant for one or two characters."""
    variants = _variants()
    return map("".join, product(*((char, *variants.get(char, ())) for char in text)))


@cache
def _to_simplified() -> dict[int, str]:
    lines = [line for line in _TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return str.maketrans("".join(lines[0::2]), "".join(lines[1::2]))  # type: ignore[return-value]


@cache
def _variants() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for code, char in _to_simplified().items():
        found[chr(char) if isinstance(char, int) else char].append(chr(code))
    return dict(found)
