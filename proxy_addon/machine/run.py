"""Runs the proxy: mitmproxy's core with the parts that a reader needs, and nothing that shows, keeps or writes flows.

``proxy(...)`` is an asynchronous context: inside it the proxy listens, after it everything is closed. What goes wrong
before it listens is one StartError; what happens afterwards concerns single connections and is not logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mitmproxy import addons, exceptions, master, options

from proxy_addon.addon import Glossator
from proxy_addon.machine.authority import Authority
from proxy_addon.machine.connections import Connections
from proxy_addon.machine.doorway import Doorway
from proxy_addon.machine.hosts import in_url
from proxy_addon.options import BY_NAME, Value

HOST = "127.0.0.1"
PORT = 8080

# What of mitmproxy's usual set a reader has a use for: listening, resolving, TLS, protocols. The rest shows, records,
# replays or edits traffic.
_PARTS = frozenset(
    (
        "Core",
        "Block",
        "StripDnsHttpsRecords",
        "DisableH2C",
        "Proxyserver",
        "DnsResolver",
        "NextLayer",
        "TlsConfig",
        "UpstreamAuth",
        "UpdateAltSvc",
    )
)


# Seconds for which a thread that computes (a new edition, a request to the service) may make a page wait, each time.
_SWITCH = 0.0005


class StartError(Exception):
    """The proxy could not start; the message says what is in the way."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the proxy listens, and on which port the local service does, if it runs."""

    host: str
    port: int

    service_port: int | None = None

    def __str__(self) -> str:
        return f"{in_url(self.host)}:{self.port}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen (port 0: any free one), whom to pass requests on to, and mitmproxy's own options for tests."""

    host: str = HOST
    port: int = PORT
    mode: str = "regular"
    extra: Mapping[str, Any] = field(default_factory=dict)


@contextlib.asynccontextmanager
async def proxy(values: Mapping[str, Value], authority: Authority, place: Place, *watching: object) -> AsyncIterator[Address]:
    """Listens while the context lasts. ``values`` are the settings by name; ``watching`` are addons that look on.

    StartError, GlossaryError on trouble."""
    glossator, started = Glossator(within=authority.sites), _Started()
    with _errors() as errors:
        main = _assembled(
            authority,
            place,
            glossator,
            Connections(glossator.opens),
            Doorway(lambda: glossator.service_port, glossator.shows),
            *watching,
            started,
        )
        try:
            _configure(main, values, place, narrow=bool(authority.sites))
            _give_up(errors)
        except BaseException:
            await main.done()  # or it would go on listening to log messages, in a loop that is closed
            raise
        task = asyncio.create_task(main.run())
        try:
            await _first(task, started.event.wait())
            address = _listening(main, place, errors)
        except BaseException:
            await _stop(main, task)
            raise
    try:
        yield Address(*address, service_port=glossator.service_port)
    finally:
        await _stop(main, task)


def run(until: Callable[[], Awaitable[None]]) -> None:
    """Runs a coroutine to its end, or until the process is asked to stop (SIGINT, SIGTERM); then it is cancelled."""

    sys.setswitchinterval(_SWITCH)

    async def stoppable() -> None:
        task = asyncio.ensure_future(until())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows: KeyboardInterrupt ends the loop instead
                loop.add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    try:
        asyncio.run(stoppable())
    finally:
        gc.freeze()  # else the interpreter goes over every object of the glossary before it ends


class _Started:
    """Loaded last, so that its hook runs when everything else is up."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def running(self) -> None:
        self.event.set()


class _Collect(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextlib.contextmanager
def _errors() -> Iterator[list[str]]:
    """mitmproxy and the addon tell of what is wrong at start-up by logging an error; these are the messages."""
    handler = _Collect()
    logging.getLogger().addHandler(handler)
    try:
        yield handler.messages
    finally:
        logging.getLogger().removeHandler(handler)


def _assembled(authority: Authority, place: Place, *ours: object) -> Any:
    """mitmproxy's master with its parts and ours; Any because it has hardly any types."""
    main: Any = master.Master(options.Options(confdir=str(authority.folder), listen_host=place.host, listen_port=place.port))
    usual: Any = addons.default_addons
    main.addons.add(*(part for part in usual() if type(part).__name__ in _PARTS))
    main.addons.add(*ours)
    return main


def _configure(main: Any, values: Mapping[str, Value], place: Place, *, narrow: bool) -> None:
    # A leaf bears every name of the origin's certificate, and browsers refuse one with a name outside the authority's limits.
    limits = {"upstream_cert": False} if narrow else {}
    ours = {BY_NAME[name].key: value for name, value in values.items()}
    try:
        main.options.update(mode=[place.mode], **ours, **limits, **place.extra)
    except exceptions.OptionsError as error:
        raise StartError(str(error)) from error


async def _first(*awaited: Awaitable[Any]) -> None:
    """Until the first of these is done; an exception of it is raised, the others are left running."""
    tasks = [asyncio.ensure_future(each) for each in awaited]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


def _give_up(errors: list[str]) -> None:
    if errors:
        raise StartError("\n".join(dict.fromkeys(errors)))


def _listening(main: Any, place: Place, errors: list[str]) -> tuple[str, int]:
    server = main.addons.get("proxyserver")
    for failure in (instance.last_exception for instance in server.servers):
        if isinstance(failure, OSError):
            raise StartError(_unusable(place, failure))
    _give_up(errors)
    host, port = server.listen_addrs()[0][:2]
    return host, port


def _unusable(place: Place, failure: OSError) -> str:
    if failure.errno == errno.EADDRINUSE:
        return f"port {place.port} of {place.host} is taken; choose another with --port"
    if failure.errno == errno.EACCES:
        return f"port {place.port} of {place.host} may not be used by you; choose one above 1023 with --port"
    return f"can't listen on {place.host!r}, which is no address of this machine; choose another with --host"


async def _stop(main: Any, task: asyncio.Task[None]) -> None:
    main.shutdown()
    await task
