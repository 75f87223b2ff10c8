"""What an editor does at the desk: which file an entry is edited in, what a text of one would do, new entries, imports.

An entry that lies in the reader's own files, or in the shipped ones of a checkout that may be written, is edited in place; one
that came with the program is laid over by the reader's own file, so that an update of the program does not undo it. No path is
ever taken from a request but one that is known already. Nothing is written that can't be an entry, nor over a file that changed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from proxy_addon import paths
from proxy_addon.glossary import editing, loader
from proxy_addon.glossary.cards import Card, card
from proxy_addon.glossary.exchange import READERS
from proxy_addon.glossary.exchange.draft import pack_text
from proxy_addon.glossary.grammar import read_entry
from proxy_addon.glossary.lint import lint
from proxy_addon.glossary.model import Entry, Example, Glossary, Place
from proxy_addon.glossary.problem import Findings, GlossaryError, Problem
from proxy_addon.glossary.reader import read_document
from proxy_addon.glossary.shapes import ID
from proxy_addon.glossary_check import check_examples_of
from proxy_addon.keeping import write_atomically
from proxy_addon.markup.annotation import Annotator
from proxy_addon.matching.matcher import Matcher
from proxy_addon.service.desk.looking import Piece, cut

# Where an edit goes.
Why = Literal[
    # Into the file in which the entry is.
    "here",
    # Over an entry that came with the program, into the reader's own file.
    "over",
    # Into a file as a new entry.
    "new",
]

OWN = "own.yaml"
# Files of these names hold something other than entries.
_TAKEN = frozenset({"pack", "rules", "topics"})


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry that is being edited: its draft in the file that it goes to, and the text that the editor begins with."""

    held: editing.Draft
    text: str
    why: Why


@dataclass(frozen=True, slots=True)
class ShownExample:
    """A sentence of an entry, cut at what matched in it; ``leave``: nothing should."""

    pieces: list[Piece]
    holds: bool
    leave: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a text would be as an entry: what is to mend, and, where it is one, its card, tooltip and examples."""

    problems: list[Problem]
    card: Card | None = None
    tooltip: tuple[str, ...] = ()
    examples: tuple[ShownExample, ...] = ()


def own_file() -> Path:
    """Where edits go that have no better place."""
    return paths.packs_dir() / OWN


def is_shipped(entry: Entry) -> bool:
    """Whether the entry is one that came with the program."""
    return Path(entry.place.file).is_relative_to(loader.SHIPPED)


def _may_be_written(file: Path) -> bool:
    in_checkout = (loader.SHIPPED.parent / ".git").exists()
    return os.access(file, os.W_OK) and (in_checkout or not file.is_relative_to(loader.SHIPPED))


def places(glossary: Glossary) -> list[Path]:
    """The files to which a new entry may go: the reader's own first, then those that hold entries and may be written."""
    known = dict.fromkeys(Path(entry.place.file) for entry in glossary.entries.values())
    return [own_file(), *sorted(file for file in known if file != own_file() and _may_be_written(file))]


def opened(entry: Entry) -> Opened:
    """The entry as it is on disk now. Raises ``editing.NoSuchEntry``, ``OSError``."""
    file = Path(entry.place.file)
    if not is_shipped(entry) or _may_be_written(file):
        held = editing.draft(file, entry.id)
        return Opened(held, held.text, "here")
    try:
        held = editing.draft(own_file(), entry.id)
    except (editing.NoSuchEntry, FileNotFoundError):
        return Opened(editing.new_draft(own_file(), entry.id), editing.draft(file, entry.id).text, "over")
    return Opened(held, held.text, "here")


def begun(glossary: Glossary, ident: str, place: str, text: str) -> Opened | None:
    """A new entry for a file that is known, or None."""
    file = next((file for file in places(glossary) if str(file) == place), None)
    return Opened(editing.new_draft(file, ident), text, "new") if file else None


