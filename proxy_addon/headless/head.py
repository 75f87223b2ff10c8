"""What a page says of itself: title, date, language, address. Beautiful Soup reads it, from the few tags that may say it.

A whole page takes Beautiful Soup hundreds of times as long as those tags do, so they are cut out first, by a pattern that knows
nothing but their names; what stands in their attributes, in whatever quoting and with whatever references, is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from proxy_addon.headless.documents import Inner

_HEAD_ENDS = re.compile(rb"(?i)<body[\s>]")
_LONGEST_HEAD = 1 << 18
_LONGEST_TAG = 2000
# Names under which pages give the day of publication, best first.
_DATES = (
    "article:published_time", "datepublished", "og:published_time", "date.issued", "dc.date.issued", "dcterms.created",
    "dc.date", "publication_date", "publishdate", "pubdate", "parsely-pub-date", "sailthru.date", "date", "datecreated",
)  # fmt: skip
_SAYS = rb"|".join(re.escape(name.encode()) for name in (*_DATES, "og:title", "og:url", "content-language", "og:locale"))
# So many bytes of a tag are looked at, and none behind the "<" of another: else a page of tags without ends would take for ever.
_REST = rb"[^<>]{0,2000}"
_WANTED = re.compile(
    rb"(?i)<title[\s>](?:[^<]|<(?!/?title))*+</title\s*+>|<html\b" + _REST + rb">|<link\b" + _REST + rb"\bcanonical\b"
    + _REST + rb">|<meta\b" + _REST + rb"[\"'=](?:" + _SAYS + rb")(?=[\"'\s>])" + _REST + rb">"
)  # fmt: skip
# Begins with letters of one case, which are looked for several times as fast; what stands before them is looked at then.
_DATED = re.compile(rb"ate(?:[Tt]ime|[Pp]ublished)\b")
_NAMED = re.compile(rb"\b[Dd]ate")
_TIME = re.compile(rb"(?i)<(?:time|meta|span|div|abbr|p)\b" + _REST + rb">")
_LINKED_DATA = re.compile(rb'"datePublished"\s*:\s*"([^"]{8,40})"')
_ISO = re.compile(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|\s*(\d{4})(\d\d)(\d\d)(?=T|\s*$)")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-]?([01]\d)[/-]?([0-3]\d)(?=\D|$)")
_OLDEST = 1990


@dataclass(frozen=True, slots=True)
class Head:
    """Empty where the page doesn't say. ``date``: ISO 8601, a day; ``lang``: BCP 47 as declared; ``url``: its own address."""

    title: str = ""
    date: str = ""
    lang: str = ""
    url: str = ""


def read_head(page: Inner, url: str = "") -> Head:
    """What the page says of itself; ``url`` is where it was found, which may hold a date."""
    ends = _HEAD_ENDS.search(page.data, 0, _LONGEST_HEAD)
    tags = b"\n".join(_WANTED.findall(page.data, 0, ends.end() if ends else _LONGEST_HEAD))
    soup = BeautifulSoup(page.encoding.decode(tags), "html.parser")
    said = {
        str(tag.get("property") or tag.get("name") or tag.get("itemprop") or tag.get("http-equiv")).lower(): str(
            tag.get("content", "")
        )
        for tag in reversed(soup.find_all("meta"))
    }
    title = " ".join(soup.title.get_text().split()) if soup.title else ""
    canonical = next((str(tag.get("href", "")) for tag in soup.find_all("link")), "")
    html = soup.find("html")
    lang = str(html.get("lang") or html.get("xml:lang") or "") if html else ""
    dates = (*(said.get(name, "") for name in _DATES), *_in_text(page))
    return Head(
        title or said.get("og:title", ""),
        next(filter(None, map(day, dates)), "") or _day_in_address(url or canonical or said.get("og:url", "")),
        (lang or said.get("content-language", "") or said.get("og:locale", "")).strip().replace("_", "-"),
        next((each for each in (canonical, said.get("og:url", "")) if urlsplit_host(each)), ""),
    )


def _in_text(page: Inner) -> Iterator[str]:
    """Dates that stand in linked data (schema.org) or in the attributes of an element of the text."""
    data = page.data
    # A plain search is many times as fast as that for a pattern.
    if (begin := data.find(b'"datePublished"')) >= 0 and (found := _LINKED_DATA.search(data, begin)):
        yield found.group(1).decode("ascii", "replace")
    if (b"atetime" in data or b"atePublished" in data) and (said := _dated_tag(data)):
        tag = BeautifulSoup(page.encoding.decode(said), "html.parser").find()
        yield str(tag.get("datetime") or tag.get("content") or "") if tag else ""


def _dated_tag(data: bytes) -> bytes:
    """The first tag of a text that bears a date."""
    tried = -1
    for said in _DATED.finditer(data):
        if not _NAMED.match(data, said.start() - 1):
            continue
        begin = data.rfind(b"<", max(0, said.start() - _LONGEST_TAG), said.start())
        if begin > tried and (found := _TIME.match(data, tried := begin)) and found.end() > said.end():
            return found.group()
    return b""


def day(said: str) -> str:
    """The day (ISO 8601) of a date as pages write it (ISO 8601 or RFC 5322); empty if it is none."""
    if found := _ISO.match(said):
        return _checked(*(int(part) for part in found.groups() if part))
    if not re.search(r"\d{4}", said):
        return ""
    try:
        read = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError):
        return ""
    return _checked(read.year, read.month, read.day)


def _day_in_address(url: str) -> str:
    found = _IN_ADDRESS.search(url)
    return _checked(*map(int, found.groups())) if found else ""


def _checked(year: int, month: int, day_of_month: int) -> str:
    try:
        found = date(year, month, day_of_month)
    except ValueError:
        return ""
    return found.isoformat() if _OLDEST <= year <= date.today().year + 1 else ""


def urlsplit_host(url: str) -> str:
    """The host of an address, without "www."; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
