"""The proxy in a thread of somebody else's process, for tests. Starting one takes as long as reading the glossary does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proxy_addon.machine.authority import Authority, ensure
from proxy_addon.machine.record import Decision, Recorder
from proxy_addon.machine.run import Address, Place, StartError, proxy

_PATIENCE = 120.0  # seconds for a start; the first one may compile the glossary
_ENDS = 10.0  # seconds for the end


@dataclass(slots=True)
class Threaded:
    """A running proxy; ``listeners`` are told every decision, in its thread."""

    authority: Authority
    listeners: list[Callable[[Decision], None]] = field(default_factory=list)
    _thread: threading.Thread | None = None
    _ready: threading.Event = field(default_factory=threading.Event)
    _address: Address | None = None
    _error: BaseException | None = None
    _stop: Callable[[], None] = lambda: None

    @property
    def address(self) -> Address:
        """Where it listens."""
        assert self._address is not None, "it runs"
        return self._address

    @property
    def certificate(self) -> Path:
        """The authority's certificate (PEM)."""
        return self.authority.file

    def start(self, settings: dict[str, Any], place: Place) -> None:
        """Returns when it listens; raises what keeps it from that."""
        self._thread = threading.Thread(target=self._run, args=(settings, place), name="glossator", daemon=True)
        self._thread.start()
        if not self._ready.wait(_PATIENCE):
            raise StartError(f"the proxy did not start within {_PATIENCE:g} seconds")
        if self._error:
            raise self._error

    def stop(self) -> None:
        """Returns when it has ended."""
        self._stop()
        if self._thread:
            self._thread.join(_ENDS)

    def _run(self, settings: dict[str, Any], place: Place) -> None:
        try:
            asyncio.run(self._serve(settings, place))
        except BaseException as error:
            self._error = error
        finally:
            self._ready.set()

    async def _serve(self, settings: dict[str, Any], place: Place) -> None:
        end, loop = asyncio.Event(), asyncio.get_running_loop()

        def stop() -> None:
            loop.call_soon_threadsafe(end.set)

        self._stop = stop
        async with proxy(settings, self.authority, place, Recorder(self._tell)) as address:
            self._address = address
            self._ready.set()
            await end.wait()

    def _tell(self, decision: Decision) -> None:
        for listener in tuple(self.listeners):
            listener(decision)


def start(folder: Path, settings: dict[str, Any]) -> Threaded:
    """A proxy on a free port, without service and exclusions unless ``settings`` say so; its authority is kept in ``folder``."""
    trust = settings.pop("trust", None)
    given = {name: list(value) if isinstance(value, list | tuple) else value for name, value in settings.items()}
    if isinstance(given.get("glossary"), str | Path):
        given["glossary"] = [given["glossary"]]
    given["glossary"] = [str(path) for path in given.get("glossary", ())]
    extra = {"ssl_verify_upstream_trusted_ca": str(trust)} if trust else {}
    running = Threaded(ensure(folder / "authority"))
    running.start({"service": False, "exclusions": False, **given}, Place(port=0, extra=extra))
    return running
