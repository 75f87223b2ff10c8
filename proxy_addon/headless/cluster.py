"""Work on a Dask cluster: the same tasks on the same items, retried by the cluster. The one module that knows distributed.

Every worker must have this program in the same version and see the same files; the task travels once to each, as a plugin, also
to those that join or are restarted later. A worker that dies gives its items back to the cluster; an item that kills four
workers is given up and told of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from proxy_addon.headless.crew import Finished
from proxy_addon.message.transform import place

_PLUGIN = "glossator"
_PATIENCE = 30  # seconds for the scheduler to answer
# So many items are on the cluster at a time, for each thread of it: enough to keep it busy, few enough to hold.
_AHEAD = 4


class ClusterError(Exception):
    """The cluster can't be used; the message says why and what to do."""


def on_cluster(
    scheduler: str, say: Callable[[str], object] = print
) -> Callable[[Callable[[Any], Iterator[Any]], Iterable[Any]], Iterator[tuple[Any, Any]]]:
    """Like ``crew.carried_out``, on the cluster of this scheduler (``tcp://HOST:PORT``), in no order; waits for workers, and
    ``say``s so, if there are none."""

    def results(task: Callable[[Any], Iterator[Any]], items: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        client = _client(scheduler)
        try:
            client.register_plugin(_plugin(task))
            if not client.nthreads():
                say(f"no worker is at {scheduler} yet, waiting for one: start it with: dask worker {scheduler}")
            yield from _results(client, iter(items))
        finally:
            client.close()

    return results


def _client(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError("a cluster needs Dask: pip install 'glossator[research]'") from error
    try:
        return Client(scheduler, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {scheduler}: start one (dask scheduler), or mend the address"
        ) from error


def _plugin(task: Callable[[Any], Iterator[Any]]) -> Any:
    from distributed import WorkerPlugin

    class Holding(WorkerPlugin):
        """Holds the task on a worker, made ready once."""

        name = _PLUGIN

        def __init__(self, held: Any) -> None:
            self.task = held

    return Holding(task)


def _carry_out(item: Any) -> list[Any]:
    """On a worker: all results of an item."""
    from distributed import get_worker

    worker: Any = get_worker()
    return list(worker.plugins[_PLUGIN].task(item))


def _results(client: Any, items: Iterator[Any]) -> Iterator[tuple[Any, Any]]:
    from distributed import as_completed

    waiting: dict[str, Any] = {}

    def submitted() -> Iterator[Any]:
        ahead = _AHEAD * max(1, sum(client.nthreads().values()))  # workers may join
        for item in islice(items, max(0, ahead - len(waiting))):
            future = client.submit(_carry_out, item, pure=False, retries=2)
            waiting[future.key] = item
            yield future

    done: Any = as_completed(list(submitted()), loop=client.loop)  # type: ignore[no-untyped-call]
    for future in done:
        item = waiting.pop(future.key)
        yield from _outcome(item, future)
        for further in submitted():
            done.add(further)


def _outcome(item: Any, future: Any) -> Iterator[tuple[Any, Any]]:
    from distributed import KilledWorker

    try:
        found = future.result()
    except KilledWorker:
        yield item, Finished("every worker at work on it died; there may be too little memory")
    except OSError as error:  # of a file, not of what is in it
        yield item, Finished(str(error))
    except Exception as error:
        yield item, Finished(place(error))
    else:
        yield from ((item, result) for result in found)
        yield item, Finished()
