"""``glossator desk``: the pages of the local service, in the browser of this user, with the key to what is the reader's own."""

from __future__ import annotations

import http.client
import time
import webbrowser

import click

from proxy_addon.commands.settings import Whole
from proxy_addon.options import BY_NAME
from proxy_addon.paths import data_dir
from proxy_addon.service.keys import entrance
from proxy_addon.service.secret import installation_token

HOST = "127.0.0.1"
_PATIENCE = 5.0  # seconds for the service to answer


@click.command()
@click.option(
    "--port",
    default=BY_NAME["service_port"].default,
    show_default=True,
    type=Whole(1, 65535),
    help="Port of the local service.",
)
@click.option("--print", "only_print", is_flag=True, help="Print the address instead of opening a browser.")
def desk(port: int, only_print: bool) -> None:
    """Open the desk in your browser, with the key to what is yours alone.

    The key in the address is good once, for two minutes: other programs can see the addresses that a browser is started with.
    """
    if not _answers(port):
        cure = "start it with glossator proxy or glossator serve, or name its --port"
        raise click.ClickException(f"no service answers on port {port}; {cure}")
    try:
        address = f"http://{HOST}:{port}/#key={entrance(installation_token(data_dir()), time.time())}"
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}; mend its permissions") from error
    if only_print or not webbrowser.open(address):
        click.echo(address)


def _answers(port: int) -> bool:
    """Whether something like the service is there. It is told nothing."""
    link = http.client.HTTPConnection(HOST, port, timeout=_PATIENCE)
    try:
        link.request("GET", "/v1/status")
        return link.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()
