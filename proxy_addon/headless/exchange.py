"""An HTTP answer that was kept (in a HAR, WARC or flow file) as a document, if it is a page or a text. Knows no file format."""

from __future__ import annotations

from collections.abc import Iterable

from proxy_addon.headless.documents import LARGEST, Document, Form, InputError
from proxy_addon.message.coding import CodingError, decoder

FORMS: dict[str, Form] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "text/markdown": "markdown",
}
_PIECE = 1 << 16


def form_of(content_type: str | None) -> Form | None:
    """The form of a body with this Content-Type; None if it is neither a page nor a text."""
    return FORMS.get((content_type or "").partition(";")[0].strip().lower())


def decoded(name: str, body: bytes, content_encoding: str | None) -> bytes:
    """A body with its content codings undone. InputError if that can't be done."""
    undo = decoder(content_encoding)
    if undo is None:
        raise InputError(f"{name}: its content coding {content_encoding!r} is unknown here; decode it first")
    try:
        return joined(name, (piece for at in range(0, len(body), _PIECE) for piece in undo.feed(body[at : at + _PIECE])))
    except CodingError as error:
        raise InputError(f"{name}: {error}") from error


def joined(name: str, pieces: Iterable[bytes]) -> bytes:
    """The pieces as one. InputError beyond ``LARGEST``."""
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > LARGEST:
            raise InputError(f"{name}: longer than {LARGEST >> 20} MiB, which is no page; split it")
    return bytes(whole)


def answer(name: str, body: bytes, *, content_type: str | None, content_encoding: str | None, url: str, date: str) -> Document:
    """A kept answer of a known form as a document."""
    form = form_of(content_type)
    assert form is not None, "judged before its body is decoded"
    return Document(name, decoded(name, body, content_encoding), form, content_type, url, date)
