"""Which encoding a page is in, and how its text is read and written without touching a byte of it.

Promises: the answer of the WHATWG standard's encoding sniffing (13.2.3) for byte order mark, transport, meta and XML, as soon
as nothing that follows could change it; text decodes to exactly one character per undecodable byte, so that offsets lead back;
whatever is inserted is written in the page's encoding, with numeric references for what it lacks (in ISO-2022-JP, for all but
ASCII). UTF-16 and ISO-2022-JP, whose markup is not ASCII bytes or not all that are, go through a ``Bridge`` that is undone
exactly. This module does not know HTTP objects or markup.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from webencodings import LABELS as _LABELS  # type: ignore[import-untyped]

LABELS: Mapping[str, str] = _LABELS

# How many bytes browsers look through for a declaration before they read the page.
PRESCAN = 1024
# How many bytes a page that says nothing about its encoding must show before it is guessed.
SAMPLE = 4096

# Names of the WHATWG Encoding standard whose Python codec has another name, or reads more than the name says, as the web does.
_CODECS: Mapping[str, str] = {
    "big5": "big5hkscs",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "ibm866": "cp866",
    "iso-2022-jp": "euc_jp",
    "iso-8859-8-i": "iso-8859-8",
    "koi8-u": "glossator_koi8u",
    "macintosh": "mac_roman",
    "shift_jis": "cp932",
    "utf-16be": "utf-8",
    "utf-16le": "utf-8",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac_cyrillic",
    # Its upper half is private characters: nothing there is a word.
    "x-user-defined": "ascii",
}
# The replacement decoder gives no text at all.
_NO_TEXT = frozenset(("replacement",))
# Codecs in which a broken character may take the ASCII behind it along.
_LONG = frozenset(("big5hkscs", "euc_jp", "cp949", "gb18030", "cp932"))
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16be"), (b"\xff\xfe", "utf-16le"))
_ONE_EACH = "glossator.one-each"
_ESCAPED = re.compile("[\udc80-\udcff]")


def _one_each(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\ufffd" * (error.end - error.start), error.end


codecs.register_error(_ONE_EACH, _one_each)

# The standard's koi8-u has the Belarusian letter where Python's has two lines of a box.
_KOI8_U = bytes(range(256)).decode("koi8-u").translate({ord("╝"): "ў", ord("╬"): "Ў"})
_KOI8_U_BYTES = codecs.charmap_build(_KOI8_U)


class _Koi8U(codecs.IncrementalDecoder):
    def decode(self, data: bytes, final: bool = False) -> str:  # type: ignore[override]
        return codecs.charmap_decode(data, self.errors, _KOI8_U)[0]


def _own_codec(name: str) -> codecs.CodecInfo | None:
    if name != "glossator_koi8u":
        return None
    return codecs.CodecInfo(
        lambda text, errors="strict": codecs.charmap_encode(text, errors, _KOI8_U_BYTES),
        lambda data, errors="strict": codecs.charmap_decode(data, errors, _KOI8_U),
        incrementaldecoder=_Koi8U,
        name=name,
    )


codecs.register(_own_codec)


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding by its WHATWG name. ``sure`` is False where it was guessed: then only ASCII is ever inserted."""

    name: str
    sure: bool = True

    @property
    def codec(self) -> str:
        """The Python codec that reads it as browsers do; for what needs a bridge, the one behind it."""
        return _CODECS.get(self.name, self.name)

    @property
    def readable(self) -> bool:
        """Whether its text can be read and its markup told from it byte by byte."""
        return self.name not in _NO_TEXT

    @property
    def joins(self) -> bool:
        """Whether pieces joined read as the pieces do: no byte of ASCII is ever part of a longer character."""
        return self.codec == "utf-8" or self.codec not in _LONG

    @property
    def fence(self) -> bytes:
        """What stands on both sides of anything put in, for a bridge that must tell it from the page's own."""
        return b"\x1b" if self.name == "iso-2022-jp" else b""

    def decode(self, data: bytes) -> str:
        """One U+FFFD for each byte that can't be decoded."""
        try:
            return data.decode(self.codec)
        except UnicodeDecodeError:
            if not self.joins:
                return data.decode(self.codec, _ONE_EACH)
        # The same, without a call for each byte: a hostile page may have nothing else.
        return _ESCAPED.sub("\ufffd", data.decode(self.codec, "surrogateescape"))

    def encode(self, text: str) -> bytes:
        """Markup of ours; characters that the encoding lacks become numeric references."""
        return text.encode("ascii" if not self.sure or self.fence else self.codec, "xmlcharrefreplace")

    def span(self, data: bytes, start: int, end: int) -> tuple[int, int]:
        """The bytes of characters ``start`` to ``end`` of ``decode(data)``."""
        # As many characters as bytes: one for each, but for Big5, in which two bytes may be a letter and a mark upon it.
        if self.codec != "big5hkscs" and len(self.decode(data)) == len(data):
            return start, end
        if self.codec != "utf-8":
            offsets = _walked_offsets(data, self.codec)
            return offsets[start], offsets[end]
        text = data.decode("utf-8", "surrogateescape")
        first = len(text[:start].encode("utf-8", "surrogateescape"))
        return first, first + len(text[start:end].encode("utf-8", "surrogateescape"))

    def whole(self, data: bytes) -> int:
        """How many bytes of ``data`` make whole characters; what follows is the beginning of one."""
        decoder = codecs.getincrementaldecoder(self.codec)(_ONE_EACH)
        decoder.decode(data)
        return len(data) - len(decoder.getstate()[0])


