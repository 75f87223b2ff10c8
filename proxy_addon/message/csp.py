"""Content-Security-Policy, widened by no more than one hash (CSP Level 3).

``allow`` lets one inline ``<style>`` through, named by the hash of its text, and nothing else: the source is added to the
directive that governs style elements, in each policy of a list, and only if that policy does not let it through already.
A hash or nonce makes browsers ignore 'unsafe-inline' (CSP3 section 6.7.3.2), so a policy that lives by 'unsafe-inline' is left
as it is: adding there would take the page's own styles away. The text of a policy is kept, byte for byte, but for what is
added, and for 'none', which holds only alone. Doing it twice changes nothing. This module does not know what the hash is of.

For scripts nothing is ever widened: ``admits_script`` only asks whether every policy lets any inline script run already, and
``admits_self`` whether a page may ask its own origin. Report-only policies count: a report would tell the site of the reader.

What may run or load, and by which directive the browser decides, is a row of ``GOVERNING``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from proxy_addon.message.fields import Field, Fields

# The directives that govern an inline element, the first present decides (CSP3 section 6.8.3).
GOVERNING = {
    "style": ("style-src-elem", "style-src", "default-src"),
    "script": ("script-src-elem", "script-src", "default-src"),
    "connect": ("connect-src", "default-src"),
}
# The directive to add where only the last resort, default-src, is present.
ADDED = {"style": "style-src"}

_ENFORCED, _REPORTED = b"content-security-policy", b"content-security-policy-report-only"
_FIELDS = frozenset((_ENFORCED, _REPORTED))
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


def admits_script(fields: Fields) -> bool:
    """Whether every policy of a head lets any inline script run."""
    return all(runs_inline(policy) for _, policy in _policies(fields)) and _open(fields, "allow-scripts")


def admits_self(fields: Fields, *, scheme: str) -> bool:
    """Whether every policy of a head lets a page of this scheme (``https``) ask its own origin."""
    asks = all(connects_self(policy, scheme=scheme) for _, policy in _policies(fields))
    return asks and _open(fields, "allow-same-origin")


def runs_inline(policy: str) -> bool:
    """Whether one policy, of a field or a meta element, lets any inline script run (CSP3 section 6.7.3.2)."""
    sources = _governing(directives(policy), "script")
    if sources is None:
        return True
    return _allows_all_inline(sources) and "'strict-dynamic'" not in (source.lower() for source in sources)


def connects_self(policy: str, *, scheme: str) -> bool:
    """Whether one policy lets a page ask its own origin; hosts by name are not looked at (CSP3 section 6.7.2.8)."""
    sources = _governing(directives(policy), "connect")
    return sources is None or not {"'self'", "*", "http:", f"{scheme}:"}.isdisjoint(source.lower() for source in sources)


def _policies(fields: Fields) -> Iterator[tuple[bytes, str]]:
    """Every policy of a head with the lower-case name of its field."""
    for name, value in fields:
        if name.lower() in _FIELDS:
            yield from ((name.lower(), policy) for policy in value.decode("latin-1").split(","))


def _open(fields: Fields, flag: str) -> bool:
    """Whether no sandbox takes this away from the page; only enforced policies make one (CSP3 section 6.3.2)."""
    boxes = (directives(policy).get("sandbox") for name, policy in _policies(fields) if name == _ENFORCED)
    return all(box is None or flag in (source.lower() for source in box.sources) for box in boxes)


def _governing(found: dict[str, Directive], kind: str) -> tuple[str, ...] | None:
    """The sources that decide; None where no directive of the policy does."""
    return next((found[name].sources for name in GOVERNING[kind] if name in found), None)


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
    """CSP3 section 6.7.3.2, but for 'strict-dynamic', which has no bearing on styles."""
    if any(_NONCE_OR_HASH.match(source) for source in sources):
        return False
    return "'unsafe-inline'" in (source.lower() for source in sources)


def _appended(policy: str, directive: str) -> str:
    body = policy.rstrip(_SPACE)
    return body + (" " if body.endswith(";") else "; ") + directive + policy[len(body) :]
