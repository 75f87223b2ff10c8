"""``glossator uninstall``: takes back everything that the program put on this machine."""

from __future__ import annotations

import click


@click.command("uninstall")
@click.option("--yes", is_flag=True, help="Do not ask.")
def uninstall(yes: bool) -> None:
    """Remove the authority from browsers, and every file that was made, your settings among them. Your own packs stay."""
    from proxy_addon.machine import uninstall

    plan = uninstall.plan()
    for line in plan.lines():
        click.echo(line)
    if plan.empty or not (yes or click.confirm("Remove all this?")):
        return
    for problem in uninstall.carry_out(plan):
        click.echo(f"left: {problem}", err=True)
    click.echo("Removed.")