def held_for(glossary: Glossary, ident: str, place: str) -> editing.Draft | None:
    """The draft of this entry in this file as it is on disk now; None where the desk would not write there.

    Raises ``editing.NoSuchEntry``, ``OSError``.
    """
    entry = glossary.entries.get(ident)
    if entry:
        held = opened(entry).held
        return held if str(held.path) == place else None
    known = begun(glossary, ident, place, "")
    if known is None:
        return None
    try:
        return editing.draft(known.held.path, ident)
    except (editing.NoSuchEntry, FileNotFoundError):
        return known.held


def saved(held: editing.Draft, digest: str, text: str) -> editing.Draft:
    """Writes the text over the draft that had this digest. Raises what ``editing.save`` does."""
    return editing.save(replace(held, digest=digest), text)


def outlook(glossary: Glossary, ident: str, text: str, language: str) -> Outlook:
    """What the text would do, tried alone."""
    try:
        entry = editing.checked(text, ident)
    except GlossaryError as error:
        return Outlook(list(error.problems))
    alone = _alone(glossary, entry)
    problems = editing.dangling(glossary, entry)
    problems += [complaint.problem for complaint in lint(alone, date.today(), advice=False)]
    matcher = Matcher(alone, cache=None, everything=True)
    problems += list(check_examples_of(entry, matcher))
    said = tuple(Annotator(alone, language=language).description((entry.id,)).split("\n"))
    examples = [_example(entry, example, matcher, leave=False) for example in entry.annotate]
    examples += [_example(entry, example, matcher, leave=True) for example in entry.leave]
    return Outlook(problems, card(glossary, entry, language), said, tuple(examples))


def _alone(glossary: Glossary, entry: Entry) -> Glossary:
    """This entry with the topics that it names: what else there is takes seconds to compile and changes nothing."""
    named = {topic for form in entry.forms for topic in form.about}
    alone = editing.among(glossary, entry)
    return replace(alone, topics={ident: topic for ident, topic in glossary.topics.items() if ident in named})


def _example(entry: Entry, example: Example, matcher: Matcher, *, leave: bool) -> ShownExample:
    matches = matcher.find(example.text, lang=example.lang, title=example.title)
    found = [(match.start, match.end) for match in matches if entry.id in match.entries]
    words = {example.text[start:end] for start, end in found}
    return ShownExample(list(cut(example.text, found)), not words if leave else words >= set(example.match), leave)


def imported(glossary: Glossary, asked: dict[str, str], today: date) -> tuple[str, list[Problem], int, list[str]]:
    """The draft of a pack made from a file: its text, what is wrong, how many entries, and which ids of others they replace."""
    findings = Findings(asked["name"])
    drafts = READERS[asked["format"]](asked["text"].encode(), findings)
    if not drafts:
        return "", findings.problems or [Problem(Place(asked["name"], 1), "no terms were found", "choose another file")], 0, []
    told = {name: asked[name] for name in ("lang", "kind", "source")}
    text = pack_text(drafts, findings, today=today, **told)
    return text, findings.problems, len(drafts), [ident for ident in _ids(text) if ident in glossary.entries]


def kept(name: str, text: str) -> tuple[Path, list[Problem]]:
    """Writes a new file of entries into the reader's pack, if it is one. Raises ``FileExistsError``, ``OSError``."""
    file = paths.packs_dir() / f"{name}.yaml"
    findings = Findings(file.name)
    if not ID.fullmatch(name) or name in _TAKEN or name == Path(OWN).stem:
        findings.add(
            1, 1, f"`{name}` can't be the name of a file of entries", "use a-z, 0-9 and hyphens; not pack, rules, topics"
        )
        return file, findings.problems
    document = read_document(text, findings)
    for key, node in document.root.pairs if document else ():
        read_entry(key, node, "", findings)
    if not findings.problems:
        if file.exists():
            raise FileExistsError(17, os.strerror(17), str(file))
        write_atomically(file, text)
    return file, findings.problems


def _ids(text: str) -> Sequence[str]:
    document: Any = read_document(text, Findings("draft"))
    return [key.text for key, _ in document.root.pairs] if document else []
