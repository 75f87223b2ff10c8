"""The body of one page as it streams through: decoded, rewritten, sent on as it is (identity coding).

The proxy calls a ``Transform`` with each piece of the body as it came, and with ``b""`` at the end; what it gives is sent at
once. Promises: it never raises and gives a list, empty or of pieces that are not empty (an empty piece would end an HTTP/1
body early); what the reader gets is the whole page, rewritten as far as the rewriter went; the work and the memory of one call
are bounded by the decoder's limit. It does not know HTML, header fields or the proxy.

Ways out, each named in ``outcome``:

* The rewriter fails: what it holds and all that follows go on as the origin wrote them.
* The page is longer than ``max_page``: the rewriter leaves it, and the rest goes on as it came.
* The body can't be decoded: nothing right can be sent any more, so ``on_abort`` is called (it is to cut the connection, lest
  the reader or a cache take the part for the whole), and nothing further is given. A body that only bears the wrong label
  is passed on by the decoder, and is no failure.
* ``b""`` is only *perhaps* the end: HTTP/2 origins may send an empty frame in the middle, and mitmproxy 11 tells some ends
  twice. The rewriter is closed at the first, because no later call may come; should more follow, it goes on as it came. So
  such a page is complete, and annotated up to there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, Protocol

from proxy_addon.message.coding import CodingError, Decoder

# The largest page that is rewritten to its end, in decoded bytes.
MAX_PAGE = 64 << 20

# How a page went, or is going.
Outcome = Literal[
    # All that came was rewritten.
    "rewritten",
    # More followed what had looked like the end.
    "went on after its end",
    # Longer than ``max_page``.
    "too long",
    # A fault of ours.
    "rewriter failed",
    # A fault of the origin's, or a decompression bomb.
    "coding failed",
]


class Rewriter(Protocol):
    """One page, bytes to bytes.

    ``pending`` holds the original bytes that earlier calls took and did not answer for in what they gave. It is read before
    every call, so it must be cheap; what a failed call leaves in it does not matter.
    """

    @property
    def pending(self) -> bytes: ...

    def feed(self, data: bytes) -> bytes: ...

    def close(self) -> bytes: ...

    def leave(self, reason: Literal["too long"]) -> bytes: ...


class Transform:
    """The callable for a response's stream. ``trouble`` tells the kind and place of a fault, never what was on the page."""

    def __init__(
        self,
        decoder: Decoder,
        rewriter: Rewriter,
        *,
        on_abort: Callable[[], None],
        max_page: int = MAX_PAGE,
    ) -> None:
        self._decoder = decoder
        self._rewriter: Rewriter | None = rewriter
        self._on_abort = on_abort
        self._max_page = max_page
        self._decoded = 0
        self.outcome: Outcome = "rewritten"
        self.trouble: str | None = None

    def __call__(self, data: bytes) -> list[bytes]:
        if self.outcome == "coding failed":
            return []
        try:
            return [piece for piece in self._pieces(data) if piece]
        except Exception as error:
            self._abort(error)
            return []

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        # Whether this may be the end is told by what came, not by what it decodes to: that may be nothing yet.
        if not data:
            yield self._close()
        for piece in self._decoder.feed(data):
            yield self._rewritten(piece)

    def _rewritten(self, piece: bytes) -> bytes:
        if self._rewriter is None:
            self._note("went on after its end")
            return piece
        self._decoded += len(piece)
        rewriter = self._rewriter
        out = self._guarded(rewriter, rewriter.feed, piece)
        if self._decoded > self._max_page and self._rewriter is not None and self.outcome == "rewritten":
            self._note("too long")
            out += self._guarded(self._rewriter, lambda _: rewriter.leave("too long"), b"")
        return out

    def _close(self) -> bytes:
        """What the rewriter holds, finished; from here on the page goes on as it comes."""
        rewriter, out = self._rewriter, b""
        if rewriter is not None:
            out = self._guarded(rewriter, lambda _: rewriter.close(), b"")
            self._rewriter = None
        return out

    def _guarded(self, rewriter: Rewriter, call: Callable[[bytes], bytes], piece: bytes) -> bytes:
        pending = rewriter.pending
        try:
            return bytes(call(piece))
        except Exception as error:
            self._rewriter = None
            self._note("rewriter failed")
            self.trouble = place(error)
            return pending + piece

    def _note(self, outcome: Outcome) -> None:
        """The first thing that went wrong is the one to tell."""
        if self.outcome == "rewritten":
            self.outcome = outcome

    def _abort(self, error: Exception) -> None:
        self._rewriter = None
        self.outcome, self.trouble = "coding failed", str(error) if isinstance(error, CodingError) else place(error)
        try:
            self._on_abort()
        except Exception as failure:
            self.trouble = f"{self.trouble}; the connection could not be cut: {place(failure)}"


def place(error: BaseException) -> str:
    """Where a fault arose, as ``KeyError at runs.py:12``. Its message is left out: it may quote the page."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return type(error).__name__
    file = traceback.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
    return f"{type(error).__name__} at {file}:{traceback.tb_lineno}"
