"""What the user named, as documents: files of every kind that is read, folders of them, addresses, standard input.

A file is what its name says; where the name says nothing, what it begins with. A gzip, Brotli or zstd file is what is in it.
Nothing is fetched but the addresses that were named. This module knows which module reads which format.
"""

from __future__ import annotations

import gzip
import http.client
import io
import os
import re
import sqlite3
import sys
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from proxy_addon.headless.documents import Document, Form, InputError, MissingError, UnseenError
from proxy_addon.headless.exchange import decoded, form_of, joined
from proxy_addon.headless.har import read_har
from proxy_addon.headless.mail import read_mail
from proxy_addon.headless.webarchive import read_warc
from proxy_addon.message.transform import place

Reader = Callable[[BinaryIO, str], Iterator[Document | InputError]]

STDIN = "-"
_PATIENCE = 30.0  # seconds without a byte after which an address is given up
_AGENT = "glossator"


def _flows(file: BinaryIO, name: str) -> Iterator[Document | InputError]:
    # mitmproxy takes half a second to import.
    from proxy_addon.headless.flows import read_flows

    return read_flows(file, name)


_CONTAINERS: dict[str, Reader] = {
    ".har": read_har,
    ".eml": read_mail,
    ".warc": read_warc,
    ".arc": read_warc,
    ".flow": _flows,
    ".flows": _flows,
    ".mitm": _flows,
}
_FORMS: dict[str, Form] = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".xht": "html", ".shtml": "html",
    ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown",
}  # fmt: skip
_CODINGS = {".gz": "gzip", ".br": "br", ".zst": "zstd"}
_MAGIC = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))
_LOOK = 4096
_FLOW = re.compile(rb"[1-9][0-9]{0,9}:")
_MARKUP = re.compile(rb"(?i)<(?:!doctype|html|head|body|title|meta|div|p|article|h[1-6]|table|span|a|!--)[\s>/-]")


@dataclass(frozen=True, slots=True)
class Source:
    """One input: a file, an address or standard input. ``name`` is how it is spoken of, as the user named it; ``path`` is
    absolute, good in any process; ``size`` in bytes, 0 if unknown; ``target`` its place below the folder that was named, or
    its name alone."""

    name: str
    path: str = ""
    size: int = 0
    target: str = ""

    @property
    def identity(self) -> str:
        """Changes when the file does."""
        if not self.path:
            return self.name
        status = Path(self.path).stat()
        return f"{self.name}\0{self.path}\0{status.st_size}\0{status.st_mtime_ns}"


def is_address(given: str) -> bool:
    """Whether this names a page on the web rather than a file."""
    return given.lower().startswith(("http://", "https://"))


def sources(given: Iterable[str], out: str | Path = "") -> Iterator[Source | InputError]:
    """Every input once, folders searched for what can be read, in the order of names; hidden files are passed over, and so is
    ``out``, where results go."""
    with closing(_Seen(os.path.abspath(out) if out else "")) as seen:
        for each in given:
            if each == STDIN or is_address(each):
                yield from (Source(each) for _ in range(seen.is_new(each)))
            elif not each:
                yield MissingError("an input has no name; name a file, or . for this folder")
            elif seen.is_out(each):
                yield MissingError(f"{each}: results go there, so it can't be read; choose another --out")
            elif Path(each).is_dir():
                yield from _folder(Path(each), seen)
            elif seen.is_new(each):
                yield _file(Path(each), each, Path(each).name)


def read(given: Iterable[str], say: Callable[[str], object] = print) -> Iterator[Document]:
    """Every document in what was named, one after the other; what can't be read is told in a line each, by ``say``."""
    for source in sources(given):
        for found in documents(source) if isinstance(source, Source) else (source,):
            if isinstance(found, Document):
                yield found
            else:
                say(str(found))


