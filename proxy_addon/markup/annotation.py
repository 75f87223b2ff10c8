"""A match and its entries become markup: what is written around the words, and the one style sheet of a page.

Two custom elements carry an annotation: ``gl-term`` around the words, and ``gl-run`` around a run of text that holds a term
beside other text, so that a flex or grid parent still sees one item. No text is added to the page: the explanation is an
attribute, shown by the style sheet and read by screen readers. Every tag made here is ``<gl-run data-gl>`` or
``<gl-term data-entry="…" …>`` with double-quoted attributes whose values hold no ``"``, ``<`` or ``>``; ``strip`` relies on it.
This module does not know where on the page it writes, nor in which encoding.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources

from proxy_addon.glossary.cards import Card, card
from proxy_addon.glossary.model import Entry, Glossary, Kind, Rule, in_language
from proxy_addon.markup.phrases import Phrases, phrases

TERM_END = "</gl-term>"
RUN_START = "<gl-run data-gl>"
RUN_END = "</gl-run>"
STYLE_START = "<style data-glossator>"
STYLE_END = "</style>"


def _sheet() -> str:
    source = resources.files(__package__).joinpath("style.css").read_text(encoding="ascii")
    without_comments = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    return re.sub(r"\s*([{};,]|!important)\s*|(:)\s+", r"\1\2", without_comments).strip().replace(";}", "}")


STYLE = _sheet()
# CSP3 section 8.3 hashes the UTF-8 bytes of the element's text, whatever encoding the page itself is in.
STYLE_HASH = "'sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode("utf-8")).digest()).decode("ascii") + "'"

_ESCAPES = {'"': "&quot;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": "&#10;"}


def attribute(text: str) -> str:
    """``text`` as the inside of a double-quoted attribute."""
    return re.sub(r'["&<>\n]', lambda found: _ESCAPES[found.group()], text)


class Annotator:
    """Writes the markup of annotations in one reader's language. Unknown languages fall back to English."""

    def __init__(self, glossary: Glossary, *, language: str = "en") -> None:
        self._glossary = glossary
        self.language = language
        self._phrases = phrases(language)
        self._opening = lru_cache(maxsize=4096)(self._write_opening)
        self.card = lru_cache(maxsize=4096)(self._card)

    def style_element(self) -> str:
        """The page's one ``<style>``: ASCII, the same bytes on every page."""
        return STYLE_START + STYLE + STYLE_END

    def script_element(self, mode: str, policies: Sequence[str]) -> str:
        """None: a page's script is made by its ``PageWriter``."""
        return ""

    def wants(self, entries: tuple[str, ...]) -> bool:
        """Every match is wanted: what a reader doesn't want is known to the ``PageWriter``."""
        return True

    def opening(self, entries: tuple[str, ...], *, quoted: bool = False, first: bool = True, last: bool = False) -> str:
        """The start tag around a match, or around a later piece of a match that crosses tags (``first=False``)."""
        return self._opening(entries, quoted, first)

    def kind(self, entries: tuple[str, ...]) -> Kind:
        """The kind as which a match is shown: that of its first known entry."""
        return next((self._glossary.entries[ref].kind for ref in entries if ref in self._glossary.entries), "euphemism")

    def _card(self, ref: str) -> Card | None:
        """The card of an entry in the reader's language, if there is such an entry."""
        entry = self._glossary.entries.get(ref)
        return card(self._glossary, entry, self.language) if entry else None

    def description(self, entries: tuple[str, ...], *, quoted: bool = False) -> str:
        """What the tooltip says, one line each: the meaning; who, since when, under which rule; the kind. Senses are numbered."""
        senses = [list(self._sense(self._glossary.entries[ref])) for ref in entries if ref in self._glossary.entries]
        if quoted and senses:
            senses[-1][-1] += f" ({self._phrases.quoted})"
        if len(senses) == 1:
            return "\n".join(senses[0])
        return "\n".join(f"{number}. " + "\n".join(lines) for number, lines in enumerate(senses, 1))

    def _write_opening(self, entries: tuple[str, ...], quoted: bool, first: bool) -> str:
        said = attribute(self.description(entries, quoted=quoted))
        start = f'<gl-term data-entry="{attribute(" ".join(entries))}" data-kind="{self.kind(entries)}"'
        if quoted:
            start += ' data-quoted=""'
        if first:
            return f'{start} tabindex="0" aria-description="{said}">'
        return f'{start} data-part="" data-note="{said}">'

    def _sense(self, entry: Entry) -> Iterator[str]:
        yield in_language(entry.means, self.language)[1]
        provenance = self._provenance(entry)
        if provenance:
            yield provenance
        yield self._kind(entry, self._phrases)

    @staticmethod
    def _kind(entry: Entry, said: Phrases) -> str:
        state = {"ended": said.ended, "disputed": said.disputed}.get(entry.status)
        kind = said.kinds[entry.kind]
        return f"{kind} · {state}" if state else kind

    def _provenance(self, entry: Entry) -> str:
        """Who, and since when the word is banned, required or used; in brackets the act, with its own
        date where that isn't plain: an act may be far younger than the use."""
        rule = next((self._glossary.rules[ref] for ref in entry.rules if ref in self._glossary.rules), None)
        who = in_language(entry.who or (rule.authority if rule else {}), self.language)[1]
        if not who:
            return ""
        said = ", ".join([f"{self._phrases.who[entry.kind]} {who}", *self._dates(entry.since, entry.until)])
        return f"{said} ({self._act(rule, entry)})" if rule else said

    def _act(self, rule: Rule, entry: Entry) -> str:
        title = in_language(rule.title, self.language)[1]
        told = rule.since[:4] in title or rule.since <= entry.since
        since = "" if told else rule.since
        return ", ".join([title, *self._dates(since, "" if rule.until == entry.until else rule.until)])

    def _dates(self, since: str, until: str) -> Iterator[str]:
        yield from (
            pattern.format(date) for pattern, date in ((self._phrases.since, since), (self._phrases.until, until)) if date
        )
