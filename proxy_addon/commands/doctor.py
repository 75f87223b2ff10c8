"""``glossator doctor``: what is wrong on this machine and how to mend it."""

from __future__ import annotations

from pathlib import Path

import click

from proxy_addon.commands.settings import Whole


@click.command("doctor")
@click.option("--port", default=8080, show_default=True, type=Whole(1, 65535), help="Port of the proxy.")
@click.option("--service-port", default=8081, show_default=True, type=Whole(1, 65535), help="Port of the local service.")
@click.option("--glossary", multiple=True, type=click.Path(path_type=Path), help="Entries of your own to check too.")
@click.pass_context
def doctor(context: click.Context, port: int, service_port: int, glossary: tuple[Path, ...]) -> None:
    """Say what is wrong and how to mend it. Exit code 1 if anything is."""
    from proxy_addon.machine import doctor

    findings = doctor.examine(port, service_port, glossary)
    for finding in findings:
        click.echo(f"{finding.state:<5} {finding.subject:<14} {finding.found}")
        if finding.cure:
            click.echo(f"{'':<5} {'':<14} -> {finding.cure}")
    context.exit(1 if any(finding.state == "bad" for finding in findings) else 0)
