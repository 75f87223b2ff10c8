"""Code points to UTF-16 code units: Python counts the former, JavaScript strings the latter."""

from __future__ import annotations

from bisect import bisect_left


class Utf16:
    """Offsets of one text. Texts without astral characters cost one scan and no table."""

    def __init__(self, text: str) -> None:
        self._astral = [] if max(text, default="") <= "\uffff" else [i for i, c in enumerate(text) if c > "\uffff"]

    def __call__(self, offset: int) -> int:
        """The UTF-16 offset of the code point at ``offset``."""
        return offset + bisect_left(self._astral, offset)
