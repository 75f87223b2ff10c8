"""Which hosts' connections are opened at all: the shipped exclusion list, the reader's own lists, the authority's limits.

A host that is not covered keeps the origin's own certificate from end to end. This module knows names only; it does not
resolve, connect or remember them.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import resources

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")


class HostError(ValueError):
    """A pattern that is not the name of a host; the message says what to write instead."""


def canonical(host: str) -> str:
    """A host name as it is compared: lower case, A-labels (RFC 5891), without the root's dot."""
    name = host.strip().rstrip(".").lower()
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def in_url(host: str) -> str:
    """A host as it stands before a port: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


@dataclass(frozen=True, slots=True)
class Hosts:
    """A set of hosts: ``suffixes`` cover themselves and everything under them; ``labels`` any host under such a label."""

    suffixes: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()

    def __contains__(self, host: object) -> bool:
        parts = canonical(str(host)).split(".")
        if any(".".join(parts[start:]) in self.suffixes for start in range(len(parts))):
            return True
        return not self.labels.isdisjoint(parts[:-2])

    def __bool__(self) -> bool:
        return bool(self.suffixes or self.labels)


def hosts(patterns: Iterable[str]) -> Hosts:
    """``example.org`` and ``login.*`` patterns as a set; HostError names the first that is neither."""
    suffixes: set[str] = set()
    labels: set[str] = set()
    for pattern in patterns:
        name = canonical(pattern.removesuffix(".*"))
        _check(pattern, name)
        (labels if pattern.endswith(".*") else suffixes).add(name)
    return Hosts(frozenset(suffixes), frozenset(labels))


def read(text: str) -> Hosts:
    """A list of patterns, one a line; everything after ``#`` is a remark."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return hosts(line for line in lines if line)


def shipped() -> Hosts:
    """The exclusion list that comes with the program (``exclusions.txt`` beside this file)."""
    return read(resources.files(__package__).joinpath("exclusions.txt").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Interception:
    """Which hosts are opened: inside ``within`` and ``only`` where these are not empty, and outside ``never``."""

    only: Hosts = field(default_factory=Hosts)
    never: tuple[Hosts, ...] = ()
    within: Hosts = field(default_factory=Hosts)

    def opens(self, host: str | None, asked_for: str | None = None) -> bool:
        """Whether this host is annotated. An unknown host is not opened where a list says what may be; nor is one that was
        ``asked_for`` under another name that is never opened (an encrypted hello bears a name that stands for many)."""
        if asked_for and any(asked_for in limit for limit in self.never):
            return False
        if not host:
            return not (self.only or self.within)
        allowed = all(host in limit for limit in (self.only, self.within) if limit)
        return allowed and not any(host in limit for limit in self.never)


def is_address(host: str) -> bool:
    """Whether this is an IP address, which no authority limited to names can sign for."""
    return _address(canonical(host)) is not None


def is_loopback(host: str) -> bool:
    """Whether a request for this host would reach this very machine by the host's spelling alone."""
    name = canonical(host).strip("[]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped and (mapped.is_loopback or mapped.is_unspecified))


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in a name, in any spelling that resolvers take: 127.1, 0x7f.1, 2130706433."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(name))
        except (OSError, UnicodeError):
            return None


def _check(pattern: str, name: str) -> None:
    if not name or not all(map(_LABEL.match, name.split("."))):
        raise HostError(f"{pattern!r} is not a host name; write example.org, without https:// and without a path")
