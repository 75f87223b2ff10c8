"""``glossator serve``: the local service alone, for the browser extension and for scripts."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import click

from proxy_addon.commands.settings import Whole
from proxy_addon.glossary.loader import GlossaryError
from proxy_addon.machine.edition import Edition, edition, editions, look
from proxy_addon.options import BY_NAME, LANGUAGES
from proxy_addon.paths import config_dir, data_dir
from proxy_addon.service.keys import installed
from proxy_addon.service.server import HOST, PortTaken, Service
from proxy_addon.service.state import Current, kept_in

_SPOKEN = tuple(language for language in LANGUAGES if language != "auto")


@click.command()
@click.option(
    "--port",
    default=BY_NAME["service_port"].default,
    show_default=True,
    type=Whole(0, 65535),
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@click.option("--glossary", multiple=True, type=click.Path(path_type=Path), help=BY_NAME["glossary"].help)
@click.option(
    "--language",
    default="en",
    show_default=True,
    type=click.Choice(_SPOKEN),
    help="Language of the explanations unless a request asks for another.",
)
@click.option("--show-token", is_flag=True, help="Print the token of this installation and stop.")
def serve(port: int, glossary: tuple[Path, ...], language: str, show_token: bool) -> None:
    """Run the local service without the proxy."""
    try:
        keys = installed(data_dir())
        if show_token:
            click.echo(keys.own)
            return
        seen = look(glossary)
        current = kept_in(config_dir(), edition(glossary).matcher, language)
        asyncio.run(_run(Service(current, port=port, keys=keys), editions(glossary, seen)))
    except PortTaken as error:
        raise click.UsageError(f"{error}; choose another with --port") from error
    except GlossaryError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}; mend its permissions") from error


async def _run(service: Service, edits: AsyncIterator[Edition | GlossaryError]) -> None:
    await service.start()
    click.echo(f"Glossator's service listens on http://{HOST}:{service.port}/ (Ctrl-C stops it)")
    following = asyncio.ensure_future(_follow(service.current, edits))
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: KeyboardInterrupt ends the loop instead
            asyncio.get_running_loop().add_signal_handler(name, following.cancel)
    await asyncio.wait([following])
    await service.stop()


async def _follow(current: Current, edits: AsyncIterator[Edition | GlossaryError]) -> None:
    """The files as they change; a broken edit keeps the last good glossary."""
    async for found in edits:
        if isinstance(found, Edition):
            current.matcher, current.fault = found.matcher, ""
        else:
            current.fault = str(found)
            click.echo(f"The glossary is broken; the last good one stays in use.\n{found}", err=True)
