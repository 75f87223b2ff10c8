"""What was decided about each answer, as lines of JSON, for tests and scripts: host, reason, counts; never an address.

The addon notes its decision on the flow; a ``Recorder``, loaded after it, writes a line once the answer is complete, and counts
answers. The words that were annotated are written only where ``with_text`` says so, because they are text of the page.
This module does not know how anything is decided.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from mitmproxy import http, tls

from proxy_addon.markup.encoding import sniff
from proxy_addon.markup.runs import readable
from proxy_addon.message.fields import media_type

_KEY = "glossator"
_ARRIVES = 0.3  # seconds for the end of the last answer to reach the reader
_TERM = re.compile(rb'<gl-term [^>]*?data-entry="?([\w-]+)[^>]*>([^<]*)')


@dataclass(frozen=True, slots=True)
class Decision:
    """``reason``: "rewritten", or why the answer or the rest of it was left alone; "no answer" if none came. ``counts``: matches
    by entry. ``text``: the entry and the words of each annotation, where they are wanted."""

    host: str
    reason: str
    counts: Mapping[str, int] = field(default_factory=dict)
    text: tuple[tuple[str, str], ...] = ()

    def line(self, *, with_text: bool) -> str:
        """The decision as a line of JSON; with the entry and the words of each annotation if ``with_text``."""
        told: dict[str, Any] = {"host": self.host, "reason": self.reason, "counts": dict(self.counts)}
        if with_text:
            told["text"] = self.text
        return json.dumps(told, ensure_ascii=False) + "\n"


def decided(flow: http.HTTPFlow, reason: str, counts: Mapping[str, int] | None = None) -> None:
    """Notes on a flow what became of it; the last note counts."""
    flow.metadata[_KEY] = Decision(flow.request.pretty_host, reason, dict(counts or {}))


def _words(body: bytes, content_type: str) -> Iterator[tuple[str, str]]:
    """The annotated words; none of a page in UTF-16."""
    encoding = sniff(body, content_type, last=True)
    if encoding:
        yield from ((entry.decode("ascii"), readable(encoding.decode(words))) for entry, words in _TERM.findall(body))


class Tell(Protocol):
    """Takes each decision, in the thread of the proxy."""

    def __call__(self, decision: Decision, /) -> None: ...


class Recorder:
    """Tells of every decision. ``enough`` is set once ``most`` answers are complete (0: never)."""

    def __init__(self, tell: Tell, *, with_text: bool = False, most: int = 0) -> None:
        self._tell, self._with_text, self._most = tell, with_text, most
        self._answers = 0
        self._bodies: dict[str, bytearray] = {}
        self.enough = asyncio.Event()

    def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        """A connection that is not opened: nothing else will be known of it."""
        if data.ignore_connection:
            address = data.context.server.address
            self._tell(Decision(data.client_hello.sni or (address[0] if address else ""), "not opened"))

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Keeps what the reader is sent of an annotated page, if its words are wanted."""
        stream = flow.response.stream if flow.response else False
        if self._with_text and callable(stream) and flow.response:
            flow.response.stream = self._kept(flow.id, stream)

    def response(self, flow: http.HTTPFlow) -> None:
        self._complete(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        """There is no answer, or not all of one."""
        flow.metadata.setdefault(_KEY, Decision(flow.request.pretty_host, "no answer"))
        self._complete(flow)

    def _kept(self, identity: str, stream: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
        body = self._bodies[identity] = bytearray()

        def keeping(data: bytes) -> Any:
            given = stream(data)
            body.extend(given if isinstance(given, bytes) else b"".join(given))
            return given

        return keeping

    def _complete(self, flow: http.HTTPFlow) -> None:
        body = bytes(self._bodies.pop(flow.id, b""))
        decision = flow.metadata.pop(_KEY, None)
        if isinstance(decision, Decision):
            kind = media_type(tuple(flow.response.headers.fields)) if flow.response else None
            self._tell(replace(decision, text=tuple(_words(body, str(kind or "")))))
        self._answers += 1
        if self._answers == self._most:
            asyncio.get_running_loop().call_later(_ARRIVES, self.enough.set)
