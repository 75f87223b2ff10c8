"""The bodies of requests, checked: what is not understood is named with its place. Knows nothing of HTTP.

Each checker takes a parsed JSON body and gives a value; ``Misunderstood`` and ``TooMuch`` carry one sentence for the sender.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from proxy_addon.service.feedback import VERDICTS, Verdict

MAX_BLOCKS = 2000
# The longest text of one block, in code points.
MAX_TEXT = 100_000
# The longest sentence of a report, in code points.
MAX_SENTENCE = 1000

# Half of a surrogate pair, as JSON writes it; the other way to one, bytes that are no UTF-8, is refused before.
_HALF = re.compile(r"\\u[dD][89A-Fa-f]")
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*\Z")


class Misunderstood(ValueError):
    """The request's sender must mend it; the message says what was found where."""


class TooMuch(Misunderstood):
    """The request's sender must send less at once; the message says how much may be sent."""


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
    description: str = ""


@dataclass(frozen=True, slots=True)
class FeedbackRequest:
    """A sentence in which an entry was marked wrongly, or missed."""

    entry: str
    text: str
    verdict: Verdict
    lang: str


@dataclass(frozen=True, slots=True)
class PairRequest:
    """The code that the desk shows."""

    code: str


def parsed(body: bytes) -> Any:
    """The JSON value of a body in UTF-8. Raises ``ValueError``, ``RecursionError`` where it is none."""
    return json.loads(body.decode("utf-8-sig"))


def whole(body: bytes, value: Any) -> Any:
    """The value of this body, whose strings can be kept and sent: halves of surrogate pairs are refused (``Misunderstood``)."""
    if _HALF.search(body.decode("utf-8", "replace")):
        _sendable(json.dumps(value, ensure_ascii=False), "the body")
    return value


def _sendable(text: str, where: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        half = ascii(text[error.start])[1:-1]
        raise Misunderstood(f"{where}: {half} is half of a character (a surrogate); send whole ones") from None


def annotate_request(body: Any) -> AnnotateRequest:
    """``{"blocks": [{"id", "text", "lang"?}], "lang"?, "title"?, "description"?}``; other members are not looked at."""
    members = _members(body, '{"blocks": [{"id": "1", "text": "…"}]}')
    blocks = members.get("blocks")
    if not isinstance(blocks, list):
        raise Misunderstood("blocks: expected a list of {id, text, lang}")
    if len(blocks) > MAX_BLOCKS:
        raise TooMuch(f"blocks: {len(blocks)} given, at most {MAX_BLOCKS} in one request; send them in several")
    checked = tuple(_block(block, f"blocks[{place}]") for place, block in enumerate(blocks))
    said = {name: _optional(members, name) or "" for name in ("title", "description")}
    return AnnotateRequest(checked, _language(members, "lang"), **said)


def feedback_request(body: Any) -> FeedbackRequest:
    """``{"entry", "text", "verdict": "wrong" | "missing", "lang"?}``."""
    members = _members(body, '{"entry": "ru-svo", "text": "…", "verdict": "wrong"}')
    text = _required(members, "text").strip()
    if not text:
        raise Misunderstood("text: expected the sentence, found nothing in it")
    if len(text) > MAX_SENTENCE:
        raise TooMuch(f"text: {len(text)} characters, at most {MAX_SENTENCE}: send the sentence alone")
    verdict = _required(members, "verdict")
    if verdict not in VERDICTS:
        raise Misunderstood(f"verdict: expected {_either(VERDICTS)}, found {_shown(verdict)}")
    return FeedbackRequest(_required(members, "entry"), text, verdict, _language(members, "lang") or "")


def pair_request(body: Any) -> PairRequest:
    """``{"code"}``."""
    return PairRequest(_required(_members(body, '{"code": "12345678"}'), "code"))


def patch(body: Any) -> dict[str, Any]:
    """The body of a PATCH: a JSON object (RFC 7396), whose members whoever keeps the settings checks."""
    return _members(body, '{"density": "page"}')


def _members(body: Any, example: str) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Misunderstood(f"the body must be an object like {example}")
    return body


def _block(block: Any, where: str) -> Block:
    if not isinstance(block, dict):
        raise Misunderstood(f"{where}: expected an object with id and text")
    text = block.get("text")
    if not isinstance(text, str):
        raise Misunderstood(f"{where}.text: expected a string")
    if len(text) > MAX_TEXT:
        raise TooMuch(f"{where}.text: {len(text)} characters, at most {MAX_TEXT} in one block")
    identity = block.get("id", "")
    if not isinstance(identity, str | int) or isinstance(identity, bool):
        raise Misunderstood(f"{where}.id: expected a string or a whole number")
    _sendable(str(identity), f"{where}.id")
    return Block(str(identity), text, _language(block, "lang", where))


def _language(source: dict[str, Any], key: str, where: str = "") -> str | None:
    """A BCP 47 tag; an empty one is none, and what is no tag is none too: pages write all kinds of things there."""
    value = _optional(source, key, where)
    return value if value and _TAG.match(value) else None


def _optional(source: dict[str, Any], key: str, where: str = "") -> str | None:
    value = source.get(key)
    if value is None or isinstance(value, str):
        return value
    raise Misunderstood(f"{where}{'.' if where else ''}{key}: expected a string")


def _required(source: dict[str, Any], key: str) -> str:
    value = source.get(key)
    if isinstance(value, str):
        return value
    raise Misunderstood(f"{key}: expected a string")


def _either(words: tuple[str, ...]) -> str:
    return " or ".join(f'"{word}"' for word in words)


def _shown(value: str) -> str:
    return f'"{value[:40]}"'
