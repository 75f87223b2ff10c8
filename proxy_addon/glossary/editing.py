"""One entry as its editor sees it: the lines of its file that are its own, changed and put back with nothing else touched.

An entry's block begins at its id in column 0, with the comment lines that stand right above it, and ends where the next
begins. What is put back is written whole or not at all, with the line ends and the byte order mark of its file, and never
over a file that changed since it was read. What can't be an entry is refused with every problem, and the file stays. This
module does not know who edits, nor what an entry matches.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from proxy_addon.glossary.grammar import read_entry
from proxy_addon.glossary.layout import formatted
from proxy_addon.glossary.model import Entry, Glossary, Place
from proxy_addon.glossary.problem import Findings, GlossaryError, Problem
from proxy_addon.glossary.reader import read_document
from proxy_addon.keeping import rewrite

_KEY = re.compile(r"^([^\s#'\"][^:\n]*|'[^'\n]*'|\"[^\"\n]*\")\s*:", re.MULTILINE)


class Changed(Exception):
    """Somebody else wrote the file meanwhile; the editor must look at it again."""


class NoSuchEntry(LookupError):
    """The entry isn't in the file any more; the editor must find out where it went."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry's block in a file: ``text`` is its lines, ``line`` the number of the first (from 1), ``digest`` stands for the
    state of the whole file when it was read."""

    path: Path
    entry: str
    text: str
    line: int
    digest: str


def draft(path: Path, entry: str) -> Draft:
    """The entry's block as it is on disk now. Raises ``NoSuchEntry``, ``OSError``."""
    whole = _read(path)
    start, end = _block(whole, entry)
    return Draft(path, entry, whole[start:end].strip("\n") + "\n", whole.count("\n", 0, start) + 1, _digest(whole))


def new_draft(path: Path, entry: str) -> Draft:
    """A draft of an entry that is not in the file yet, which need not exist either."""
    whole = _read(path) if path.exists() else ""
    return Draft(path, entry, "", whole.count("\n") + 1, _digest(whole))


def checked(text: str, entry: str, file: str = "the entry") -> Entry:
    """The entry that the text is. Raises ``GlossaryError`` with every problem; lines count from the text's first."""
    findings = Findings(file)
    document = read_document(text, findings)
    pairs = document.root.pairs if document else []
    found = [read_entry(key, node, "", findings) for key, node in pairs]
    if not findings.problems and [key.text for key, _ in pairs] != [entry]:
        named = ", ".join(f"`{key.text}`" for key, _ in pairs) or "nothing"
        findings.add(
            1, 1, f"this should be the entry `{entry}` alone, and is {named}", f"begin with `{entry}:` and write others apart"
        )
    one = found[0].entry if len(found) == 1 and found[0] else None
    if not findings.problems and one is None:
        findings.add(1, 1, "this turns an entry on or off and is none itself", "write `kind`, `terms` and `means`")
    if findings.problems or one is None:
        raise GlossaryError(findings.problems)
    return one


def among(glossary: Glossary, entry: Entry) -> Glossary:
    """The glossary of this entry alone, with the rules and topics that it may name; for trying it out."""
    return replace(glossary, entries={entry.id: entry}, version=f"{glossary.version}+{_digest(repr(entry))}")


def dangling(glossary: Glossary, entry: Entry) -> list[Problem]:
    """A problem for each id that the entry names and the glossary lacks."""
    named: Mapping[str, tuple[tuple[str, ...], object]] = {
        "rules": (entry.rules, glossary.rules),
        "instead": (entry.instead, glossary.entries),
        "see": (entry.see, glossary.entries),
        "replaced_by": (entry.replaced_by, glossary.entries),
        "about": (tuple(topic for form in entry.forms for topic in form.about), glossary.topics),
    }
    return [
        Problem(
            Place("the entry", 1), f"`{key}` names `{ref}`, which there is not", "correct the id, or write what it names first"
        )
        for key, (refs, known) in named.items()
        for ref in dict.fromkeys(refs)
        if ref not in known and ref != entry.id  # type: ignore[operator]
    ]


def save(held: Draft, text: str) -> Draft:
    """Puts the text in the place of the draft's block, in the house style; the draft as it is on disk now.

    Raises ``GlossaryError``, ``Changed``, ``NoSuchEntry``, ``OSError``; then the file is as it was.
    """
    checked(text, held.entry, held.path.name)
    own = _styled(text, held.path.name)
    whole = _read(held.path) if held.path.exists() else ""
    if _digest(whole) != held.digest:
        raise Changed(f"{held.path.name} was changed meanwhile; nothing was written. Open the entry again and repeat the edit")
    rewrite(held.path, _encoded(_spliced(whole, held, own), held.path))
    return draft(held.path, held.entry)


def _spliced(whole: str, held: Draft, text: str) -> str:
    if not held.text:
        return (whole.rstrip("\n") + "\n\n" if whole.strip() else "") + text.strip("\n") + "\n"
    start, end = _block(whole, held.entry)
    rest = whole[end:]
    return whole[:start] + text.strip("\n") + "\n" + ("\n" + rest.lstrip("\n") if rest.strip() else "")


def _styled(text: str, file: str) -> str:
    findings = Findings(file)
    styled = formatted(text, "entries", findings)
    if styled is None:
        raise GlossaryError(findings.problems)
    return styled


def _block(whole: str, entry: str) -> tuple[int, int]:
    keys = [(found.start(), found.group(1).strip("'\"").strip()) for found in _KEY.finditer(whole)]
    for nth, (start, name) in enumerate(keys):
        if name == entry:
            end = _with_comments(whole, keys[nth + 1][0]) if nth + 1 < len(keys) else len(whole)
            return _with_comments(whole, start), end
    raise NoSuchEntry(f"there is no entry `{entry}` in this file any more; search for it")


def _with_comments(whole: str, start: int) -> int:
    """The start of the comment lines that stand right above a key."""
    while start:
        line = whole.rfind("\n", 0, start - 1) + 1
        if not whole.startswith("#", line) or "yaml-language-server" in whole[line:start]:
            break
        start = line
    return start


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def _encoded(text: str, path: Path) -> bytes:
    """The text with the line ends and the byte order mark of the file that is there; a new one has neither CR nor mark."""
    before = path.read_bytes() if path.exists() else b""
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    end = "\r\n" if before.partition(b"\n")[0].endswith(b"\r") else "\n"
    return mark + text.replace("\n", end).encode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