def _walked_offsets(data: bytes, codec: str) -> list[int]:
    """Byte by byte: a character begins where the one before it was complete."""
    decoder = codecs.getincrementaldecoder(codec)(_ONE_EACH)
    offsets: list[int] = []
    begin = 0
    for last in range(len(data)):
        made = len(decoder.decode(data[last : last + 1], last + 1 == len(data)))
        if made:
            end = last + 1 - len(decoder.getstate()[0])
            offsets += [begin] if made == 1 else [begin + at for at in _begins(data[begin:end], codec)]
            begin = end
    return [*offsets, len(data)]


def _begins(few: bytes, codec: str) -> Iterator[int]:
    """Where characters begin in a few bytes that were understood together, some of them perhaps not at all."""
    at = 0
    while at < len(few):
        try:
            broken = len(few), len(few)
            few[at:].decode(codec)
        except UnicodeDecodeError as error:
            broken = at + error.start, at + error.end
        while at < broken[0]:
            end = next(end for end in range(at + 1, len(few) + 1) if _is_whole(few[at:end], codec))
            # A second character is a mark upon the first, which has all the bytes.
            yield from (at, *[end] * (len(few[at:end].decode(codec)) - 1))
            at = end
        yield from range(*broken)
        at = broken[1]


def _is_whole(few: bytes, codec: str) -> bool:
    try:
        return bool(few.decode(codec))
    except UnicodeDecodeError:
        return False


def named(label: str) -> str | None:
    """The name behind a label (Encoding standard, 4.2), in lower case."""
    return LABELS.get(label.strip("\t\n\x0c\r ").lower())


_CHARSET_PARAMETER = re.compile(r""";\s*charset\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^;\s"']+))""", re.IGNORECASE)


def transport(content_type: str | None) -> str | None:
    """The encoding that a Content-Type field names, in any quoting and case."""
    found = _CHARSET_PARAMETER.search(content_type or "")
    if found is None:
        return None
    return named(re.sub(r"\\(.)", r"\1", found.group(1) or found.group(2) or found.group(3) or ""))


def sniff(data: bytes, content_type: str | None = None, *, last: bool = False) -> Encoding | None:
    """The encoding of a page that begins with ``data``; None while more is needed to tell, never once ``last``."""
    if len(data) < 3 and not last:
        return None
    for mark, name in _BOMS:
        if data.startswith(mark):
            return Encoding(name)
    if name_of_transport := transport(content_type):
        return Encoding(name_of_transport)
    if name_of_meta := prescan(data[:PRESCAN]):
        return Encoding(name_of_meta)
    if len(data) < PRESCAN and not last:
        return None
    # A declaration that comes later makes browsers start again (13.2.3.5).
    if name_of_late := xml_declared(data[:PRESCAN]) or prescan(data[:SAMPLE]):
        return Encoding(name_of_late)
    return guess(data[:SAMPLE]) if last or len(data) >= SAMPLE else None


