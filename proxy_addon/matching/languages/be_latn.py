"""Belarusian in Latin letters (Łacinka): the paradigms of the Cyrillic spelling, there and back."""

# ruff: noqa: SIM905 - a list of words reads best as words
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from proxy_addon.matching.languages import be
from proxy_addon.matching.languages.inflection import Inflector
from proxy_addon.matching.languages.notation import Phrase

PLAIN = dict(zip("абвгґджзйклмнопрстуўфхцчшыэі", "a b v h g d ž z j k ł m n o p r s t u ŭ f ch c č š y e i".split(), strict=True))
IOTATED = {"я": "a", "е": "e", "ё": "o", "ю": "u"}
SOFT = {"з": "ź", "с": "ś", "ц": "ć", "н": "ń", "л": "l"}
VOWELS = "аеёіоуыэюя"
# Latin to Cyrillic: longer spellings first.
PAIRS = "ch х dź дзь dz дз ja я je е jo ё ju ю ia я ie е io ё iu ю la ля le ле lo лё lu лю li лі l ль".split()
CYRILLIC = {
    **dict(zip(PAIRS[::2], PAIRS[1::2], strict=True)),
    **{latin: cyrillic for cyrillic, latin in PLAIN.items() if latin != "ch"},
    **{soft: hard + "ь" for hard, soft in SOFT.items() if hard != "л"},
}


def inflect(phrase: Phrase) -> Iterator[tuple[str, ...]]:
    for row in be.inflect(tuple(replace(word, text=cyrillic(word.text)) for word in phrase)):
        # A soft sign with nothing before it has no Latin letter.
        yield tuple(latin(form) or form for form in row)


def cyrillic(text: str) -> str:
    lower, out, at = text.lower(), "", 0
    while at < len(lower):
        size = next((size for size in (2, 1) if lower[at : at + size] in CYRILLIC), 0)
        out += CYRILLIC[lower[at : at + size]] if size else lower[at]
        at += size or 1
    return out.capitalize() if text[:1].isupper() else out


def latin(text: str) -> str:
    out = ""
    for at, letter in enumerate(text.lower()):
        out = added(out, letter, text[at - 1].lower() if at else "")
    return out.capitalize() if text[:1].isupper() else out


def added(out: str, letter: str, before: str) -> str:
    """``out`` with one more Cyrillic letter, which may soften the one before."""
    if letter == "ь":
        return out[:-1] + SOFTENED.get(out[-1:], out[-1:])
    if letter in IOTATED:
        if before == "л":
            return out[:-1] + "l" + IOTATED[letter]
        return out + ("j" if not before or before in VOWELS + "'ь’ў" else "i") + IOTATED[letter]
    if letter == "і" and before == "л":
        return out[:-1] + "li"
    return out + PLAIN.get(letter, letter)


SOFTENED = {"z": "ź", "s": "ś", "c": "ć", "n": "ń", "ł": "l"}
INFLECTOR = Inflector(inflect)
