"""Real text about other things, read the way the proxy reads a page: every block judged, every hit noted.

Two sources. *Pages*: real pages beside the checkout (fixture ``shared``). *Books*: Debian packages unpacked side by side in
the folder ``GLOSSATOR_BOOKS`` (``dpkg -x anarchism_*.deb "$GLOSSATOR_BOOKS/anarchism"`` and so on); no test needs them.
The list of verdicts was made with those of Debian 12: anarchism, debian-handbook, fortunes, fortunes-min, fortunes-ru,
fortunes-de, manpages-uk.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from proxy_addon.markup.annotation import Annotator
from proxy_addon.markup.judging import APART
from proxy_addon.markup.rewriter import Rewriter
from proxy_addon.matching.matcher import Match, Matcher

# Languages by the names that the list of pages uses.
PAGES = {"rus": "ru", "ukr": "uk", "eng": "en", "cmn": "zh", "deu": "de"}
# Debian package -> language; the handbook has a folder for each translation.
FORTUNES = {"fortunes": "en", "fortunes-min": "en", "fortunes-ru": "ru", "fortunes-de": "de"}
HANDBOOK = {
    "en-US": "en",
    "ru-RU": "ru",
    "de-DE": "de",
    "zh-CN": "zh",
    "zh-TW": "zh",
    "tr-TR": "tr",
    "fa-IR": "fa",
    "ar-MA": "ar",
}

_WORD = re.compile(r"[^\W\d_]+")
_HAN = re.compile("[\u4e00-\u9fff]")
_FORTUNE_END = re.compile(r"\n%\n|\n\s*\n")
_ROFF = re.compile(r"^\.\S+ ?|\\f.|\\-", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Hit:
    """``entry`` was found as ``text`` in ``file``; ``context`` shows what stands around it."""

    file: str
    entry: str
    text: str
    context: str


@dataclass(slots=True)
class Reading:
    """What was read: words (characters in Chinese) by language, and every hit."""

    words: Counter[str] = field(default_factory=Counter)
    hits: list[Hit] = field(default_factory=list)

    def note(self, lang: str, file: str, block: str, found: Sequence[Match]) -> None:
        self.words[lang] += len((_HAN if lang == "zh" else _WORD).findall(block))
        for match in found:
            around = " ".join(block[max(0, match.start - 60) : match.end + 40].split())
            self.hits.append(Hit(file, ",".join(match.entries), " ".join(block[match.start : match.end].split()), around))


class _Reader:
    """Stands between the rewriter and a matcher, has every block judged and notes what is found."""

    def __init__(self, matcher: Matcher, lang: str, file: str, reading: Reading) -> None:
        self._matcher, self._about, self._reading = matcher, (lang, file), reading

    def suspects(self, text: str, *_: object) -> Sequence[int]:
        """Something everywhere, but not so close that the rewriter takes it for an attack."""
        return range(0, len(text), APART + 1)

    def page(self, *, lang: str | None = None, title: str = "", description: str = "") -> _Reader:
        self._page = self._matcher.page(lang=lang, title=title, description=description)
        return self

    def find(self, block: str, *, lang: str | None = None) -> Sequence[Match]:
        found = self._page.find(block, lang=lang)
        self._reading.note(*self._about, block, found)
        return found


def _read_html(data: bytes, matcher: Matcher, lang: str, file: str, reading: Reading) -> None:
    rewriter = Rewriter(_Reader(matcher, lang, file, reading), Annotator(matcher.glossary), density="all")
    rewriter.feed(data)
    rewriter.close()


def read_pages(folder: Path, matcher: Matcher) -> Reading:
    """The pages of ``folder`` in the five languages."""
    reading = Reading()
    with (folder / "MANIFEST.tsv").open(encoding="utf-8") as listed:
        for row in csv.DictReader(listed, delimiter="\t"):
            if lang := PAGES.get(row["detected_lang"]):
                _read_html((folder / row["file"]).read_bytes(), matcher, lang, row["file"], reading)
    return reading


def read_books(folder: Path, matcher: Matcher) -> Reading:
    """The books of ``folder``; a package that is missing is left out."""
    reading = Reading()
    for lang, file, data in _html_books(folder):
        _read_html(data, matcher, lang, file, reading)
    for lang, file, text in _plain_books(folder):
        for piece in _FORTUNE_END.split(text):
            reading.note(lang, file, piece, matcher.page(lang=lang).find(piece))
    return reading


def _html_books(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    for translation, lang in HANDBOOK.items():
        for path in sorted(folder.glob(f"debian-handbook/usr/share/doc/debian-handbook/html/{translation}/*.html")):
            yield lang, f"debian-handbook/{translation}/{path.name}", path.read_bytes()
    for path in sorted(folder.glob("anarchism/**/*.html*")):
        yield "en", f"anarchism/{path.name}", gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _plain_books(folder: Path) -> Iterator[tuple[str, str, str]]:
    for package, lang in FORTUNES.items():
        for path in sorted(folder.glob(f"{package}/usr/share/games/fortunes/**/*")):
            if path.is_file() and not path.is_symlink() and path.suffix not in (".dat", ".u8"):
                yield lang, f"{package}/{path.name}", _decoded(path.read_bytes(), "koi8-r" if lang == "ru" else "latin-1")
    for path in sorted(folder.glob("manpages-uk/**/*.gz")):
        yield "uk", f"manpages-uk/{path.name}", _ROFF.sub("", gzip.decompress(path.read_bytes()).decode("utf-8"))


def _decoded(data: bytes, otherwise: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(otherwise)
