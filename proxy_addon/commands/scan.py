"""``glossator scan``: a collection of pages to a table, on all cores or on a Dask cluster. Exit codes: 0, 1, 2.

0: every document was read; 1: some were not, each told of; 2: used wrongly. This module does not know how a row is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import click

from proxy_addon.commands.glossary import over_packs
from proxy_addon.glossary.model import Glossary
from proxy_addon.headless.cluster import ClusterError, on_cluster
from proxy_addon.headless.crew import cores
from proxy_addon.headless.engine import Engine
from proxy_addon.headless.progress import Progress
from proxy_addon.headless.scanning import Scan, Task, listed
from proxy_addon.headless.sources import STDIN, sources
from proxy_addon.headless.table import TableError


@click.command()
@click.argument("inputs", nargs=-1, metavar="[FILE|FOLDER]...")
@click.option(
    "--list",
    "lists",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the names in FILE, too.",
)
@click.option("-o", "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder of the table.")
@click.option("--format", "style", type=click.Choice(("parquet", "csv")), default="parquet", show_default=True)
@click.option("-j", "--jobs", type=click.IntRange(1), default=cores, show_default="all cores", help="Processes at work.")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Work on the Dask cluster of this scheduler instead.")
@over_packs
def scan(
    inputs: Sequence[str], lists: Sequence[Path], out: Path, style: str, jobs: int, scheduler: str | None, glossary: Glossary
) -> int:
    """Read a collection into a table: a row for each document, with site, date, title, language, words and matches.

    Reads what `annotate` reads. The same command goes on where it was stopped, and does again only what has changed.
    """
    if not inputs and not lists:
        raise click.UsageError("name what to read: files, folders, or --list FILE")
    if STDIN in inputs:
        raise click.UsageError("standard input can't be read again after a stop; save it into a file and name that")
    run = Scan(Task(Engine(glossary), out.absolute(), style), [*inputs, *map(str, lists)])
    with Progress() as progress:
        found = sources(chain(inputs, listed(lists)), out)
        try:
            run.carry_out(
                found,
                lambda partition: progress.done(partition.size, len(partition.sources)),
                lambda line: progress.say(f"glossator: {line}"),
                on_cluster(scheduler, lambda line: progress.say(f"glossator: {line}")) if scheduler else None,
                jobs,
            )
        except (TableError, ClusterError) as error:
            raise click.UsageError(str(error)) from error
        except OSError as error:
            raise click.UsageError(f"{error.filename}: {error.strerror}; choose another folder with --out") from error
        except KeyboardInterrupt:
            progress.say(f"glossator: stopped after {run.documents} documents; the same command goes on")
            raise
    return _told(run, out)


def _told(run: Scan, out: Path) -> int:
    click.echo(f"{run.documents} documents in {out}, {run.problems} of them could not be read", err=True)
    if run.lost:
        click.echo(f"glossator: {run.lost} parts are missing; the same command tries them again", err=True)
    if run.missing or not (run.written or run.lost):
        click.echo("glossator: the table is not complete: mend what was named, and the same command goes on", err=True)
    return 0 if run.complete and not run.problems else 1
