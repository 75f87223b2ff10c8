"""The body of ``POST /v1/annotate``, checked: what is not understood is named with its place. Knows nothing of HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MAX_BLOCKS = 2000
# The longest text of one block, in code points.
MAX_TEXT = 100_000


class Misunderstood(ValueError):
    """The request's sender must mend it; the message says what was found where."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of readable text. ``id`` is the sender's and comes back with its matches."""

    id: str
    text: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class AnnotateRequest:
    """Blocks in document order, with what the page says of itself."""

    blocks: tuple[Block, ...]
    lang: str | None = None
    title: str = ""


def annotate_request(body: Any) -> AnnotateRequest:
    """The request in a parsed JSON body. Raises ``Misunderstood``."""
    if not isinstance(body, dict):
        raise Misunderstood('the body must be an object like {"blocks": [{"id": "1", "text": "…"}]}')
    blocks = body.get("blocks")
    if not isinstance(blocks, list):
        raise Misunderstood("blocks: expected a list of {id, text, lang}")
    if len(blocks) > MAX_BLOCKS:
        raise Misunderstood(f"blocks: {len(blocks)} given, at most {MAX_BLOCKS} in one request")
    checked = tuple(_block(block, f"blocks[{place}]") for place, block in enumerate(blocks))
    return AnnotateRequest(checked, _optional(body, "lang"), _optional(body, "title") or "")


def _block(block: Any, where: str) -> Block:
    if not isinstance(block, dict):
        raise Misunderstood(f"{where}: expected an object with id and text")
    text = block.get("text")
    if not isinstance(text, str):
        raise Misunderstood(f"{where}.text: expected a string")
    if len(text) > MAX_TEXT:
        raise Misunderstood(f"{where}.text: {len(text)} characters, at most {MAX_TEXT} in one block")
    identity = block.get("id", "")
    if not isinstance(identity, str | int) or isinstance(identity, bool):
        raise Misunderstood(f"{where}.id: expected a string or a whole number")
    return Block(str(identity), text, _optional(block, "lang", where))


def _optional(source: dict[str, Any], key: str, where: str = "") -> str | None:
    value = source.get(key)
    if value is None or isinstance(value, str):
        return value
    raise Misunderstood(f"{where}{'.' if where else ''}{key}: expected a string")
