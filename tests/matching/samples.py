"""A small glossary made up for these tests, and ways to write entries shortly."""

from __future__ import annotations

from typing import Any

from proxy_addon.glossary.model import Entry, Form, Glossary, Topic
from proxy_addon.matching.matcher import Matcher

WAR = Topic(
    "war",
    strong={"ru": ("Украина", "Донбасс"), "en": ("Ukraine", "Kyiv")},
    weak={"ru": ("Россия", "Москва"), "en": ("Russia", "Moscow")},
    against={"ru": ("Чечня",), "en": ("Gaza", "Iraq")},
)


def entry(ref: str, *forms: Form, on: bool = True, aliases: tuple[str, ...] = ()) -> Entry:
    return Entry(ref, "banned", forms, {"en": "A word."}, on=on, aliases=aliases)


def glossary(*entries: Entry) -> Glossary:
    return Glossary({each.id: each for each in entries}, topics={"war": WAR})


def matcher(*entries: Entry, **options: Any) -> Matcher:
    return Matcher(glossary(*entries), cache=None, **options)


def of(*forms: Form) -> Matcher:
    """A matcher of one entry, ``it``."""
    return matcher(entry("it", *forms))


def words(found: Matcher, text: str, **about: Any) -> list[str]:
    return [text[match.start : match.end] for match in found.find(text, **about)]


def weak(text: str, lang: str, **conditions: Any) -> Form:
    return Form(text, lang, weak=True, about=("war",), **conditions)