class _Seen:
    """What was named already, told by its absolute path. The names of files are kept on disk (SQLite's temporary file): there may
    be millions, and memory must not grow with them. What lies in a folder that was named is not kept: its name tells."""

    def __init__(self, out: str) -> None:
        self._out = out
        self._folders: set[str] = set()
        self._files = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._files.executescript("PRAGMA journal_mode=OFF; CREATE TABLE names (name BLOB PRIMARY KEY) WITHOUT ROWID; BEGIN")
        self._named = False
        self.passed = 0

    def close(self) -> None:
        self._files.close()

    def is_out(self, name: str) -> bool:
        return os.path.abspath(name) == self._out

    def is_new(self, name: str) -> bool:
        """Whether this input comes for the first time; it is noted."""
        path = name if name == STDIN or is_address(name) else os.path.abspath(name)
        if path is not name and _is_readable(path) and self._is_within(path):
            return False
        self._named = True
        return self._files.execute("INSERT OR IGNORE INTO names VALUES (?)", (os.fsencode(path),)).rowcount > 0

    def enters(self, folder: str) -> bool:
        """Whether this folder is to be walked: not if it was, as a part of another or by itself; it is noted."""
        path = os.path.abspath(folder)
        if path in self._folders or self._is_within(path):
            return False
        self._folders.add(path)
        return True

    def passes(self, path: str) -> bool:
        """Whether what a walk has come to was named before (``passed`` counts these), or is where results go."""
        path = os.path.abspath(path)
        known = path in self._folders or (self._named and self._is_noted(path))
        self.passed += known
        return known or path == self._out

    def _is_noted(self, path: str) -> bool:
        return bool(self._files.execute("SELECT 1 FROM names WHERE name = ?", (os.fsencode(path),)).fetchone())

    def _is_within(self, path: str) -> bool:
        """Whether a walk has come by: not through hidden folders, nor through links to folders."""
        while not os.path.basename(path).startswith(".") and not (os.path.islink(path) and os.path.isdir(path)):
            path, below = os.path.dirname(path), path
            if path in self._folders or path == below:
                return path != below
        return False


def _folder(folder: Path, seen: _Seen) -> Iterator[Source | InputError]:
    if not seen.enters(str(folder)):
        return
    found, passed = False, seen.passed
    for path in _below(folder, seen):
        found = True
        yield path if isinstance(path, InputError) else _file(path, str(path), path.relative_to(folder).as_posix())
    if not found and seen.passed == passed:
        yield MissingError(f"{folder}: no file in it can be read; name the files themselves if their names end otherwise")


def _below(folder: Path, seen: _Seen) -> Iterator[Path | InputError]:
    """The files below a folder that can be read, which need not all fit into memory."""
    closed: list[OSError] = []
    for inside, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not seen.passes(os.path.join(inside, name)))
        for name in sorted(names):
            path = Path(inside, name)
            if not name.startswith(".") and _is_readable(name) and path.is_file() and not seen.passes(str(path)):
                yield path
        yield from _told(closed)
    yield from _told(closed)


def _told(closed: list[OSError]) -> Iterator[InputError]:
    for error in closed:
        yield InputError(f"{error.filename}: {error.strerror}; what is in it is not read: check its permissions")
    closed.clear()


def _is_readable(name: str) -> bool:
    return _suffix(os.path.basename(name))[0] in (*_CONTAINERS, *_FORMS)


def _file(path: Path, name: str, target: str) -> Source | InputError:
    try:
        return Source(name, str(path.absolute()), path.stat().st_size, target)
    except OSError as error:
        return MissingError(f"{name}: {error.strerror}; check the name")


def _suffix(name: str) -> tuple[str, str]:
    """The ending that tells the format, and that of the coding (``page.html.gz``), in lower case."""
    path = Path(name.lower())
    return (Path(path.stem).suffix, path.suffix) if path.suffix in _CODINGS else (path.suffix, "")


def documents(source: Source) -> Iterator[Document | InputError]:
    """What is in an input; a part of it that can't be read comes as the InputError that says so. Never raises for bad input."""
    try:
        if source.name == STDIN:
            yield from _opened(sys.stdin.buffer, "stdin")
        elif not source.path:
            yield _fetched(source.name)
        else:
            with open(source.path, "rb") as file:
                yield from _opened(file, source.name)
    except InputError as error:
        yield error
    except PermissionError as error:
        yield InputError(f"{source.name}: {error.strerror}; check it and its permissions")
    except OSError as error:
        yield UnseenError(f"{source.name}: {error.strerror or type(error).__name__}; check that it is still there")
    except RecursionError:
        yield InputError(f"{source.name}: nested too deeply to be real; save it anew")
    except Exception as error:  # the readers of other people's formats fail in ways that nobody can list
        yield InputError(f"{source.name}: broken, or of a kind that isn't known here ({place(error)}); save or fetch it anew")


