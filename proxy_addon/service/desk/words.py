"""What the desk says, in every language of the interface: one JSON file each, the same names in all.

``{}`` stands for a date, a number, or what is named before. A new language is a new file; the tests refuse one that lacks a
name or a place. What cards and tooltips say, too, comes from ``markup.labels`` and ``markup.phrases``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

# The interface's languages, each in its own words.
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "ru": "Русский",
    "uk": "Українська",
    "be": "Беларуская",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
}

# The languages of terms, each in its own words; others are shown by their code.
AUTONYMS: Mapping[str, str] = {
    **LANGUAGES,
    "be-latn": "Biełaruskaja",
    "de": "Deutsch",
    "fr": "Français",
    "nl": "Nederlands",
    "es": "Español",
    "tr": "Türkçe",
    "fa": "فارسی",
    "ar": "العربية",
    "ja": "日本語",
    "my": "မြန်မာ",
    "bo": "བོད་ཡིག",
    "zh": "中文",
}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ug"})


@cache
def words(language: str) -> Mapping[str, str]:
    """Everything that the desk says in this language; English for one that it doesn't speak."""
    file = f"{language if language in LANGUAGES else 'en'}.json"
    said: Mapping[str, str] = json.loads(resources.files(__package__).joinpath("words", file).read_text(encoding="utf-8"))
    return said


def direction(language: str) -> str:
    """``rtl`` or ``ltr``."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
