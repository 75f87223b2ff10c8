"""``glossator annotate``: what the proxy does to pages, done to files; or a list of every match. Exit codes: 0, 1, 2.

0: every input was read; 1: some could not be read, each told of in a line; 2: used wrongly. This module does not know how
anything is read or matched.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import click

from proxy_addon.commands.glossary import over_packs
from proxy_addon.glossary.model import Glossary
from proxy_addon.headless.annotating import JOURNAL, Run, Task, apart, identity, page_name
from proxy_addon.headless.crew import worthwhile
from proxy_addon.headless.documents import Document, InputError, fault
from proxy_addon.headless.engine import Engine
from proxy_addon.headless.formats import FORMATS
from proxy_addon.headless.journal import Journal, JournalError
from proxy_addon.headless.progress import Progress
from proxy_addon.headless.sources import STDIN, Source, documents, is_address, sources
from proxy_addon.options import DENSITIES, LANGUAGES, Density


@click.command()
@click.argument("inputs", nargs=-1, metavar="[FILE|FOLDER|URL|-]...")
@click.option("--format", "style", type=click.Choice(("html", *FORMATS)), default="html", show_default=True)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="A file for records, a folder for pages; else standard output."
)
@click.option("-j", "--jobs", type=click.IntRange(1), help="Processes at work; all cores if not said.")
@click.option("--resume", is_flag=True, help="Go on with a run into --out that was stopped.")
@click.option("--language", type=click.Choice(LANGUAGES[1:]), default="en", show_default=True, help="Of the explanations.")
@click.option("--density", type=click.Choice(DENSITIES), default="block", show_default=True, help="How often a term is marked.")
@over_packs
def annotate(
    inputs: Sequence[str],
    style: str,
    out: Path | None,
    jobs: int | None,
    resume: bool,
    language: str,
    density: Density,
    glossary: Glossary,
) -> int:
    """Annotate pages, or list what is in them.

    Reads HTML in any encoding, plain text, Markdown, mail (.eml), HAR, WARC and mitmproxy's flow files, as they are or
    compressed (gzip, Brotli, zstd), folders of these, and standard input (-). An address is fetched because you name it; nothing
    else is fetched. Offsets are code points of the block and bytes of the document.
    """
    given = inputs or _standard_input()
    if resume and not out:
        raise click.UsageError("--resume goes on with what --out names; say --out")
    if style != "html" and out and out.is_dir():
        raise click.UsageError(f"{out} is a folder: with --format {style}, --out names a file")
    engine = Engine(glossary, language=language, density=density)
    if style == "html" and out is None:
        return _one_page(engine, given)
    found = list(sources(given, out or ""))
    try:
        return _many(Task(engine, style, out if style == "html" else None), found, out, jobs, resume)
    except JournalError as error:
        raise click.UsageError(str(error)) from error
    except BrokenPipeError:  # who reads has had enough
        raise
    except OSError as error:
        raise click.UsageError(f"{error.filename}: {error.strerror}; choose another place with --out") from error


def _standard_input() -> Sequence[str]:
    if sys.stdin.isatty():
        raise click.UsageError("name what to read: files, folders, addresses, or - for standard input")
    return (STDIN,)


def _one_page(engine: Engine, given: Sequence[str]) -> int:
    """A page to standard output, byte for byte."""
    if len(given) > 1 or (given[0] and not is_address(given[0]) and Path(given[0]).is_dir()):
        raise click.UsageError("several pages can't go to standard output: say --out FOLDER, or another --format")
    source = next(sources(given))
    first = list(islice(documents(source), 2)) if isinstance(source, Source) else [source]
    if len(first) > 1:
        raise click.UsageError(f"{given[0]} holds several pages: say --out FOLDER, or another --format")
    for document in first:
        page = _annotated(engine, document)
        if isinstance(page, InputError):
            click.echo(f"glossator: {page}", err=True)
            return 1
        sys.stdout.buffer.write(page)
    return 0 if first else _nothing(given[0])


def _annotated(engine: Engine, document: Document | InputError) -> bytes | InputError:
    try:
        return document if isinstance(document, InputError) else engine.annotated(document)
    except InputError as error:
        return error
    except Exception as error:
        return fault(document.name if isinstance(document, Document) else "", error)


def _nothing(name: str) -> int:
    click.echo(f"glossator: {name}: there is no page and no text in it; name another file", err=True)
    return 1


def _many(task: Task, found: Sequence[Source | InputError], out: Path | None, jobs: int | None, resume: bool) -> int:
    inputs = [source for source in found if isinstance(source, Source)]
    unread = [error for error in found if isinstance(error, InputError)]
    if task.folder:
        inputs = _placed(inputs, task.folder)
    jobs = jobs or worthwhile(source.size for source in inputs)
    if any(source.name == STDIN for source in inputs):
        jobs = 1  # standard input is this process's own
    run = Run(task, min(jobs, len(inputs)))
    with Progress([source.size for source in inputs]) as progress:
        for error in unread:
            progress.say(f"glossator: {error}")
        try:
            _into(run, inputs, out, resume, lambda: _carry_out(run, inputs, progress))
        except KeyboardInterrupt:
            progress.say(f"glossator: stopped; {run.done} inputs are done{'; --resume goes on' if out else ''}")
            raise
    failed = run.failed + len(unread)
    if failed:
        click.echo(f"glossator: {failed} of {len(found)} inputs could not be read in full", err=True)
    return 1 if failed else 0


def _placed(inputs: Sequence[Source], folder: Path) -> list[Source]:
    """The inputs with places for their pages, none of which is a file that is read."""
    placed, read = apart(inputs), {os.path.realpath(source.path) for source in inputs if source.path}
    for source in placed:
        if os.path.realpath(folder / page_name(source)) in read:
            raise click.UsageError(f"{folder / page_name(source)} would be overwritten, which is read: choose another --out")
    return placed


def _carry_out(run: Run, inputs: Sequence[Source], progress: Progress) -> None:
    run.carry_out(inputs, lambda source: progress.done(source.size), lambda line: progress.say(f"glossator: {line}"))


def _into(run: Run, inputs: Sequence[Source], out: Path | None, resume: bool, work: Callable[[], None]) -> None:
    """Standard output, a folder, or a file that gets its name when it is whole."""
    if out is None:
        run.out = sys.stdout.buffer
        work()
        return
    folder = run.task.folder
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    run.journal = Journal(folder / JOURNAL if folder else out.with_name(f"{out.name}.journal"), run.task.settings)
    run.journal.start(resume=resume)
    if folder:
        work()
    else:
        part = out.with_name(f"{out.name}.part")
        run.journal.check(part.stat().st_size if part.exists() else 0, map(identity, inputs))
        with open(part, "r+b" if part.exists() else "w+b") as run.out:
            run.at = run.out.truncate(run.journal.end)
            run.out.seek(run.at)
            work()
        part.replace(out)
    run.journal.finish()