def _opened(file: BinaryIO, name: str) -> Iterator[Document | InputError]:
    suffix, coded = _suffix(name)
    file = io.BufferedReader(file) if isinstance(file, io.RawIOBase) else file
    head = _peek(file)
    coding = next((coding for magic, coding in _MAGIC if head.startswith(magic)), _CODINGS.get(coded, ""))
    if suffix in (".warc", ".arc") and coding in ("", "gzip"):
        yield from read_warc(file, name)
        return
    whole: BinaryIO = io.BytesIO(_uncoded(file, name, coding)) if coding else file
    begin = _peek(whole)
    container = _CONTAINERS.get(suffix) or (_sniffed(begin) if suffix not in _FORMS else None)
    if container:
        yield from container(whole, name)
        return
    form = _FORMS.get(suffix) or ("html" if _MARKUP.search(begin) else "text")
    yield _document(whole, name, form, begin)


def _document(file: BinaryIO, name: str, form: Form, begin: bytes) -> Document:
    if form == "text" and b"\0" in begin and not begin.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{name}: neither a page nor a text; rename it if it is (page.html, text.txt)")
    data = joined(name, iter(lambda: file.read(1 << 20), b""))
    if not data:
        raise InputError(f"{name}: empty; nothing was read")
    return Document(name, data, form)


def _peek(file: BinaryIO) -> bytes:
    if isinstance(file, io.BytesIO):
        return file.getbuffer()[:_LOOK].tobytes()
    peek = getattr(file, "peek", None)
    return bytes(peek(_LOOK)[:_LOOK]) if peek else b""


def _sniffed(begin: bytes) -> Reader | None:
    if begin.startswith(b"WARC/"):
        return read_warc
    if begin.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"log"' in begin:
        return read_har
    return _flows if _FLOW.match(begin) and b"version" in begin else None


def _uncoded(file: BinaryIO, name: str, coding: str) -> bytes:
    if coding != "gzip":
        return decoded(name, file.read(), coding)
    try:
        with closing(gzip.GzipFile(fileobj=file)) as plain:
            return joined(name, iter(lambda: plain.read(1 << 20), b""))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{name}: a broken gzip file ({error}); fetch it anew") from error


def _fetched(url: str) -> Document:
    """The page at an address that the user named."""
    try:
        request = urllib.request.Request(_sent(url), headers={"User-Agent": _AGENT, "Accept-Encoding": "gzip, br, zstd"})
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            head, announced = answer.headers, answer.length
            body = joined(url, iter(lambda: answer.read(1 << 16), b""))
    except urllib.error.HTTPError as error:
        raise InputError(f"{url}: the site answered {error.code} {error.reason}; check the address") from error
    except http.client.IncompleteRead as error:
        raise InputError(f"{url}: the answer was cut off; try again") from error
    except http.client.HTTPException as error:
        raise InputError(f"{url}: no answer that could be read ({type(error).__name__}); check the address") from error
    except (urllib.error.URLError, ValueError, TimeoutError) as error:
        reason = getattr(error, "reason", None) or error
        raise InputError(f"{url}: not reached ({getattr(reason, 'strerror', None) or reason}); check the address") from error
    if announced is not None and len(body) < announced:
        raise InputError(f"{url}: the answer was cut off ({len(body)} of {announced} bytes came); try again")
    kind = head.get("Content-Type")
    form = form_of(kind)
    if form is None:
        raise InputError(f"{url}: {kind or 'something without a type'}, neither a page nor a text; save and name the file")
    return Document(url, decoded(url, body, head.get("Content-Encoding")), form, kind, url)


def _sent(url: str) -> str:
    """An address as it is sent: what isn't ASCII, and blanks, as browsers send them."""
    parts = urllib.parse.urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode("ascii") if not parts.netloc.isascii() else ""
    site = f"{host}:{parts.port}" if host and parts.port else host or parts.netloc
    path, query = (urllib.parse.quote(each, safe="%/:=&?~+!$,;'@()*[]") for each in (parts.path, parts.query))
    return urllib.parse.urlunsplit((parts.scheme, site, path, query, ""))


__all__ = ["STDIN", "Source", "documents", "is_address", "sources"]
