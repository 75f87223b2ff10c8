"""``glossator proxy``: the proxy, for a browser of the reader's choice."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import click

from proxy_addon import paths
from proxy_addon.commands.settings import Number, Whole, given, setting_options, unless_said
from proxy_addon.machine.hosts import in_url

if TYPE_CHECKING:
    from proxy_addon.machine.authority import Authority
    from proxy_addon.machine.run import Address, Place

HOST, PORT = "127.0.0.1", 8080
_EXPOSED = "glossator: whoever reaches {} can use this proxy, and through it what this machine can reach; see SECURITY."


@click.command("proxy")
@click.option("--host", default=HOST, show_default=True, help="Address to listen on; others can reach any outside 127.")
@click.option("--port", default=PORT, show_default=True, type=Whole(0, 65535), help="Port to listen on; 0: a free one.")
@click.option(
    "--upstream",
    default="",
    metavar="URL",
    help="Another HTTP proxy to pass everything on to (http://[NAME:PASSWORD@]HOST:PORT).",
)
@click.option("--ready-file", type=click.Path(path_type=Path), help="Write the ports into this file (JSON) once they listen.")
@click.option("--headless", is_flag=True, help="For tests: a free port, no service, one line of JSON when it listens.")
@click.option(
    "--record", type=click.File("a", "utf-8"), metavar="FILE", help="Write a line per answer: host, reason, counts (JSON)."
)
@click.option("--record-text", is_flag=True, help="Write the annotated words into --record, too: text of the pages.")
@click.option("--max-requests", type=Whole(1), metavar="N", help="End after so many answers.")
@click.option("--timeout", type=Number(0, min_open=True), metavar="SECONDS", help="End after so long.")
@click.option("-v", "--verbose", is_flag=True, help="Show, while it runs, per host why a page was left alone or what was found.")
@setting_options
@click.pass_context
def proxy(
    ctx: click.Context, /, host: str, port: int, upstream: str, ready_file: Path | None, verbose: bool, **values: Any
) -> None:
    """Annotate what you read in a browser of your choice.

    Set HOST:PORT as the browser's HTTP and HTTPS proxy, and let the browser trust the authority (glossator ca).
    """
    # mitmproxy takes half a second to import: not for --help.
    from proxy_addon.glossary.loader import GlossaryError
    from proxy_addon.machine import authority, run

    if values["record_text"] and not values["record"]:
        raise click.UsageError("--record-text says what is written with --record FILE; say that, too")
    session = Session(ready_file, **{name: values.pop(name) for name in _SESSION})
    if session.headless:
        port, values["service"] = unless_said(ctx, "port", 0), unless_said(ctx, "service", False)
    if not host.strip():
        raise click.BadParameter("an empty address would be every one of this machine; write 127.0.0.1", param_hint="--host")
    where = place(host, port, upstream)
    talk(verbose)
    try:
        if ready_file:
            ready_file.unlink(missing_ok=True)  # one that was killed may have left it
        own = authority.ensure(paths.authority_dir())
        run.run(lambda: _serve(given(values), own, where, session))
    except (authority.AuthorityError, run.StartError, GlossaryError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}; mend this, or choose another file") from error


def place(host: str, port: int, upstream: str) -> Place:
    """Where to listen, and how mitmproxy is told to pass requests on: to another proxy, or to the origins themselves."""
    from proxy_addon.machine.run import Place

    if not upstream:
        return Place(host, port)
    try:
        parts = urlsplit(upstream)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and parts.path in ("", "/")
        name, number = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        valid = False
    if not valid:
        shown = upstream.rpartition("@")[2]  # what stands before it is a password
        raise click.BadParameter(f"{shown!r} is not the URL of a proxy; write http://HOST:PORT", param_hint="--upstream")
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    extra = {"upstream_auth": f"{unquote(user)}:{unquote(password)}"} if user else {}
    return Place(host, port, f"upstream:{parts.scheme}://{in_url(name)}:{number}", extra)


def talk(verbose: bool) -> None:
    """Our own messages go to standard error; mitmproxy's, which name addresses, go nowhere."""
    handler = logging.StreamHandler()
    handler.addFilter(lambda record: record.levelno < logging.ERROR)  # an error ends the command, which tells of it
    handler.setFormatter(logging.Formatter("glossator: %(message)s"))
    logger = logging.getLogger("proxy_addon")
    logger.addHandler(handler)
    # What is only news of its own progress is for somebody who watches.
    logger.setLevel(logging.DEBUG if verbose else logging.INFO if sys.stderr.isatty() else logging.WARNING)


_SESSION = ("headless", "record", "record_text", "max_requests", "timeout")


@dataclass(frozen=True, slots=True)
class Session:
    """How long it runs (``max_requests`` answers, ``timeout`` seconds, or until it is stopped) and whom it tells what."""

    ready_file: Path | None
    headless: bool
    record: IO[str] | None
    record_text: bool
    max_requests: int | None
    timeout: float | None


async def _serve(values: dict[str, Any], own: Authority, place: Place, session: Session) -> None:
    from proxy_addon.machine import record, run

    file = session.record

    def write(decision: record.Decision) -> None:
        if file:
            file.write(decision.line(with_text=session.record_text))
            file.flush()

    recorder = record.Recorder(write, with_text=session.record_text, most=session.max_requests or 0)
    async with run.proxy(values, own, place, recorder) as address:
        if session.ready_file:
            _tell(session.ready_file, address, own)
        try:
            if not ipaddress.ip_address(address.host).is_loopback:
                click.echo(_EXPOSED.format(address), err=True)
            click.echo(_ready(address, own) if session.headless else _greeting(address))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(recorder.enough.wait(), session.timeout)
        finally:
            if session.ready_file:
                session.ready_file.unlink(missing_ok=True)


def _greeting(address: Address) -> str:
    lines = [
        f"Glossator listens on {address}: set it as your browser's HTTP and HTTPS proxy. Ctrl-C ends it.",
        "The browser must trust this machine's authority (glossator ca says how); glossator browse opens one that does.",
    ]
    if address.service_port:
        lines.append(f"Its local service: http://127.0.0.1:{address.service_port}/")
    return "\n".join(lines)


def _tell(file: Path, address: Address, own: Authority) -> None:
    """Whole or not at all: somebody waits for this file."""
    partial = file.with_name(file.name + ".part")
    partial.write_text(_ready(address, own), encoding="ascii")
    partial.replace(file)


def _ready(address: Address, own: Authority) -> str:
    told = {
        "proxy": {"host": address.host, "port": address.port},
        "service": {"port": address.service_port},
        "spki": own.spki,
    }
    return json.dumps(told)
