"""``glossator ca``: the certificate authority of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from proxy_addon import paths

if TYPE_CHECKING:
    from proxy_addon.machine.authority import Authority


@click.command("ca")
@click.option("--sites", type=click.Path(path_type=Path), help="Make one only for the sites in this file, one a line.")
@click.option("--any-site", is_flag=True, help="Make one for any site that is not excluded.")
@click.option("--renew", is_flag=True, help="Make a new authority in place of the one that is there, for the same sites.")
def ca(sites: Path | None, any_site: bool, renew: bool) -> None:
    """Show where the authority is and how to trust it; make it where there is none.

    With --sites the authority is limited (X.509 name constraints): stolen, it can't be used against any other site.
    """
    from proxy_addon.machine import authority

    if sites and any_site:
        raise click.UsageError("--sites and --any-site exclude each other: say one of them")
    folder = paths.authority_dir()
    try:
        if sites or any_site:
            own = authority.create(folder, _listed(sites) if sites else ())
        else:
            own = authority.renew(folder) if renew else authority.ensure(folder)
    except authority.AuthorityError as error:
        raise click.ClickException(str(error)) from error
    click.echo(_described(own))


def _listed(file: Path) -> tuple[str, ...]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise _unusable(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _unusable(f"{file}: is not text in UTF-8; save it as that") from error
    found = sorted({site for number, line in enumerate(lines, 1) for site in _sites(line, f"{file}:{number}")})
    if not found:
        raise _unusable(f"{file}: write at least one site, one a line, such as example.org")
    return tuple(found)


def _sites(line: str, where: str) -> frozenset[str]:
    """The site of a line, if there is one."""
    from proxy_addon.machine.hosts import HostError, is_address, read

    try:
        found = read(line)
    except HostError as error:
        raise _unusable(f"{where}: {error}") from error
    if found.labels:
        raise _unusable(f"{where}: {line.strip()!r} is not one site; write the name of each, such as example.org")
    if any(map(is_address, found.suffixes)):
        raise _unusable(f"{where}: {line.strip()!r} is an address; such an authority signs for names only, such as example.org")
    return found.suffixes


def _unusable(what: str) -> click.BadParameter:
    return click.BadParameter(what, param_hint="--sites")


def _described(own: Authority) -> str:
    from proxy_addon.machine import trust

    since, until = own.valid
    limits = ", ".join(own.sites) or "any site that is not excluded (see glossator ca --sites)"
    return "\n".join(
        (
            f"Certificate:  {own.file}",
            f"SHA-256:      {own.fingerprint}",
            f"Valid:        {since:%Y-%m-%d} to {until:%Y-%m-%d}",
            f"Limited to:   {limits}",
            "",
            "To trust it:",
            trust.advice(own),
        )
    )
