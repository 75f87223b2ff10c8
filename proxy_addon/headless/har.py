"""HTTP archives (HAR 1.2) as browsers' developer tools save them. The whole file is held in memory, as JSON demands."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from proxy_addon.headless.documents import Document, InputError
from proxy_addon.headless.exchange import form_of


def read_har(file: BinaryIO, name: str) -> Iterator[Document | InputError]:
    """The pages and texts in it, ``NAME#n`` for its n-th entry. InputError if it is no HAR."""
    try:
        entries = json.load(file)["log"]["entries"]
        numbered = list(enumerate(entries, 1))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{name}: not an HTTP archive (HAR): {_said(error)}; save it anew") from error
    for number, entry in numbered:
        try:
            found = _document(entry, f"{name}#{number}")
        except (KeyError, TypeError, AttributeError, ValueError, binascii.Error) as error:
            yield InputError(f"{name}#{number}: a broken entry of an HTTP archive: {_said(error)}; save it anew")
        else:
            if found:
                yield found


def _document(entry: dict[str, Any], name: str) -> Document | None:
    content = entry["response"]["content"]
    form, text = form_of(content.get("mimeType")), content.get("text")
    if form is None or not text:
        return None
    address, date = str(entry["request"]["url"]), str(entry.get("startedDateTime", ""))
    if content.get("encoding") == "base64":
        return Document(name, base64.b64decode(text), form, content["mimeType"], address, date)
    # The browser has decoded it, whatever the page declares.
    return Document(name, text.encode("utf-8", "replace"), form, "text/html; charset=utf-8", address, date)


def _said(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) and error.args else str(error) or type(error).__name__