_SPACE = r"\t\n\x0c\r "
# Get an attribute (13.2.3.2). Nothing matches whose end is not there.
_ATTRIBUTE = (
    rf"""(?:(=[^{_SPACE}/>=]*+|[^{_SPACE}/>=]++)[{_SPACE}]*+"""
    rf"""(?:=[{_SPACE}]*+(?:"([^"]*+)"|'([^']*+)'|(?!["'])([^{_SPACE}>]*+)(?=[{_SPACE}>]))|(?=[^{_SPACE}=])))"""
)
_ATTRIBUTES = rf"(?:[{_SPACE}/]++|{_ATTRIBUTE})*+"
_DECLARED = re.compile(_ATTRIBUTE.encode())
# What a "<" begins, in the order in which that is told.
_CONSTRUCT = re.compile(
    rf"<(?:!(?=--)(?s:.*?)-->|(?i:meta)(?=[{_SPACE}/])(?P<meta>{_ATTRIBUTES})>"
    rf"|(?!(?i:meta)[{_SPACE}/])/?+[A-Za-z][^{_SPACE}>]*+{_ATTRIBUTES}>"
    rf"|(?:!(?!--)|/(?![A-Za-z])|\?)[^>]*+>|(?=[^A-Za-z!/?]))".encode()
)


_CONTENT_CHARSET = re.compile(
    rb"""charset[\t\n\x0c\r ]*=[\t\n\x0c\r ]*(?:"([^"]*)"|'([^']*)'|([^\t\n\x0c\r ;"'][^\t\n\x0c\r ;]*))"""
)


def _content_charset(value: bytes) -> str | None:
    """Extracting a character encoding from a meta element (2.6.5); ``value`` is in lower case."""
    found = _CONTENT_CHARSET.search(value)
    return named((found.group(1) or found.group(2) or found.group(3) or b"").decode("latin-1")) if found else None


def _meta(attributes: bytes) -> str | None:
    """The encoding that a meta tag names, if it does."""
    seen: set[bytes] = set()
    pragma, needs_pragma, charset = False, None, None
    for attribute in _DECLARED.finditer(attributes + b">"):
        name, value = attribute[1].lower(), (attribute[2] or attribute[3] or attribute[4] or b"").lower()
        if name in seen:
            continue
        seen.add(name)
        if name == b"http-equiv":
            pragma = value == b"content-type"
        elif name == b"content" and charset is None and (extracted := _content_charset(value)):
            charset, needs_pragma = extracted, True
        elif name == b"charset":
            charset, needs_pragma = named(value.decode("latin-1")), False
    return charset if needs_pragma is False or (needs_pragma and pragma) else None


# Whoever can read a declaration as ASCII is not UTF-16.
_DECLARABLE = {"utf-16le": "utf-8", "utf-16be": "utf-8"}


def prescan(data: bytes) -> str | None:
    """Prescan a byte stream to determine its encoding (13.2.3.2). What is found in a beginning is found in the whole."""
    # A declaration in UTF-16 without a mark (13.2.3.2, first step).
    for begin, name in ((b"<\0?\0x\0", "utf-16le"), (b"\0<\0?\0x", "utf-16be")):
        if data.startswith(begin):
            return name
    at = 0
    while (at := data.find(b"<", at)) >= 0 and (construct := _CONSTRUCT.match(data, at)):
        name_found = _meta(construct["meta"]) if construct["meta"] is not None else None
        if name_found:
            return "windows-1252" if name_found == "x-user-defined" else _DECLARABLE.get(name_found, name_found)
        at = max(construct.end(), at + 1)
    return None


_XML_ENCODING = re.compile(rb"""encoding[\0-\x20]*+=[\0-\x20]*+(?:"([^"\0-\x20]*+)"|'([^'\0-\x20]*+)')""")


def xml_declared(data: bytes) -> str | None:
    """Get an XML encoding (13.2.3.2)."""
    if not data.startswith(b"<?xml") or b">" not in data:
        return None
    said = _XML_ENCODING.match(data, data.find(b"encoding")) if b"encoding" in data else None
    found = named((said[1] or said[2] or b"").decode("latin-1")) if said else None
    return _DECLARABLE.get(found, found) if found else None


def guess(data: bytes) -> Encoding:
    """What a page that says nothing seems to be in, by its first bytes."""
    if "\ufffd" not in data[: Encoding("utf-8").whole(data)].decode("utf-8", "replace"):
        return Encoding("utf-8", sure=False)
    # Loaded only for the few pages that need it.
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    found = (named(best.encoding.replace("_", "-")) or named(best.encoding)) if best else None
    bridged = ("utf-16le", "utf-16be", "iso-2022-jp")
    return Encoding(found if found and found not in bridged else "windows-1252", sure=False)
