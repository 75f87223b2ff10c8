"""Messages as mail programs save them (``.eml``, RFC 5322): their texts. Of alternatives the richest is read (RFC 2046)."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO

from proxy_addon.headless.documents import Document, InputError
from proxy_addon.headless.exchange import form_of


def read_mail(file: BinaryIO, name: str) -> Iterator[Document | InputError]:
    """Its pages and texts, ``NAME#n`` for its n-th part (``NAME`` if it has one only). InputError if it has none."""
    message = email.message_from_binary_file(file, policy=email.policy.default)
    parts = list(_texts(message))
    if not message.keys() or not parts:
        raise InputError(f"{name}: no text is in this message; save the original message (.eml), not an export")
    for number, part in enumerate(parts, 1):
        yield _document(part, name if len(parts) == 1 else f"{name}#{number}", _date(message))


def _texts(message: Message[Any, Any]) -> Iterator[Message[Any, Any]]:
    if message.get_content_type() == "multipart/alternative":
        texts = [list(_texts(part)) for part in _parts(message)]
        yield from next((found for found in reversed(texts) if found), [])
    elif message.is_multipart():
        for part in _parts(message):
            yield from _texts(part)
    elif form_of(message.get_content_type()) and message.get_content_disposition() != "attachment":
        yield message


def _parts(message: Message[Any, Any]) -> list[EmailMessage]:
    return [part for part in message.get_payload() if isinstance(part, EmailMessage)]


def _document(part: Message[Any, Any], name: str, date: str) -> Document:
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes), "a part that holds no others"
    kind = str(part.get("Content-Type", "text/plain"))
    return Document(name, data, form_of(part.get_content_type()) or "text", kind, date=date)


def _date(message: Message[Any, Any]) -> str:
    try:
        return parsedate_to_datetime(str(message["Date"])).isoformat()
    except (TypeError, ValueError, OverflowError):
        return ""
