"""The glossary as web pages to browse and print: an index, a page for each pack, a style sheet.

The pages need neither a network nor a script. Texts are shown in every language there is, each marked with its own. With
``service.desk.render`` this is the module that knows Jinja.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from importlib import resources

from jinja2 import Environment, StrictUndefined

from proxy_addon.glossary.model import Entry, Glossary, in_language, plain
from proxy_addon.matching.languages import spellings

# The reader's words for the kinds; the longer ones are in the index.
KINDS = {
    "banned": ("forbidden or punished", "An authority forbids, removes or punishes the use of this plain word."),
    "mandated": ("required wording", "An authority requires this wording."),
    "euphemism": ("official wording", "Officials use it, without a duty to, for something with a plainer name."),
    "label": ("status or label", "An authority attaches it to people or groups and has others repeat it."),
}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def to_html(glossary: Glossary) -> Mapping[str, bytes]:
    """``index.html``, ``glossary.css`` and ``<pack>.html`` for each pack that has entries."""
    packs = {pack.id: [entry for entry in glossary.entries.values() if entry.pack == pack.id] for pack in glossary.packs.values()}
    filled = {ident: sorted(entries, key=_alphabetical) for ident, entries in packs.items() if entries}
    environment = _environment()
    shared = {"glossary": glossary, "packs": filled, "kinds": KINDS, "count": _count}
    pages = {"index.html": environment.from_string(_file("index.html")).render(shared)}
    page = environment.from_string(_file("pack.html"))
    for ident, entries in filled.items():
        pages[f"{ident}.html"] = page.render(shared, pack=glossary.packs[ident], entries=entries)
    return {name: text.encode() for name, text in {**pages, "glossary.css": _file("pages.css")}.items()}


def _environment() -> Environment:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals |= {"languages": _languages, "inflected": _inflected, "direction": _direction, "own": in_language}
    environment.filters |= {"plain": plain}
    return environment


def _file(name: str) -> str:
    return resources.files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


def _alphabetical(entry: Entry) -> tuple[str, str]:
    return entry.headword.casefold(), entry.id


def _count(entries: list[Entry]) -> str:
    counted = Counter(entry.kind for entry in entries)
    return ", ".join(f"{counted[kind]} {KINDS[kind][0]}" for kind in KINDS if counted[kind])  # type: ignore[index]


def _languages(entry: Entry) -> list[str]:
    """The languages of the terms, the entry's own first."""
    return list(dict.fromkeys(code for code in (entry.lang, *(form.lang for form in entry.forms)) if code))


def _inflected(entry: Entry, lang: str) -> list[str]:
    forms = [form for form in entry.forms if form.lang == lang]
    return sorted({word for form in forms for word in spellings(form.text, lang, inflect=form.inflect)}, key=str.casefold)


def _direction(lang: str) -> str:
    return "rtl" if lang.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
