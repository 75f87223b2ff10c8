"""``glossator browse``: a browser that is ready to read with, in a profile that is gone when it is closed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from proxy_addon import paths
from proxy_addon.commands.proxy import place, talk
from proxy_addon.commands.settings import given, setting_options, unless_said

if TYPE_CHECKING:
    from proxy_addon.machine.authority import Authority
    from proxy_addon.machine.browsers import Browser
    from proxy_addon.machine.run import Address

_PLACES = {"GLOSSATOR_CONFIG": paths.config_dir, "GLOSSATOR_CACHE": paths.cache_dir, "GLOSSATOR_DATA": paths.data_dir}
_PATIENCE = 5.0  # seconds for a running proxy to take a connection


@click.command("browse")
@click.argument("url", default="about:blank")
@click.option("--browser", "kind", type=click.Choice(("chromium", "firefox")), help="Which browser; the first found if not said.")
@click.option("--proxy", "given_proxy", metavar="HOST:PORT", help="Use this running Glossator proxy instead of starting one.")
@click.option(
    "--upstream",
    default="",
    metavar="URL",
    help="Another HTTP proxy to pass everything on to (http://[NAME:PASSWORD@]HOST:PORT).",
)
@click.option("--headless", is_flag=True, help="Without a window, for tests.")
@click.option("-v", "--verbose", is_flag=True, help="Show, while it runs, per host why a page was left alone or what was found.")
@setting_options
@click.pass_context
def browse(
    ctx: click.Context,
    /,
    url: str,
    kind: Any,
    given_proxy: str | None,
    upstream: str,
    headless: bool,
    verbose: bool,
    **values: Any,
) -> None:
    """Open a browser that is ready to read with, and leave nothing behind.

    The browser has a profile of its own in a temporary folder, trusts an authority made for this session only, and both
    are removed when it is closed. Settings, token and cache of this machine are used where there are any; else they last
    as long as the browser.
    """
    from proxy_addon.glossary.loader import GlossaryError
    from proxy_addon.machine import authority, browsers, run

    values["service_port"] = unless_said(ctx, "service_port", 0)  # another Glossator may run already
    talk(verbose)
    try:
        page, browser = browsers.page(url), browsers.find(kind)
        with tempfile.TemporaryDirectory(prefix="glossator-", ignore_cleanup_errors=True) as folder, _nothing_new(Path(folder)):
            source = _running(given_proxy) if given_proxy else _own(given(values), Path(folder), upstream)
            run.run(lambda: _read(source, browser, page, Path(folder), headless))
    except (authority.AuthorityError, browsers.BrowserError, run.StartError, GlossaryError) as error:
        raise click.ClickException(str(error)) from error


_Source = contextlib.AbstractAsyncContextManager[tuple[tuple[str, int], "Authority"]]


async def _read(source: _Source, browser: Browser, url: str, folder: Path, headless: bool) -> None:
    from proxy_addon.machine import browsers

    async with source as (address, own):
        await browsers.read(browser, url, proxy=address, authority=own, profile=folder / "profile", headless=headless)


@contextlib.asynccontextmanager
async def _own(values: dict[str, Any], folder: Path, upstream: str) -> AsyncIterator[tuple[tuple[str, int], Authority]]:
    """A proxy and an authority of this session alone."""
    from proxy_addon.machine import authority, run

    own = authority.create(folder / "authority")
    async with run.proxy(values, own, place(run.HOST, 0, upstream)) as address:
        if address.service_port:
            click.echo(_entrance(address))
        yield (address.host, address.port), own


def _entrance(address: Address) -> str:
    """Only this process knows the port, and perhaps the token."""
    from proxy_addon.service.keys import entrance
    from proxy_addon.service.secret import installation_token

    key = entrance(installation_token(paths.data_dir()), time.time())
    return f"The desk of this session, for the next two minutes: http://127.0.0.1:{address.service_port}/#key={key}"


@contextlib.contextmanager
def _nothing_new(folder: Path) -> Iterator[None]:
    """Of the places for the program's own files, those that this machine has not got yet are in ``folder`` meanwhile."""
    missing = {variable: str(folder / variable.lower()) for variable, place in _PLACES.items() if not place().exists()}
    before = {variable: os.environ.get(variable) for variable in missing}
    os.environ.update(missing)
    try:
        yield
    finally:
        for variable, value in before.items():
            os.environ.pop(variable)
            os.environ.update({variable: value} if value else {})


@contextlib.asynccontextmanager
async def _running(address: str) -> AsyncIterator[tuple[tuple[str, int], Authority]]:
    """A proxy that runs already, with the authority of this machine."""
    from proxy_addon.machine import authority

    host, port = _place(address)
    own = authority.load(paths.authority_dir())
    if own is None:
        raise click.ClickException("this machine has no authority yet; start the proxy first (glossator proxy)")
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), _PATIENCE)
        writer.close()
    except OSError as error:
        raise click.ClickException(f"no proxy listens on {address}; start it first (glossator proxy)") from error
    yield (host, port), own


def _place(address: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port or parts.path:
        raise click.BadParameter(f"{address!r} is not HOST:PORT", param_hint="--proxy")
    return host, port
