"""A concept as another program tells it, and the entry that an editor then finishes.

What the other program does not say becomes ``TODO``, which the house rules refuse; every drafted entry is off until an editor
turns it on. This module does not know where drafts come from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from proxy_addon.glossary.grammar import read_entry
from proxy_addon.glossary.layout import formatted
from proxy_addon.glossary.problem import Findings
from proxy_addon.glossary.reader import ScalarNode, read_document
from proxy_addon.glossary.shapes import CODE, ID, URL

TODO = "TODO"
# What an editor has still to write.
MEANS, WHO = f"{TODO} what it is, in a sentence", f"{TODO} who bans, requires or uses it"
MODELINE = "# yaml-language-server: $schema=../pack.schema.json\n"


@dataclass(frozen=True, slots=True)
class Draft:
    """``terms`` and ``means`` by language; the language ``""`` stands for the one that the editor names. ``line`` counts from 1
    in the file it was read from. Fields that are empty were not told."""

    line: int
    id: str = ""
    kind: str = ""
    lang: str = ""
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    means: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


def pack_text(drafts: Sequence[Draft], findings: Findings, *, lang: str, kind: str, source: str, today: date) -> str:
    """A file of entries. ``lang``, ``kind`` and ``source`` fill in for what a draft does not say. Drafts that can't be entries
    are reported, with their lines in the file they come from; what is wrong with all is reported once."""
    if not _are_sound(lang, source, findings):
        return ""
    taken: set[str] = set()
    written = []
    for draft in drafts:
        whole = _filled(draft, lang, kind, source)
        ident = _fresh(whole, taken)
        taken.add(ident)
        text = _entry(replace(whole, id=ident), today)
        if _readable(text, draft, findings):
            written.append(text)
    return formatted(MODELINE + "".join(written), "entries", findings) or ""


def _are_sound(lang: str, source: str, findings: Findings) -> bool:
    before = len(findings.problems)
    for text, shape in ((lang, CODE), (source, URL)):
        if text:
            shape.read(ScalarNode(text, 1, 1, 0, 0, ""), findings)
    return len(findings.problems) == before


def _filled(draft: Draft, lang: str, kind: str, source: str) -> Draft:
    terms = {code or lang: words for code, words in draft.terms.items()}
    means = {code or "en": text for code, text in draft.means.items()} or {"en": MEANS}
    sources = draft.sources or ((source,) if source else ())
    own = draft.lang or (lang if lang in terms else next(iter(terms)))
    return replace(draft, terms=terms, means=means, sources=sources, lang=own, kind=draft.kind or kind)


def _fresh(draft: Draft, taken: set[str]) -> str:
    """The draft's own id if it is one and free; else one made of the first term."""
    base = draft.id if ID.fullmatch(draft.id) else _slug(draft)
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(ident for ident in (base, *numbered) if ident not in taken)


# Cyrillic in Latin letters, as the ids of the glossary have it; letters with a mark lose it first (й is i).
_LATIN = str.maketrans(
    dict(zip("абвгґдезиіклмнопрстуфыэј", "abvggdeziiklmnoprstufyej", strict=True))
    | dict(zip("єжхцчшщюя", ["ye", "zh", "kh", "ts", "ch", "sh", "shch", "yu", "ya"], strict=True))
    | dict.fromkeys("ьъ", "")
)


def _slug(draft: Draft) -> str:
    lang = draft.lang.lower()
    for words in (draft.id, *(word for some in draft.terms.values() for word in some)):
        latin = unicodedata.normalize("NFKD", words.lower()).translate(_LATIN).encode("ascii", "ignore").decode()
        if slug := re.sub(r"[^a-z0-9]+", "-", latin).strip("-"):
            return f"{lang}-{slug}"
    return f"{lang}-line-{draft.line}"


def _entry(draft: Draft, today: date) -> str:
    lines = [f"{draft.id}:", f"  kind: {_quoted(draft.kind)}", f"  lang: {_quoted(draft.lang)}", "  default: off"]
    lines += ["  who:", f"    en: {_quoted(WHO)}", "  terms:"]
    for code, words in draft.terms.items():
        lines += [f"    {_quoted(code)}:", *(f"      - {_quoted(word)}" for word in words)]
    lines += ["  means:", *(f"    {_quoted(code)}: {_quoted(text)}" for code, text in draft.means.items())]
    lines += ["  sources:"] if draft.sources else []
    for url in draft.sources:
        lines += [f"    - title: {_quoted(f'{TODO} its title')}", f"      url: {_quoted(url)}", f"      seen: '{today}'"]
    return "\n".join(lines) + "\n\n"


def _quoted(text: str) -> str:
    return "'" + " ".join(text.split()).replace("'", "''") + "'"


def _readable(text: str, draft: Draft, findings: Findings) -> bool:
    """Whether the loader takes the entry; if not, what it says is told at the draft's line."""
    own = Findings(findings.file)
    document = read_document(text, own)
    for key, node in document.root.pairs if document else ():
        read_entry(key, node, "", own)
    for problem in own.problems:
        findings.add(draft.line, 1, problem.what, problem.cure)
    return not own.problems


def in_lines(cell: str) -> tuple[str, ...]:
    """The terms in a cell: one a line, or with semicolons between."""
    return tuple(word for word in (" ".join(part.split()) for part in re.split(r"[;；\n]", cell)) if word)
