"""A page goes in as bytes and comes out as the same bytes, with annotations around the terms in its text.

Promises: taking the annotations out gives the page back, byte for byte, whatever the page, but for one that came annotated,
which is left as it is; the output does not depend on how the bytes arrive, except where a time budget ends; what is held back is
bounded; on any exception ``pending`` is what was received and not yet given out. It does not know HTTP, nor what a term means.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

from proxy_addon.glossary.model import Glossary
from proxy_addon.markup.annotation import Annotator
from proxy_addon.markup.bridge import Bridge, bridge
from proxy_addon.markup.encoding import Encoding, sniff
from proxy_addon.markup.grammar import TAG_NAME
from proxy_addon.markup.judging import Finder, Judging, Watcher
from proxy_addon.markup.marks import STYLE_ORDER, Edit, Marks, Writer, spliced
from proxy_addon.markup.owned import Markers, place
from proxy_addon.markup.passages import HOLD, Passage, Tag, following, unfinished
from proxy_addon.markup.reader import Reader
from proxy_addon.markup.stretch import split
from proxy_addon.markup.strip import ENDS_HERE, may_be_ours, strip_annotations
from proxy_addon.options import Density

# A page is worked on in windows of at most this many bytes.
WINDOW = 65536
# With less than this, and less than a quarter of what is held already, new bytes wait for more.
ENOUGH = 2048

# Why a page, or the rest of it, was left alone.
Reason = Literal[
    # Its encoding holds no text that could be read.
    "encoding",
    # It carries annotations, or markup that looks like them.
    "annotated",
    # A framework of the page's own script would throw away or trip over changed text, and our script may not run there.
    "script-owned",
    # The same, and our script shows the terms over the text as it is.
    "overlay",
    # The time budget for one page is used up.
    "budget",
    # Marks, or words that may be terms, stood too close together to help: the rest is not looked at.
    "crowded",
    # It is longer than whoever feeds it wants.
    "too long",
]


class Rewriter:
    """One page. ``budget`` is in milliseconds of ``clock``, which counts seconds; None for no limit. ``density`` None marks
    nothing: the page comes out as it is, and is only counted and watched."""

    def __init__(
        self,
        matcher: Finder,
        annotator: Writer,
        *,
        content_type: str | None = None,
        density: Density | None = "block",
        watcher: Watcher | None = None,
        script_owned: Literal["annotate", "leave"] = "annotate",
        budget: float | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._matcher, self._annotator = matcher, annotator
        self._content_type, self._density, self._watcher = content_type, density, watcher
        self._script_owned = script_owned
        self._budget, self._clock, self._spent = budget, clock, 0.0
        self._page: _Page | None = None
        self._bridge: Bridge | None = None
        self._begun = False
        self.pending = b""
        self.reason: str | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        """Matches by entry."""
        return self._page.marks.counts if self._page else {}

    def feed(self, data: bytes) -> bytes:
        """What can be given out after these bytes."""
        begun = self._clock()
        self.pending += data
        out = self._give(data, last=False)
        self._spent += self._clock() - begun
        if self._budget is not None and self._spent * 1000 > self._budget and self.reason in (None, "crowded"):
            out += self.leave("budget")
        return out

    def close(self) -> bytes:
        """The rest."""
        return self._give(b"", last=True)

    def leave(self, reason: Reason) -> bytes:
        """Annotate nothing from here on; what is held comes out as it is, as does what will be fed."""
        if self._page is None:
            self.reason = reason
            return self._released()
        self._page.left = reason
        return self._through(self._page, b"", last=False)

    def _released(self) -> bytes:
        held, self.pending = self.pending, b""
        return held

    def _give(self, data: bytes, *, last: bool) -> bytes:
        if self._page is None and (self.reason is not None or not self._begin(last)):
            return self._released() if self.reason is not None else b""
        assert self._page is not None
        return self._through(self._page, data if self._begun else self.pending, last)

    def _begin(self, last: bool) -> bool:
        encoding = sniff(self.pending, self._content_type, last=last)
        if encoding is None:
            return False
        if not encoding.readable:
            self.reason = "encoding"
            return False
        self._bridge = bridge(encoding)
        self._page = _Page(self._matcher, self._annotator, encoding, self._density, self._watcher)
        self._page.markers = Markers() if self._script_owned == "leave" else None
        return True

    def _through(self, page: _Page, data: bytes, last: bool) -> bytes:
        self._begun = True
        if self._bridge is None:
            out = page.feed(data, last=last)
            self.pending = page.buffer
        else:
            inner = page.feed(self._bridge.inward(data, last=last), last=last)
            out = self._bridge.outward(inner, last=last)
            self.pending = b"" if last else self._bridge.held(page.buffer)
        self.reason = page.reason
        return out


class _Page:
    """The work on one page whose encoding is known."""

    def __init__(
        self, matcher: Finder, annotator: Writer, encoding: Encoding, density: Density | None, watcher: Watcher | None
    ) -> None:
        self._encoding, self._watcher = encoding, watcher
        self.marks = Marks(annotator, encoding, density)
        self._reader = Reader(encoding, sections=density == "section")
        self.marks.headings, self.marks.policies = self._reader.headings, self._reader.policies
        self._judging = Judging(matcher, self._reader, self.marks, watcher)
        self.buffer = b""
        self._at = 0
        self._fresh = 0
        self._passage: Passage | None = None
        self._tag = b""
        # A passage has ended, and the tag that ends its element is still to come.
        self._ending = False
        # Markup like ours was met, or the end of the construct in which the page was ``left``.
        self.halted = False
        self.left: Reason | None = None
        # Looks for frameworks; whether one was met before anything was marked.
        self.markers: Markers | None = None
        self._owned = False

    @property
    def reason(self) -> Reason | None:
        """Why nothing is marked any more, if so."""
        return self.left or ("annotated" if self.halted else "crowded" if self.marks.crowded else None)

    def feed(self, data: bytes, *, last: bool = False) -> bytes:
        """What these bytes let out."""
        marker = self.markers.end(data) if self.markers else None
        if marker is None:
            return self._taken(data, last=last)
        out = self._taken(data[:marker], forced=True)
        self.markers = None
        if self.marks.begun:
            self.left = self.left or "script-owned"
        else:
            self._owned = True
        return out + self._taken(data[marker:], last=last)

    def _taken(self, data: bytes, *, last: bool = False, forced: bool = False) -> bytes:
        out: list[bytes] = []
        for begin in range(0, max(len(data), 1), WINDOW):
            self.buffer += data[begin : begin + WINDOW]
            self._fresh += len(data[begin : begin + WINDOW])
            final = last and begin + WINDOW >= len(data)
            if final or forced or self._passage or self.left or self._owned or self._fresh >= min(ENOUGH, len(self.buffer) // 4):
                self._fresh = 0
                self._advance(out, final)
        return b"".join(out)

    def _advance(self, out: list[bytes], last: bool) -> None:
        while self.buffer and not self.halted:
            if self._passage is not None:
                if not self._pass(out, last):
                    break
            elif self.left and not self._ending:
                self._halt_at(self._at, out)
            elif not (self._show_over(out, last) if self._owned else self._work(out, last)):
                break
        if self.halted or (last and self.buffer):
            self._emit(out, len(self.buffer))

    def _emit(self, out: list[bytes], length: int, edits: list[Edit] | None = None) -> None:
        if length:
            self._ending = False
            out.append(spliced(self.buffer[:length], edits or [], self._at, self._encoding.fence))
            self.buffer = self.buffer[length:]
            self._at += length

    def _pass(self, out: list[bytes], last: bool) -> bool:
        assert self._passage is not None
        passage = self._passage
        end, ended = passage.advance(self.buffer, 0, last)
        self._emit(out, end)
        if ended:
            self._passage, self._ending = None, True
            if isinstance(passage, Tag) and passage.name:
                self._passage = following(passage.name, self._tag, closed=passage.self_closing)
        return ended

    def _work(self, out: list[bytes], last: bool) -> bool:
        """Annotate what is complete and let it out; False when more is needed."""
        stretch = split(self.buffer, self._at, last)
        self._reader.walk(stretch, self.buffer)
        halt = self._reader.halt
        if halt is not None:
            stretch.end_at(halt)
        edits = self._policy()
        end = self._at + (len(self.buffer) if halt is None else stretch.stop)
        hidden = self._reader.hidden if self._watcher else ()
        rest = len(self.buffer) - stretch.stop
        ours = may_be_ours(self.buffer[stretch.stop : stretch.stop + HOLD])
        if halt is None and ours and rest >= HOLD:
            # Too long to wait for, with whatever text waits before it.
            halt = stretch.at + stretch.stop
        made, held = self._judging.finish(stretch, end, last=last and halt is None, ours=ours, idle=self.left is not None)
        edits += made
        if self._watcher:
            self._watcher.texts(stretch, held, hidden)
        if halt is not None:
            self._halt_at(halt, out, edits)
            return True
        self._emit(out, held - self._at, edits)
        self._reader.holds(self._at)
        self.marks.passes(self._at)
        return not last and not held < stretch.at + stretch.stop and rest >= HOLD and self._enter(out)

    def _show_over(self, out: list[bytes], last: bool) -> bool:
        """Mark nothing; put the script in where it may stand. False when more is needed."""
        stretch = split(self.buffer, self._at, last)
        self._reader.walk(stretch, self.buffer)
        body, halt = self._reader.body, self._reader.halt
        at = place(stretch, body) if body is not None else None
        if at is not None and (halt is None or at <= halt):
            script = [] if self._encoding.fence else self.marks.script(at, "overlay")
            self.left, self.halted = "overlay" if script else "script-owned", True
            self._emit(out, len(self.buffer), script or self._ours_end(at))
            return True
        if halt is not None:
            self._halt_at(halt, out)
            return True
        rest = len(self.buffer) - stretch.stop
        self._emit(out, stretch.stop)
        self._reader.holds(self._at)
        return not last and rest >= HOLD and self._enter(out)

    def _enter(self, out: list[bytes]) -> bool:
        """Go on through a construct too long to wait for."""
        behind, self._passage = unfinished(self.buffer)
        begin = TAG_NAME.match(self.buffer)
        if begin:
            self._tag = self.buffer[:HOLD]
            self._reader.begin(self._tag, self._at)
            if self._reader.halt is not None:
                self._halt_at(self._at, out)
                return True
        edits = self._policy()
        self._emit(out, behind, edits)
        return True

    def _policy(self) -> list[Edit]:
        """A policy in the page admits only a style that stands before it."""
        at = self._reader.policy
        if at is None or self.marks.styled or self.marks.density is None or self._owned:
            return []
        return [self.marks.style(at)]

    def _halt_at(self, halt: int, out: list[bytes], edits: Sequence[Edit] = ()) -> None:
        """All the rest comes out; whoever takes annotations out is told where ours end."""
        self.halted = True
        self._emit(out, len(self.buffer), [*edits, *self._ours_end(halt)])

    def _ours_end(self, at: int) -> list[Edit]:
        return [(at, STYLE_ORDER, ENDS_HERE)] if self.marks.styled else []


class Compiled(Finder, Protocol):
    """A finder that knows the glossary it was made from."""

    @property
    def glossary(self) -> Glossary: ...


def annotate_html(data: bytes, *, matcher: Compiled, content_type: str | None = None, url: str | None = None) -> bytes:
    """The page with its terms annotated in English; every other byte as it was. ``url`` is not needed yet.

    ``strip_annotations`` takes that back, byte for byte. A page that is annotated already comes out as it is; what is taken off
    is then what it came with.
    """
    rewriter = Rewriter(matcher, Annotator(matcher.glossary), content_type=content_type)
    return rewriter.feed(data) + rewriter.close()


__all__ = ["Finder", "Rewriter", "annotate_html", "strip_annotations"]
