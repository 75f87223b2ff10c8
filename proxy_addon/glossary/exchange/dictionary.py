"""StarDict 2.4.2, which GoldenDict, KOReader and others read: ``.ifo``, ``.idx``, ``.dict`` and ``.syn``.

An article for each entry, in HTML, under its headword; every other form, inflected, leads to it. Words are sorted as the
format asks: by bytes with ASCII letters in one case, ties by the bytes as they are; numbers are 32 bits, big-endian.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from struct import pack

from proxy_addon.glossary.model import Entry, Glossary, Texts, in_language, plain
from proxy_addon.matching.languages import spellings

# The format's limit for a word, in bytes.
LONGEST = 255


def to_stardict(glossary: Glossary) -> Mapping[str, bytes]:
    entries = sorted(glossary.entries.values(), key=lambda entry: _order(entry.headword))
    articles = ["".join(_article(entry, glossary)).encode() for entry in entries]
    index, start = bytearray(), 0
    for entry, article in zip(entries, articles, strict=True):
        index += _word(entry.headword) + pack(">II", start, len(article))
        start += len(article)
    others = sorted(_others(entries), key=lambda other: (_order(other[0]), other[1]))
    synonyms = b"".join(_word(text) + pack(">I", number) for text, number in others)
    described = {
        "version": "2.4.2",
        "wordcount": len(entries),
        "synwordcount": len(others),
        "idxfilesize": len(index),
        "bookname": "Glossator",
        "sametypesequence": "h",
    }
    info = "".join(f"{name}={value}\n" for name, value in described.items())
    files = {"ifo": f"StarDict's dict ifo file\n{info}".encode(), "idx": bytes(index), "syn": synonyms}
    return {f"glossator.{ending}": data for ending, data in {**files, "dict": b"".join(articles)}.items()}


def _word(text: str) -> bytes:
    return text.encode() + b"\0"


def _order(text: str) -> tuple[bytes, bytes]:
    data = text.encode()
    return data.lower(), data


def _others(entries: Iterable[Entry]) -> Iterator[tuple[str, int]]:
    """The words that lead to an article, with its number; no prefixes, and not the headword itself."""
    for number, entry in enumerate(entries):
        forms = [(form, {plain(form.text), *spellings(form.text, form.lang, inflect=form.inflect)}) for form in entry.forms]
        words = {word for _, some in forms for word in some if not word.endswith("*")}
        yield from ((word, number) for word in words - {entry.headword} if 0 < len(word.encode()) <= LONGEST)


def _article(entry: Entry, glossary: Glossary) -> Iterator[str]:
    for code, text in entry.means.items():
        yield f'<p lang="{code}">{escape(text)}</p>'
    yield from (_paragraph(texts) for texts in (entry.who, entry.note) if texts)
    for rule in (glossary.rules[ident] for ident in entry.rules):
        said = f"{in_language(rule.authority, 'en')[1]}: {in_language(rule.title, 'en')[1]}"
        yield f"<p>{escape(said)}{f', {rule.since}' if rule.since else ''}</p>"
    for source in entry.sources:
        yield f'<p><a href="{escape(source.url)}">{escape(source.title)}</a></p>'


def _paragraph(texts: Texts) -> str:
    code, text = in_language(texts, "en")
    return f'<p lang="{code}">{escape(text)}</p>'
