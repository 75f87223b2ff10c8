"""The reader's language from ``Accept-Language``: RFC 9110 section 12.5.4 with the lookup of RFC 4647 section 3.4.

It does not know which languages there are; they are given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

# Chinese is named by region where the script decides (RFC 5646 section 4.1 leaves the script out).
_SCRIPTS = {"zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans", "zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant"}


def preferred(accepted: str, offered: Sequence[str], default: str = "en") -> str:
    """The offered language that the header's value ranks highest; ``default`` where it names none of them."""
    known = {code.lower(): code for code in offered}
    for wanted in _ranked(accepted):
        for code in _shorter(wanted):
            found = known.get(code) or known.get(_SCRIPTS.get(code, ""))
            if found:
                return found
    return default


def _ranked(accepted: str) -> list[str]:
    """The ranges of a header's value, best first; those of weight 0 or without sense are left out."""
    weighed = []
    for part in accepted.split(","):
        name, _, parameters = part.partition(";")
        weight = _weight(parameters)
        if name.strip() and weight > 0:
            weighed.append((weight, name.strip().lower()))
    return [name for _, name in sorted(weighed, key=lambda found: -found[0])]


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _shorter(code: str) -> Iterator[str]:
    """A range and its parents: zh-hant-hk, zh-hant, zh (RFC 4647 section 3.4: a single letter goes with what it opens)."""
    parts = code.split("-")
    while parts:
        yield "-".join(parts)
        parts.pop()
        if len(parts) > 1 and len(parts[-1]) == 1:
            parts.pop()
