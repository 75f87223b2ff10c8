"""Web archives: WARC and ARC files, gzipped or not (ISO 28500). The one module that knows warcio (extra ``research``).

Records are read one after the other, so memory doesn't grow with the file.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, BinaryIO

from proxy_addon.headless.documents import LARGEST, Document, InputError
from proxy_addon.headless.exchange import answer, form_of
from proxy_addon.message.transform import place

_TYPES = ("response", "resource", "conversion")
_PIECE = 1 << 16


def read_warc(file: BinaryIO, name: str) -> Iterator[Document | InputError]:
    """The pages and texts in it, ``NAME#n`` for its n-th record; what comes behind a broken record is lost, which is told."""
    try:
        archive = _archive(file)
    except ImportError as error:
        raise InputError(f"{name}: web archives need warcio: pip install 'glossator[research]'") from error
    number = 0
    try:
        for number, record in enumerate(archive, 1):
            found = list(_document(record, f"{name}#{number}")) if record.rec_type in _TYPES else []
            if _is_cut_off(record):
                yield InputError(f"{name}: cut off in record {number}; fetch it anew")
                return
            archive.read_to_end()
            if archive.err_count:
                yield InputError(f"{name}: record {number} is longer than it says, and broken behind that; fetch it anew")
                return
            yield from found
    except Exception as error:  # warcio trusts what it reads, so that broken records fail anywhere in it
        yield InputError(f"{name}: broken behind record {number} ({_said(error)}); fetch it anew")


def _archive(file: BinaryIO) -> Any:
    """warcio's reader, which takes a record whose head is cut off for the end, and writes lines of the archive to standard
    error: here it does neither. Its ``err_count`` grows with records that are longer than they say."""
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
    from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]

    class Archive(ArchiveIterator):  # type: ignore[misc]
        INC_RECORD = ""

        def _next_record(self, next_line: bytes | None) -> Any:
            before = self.reader.num_read
            try:
                return super()._next_record(next_line)
            except EOFError:
                if next_line or self.reader.num_read > before:
                    raise ArchiveLoadFailed("cut off") from None
                raise

    logging.getLogger("warcio").setLevel(logging.ERROR)
    return Archive(file)


def _said(error: Exception) -> str:
    """The reason without the line of the archive that warcio quotes, or where it failed."""
    told = (str(error).splitlines() or [""])[0].partition(", first line")[0]
    return told if told and type(error).__name__ == "ArchiveLoadFailed" else place(error)


def _is_cut_off(record: Any) -> bool:
    """Whether the file ended before the record did, which warcio takes for its end; reads what is left of it."""
    while record.raw_stream.read(_PIECE):
        pass
    return record.length is None or getattr(record.raw_stream, "limit", 0) > 0


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
