"""Annotations come out again: exactly what the rewriter writes, nothing that only looks like it.

The rewriter writes its style before its first annotation, and stops at the first tag of a page that looks like its own, with
an empty style before it. So ours is what has our form, stands where tags are tags, and lies between the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from proxy_addon.markup.annotation import RUN_END, RUN_START, STYLE_END, STYLE_START, TERM_END
from proxy_addon.markup.annotation import STYLE as _SHEET
from proxy_addon.markup.bridge import Bridge, Utf16
from proxy_addon.markup.iso2022jp import STYLE_START_HERE, Iso2022Jp
from proxy_addon.markup.script import SCRIPT, SCRIPT_END, SCRIPT_START
from proxy_addon.markup.tokenizer import Tokenizer

STYLE = (STYLE_START + _SHEET + STYLE_END).encode("ascii")
# A tag that begins like this is ours, or looks so.
OURS = (b"<gl-term", b"</gl-term", b"<gl-run", b"</gl-run", STYLE_START[:-1].encode("ascii"), SCRIPT_START[:-2].encode("ascii"))
_LONGEST = max(map(len, OURS))
# Stands before markup of the page that looks like ours: what follows is not ours.
ENDS_HERE = (STYLE_START + STYLE_END).encode("ascii")
_START = STYLE_START.encode("ascii")
_FIXED = frozenset(tag.encode("ascii") for tag in (RUN_START, RUN_END, TERM_END))
_TERM = re.compile(rb'<gl-term data-entry="[^"<>]*+"(?: [a-z-]++="[^"<>]*+")*+>\Z')
_SCRIPT = re.compile(re.escape(SCRIPT_START.encode("ascii")) + rb'\{&quot;mode&quot;:&quot;[^"<>]*+">\Z')
_BODY = (SCRIPT + SCRIPT_END).encode("ascii")
# A page over which terms are shown has this one element of ours.
_OVERLAY = (SCRIPT_START + "{&quot;mode&quot;:&quot;overlay&quot;").encode("ascii")


def may_be_ours(markup: bytes) -> bool:
    """Whether markup looks like ours, or is cut off before that can be told."""
    return markup.startswith(OURS) or (len(markup) < _LONGEST and any(ours.startswith(markup) for ours in OURS))


def strip_annotations(data: bytes) -> bytes:
    """The page as it was before it was annotated; any other page as it is."""
    at, at_japanese = data.find(STYLE), data.find(_in_japanese(STYLE))
    if at_japanese >= 0 and not 0 <= at < at_japanese:
        return _behind(Iso2022Jp(), data, _in_japanese)
    if at >= 0 or _OVERLAY in data:
        return b"".join(_kept(data))
    for codec in ("utf-16-le", "utf-16-be"):
        if any(_stands(begin.decode("ascii").encode(codec), data) for begin in (STYLE, _OVERLAY)):
            return _behind(Utf16(codec), data)
    return data


def _in_japanese(style: bytes) -> bytes:
    """How ISO-2022-JP pages bear one of our style elements."""
    return style.replace(_START, STYLE_START_HERE)


def _behind(way: Bridge, data: bytes, written: Callable[[bytes], bytes] = bytes) -> bytes:
    return way.outward(b"".join(_kept(way.inward(data, last=True), written)), last=True)


def _stands(element: bytes, data: bytes) -> bool:
    """Whether it stands at an even offset; at an odd one it would be the other order of bytes."""
    at = data.find(element)
    while at % 2 and at >= 0:
        at = data.find(element, at + 1)
    return at >= 0


def _kept(data: bytes, written: Callable[[bytes], bytes] = bytes) -> Iterator[bytes]:
    """The stretches that are the page's own; ``written`` tells how the page bears a style element of ours."""
    start, style, ends_here = map(written, (_START, STYLE, ENDS_HERE))
    tokens = Tokenizer()
    at = kept = 0
    ours = False
    for token in (*tokens.feed(data), *tokens.close()):
        begin, at = at, at + len(token.source)
        if token.kind not in ("start", "end") or not token.source.startswith(OURS):
            continue
        if token.source == start and not ours and data.startswith(style, begin):
            yield data[kept:begin]
            ours, kept = True, begin + len(style)
        elif (ours or token.source.startswith(_OVERLAY)) and _is_our_script(token.source, data, at):
            yield data[kept:begin]
            kept = at + len(_BODY)
            if token.source.startswith(_OVERLAY):
                break
        elif ours and _is_ours(token.source):
            yield data[kept:begin]
            kept = at
        else:
            if ours and data.startswith(ends_here, begin):
                yield data[kept:begin]
                kept = begin + len(ends_here)
            break
    yield data[kept:]


def _is_our_script(tag: bytes, data: bytes, behind: int) -> bool:
    return _SCRIPT.match(tag) is not None and data.startswith(_BODY, behind)


def _is_ours(tag: bytes) -> bool:
    return tag in _FIXED or _TERM.match(tag) is not None
