"""Flow files as mitmproxy saves them (``mitmdump -w FILE``)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from mitmproxy import http, io

from proxy_addon.headless.documents import Document, InputError
from proxy_addon.headless.exchange import answer, form_of


def read_flows(file: BinaryIO, name: str) -> Iterator[Document | InputError]:
    """The pages and texts in it, ``NAME#n`` for its n-th flow; what comes behind a broken flow is lost, which is told."""
    reader: Any = io.FlowReader(file)
    number = 0
    try:
        for number, flow in enumerate(reader.stream(), 1):
            if isinstance(flow, http.HTTPFlow) and flow.response:
                yield from _document(flow, flow.response, f"{name}#{number}")
    except Exception:  # beside its own exception, mitmproxy lets out whatever a broken state leads to
        yield InputError(f"{name}: not a flow file of mitmproxy's, or cut off behind flow {number}; record it anew")


def _document(flow: http.HTTPFlow, response: http.Response, name: str) -> Iterator[Document | InputError]:
    kind, body = response.headers.get("content-type"), response.raw_content
    if form_of(kind) is None or not body:
        return
    coding = response.headers.get("content-encoding")
    try:
        yield answer(name, body, content_type=kind, content_encoding=coding, url=flow.request.pretty_url, date=_date(response))
    except InputError as error:
        yield error


def _date(response: http.Response) -> str:
    try:
        return datetime.fromtimestamp(response.timestamp_start, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return ""
