"""``glossator glossary``: what an editor does with entries, from a first stub to a checked pack.

Exit codes: 0 nothing to mend, 1 something to mend, 2 used wrongly or a glossary that can't be read. This module does not
know how anything is read, checked or matched.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from proxy_addon.glossary.exchange import READERS, WRITERS
from proxy_addon.glossary.exchange.draft import pack_text
from proxy_addon.glossary.grammar import misspelt
from proxy_addon.glossary.layout import formatted
from proxy_addon.glossary.lint import Complaint, lint
from proxy_addon.glossary.loader import SHIPPED, GlossaryError, yaml_files
from proxy_addon.glossary.model import Entry, Glossary, Rule, in_language, plain
from proxy_addon.glossary.problem import Findings
from proxy_addon.glossary.reader import read_text
from proxy_addon.glossary.shapes import LANGUAGE
from proxy_addon.glossary.stub import KINDS, stub
from proxy_addon.glossary_check import check_examples
from proxy_addon.keeping import rewrite
from proxy_addon.machine.shelf import kept_glossary
from proxy_addon.matching.languages import collisions, guessed, language, spellings
from proxy_addon.matching.languages.registry import LANGUAGES
from proxy_addon.matching.matcher import Matcher, Verdict
from proxy_addon.paths import cache_dir, packs_dir

FORMATS = ("text", "github", "json")


@click.group()
def glossary() -> None:
    """Check, write, show and exchange the entries of the glossary."""


def over_packs(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command ``glossary``: the shipped one with the reader's own packs and those named on the command line."""

    @click.option(
        "--glossary", "paths", multiple=True, metavar="PATH", help="A folder or file of entries laid over the shipped ones."
    )
    @functools.wraps(function)
    def loading(*args: Any, paths: Sequence[str], **values: Any) -> Any:
        try:
            glossary = _read([*_own_packs(), *map(Path, paths)])
        except GlossaryError as error:
            raise click.ClickException(f"{len(error.problems)} problems in the glossary\n{error}") from error
        return function(*args, glossary=glossary, **values)

    return loading


def _read(layers: Sequence[Path]) -> Glossary:
    """The shipped glossary with these layers over it, from where it is kept if nothing changed. Raises GlossaryError."""
    return kept_glossary(layers, cache_dir() / "read")


def _own_packs() -> list[Path]:
    """The reader's folder of packs, if there is anything in it."""
    return [packs_dir()] if packs_dir().is_dir() and any(yaml_files(packs_dir())) else []


