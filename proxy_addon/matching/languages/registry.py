"""The languages: their codes, how their words end, and which module inflects them."""

# ruff: noqa: SIM905 - a list of words reads best as words
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Where a match may begin and end.
Edges = Literal[
    # Not inside a word.
    "word",
    # Anywhere: the script writes no spaces between words.
    "none",
]


@dataclass(frozen=True, slots=True)
class Language:
    """A language of texts. ``hyphen``: by default a form may touch a hyphen. ``latin``: written in Latin letters, which
    many languages share, so that a page's language must be known. ``module``: who inflects, "" for nobody."""

    code: str
    edges: Edges = "word"
    hyphen: bool = True
    latin: bool = True
    module: str = ""


LANGUAGES = {
    each.code: each
    for each in (
        Language("ru", latin=False, module="ru"),
        Language("uk", latin=False, module="uk"),
        Language("be", latin=False, module="be"),
        Language("be-latn", module="be_latn"),
        Language("en", hyphen=False, module="en"),
        Language("de", module="de"),
        Language("fr", hyphen=False, module="fr"),
        Language("nl", hyphen=False, module="nl"),
        Language("tr", module="tr"),
        Language("fa", latin=False, module="fa"),
        Language("ar", latin=False, module="ar"),
        Language("zh", edges="none", latin=False),
        Language("zh-hans", edges="none", latin=False),
        Language("zh-hant", edges="none", latin=False),
        Language("ja", edges="none", latin=False),
        Language("my", edges="none", latin=False),
        Language("th", edges="none", latin=False),
        Language("km", edges="none", latin=False),
        Language("lo", edges="none", latin=False),
        Language("bo", edges="none", latin=False),
    )
}
# Written in letters of their own, so that no neighbour is mistaken for them; nobody inflects them here.
OTHER_SCRIPTS = frozenset("am bg el he hi hy ka kk ko ky mk mn ne pa ps sd sr ta te tg tt ug ur yi".split())


def language(code: str) -> Language:
    """The language with this BCP 47 code, or with the longest known beginning of it; else one without inflection."""
    subtags = code.replace("_", "-").lower().split("-")
    for count in range(len(subtags), 0, -1):
        known = LANGUAGES.get("-".join(subtags[:count]))
        if known:
            return known
    return Language(code, latin=subtags[0] not in OTHER_SCRIPTS)
