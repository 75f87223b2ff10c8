"""``glossator serve``: the local service alone, for the browser extension and for scripts."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence

import click

from proxy_addon.glossary.loader import GlossaryError, load_glossary
from proxy_addon.matching.matcher import Matcher
from proxy_addon.options import BY_NAME
from proxy_addon.paths import data_dir
from proxy_addon.service.app import Current
from proxy_addon.service.secret import installation_token
from proxy_addon.service.server import HOST, PortTaken, Service


@click.command()
@click.option("--port", default=BY_NAME["service_port"].default, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option("--glossary", multiple=True, metavar="PATH", help=BY_NAME["glossary"].help)
@click.option(
    "--language", default="en", show_default=True, help="Language of the explanations unless a request asks for another."
)
@click.option("--show-token", is_flag=True, help="Print the token of this installation and stop.")
def serve(port: int, glossary: Sequence[str], language: str, show_token: bool) -> None:
    """Run the local service without the proxy."""
    token = installation_token(data_dir())
    if show_token:
        click.echo(token)
        return
    try:
        current = Current(Matcher(load_glossary(glossary or None)), language)
        asyncio.run(_run(Service(current, port=port, token=token)))
    except (GlossaryError, PortTaken) as error:
        raise click.UsageError(str(error)) from error


async def _run(service: Service) -> None:
    await service.start()
    click.echo(f"Glossator's service listens on http://{HOST}:{service.port}/ (Ctrl-C stops it)")
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    await stopped.wait()
    await service.stop()