@glossary.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True))
@click.option("--format", "style", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--advice/--no-advice", default=False, help="Look for hints too, which an editor may weigh.")
@click.option("--examples/--no-examples", default=True, show_default=True, help="Run the examples through the matcher.")
def check(paths: Sequence[str], style: str, advice: bool, examples: bool) -> int:
    """Read everything, hold it to the house rules and run its examples. Your own packs, then PATHS, lie over the shipped ones."""
    try:
        glossary = _read([*_own_packs(), *map(Path, paths)])
    except GlossaryError as error:
        _show([Complaint(problem, "format", "", advice=False) for problem in error.problems], style)
        return 1
    found = lint(glossary, date.today(), advice=advice)
    found += check_examples(glossary, cache_dir() / "examples") if examples else []
    _show(found, style)
    errors = sum(not complaint.advice for complaint in found)
    if style == "text":
        entries, packs = len(glossary.entries), len(glossary.packs)
        hints = f", {len(found) - errors} hints" if advice else " (--advice looks for hints too)"
        click.echo(f"{entries} entries in {packs} packs: {errors} to mend{hints}", err=True)
    return 1 if errors else 0


def _show(complaints: Iterable[Complaint], style: str) -> None:
    if style == "json":
        click.echo(json.dumps([_plain(complaint) for complaint in complaints], ensure_ascii=False, indent=2))
        return
    for complaint in complaints:
        click.echo(_github(complaint) if style == "github" else str(complaint))


def _plain(complaint: Complaint) -> dict[str, Any]:
    problem = complaint.problem
    place = {"file": problem.place.file, "line": problem.place.line, "column": problem.place.column}
    said = {"what": problem.what, "cure": problem.cure}
    return {**place, **said, "check": complaint.check, "entry": complaint.entry, "advice": complaint.advice}


def _github(complaint: Complaint) -> str:
    """A workflow command, which GitHub shows at the line of the pull request."""
    problem, level = complaint.problem, "notice" if complaint.advice else "error"
    file = problem.place.file.replace("%", "%25").replace(",", "%2C").replace(":", "%3A")
    said = f"{problem.what}; {problem.cure}".replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{level} file={file},line={problem.place.line},col={problem.place.column},title={complaint.check}::{said}"


@glossary.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit with 1 if a file would change.")
def fmt(paths: Sequence[Path], only_check: bool) -> int:
    """Write files in the house style. Without PATHS: the glossary of the checkout that this program runs from."""
    if not paths and not only_check and not _from_checkout():
        raise click.UsageError("the installed glossary stays as it is; name your own: glossator glossary fmt FOLDER")
    files = [file for path in paths or (SHIPPED,) for file in (yaml_files(path) if path.is_dir() else [path])]
    changed, problems = [], []
    for file in files:
        findings = Findings(str(file))
        text = _text_of(file, findings)
        result = None if text is None else formatted(text, file.stem, findings)
        problems += findings.problems
        if result is not None and result != text:
            changed.append(file)
            if not only_check:
                _write(file, result)
    _say([*(f"{file}: {'not in the house style' if only_check else 'formatted'}" for file in changed), *map(str, problems)])
    return 1 if problems or (only_check and changed) else 0


def _from_checkout() -> bool:
    """Whether the shipped glossary is the one that its editors work on."""
    return (SHIPPED.parent / "pyproject.toml").is_file()


def _text_of(file: Path, findings: Findings) -> str | None:
    """What is in a file, or None after a report."""
    try:
        return read_text(file.read_bytes(), findings)
    except OSError as error:
        findings.add(1, 1, f"this file can't be read ({error.strerror})", "correct the path, or its permissions")
        return None


def _write(file: Path, text: str) -> None:
    try:
        if file.exists():
            rewrite(file, text)
        else:
            file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.UsageError(f"{file} can't be written ({error.strerror}); name another place") from error


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _unused(context: click.Context, _parameter: click.Parameter, ident: str) -> str:
    """An id that no entry has yet: in a pack of one's own the second one would take the place of the first."""
    if context.params.get("replacing"):
        return ident
    try:
        found = _read(_own_packs()).entry(ident)
    except GlossaryError:
        # What is broken there is for ``check`` to tell.
        found = _read([]).entry(ident)
    if found:
        raise click.UsageError(
            f"{ident} is an entry already ({found.headword}, {found.place}), which yours would replace; "
            "choose another id, or add --replace if that is what you want"
        )
    return ident


@glossary.command()
@click.argument("ident", metavar="ID", is_eager=True, callback=_unused)
@click.option("--replace", "replacing", is_flag=True, is_eager=True, help="Let it take the place of an entry with this id.")
@click.option("--file", "file", type=click.Path(path_type=Path), help="The file to add it to; without it the stub is printed.")
@click.option("--kind", type=click.Choice(KINDS), prompt="What do officials do with the word", help="What officials do with it.")
@click.option("--lang", prompt="Language of the word (ru, en, zh-Hans)", help="The language the word comes from.")
@click.option("--term", prompt="The word or phrase", help="Its dictionary form.")
@click.option("--means", prompt="What it is, in English, in a sentence", help="What it is, in English.")
@click.option("--who", prompt="Who bans, requires or uses it", help="Who bans, requires or uses it, in English.")
@click.option("--source", prompt="Address of a source (https://…)", help="The address of a source.")
@click.option("--source-title", prompt="Title of the source", help="The title of that source.")
def new(ident: str, replacing: bool, file: Path | None, **answers: str) -> int:
    """Write a valid stub of the entry ID, with what is still to be done as comments."""
    findings = Findings(str(file or "the new entry"))
    written = stub(ident, findings, today=date.today(), **answers)
    if written is None:
        raise click.UsageError("\n".join(f"{problem.what}; {problem.cure}" for problem in findings.problems))
    if file is None:
        click.echo(written, nl=False)
        return 0
    before = _text_of(file, findings) if file.exists() else ""
    if before is None:
        raise click.UsageError("\n".join(map(str, findings.problems)))
    if f"\n{ident}:" in f"\n{before}":
        raise click.UsageError(f"{file} already has an entry {ident}; choose another id")
    _write(file, f"{before.rstrip()}\n\n{written}" if before.strip() else written)
    click.echo(f"{file}: {ident} added; next: glossator glossary check {_to_check(file)}".rstrip())
    return 0


def _to_check(file: Path) -> str:
    """What to check after a change to a file: what belongs together with it, as far as that is not checked anyway."""
    if file.resolve().is_relative_to(SHIPPED):
        return ""
    together = any((file.parent / f"{name}.yaml").exists() for name in ("pack", "rules", "topics"))
    return str(file.parent if together else file)


@glossary.command()
@click.argument("ident", metavar="ID")
@click.option("--language", default="en", show_default=True, help="The language to read it in.")
@over_packs
def show(ident: str, language: str, glossary: Glossary) -> int:
    """Print one entry as a reader would read it."""
    entry = glossary.entry(ident)
    if entry is None:
        raise click.UsageError(f"there is no entry {ident}; try: glossator glossary search {ident}")
    _say(_card(entry, glossary, language))
    return 0


def _card(entry: Entry, glossary: Glossary, language: str) -> Iterable[str]:
    yield f"{entry.headword}  ({entry.id}; {entry.kind}, {entry.status}{'' if entry.on else ', information only'})"
    yield f"  {in_language(entry.means, language)[1]}"
    yield from (f"  {in_language(entry.who, language)[1]}" for _ in [entry] if entry.who)
    yield from (f"  {_cited(glossary.rules[rule], language)}" for rule in entry.rules)
    yield from (f"  {name} {value}" for name, value in (("since", entry.since), ("until", entry.until)) if value)
    yield from (f"  Note: {in_language(entry.note, language)[1]}" for _ in [entry] if entry.note)
    for lang in dict.fromkeys(form.lang for form in entry.forms):
        yield f"  {lang}: {', '.join(_written(form.text, form.weak) for form in entry.forms if form.lang == lang)}"
    yield from (f"  Source: {source.title} <{source.url}>" for source in entry.sources)
    yield f"  {entry.place}"


def _written(text: str, weak: bool) -> str:
    return f"{text} (where the topic holds)" if weak else text


def _cited(rule: Rule, language: str) -> str:
    said = [in_language(rule.authority, language)[1], in_language(rule.title, language)[1], rule.since, rule.url]
    return ", ".join(part for part in said if part)


@glossary.command()
@click.argument("lemma")
@click.option("--lang", required=True, help="The language of the lemma.")
def forms(lemma: str, lang: str) -> int:
    """Print the inflected forms of LEMMA, those that are guessed, and those that are forms of other words."""
    wrong = misspelt(lemma)
    if wrong or not LANGUAGE.fullmatch(lang):
        raise click.UsageError(wrong or f"`{lang}` is not a language code; write a BCP 47 code: ru, en, zh-Hans")
    if language(lang).code not in LANGUAGES:
        click.echo(f"there are no rules for {lang} here: it matches as written; write other endings in braces", err=True)
    _say(sorted(spellings(lemma, lang)))
    for word in guessed(lemma, lang):
        click.echo(f"guessed: the dictionary does not have «{word}»; write its endings in braces if they are wrong")
    for found in collisions(lemma, lang):
        click.echo(f"collision: «{found.form}» is also a form of «{found.lemma}» ({found.pos})")
    return 0


@glossary.command()
@click.argument("text")
@click.option("--title", default="", help="The title of the page it stands on.")
@click.option("--lang", default=None, help="The language of the text.")
@over_packs
def explain(text: str, title: str, lang: str | None, glossary: Glossary) -> int:
    """Say what matches in TEXT, what does not, and which rule decided."""
    verdicts = Matcher(glossary).explain(text, lang=lang, title=title)
    # Two forms of an entry may spell alike, and say the same of one place.
    told = dict.fromkeys((verdict.start, verdict.end, _told(verdict, text)) for verdict in verdicts)
    _say(line for _, _, line in told)
    if not verdicts:
        click.echo("no form of any entry that is on is in this text")
    return 0


def _told(verdict: Verdict, text: str) -> str:
    signs = f"; the text says {', '.join(map(str, verdict.evidence))}" if verdict.evidence else ""
    decided = f"{'matches' if verdict.kept else 'does not match'} ({verdict.rule}{signs})"
    return f"«{text[verdict.start : verdict.end]}» {verdict.entry}: {decided}"


@glossary.command()
@click.argument("words", nargs=-1, required=True)
@over_packs
def search(words: Sequence[str], glossary: Glossary) -> int:
    """List the entries that hold all WORDS in their id, forms or meanings."""
    wanted = [word.casefold() for word in words]
    found = [entry for entry in glossary.entries.values() if all(word in _haystack(entry) for word in wanted)]
    _say(f"{entry.id}  {entry.headword}: {in_language(entry.means, 'en')[1]}" for entry in found)
    return 0 if found else 1


def _haystack(entry: Entry) -> str:
    forms = (plain(form.text) for form in entry.forms)
    return "\n".join([entry.id, *entry.aliases, *forms, *entry.means.values()]).casefold()


@glossary.command()
@over_packs
def stats(glossary: Glossary) -> int:
    """Count entries, forms, rules and sources, by pack, kind and language."""
    entries = glossary.entries.values()
    counts: dict[str, Counter[str]] = {
        "pack": Counter(entry.pack for entry in entries),
        "kind": Counter(entry.kind for entry in entries),
        "status": Counter(entry.status for entry in entries),
        "forms in": Counter(form.lang for entry in entries for form in entry.forms),
    }
    click.echo(f"{len(entries)} entries, {sum(not entry.on for entry in entries)} of them information only")
    click.echo(f"{len(glossary.rules)} rules, {len(glossary.topics)} topics")
    click.echo(f"{len({source.url for entry in entries for source in entry.sources})} sources")
    for name, counted in counts.items():
        click.echo(f"{name}: {', '.join(f'{value} {count}' for value, count in counted.most_common())}")
    return 0


@glossary.command()
@click.option("--format", "style", type=click.Choice(tuple(WRITERS)), required=True)
@click.option("--out", type=click.Path(path_type=Path), help="The file to write; a folder for formats of several files.")
@over_packs
def export(style: str, out: Path | None, glossary: Glossary) -> int:
    """Write the glossary for other programs, or as pages to read (html). One file is printed if --out is not given."""
    files = WRITERS[style](glossary)
    if out is None:
        if len(files) > 1:
            raise click.UsageError(f"{style} is {len(files)} files; name a folder for them with --out")
        click.echo(next(iter(files.values())), nl=False)
        return 0
    several = len(files) > 1 or out.is_dir()
    try:
        (out if several else out.parent).mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (out / name if several else out).write_bytes(data)
    except OSError as error:
        raise click.UsageError(f"{error.filename or out}: {error.strerror}; name another place with --out") from error
    return 0


@glossary.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "style", type=click.Choice(tuple(READERS)), help="By default what the file's name ends in.")
@click.option("--lang", default="en", show_default=True, help="The language of terms where the file does not say it.")
@click.option("--kind", type=click.Choice(KINDS), default="euphemism", show_default=True, help="Where the file does not say it.")
@click.option("--source", default="", metavar="URL", help="Where the list comes from.")
@click.option("--out", type=click.Path(path_type=Path), help="The new file of entries; without it they are printed.")
def import_(file: Path, style: str | None, lang: str, kind: str, source: str, out: Path | None) -> int:
    """Turn a table, a termbase or a saved web page into drafts: entries that are off, with TODO where you have to write."""
    style = style or {"htm": "html", "xml": "tbx", "tsv": "csv"}.get(file.suffix[1:].lower(), file.suffix[1:].lower())
    if style not in READERS:
        raise click.UsageError(f"{file}: the format is not known by its name; say it with --format ({', '.join(READERS)})")
    findings = Findings(str(file))
    drafts = READERS[style](file.read_bytes(), findings)
    text = pack_text(drafts, findings, lang=lang, kind=kind, source=source, today=date.today())
    if findings.problems or not drafts:
        _say(map(str, findings.problems))
        raise click.UsageError(f"{file}: nothing was imported; mend what is listed" if drafts else f"{file}: no terms found")
    if out is None:
        click.echo(text, nl=False)
        return 0
    if out.exists():
        raise click.UsageError(f"{out} is there already; name a new file")
    _write(out, text)
    click.echo(f"{out}: {len(drafts)} drafts, all off; next: glossator glossary check {_to_check(out)}".rstrip())
    return 0
