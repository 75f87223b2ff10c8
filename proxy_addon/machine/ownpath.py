"""The one path of each page's own origin that the proxy answers itself: the page's script asks there, and nobody else.

A page that may ask is given ``/.glossator/<token>``. The token is signed and bound to the page's host and the reader's
language, so nothing is kept for it, and it holds as long as the installation does. Whatever is asked under the prefix is
answered here, the wrong as well, and never reaches the origin. Only the page's own origin can ask (no CORS). A site's script
could ask like ours does: so what may be changed here is only what is shown on that site, by ids that the glossary knows.
Texts are matched by one worker and forgotten. This module does not know mitmproxy.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from proxy_addon.machine.edition import Edition
from proxy_addon.message.fields import Fields, media_type, tokens
from proxy_addon.preferences import PreferencesError, Store
from proxy_addon.service.api import annotation
from proxy_addon.service.requests import Misunderstood, TooMuch, annotate_request

PREFIX = "/.glossator/"
# Bytes of the longest body that is looked at, and of the longest that is waited for to be told so.
MOST, LIMIT = 256 * 1024, 4 * 1024 * 1024
# Requests that may wait for the worker.
QUEUE = 32

_SIGNED = 16
# What is chosen as a list of names.
_LISTS = ("hidden", "kinds_off")
_HEAD = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request under the prefix. ``host`` without its port; ``path`` with the query."""

    method: str
    host: str
    path: str
    fields: Fields
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: JSON, never to be stored."""

    status: int
    told: Mapping[str, Any]
    more: tuple[tuple[str, str], ...] = ()

    @property
    def body(self) -> bytes:
        """The body, in UTF-8."""
        return json.dumps(self.told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    @property
    def head(self) -> dict[str, str]:
        """The header fields."""
        return {**_HEAD, **dict(self.more)}


def is_under(path: str) -> bool:
    """Whether a request's path is ours to answer."""
    return path.startswith(PREFIX) or path.partition("?")[0] == PREFIX[:-1]


class OwnPath:
    """``secret`` signs the tokens; ``edition`` gives what is matched with now."""

    def __init__(self, secret: bytes, store: Store, edition: Callable[[], Edition]) -> None:
        self._secret, self._store, self._edition = secret, store, edition
        self._worker = ThreadPoolExecutor(1, "glossator-page")
        self._waiting = 0
        # Tells pages that were made with other tokens apart.
        self.mark = self._signature("mark")

    def close(self) -> None:
        """Nothing is begun any more."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def path(self, host: str, language: str) -> str:
        """Where a page of this host may ask, for a reader of this language; another path each time."""
        token = f"{language}.{secrets.token_urlsafe(9)}"
        return f"{PREFIX}{token}.{self._signature(token, host.lower())}"

    async def answer(self, asked: Asked) -> Answer:
        """The answer to any request under the prefix."""
        token = asked.path.removeprefix(PREFIX)
        language = self._language(token, asked.host)
        if language is None or not _from_own_origin(asked.fields):
            return _refused(404, "There is nothing here.")
        if asked.method == "GET":
            return Answer(200, {"glossator": token})
        if asked.method != "POST":
            return _refused(405, "GET or POST.", ("Allow", "GET, POST"))
        return await self._posted(asked, language)

    async def _posted(self, asked: Asked, language: str) -> Answer:
        kind = media_type(asked.fields)
        if kind is None or kind.essence != "application/json":
            return _refused(415, "The body must be application/json.")
        if len(asked.body) > MOST:
            return _refused(413, f"The body is larger than {MOST} bytes.")
        if self._waiting >= QUEUE:
            return _refused(503, "Too much at once.", ("Retry-After", "1"))
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._worker, self._done, asked.host, asked.body, language)
        finally:
            self._waiting -= 1

    def _done(self, host: str, body: bytes, language: str) -> Answer:
        try:
            wish = json.loads(body)
            if not isinstance(wish, dict) or len(wish) != 1 or not {"annotate", "set"} >= wish.keys():
                return _refused(422, 'The body must be {"annotate": {…}} or {"set": {…}}.')
            if "annotate" in wish:
                return Answer(200, self._matches(wish["annotate"], language))
            return Answer(200, self._set(host, wish["set"]))
        except TooMuch as error:
            return _refused(413, str(error))
        except (Misunderstood, PreferencesError) as error:
            return _refused(422, str(error))
        except (ValueError, RecursionError):
            return _refused(400, "The body is not JSON (UTF-8).")
        except OSError:
            return _refused(500, "The settings could not be kept; see glossator doctor.")

    def _matches(self, body: Any, language: str) -> dict[str, Any]:
        edition = self._edition()
        told = annotation(edition.matcher, annotate_request(body), language)
        off = edition.of_packs(self._store.current.packs_off)
        if off:
            told["matches"] = [match for match in told["matches"] if not off.issuperset(match["entries"])]
        return told

    def _set(self, host: str, patch: Any) -> dict[str, Any]:
        """Changes what is chosen for one host; what is chosen for the site above it goes on holding there.

        A list stands for all that is hidden; ``{id: true}`` hides one and ``{id: false}`` shows it, and what another tab has
        hidden meanwhile stays so.
        """
        now = self._store.current
        if isinstance(patch, dict):
            chosen = now.chosen_for(host).as_dict()
            switched = {
                name: _switched(chosen[name], given)
                for name, given in patch.items()
                if isinstance(given, dict) and name in _LISTS
            }
            patch = {**({} if host in now.sites else chosen), **patch, **switched}
            if isinstance(patch.get("hidden"), list):
                patch["hidden"] = [ref for ref in patch["hidden"] if self._is_hidable(ref) and ref not in now.hidden]
        return self._store.change_site(host, patch).at(host).as_dict()

    def _is_hidable(self, ref: Any) -> bool:
        """Whether there is such an entry: else a site could keep notes of its own among the reader's choices."""
        return isinstance(ref, str) and ref in self._edition().matcher.glossary.entries

    def _language(self, token: str, host: str) -> str | None:
        """The language in a token of ours for this host."""
        told, _, signature = token.rpartition(".")
        right = self._signature(told, host.lower())
        return told.partition(".")[0] if hmac.compare_digest(signature.encode(), right.encode()) else None

    def _signature(self, *signed: str) -> str:
        digest = hmac.new(self._secret, "\0".join(("page", *signed)).encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:_SIGNED]).rstrip(b"=").decode("ascii")


def _switched(chosen: list[str], given: Mapping[str, Any]) -> list[str]:
    """The names with those of ``given`` that are true, and without those that are false."""
    return [name for name in chosen if given.get(name) is not False] + [name for name in given if given[name] is True]


def _from_own_origin(fields: Fields) -> bool:
    """Browsers say whence they ask, but not over plain http."""
    return set(tokens(fields, b"sec-fetch-site")) <= {"same-origin"}


def _refused(status: int, why: str, *more: tuple[str, str]) -> Answer:
    return Answer(status, {"error": why}, more)
