"""Who may ask: the installation's own token, and the extensions that were paired with it.

A pairing begins with a code of eight digits that the desk shows and a person types into the extension; it ends with a token
that is good for that extension's origin alone. Only the digest of such a token is kept, in a file of the reader's own (mode
0600), written whole or not at all; another program may change it, and it is read again when it has changed. A code lives for
two minutes and for five attempts.

The desk is entered with a key that is good for two minutes and once, because it stands in an address that other programs may
see. Whoever has the installation's token can make one without telling it to anybody, not even to what listens on the port;
what it is exchanged for acts for that token until this value is gone. Knows nothing of HTTP.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from proxy_addon.keeping import locked, read_rows, signature, write_atomically
from proxy_addon.service.secret import installation_token

EXTENSION_SCHEMES = frozenset({"chrome-extension", "moz-extension"})

# Seconds for which a code may be used, and how often it may be got wrong.
CODE_LIFE = 120.0
CODE_ATTEMPTS = 5
_CODE_DIGITS = 8

# So many sittings at the desk at once; the oldest end first.
SITTINGS = 32
# Seconds by which the clock may have been set back since a key was made.
_SKEW = 5


class NotPaired(Exception):
    """The person who pairs must ask the desk for a new code, or type it anew; the message says which."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """One extension: the origin it speaks from, the SHA-256 of its token, and the day it was paired (YYYY-MM-DD)."""

    origin: str
    digest: str
    since: str


@dataclass(slots=True)
class _Code:
    digits: str
    until: float
    attempts: int = 0


@dataclass(slots=True)
class Keys:
    """``own`` is the installation's token. ``file`` keeps the pairings; without one they last as long as this value.

    It may be used from several threads. ``clock`` counts seconds, ``wall`` those since 1970.
    """

    own: str
    file: Path | None = None
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    _code: _Code | None = None
    _pairings: dict[str, Pairing] = field(default_factory=dict)
    _seen: tuple[int, int, int] | None = None
    _used: dict[str, int] = field(default_factory=dict)
    _sittings: tuple[str, ...] = ()
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._refresh()

    def admits(self, token: str, origin: str = "") -> bool:
        """Whether this token may be used by a request from ``origin`` (empty where the request names none)."""
        if self._is_own(token):
            return True
        digest = _digest(token)
        known = [pairing for pairing in self.pairings if hmac.compare_digest(pairing.digest, digest)]
        return any(not origin or pairing.origin == origin for pairing in known)

    def owns(self, token: str) -> bool:
        """Whether this is the installation's own token, which alone may pair, unpair and edit."""
        return self._is_own(token)

    def _is_own(self, token: str) -> bool:
        given = token.encode()
        return any(hmac.compare_digest(given, own.encode()) for own in (self.own, *self._sittings))

    def enter(self, key: str) -> str:
        """A token for a key of ``entrance``, as good as the installation's own while this value lives. Raises ``NotPaired``."""
        day, _, rest = key.partition("-")
        made = int(day) if day.isascii() and day.isdigit() and len(day) < 12 else 0
        age = self.wall() - made
        with self._lock:
            known = hmac.compare_digest(_entrance(self.own, made, rest.partition("-")[0]).encode(), key.encode())
            if not known or key in self._used or not -_SKEW <= age <= CODE_LIFE:
                raise NotPaired("this key was used, or is too old: run glossator desk again")
            self._used = {used: at for used, at in self._used.items() if self.wall() - at <= CODE_LIFE + _SKEW} | {key: made}
        return self.sit()

    def sit(self) -> str:
        """A token as good as the installation's own while this value lives."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._sittings = (*self._sittings[1 - SITTINGS :], token)
        return token

    def code(self) -> str:
        """A new code, which takes the place of any other; digits."""
        digits = "".join(secrets.choice("0123456789") for _ in range(_CODE_DIGITS))
        with self._lock:
            self._code = _Code(digits, self.clock() + CODE_LIFE)
        return digits

    def pair(self, code: str, origin: str, day: str) -> str:
        """The token for the extension at ``origin``. Raises ``NotPaired``, ``OSError``."""
        if urlsplit(origin).scheme not in EXTENSION_SCHEMES:
            raise NotPaired("only a browser extension can be paired: call from its background worker")
        with self._alone():
            self._use(code)
            token = secrets.token_urlsafe(32)
            self._keep({**self._pairings, origin: Pairing(origin, _digest(token), day)})
        return token

    def _use(self, code: str) -> None:
        held = self._code
        if held is None or self.clock() > held.until:
            self._code = None
            raise NotPaired("there is no code in use: take a new one from the desk, it is good for two minutes")
        held.attempts += 1
        if hmac.compare_digest(code.replace(" ", "").encode(), held.digits.encode()):
            self._code = None
        elif held.attempts >= CODE_ATTEMPTS:
            self._code = None
            raise NotPaired("the code was wrong too often: take a new one from the desk")
        else:
            raise NotPaired("the code is wrong: type the eight digits that the desk shows")

    def unpair(self, origin: str) -> bool:
        """Whether there was such a pairing; there is none now. Raises ``OSError``."""
        with self._alone():
            left = {key: pairing for key, pairing in self._pairings.items() if key != origin}
            found = len(left) < len(self._pairings)
            self._keep(left)
        return found

    @property
    def pairings(self) -> tuple[Pairing, ...]:
        """Those that are kept now."""
        if self.file and signature(self.file) != self._seen:
            with self._lock:
                self._refresh()
        return tuple(self._pairings.values())

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else changes the pairings as they are kept now."""
        with self._lock, locked(self.file):
            self._refresh()
            yield

    def _refresh(self) -> None:
        if self.file:
            self._seen = signature(self.file)
            self._pairings = _read(self.file)

    def _keep(self, pairings: dict[str, Pairing]) -> None:
        if self.file:
            write_atomically(
                self.file, json.dumps({"version": 1, "paired": [asdict(each) for each in pairings.values()]}, indent=1)
            )
        self._pairings = pairings


def entrance(token: str, now: float) -> str:
    """A key with which the desk can be entered, once and soon, by the installation's token. ``now`` in seconds since 1970."""
    return _entrance(token, int(now), secrets.token_hex(8))


def _entrance(token: str, made: int, nonce: str) -> str:
    said = f"{made}-{nonce}"
    return f"{said}-{hmac.new(token.encode(), f'entrance {said}'.encode(), hashlib.sha256).hexdigest()[:32]}"


def installed(folder: Path) -> Keys:
    """The keys of this installation, kept in ``folder``; made on first use. Raises ``OSError``."""
    return Keys(installation_token(folder), folder / "paired.json")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _read(file: Path | None) -> dict[str, Pairing]:
    """What is kept there; a file that can't be understood pairs nobody."""
    rows = read_rows(file, "paired", [each.name for each in fields(Pairing)]) if file else []
    return {row["origin"]: Pairing(**row) for row in rows}
