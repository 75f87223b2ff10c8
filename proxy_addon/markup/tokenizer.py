"""HTML as tokens whose sources join back to the input, in every state and for any chunking (WHATWG 13.2.5).

``Tokenizer`` is the plain walk: every token, one by one. The rewriter goes through pages with the patterns of ``grammar``
directly, many tokens at a time; both take the same bytes. Neither knows which text matters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from proxy_addon.markup.grammar import TOKEN, lower
from proxy_addon.markup.passages import (
    Passage,
    Script,
    Until,
    cdata,
    following,
    plaintext,
    raw_text,
    self_closing,
)

Kind = Literal[
    # Characters, with references not resolved.
    "text",
    # A start tag and an end tag.
    "start",
    "end",
    # Comments, doctypes, processing instructions, bogus comments, and "</>".
    "comment",
    # The content of an element that the tokenizer does not read as markup, and all of an svg or math element.
    "raw",
    # What the end of the document cut off inside a tag or comment.
    "cut",
]
State = Literal["data", "plaintext", "rcdata", "rawtext", "script data", "cdata section"]


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the input. ``name`` of a tag is lower case, bytes beyond ASCII as latin-1."""

    kind: Kind
    source: bytes
    name: str = ""


def initial(state: State, last_start_tag: str = "") -> Passage | None:
    """The passage in which a tokenizer that begins in ``state`` finds itself."""
    if state == "data":
        return None
    if state == "cdata section":
        return cdata()
    if state == "plaintext":
        return plaintext()
    if state == "script data":
        return Script()
    # Without a start tag no end tag is appropriate (13.2.5.11).
    return raw_text(last_start_tag) if last_start_tag else Until(re.compile(rb"(?!)"), 0)


class Tokenizer:
    """A streaming tokenizer. ``tree=False``: as the tokenizer alone, without what the tree's builder makes it switch."""

    def __init__(self, state: State = "data", last_start_tag: str = "", *, tree: bool = True) -> None:
        self._passage = initial(state, last_start_tag)
        self._tree = tree
        self._buffer = b""

    def feed(self, data: bytes) -> list[Token]:
        """The tokens that ``data`` completes. Text and raw content may come in several tokens."""
        self._buffer += data
        return self._tokens(False)

    def close(self) -> list[Token]:
        """The rest."""
        return self._tokens(True)

    def _tokens(self, last: bool) -> list[Token]:
        tokens: list[Token] = []
        buffer, at = self._buffer, 0
        while at < len(buffer):
            end, waits = self._through(buffer, at, last) if self._passage else (at, False)
            if end > at:
                tokens.append(Token("raw", buffer[at:end]))
            elif not waits and (token := self._token(buffer, at, last)):
                tokens.append(token)
                end += len(token.source)
            if end == at or waits:
                at = end
                break
            at = end
        self._buffer = buffer[at:]
        return tokens

    def _through(self, buffer: bytes, at: int, last: bool) -> tuple[int, bool]:
        """The end of what the passage has passed, and whether it waits for more."""
        assert self._passage is not None
        end, ended = self._passage.advance(buffer, at, last)
        if ended:
            self._passage = None
        return end, not ended

    def _token(self, buffer: bytes, at: int, last: bool) -> Token | None:
        found = TOKEN.search(buffer, at)
        if found is None or found.start() > at:
            return Token("text", buffer[at : found.start() if found else None])
        if found.group(3) is None:
            return self._markup(found)
        if not last:
            return None
        rest = buffer[at:]
        return Token("text" if rest in (b"<", b"</") else "cut", rest)

    def _markup(self, found: re.Match[bytes]) -> Token:
        source, name = found.group(), found.group(2)
        if name is None:
            return Token("comment", source)
        folded = lower(name)
        if found.group(1):
            return Token("end", source, folded)
        if self._tree:
            self._passage = following(folded, source, closed=self_closing(source))
        return Token("start", source, folded)
