"""``glossator report``: a table that ``scan`` made as a page with charts, tables, method and limits. Exit codes: 0, 2."""

from __future__ import annotations

from pathlib import Path

import click

from proxy_addon.headless.report import WAYS, Report, ReportError, write_report
from proxy_addon.headless.table import TableError


@click.command()
@click.argument("results", type=click.Path(path_type=Path), metavar="RESULTS")
@click.option("--by", type=click.Choice(WAYS), default="site", show_default=True, help="What comes first.")
@click.option("--compare", nargs=2, metavar="A B", help="Two entries (by id) or kinds: the plain word, and what is said instead.")
@click.option(
    "-o", "--out", type=click.Path(file_okay=False, path_type=Path), help="A folder for the report; else RESULTS/report."
)
def report(results: Path, by: str, compare: tuple[str, str] | None, out: Path | None) -> None:
    """Write a report on a table: report.html, which needs nothing else, with charts (SVG) and numbers (CSV) beside it."""
    try:
        read = Report(results, compare)
        page = write_report(read, by, out or results / "report")
    except (ReportError, TableError) as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.UsageError(f"{error.filename}: {error.strerror}; choose another folder with --out") from error
    if read.unused:
        click.echo(f"glossator: no document uses {' or '.join(map(read.term, read.unused))}", err=True)
    click.echo(page)
