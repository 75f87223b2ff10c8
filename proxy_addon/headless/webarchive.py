"""Web archives: WARC and ARC files, gzipped or not (ISO 28500). The one module that knows warcio (extra ``research``).

Records are read one after the other, so memory doesn't grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from proxy_addon.headless.documents import LARGEST, Document, InputError
from proxy_addon.headless.exchange import answer, form_of

_TYPES = ("response", "resource", "conversion")


def read_warc(file: BinaryIO, name: str) -> Iterator[Document | InputError]:
    """The pages and texts in it, ``NAME#n`` for its n-th record; what comes behind a broken record is lost, which is told."""
    try:
        from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
        from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]
    except ImportError as error:
        raise InputError(f"{name}: web archives need warcio: pip install 'glossator[research]'") from error
    number = 0
    try:
        for number, record in enumerate(ArchiveIterator(file), 1):
            if record.rec_type in _TYPES:
                yield from _document(record, f"{name}#{number}")
    except (ArchiveLoadFailed, OSError, ValueError, EOFError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        yield InputError(f"{name}: broken behind record {number} ({reason}); fetch it anew")


def _document(record: Any, name: str) -> Iterator[Document | InputError]:
    head = record.http_headers
    kind = head.get_header("Content-Type") if head else record.rec_headers.get_header("Content-Type")
    if form_of(kind) is None:
        return
    body, coding = _body(record), head.get_header("Content-Encoding") if head else None
    address, date = (record.rec_headers.get_header(field) or "" for field in ("WARC-Target-URI", "WARC-Date"))
    if not body:
        return
    try:
        yield answer(name, body, content_type=kind, content_encoding=coding, url=address, date=date)
    except InputError as error:
        yield error


def _body(record: Any) -> bytes:
    """The body as it was sent, without the chunks of HTTP/1.1."""
    from warcio.bufferedreaders import ChunkedDataReader  # type: ignore[import-untyped]

    chunked = record.http_headers and (record.http_headers.get_header("Transfer-Encoding") or "").lower() == "chunked"
    stream: Any = ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream
    read: bytes = stream.read(LARGEST)
    return read
