"""Content-Security-Policy, widened by no more than one hash (CSP Level 3).

``allow`` lets one inline ``<style>`` through, named by the hash of its text, and nothing else: the source is added to the
directive that governs style elements, in each policy of a list, and only if that policy does not let it through already.
A hash or nonce makes browsers ignore 'unsafe-inline' (CSP3 section 6.7.3.2), so a policy that lives by 'unsafe-inline' is left
as it is: adding there would take the page's own styles away. The text of a policy is kept, byte for byte, but for what is
added, and for 'none', which holds only alone. Doing it twice changes nothing. This module does not know what the hash is of.

What may run or load, and by which directive the browser decides, is a row of ``GOVERNING``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from proxy_addon.message.fields import Field, Fields

# The directives that govern an inline element, the first present decides (CSP3 section 6.8.3).
GOVERNING = {"style": ("style-src-elem", "style-src", "default-src")}
# The directive to add where only the last resort, default-src, is present.
ADDED = {"style": "style-src"}

_FIELDS = frozenset((b"content-security-policy", b"content-security-policy-report-only"))
_SPACE = " \t\n\f\r"
_TOKEN = re.compile(rf"[^{_SPACE}]+")
_NONE = re.compile(rf"[{_SPACE}]+'none'(?=[{_SPACE}]|\Z)", re.IGNORECASE)
_NONCE_OR_HASH = re.compile(r"'(?:nonce|sha256|sha384|sha512)-[A-Za-z0-9+/_-]+={0,2}'\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive and where its text, without the space around it, stands in its policy (code points)."""

    name: str
    sources: tuple[str, ...]
    start: int
    end: int


def allow(value: str, *, style: str) -> str:
    """A field value, which is a comma list of policies, that lets ``style`` (like ``'sha256-…='``) through."""
    return ",".join(allow_in_meta(policy, style=style) for policy in value.split(","))


def allow_in_meta(policy: str, *, style: str) -> str:
    """The same for ``<meta http-equiv>``, whose content is one policy: a comma has no meaning there."""
    return _admit(policy, style, "style")


def allow_in_fields(fields: Fields, *, style: str) -> Fields:
    """Header fields with every policy widened, enforced or report-only: a report would tell the site of the reader."""
    return tuple(_allowed(field, style) for field in fields)


def _allowed(field: Field, style: str) -> Field:
    name, value = field
    if name.lower() not in _FIELDS:
        return field
    return name, allow(value.decode("latin-1"), style=style).encode("latin-1")


def directives(policy: str) -> dict[str, Directive]:
    """The directives of one policy by lower-case name; of two with one name the first holds (CSP3 section 2.2.1)."""
    found: dict[str, Directive] = {}
    for directive in _directives(policy):
        found.setdefault(directive.name, directive)
    return found


def _directives(policy: str) -> Iterator[Directive]:
    for part in re.finditer(r"[^;]+", policy):
        words = [word.group() for word in _TOKEN.finditer(part.group())]
        if words:
            start = part.start() + len(part.group()) - len(part.group().lstrip(_SPACE))
            end = part.start() + len(part.group().rstrip(_SPACE))
            yield Directive(words[0].lower(), tuple(words[1:]), start, end)


def _admit(policy: str, source: str, kind: Literal["style"]) -> str:
    found = directives(policy)
    governing = next((found[name] for name in GOVERNING[kind] if name in found), None)
    if governing is None or source in governing.sources or _allows_all_inline(governing.sources):
        return policy
    text = policy[governing.start : governing.end]
    widened = _NONE.sub("", text) + " " + source
    if governing.name != "default-src":
        return policy[: governing.start] + widened + policy[governing.end :]
    return _appended(policy, ADDED[kind] + widened[len("default-src") :])


def _allows_all_inline(sources: tuple[str, ...]) -> bool:
    """CSP3 section 6.7.3.2, for styles: 'strict-dynamic' has no bearing on them."""
    if any(_NONCE_OR_HASH.match(source) for source in sources):
        return False
    return "'unsafe-inline'" in (source.lower() for source in sources)


def _appended(policy: str, directive: str) -> str:
    body = policy.rstrip(_SPACE)
    return body + (" " if body.endswith(";") else "; ") + directive + policy[len(body) :]
