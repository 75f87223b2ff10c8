"""Folders of glossary files -> one ``Glossary``, or every problem in them.

The shipped glossary lies at the bottom; a reader's packs are laid over it in order. An entry, rule or topic with the id of
one below replaces it; an entry whose only key is ``default`` turns the one below on or off. What is returned is whole: every
id that is named exists. This module does not know YAML's syntax (``reader``), the keys (``grammar``) or matching.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from hashlib import blake2b
from pathlib import Path
from typing import Any

from proxy_addon.glossary.grammar import NAMES, Draft, Reference, read_entry, read_pack, read_rule, read_topic
from proxy_addon.glossary.model import Entry, Glossary, Pack, Place, Rule, Topic
from proxy_addon.glossary.problem import Findings, GlossaryError, Problem
from proxy_addon.glossary.reader import Document, ScalarNode, read_document, read_text
from proxy_addon.glossary.shapes import ID

__all__ = ["SHIPPED", "GlossaryError", "Problem", "load_glossary", "load_layers", "yaml_files"]

_PACKAGE = Path(__file__).resolve().parent.parent
_PLACES = (_PACKAGE / "_glossary", _PACKAGE.parent / "glossary")
# The glossary that comes with the program: inside the package in a wheel, beside it in a checkout.
SHIPPED = next((place for place in _PLACES if place.is_dir()), _PLACES[-1])

SUFFIXES = (".yaml", ".yml")
MAX_FILES = 2000
# Part of every version: what is read from the same bytes may change with the program.
_FORMAT = b"glossary 1"


def load_glossary(paths: Sequence[Path | str] | None = None) -> Glossary:
    """The shipped glossary with the folders and files of ``paths`` laid over it, later ones on top.

    Raises GlossaryError with every problem of every file.
    """
    return load_layers([SHIPPED, *(paths or ())])


def load_layers(layers: Iterable[Path | str]) -> Glossary:
    """The given folders and files laid over each other, with nothing below them. Raises GlossaryError."""
    building = _Building()
    for layer in layers:
        building.add_layer(Path(layer))
    building.check_references()
    if building.problems:
        raise GlossaryError(sorted(set(building.problems), key=_order))
    return building.glossary()


def _order(problem: Problem) -> tuple[str, int, int, str]:
    return problem.place.file, problem.place.line, problem.place.column, problem.what


def yaml_files(layer: Path) -> Iterator[Path]:
    """The glossary files of a folder in the order of their names; hidden ones are left out, a folder is entered once."""
    entered = set()
    for folder, folders, names in os.walk(layer, followlinks=True):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        real = os.path.realpath(folder)
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        yield from (Path(folder, name) for name in sorted(names) if _is_glossary_file(name))


def _is_glossary_file(name: str) -> bool:
    return name.endswith(SUFFIXES) and not name.startswith(".")


@dataclass
class _Building:
    """What has been read so far. ``seen`` are all ids by sort, those of broken values too, so that a value in trouble
    is reported once and not again by everything that names it."""

    entries: dict[str, Entry] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    packs: dict[str, Pack] = field(default_factory=dict)
    references: dict[str, tuple[Reference, ...]] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=lambda: {"entry": set(), "rule": set(), "topic": set()})
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    version: Any = field(default_factory=lambda: blake2b(_FORMAT, digest_size=16))

    def glossary(self) -> Glossary:
        return Glossary(self.entries, self.rules, self.topics, self.packs, self.version.hexdigest())

    def add_layer(self, layer: Path) -> None:
        """Reads a folder or a single file; what was read before may be replaced."""
        self.places = {}
        files = self._files(layer)
        root = layer if layer.is_dir() else layer.parent
        for file in files:
            self._add_file(file, root, _pack_id(file, root))

    def _files(self, layer: Path) -> list[Path]:
        if layer.is_file():
            return [layer]
        if not layer.is_dir():
            found = "this is neither a file nor a folder" if layer.exists() else "there is no such file or folder"
            self._trouble(layer, found, "correct the path")
            return []
        files = list(yaml_files(layer))
        if not files:
            self._trouble(layer, "no .yaml file is in this folder", "add one, or correct the path")
        if len(files) > MAX_FILES:
            self._trouble(layer, f"more than {MAX_FILES} .yaml files are in this folder", "correct the path")
        return files[:MAX_FILES]

    def _trouble(self, path: Path, what: str, cure: str) -> None:
        self.problems.append(Problem(Place(str(path), 1), what, cure))

    def _add_file(self, file: Path, root: Path, pack: str) -> None:
        findings = Findings(str(file))
        document = self._document(file, root, findings)
        if document:
            _READERS.get(file.stem, _Building._add_entries)(self, document, pack, findings)
        self.problems += findings.problems

    def _document(self, file: Path, root: Path, findings: Findings) -> Document | None:
        try:
            data = file.read_bytes() if file.is_file() else None
        except OSError as error:
            findings.add(1, 1, f"this file can't be read ({error.strerror})", "correct its permissions")
            return None
        if data is None:
            findings.add(1, 1, "this is not a regular file", "remove it, or point the link at a file")
            return None
        self.version.update(b"\0%s\0%d\0" % (str(file.relative_to(root)).encode(errors="replace"), len(data)) + data)
        text = read_text(data, findings)
        return None if text is None else read_document(text, findings)

    def _add_pack(self, document: Document, pack: str, findings: Findings) -> None:
        read = read_pack(document.root, pack, findings)
        if read:
            self.packs[pack] = read

    def _add_rules(self, document: Document, _pack: str, findings: Findings) -> None:
        for key, node in self._fresh("rule", document, findings):
            rule = read_rule(key, node, findings)
            if rule:
                self.rules[rule.id] = rule

    def _add_topics(self, document: Document, _pack: str, findings: Findings) -> None:
        for key, node in self._fresh("topic", document, findings):
            topic = read_topic(key, node, findings)
            if topic:
                self.topics[topic.id] = topic

    def _add_entries(self, document: Document, pack: str, findings: Findings) -> None:
        self.packs.setdefault(pack, Pack(pack, {"en": pack}))
        for key, node in self._fresh("entry", document, findings):
            draft = read_entry(key, node, pack, findings)
            if draft and draft.entry is None:
                self._patch(key, draft, findings)
            elif draft and draft.entry:
                # An entry that is replaced goes to the end, where its own pack's entries are.
                self.entries.pop(key.text, None)
                self.entries[key.text] = draft.entry
                self.references[key.text] = draft.references

    def _patch(self, key: ScalarNode, draft: Draft, findings: Findings) -> None:
        owner = key.text if key.text in self.entries else _aliases(self.entries, []).get(key.text)
        if owner:
            self.entries[owner] = replace(self.entries[owner], on=draft.on)
        else:
            close = get_close_matches(key.text, self.entries, 1)
            cure = f"did you mean `{close[0]}`?" if close else "correct the id, or write the whole entry"
            findings.add(key.line, key.column, f"there is no entry `{key.text}` to turn on or off", cure)

    def _fresh(self, sort: str, document: Document, findings: Findings) -> Iterator[tuple[ScalarNode, Any]]:
        """The sections whose ids are well made and new in this layer; the others are reported."""
        self.seen[sort] |= document.broken
        for key, node in document.root.pairs:
            if not ID.fullmatch(key.text):
                findings.add(key.line, key.column, f"`{key.text}` is not an id", "use a-z, 0-9 and hyphens")
                continue
            self.seen[sort].add(key.text)
            first = self.places.setdefault((sort, key.text), findings.place(key.line, key.column))
            if (first.file, first.line) != (findings.file, key.line):
                found = f"the {sort} `{key.text}` is already at {first}"
                findings.add(key.line, key.column, found, "give this one another id, or join the two")
            elif node is not None:
                yield key, node

    def check_references(self) -> None:
        """Every id that an entry names exists, an alias has one owner, and no entry is its own successor."""
        owners = _aliases(self.entries, self.problems)
        known = {**self.seen, "entry": self.seen["entry"] | owners.keys()}
        for ident, references in self.references.items():
            file = self.entries[ident].place.file
            missing = (ref for ref in references if ref.id not in known[NAMES[ref.key]])
            self.problems += [_dangling(ref, file, known[NAMES[ref.key]]) for ref in missing]
        self.problems += _circles(self.entries, owners)


def _dangling(ref: Reference, file: str, known: Iterable[str]) -> Problem:
    sort = NAMES[ref.key]
    close = get_close_matches(ref.id, known, 1)
    cure = f"did you mean `{close[0]}`?" if close else f"add the {sort}, or remove it here"
    return Problem(Place(file, ref.line, ref.column), f"`{ref.key}` names `{ref.id}`, but there is no such {sort}", cure)


_READERS = {"pack": _Building._add_pack, "rules": _Building._add_rules, "topics": _Building._add_topics}


def _pack_id(file: Path, root: Path) -> str:
    """The nearest folder with a ``pack.yaml``; else the file's own folder; for a single file its name."""
    for folder in (file.parent, *file.parent.parents):
        if (folder / "pack.yaml").is_file():
            return folder.resolve().name
        if folder == root:
            break
    return file.stem if file.parent == root else file.parent.name


def _aliases(entries: Mapping[str, Entry], problems: list[Problem]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for entry in entries.values():
        for alias in entry.aliases:
            other = alias if alias in entries else owners.setdefault(alias, entry.id)
            if other != entry.id:
                found = f"the alias `{alias}` of `{entry.id}` belongs to `{other}`"
                problems.append(Problem(entry.place, found, "remove it here or there"))
    return owners


def _circles(entries: Mapping[str, Entry], owners: Mapping[str, str]) -> Iterator[Problem]:
    """Entries from which ``replaced_by`` leads back to themselves."""
    for entry in entries.values():
        reached: set[str] = set()
        ahead = list(entry.replaced_by)
        while ahead:
            ident = owners.get(ahead[-1], ahead.pop())
            if ident in entries and ident not in reached:
                reached.add(ident)
                ahead += entries[ident].replaced_by
        if entry.id in reached:
            yield Problem(entry.place, f"`replaced_by` leads from `{entry.id}` back to itself", "remove one of its steps")
