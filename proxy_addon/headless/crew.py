"""Work shared among processes: items in, results out in the order of the items, with memory that does not grow.

``carried_out(task, items, jobs)`` calls ``task`` with each item in one of ``jobs`` processes and gives what that yields.
Promises: results of one item are complete and in order; a process that dies is replaced and its item begun anew without a
result given twice, up to ``TRIES`` times; an item at which that fails, or the task, is told of and the others go on; on any
way out, an interrupt included, no process stays. What is computed is none of its business.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from proxy_addon.message.transform import place

Item = TypeVar("Item")
Result = TypeVar("Result")

TRIES = 3
# So many items may be begun beyond the first unfinished one, for each job.
_AHEAD = 8
# So many results of one item wait for their turn; its process waits, too, then.
_WAITING = 64
_WORTH = 10_000_000
_ENDS = 2.0  # seconds for a process to end by itself

_READY = "ready"


class CrewError(RuntimeError):
    """Processes can't be started at all; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Finished:
    """All results of the item have come. ``trouble`` is empty, or says why there may be some missing."""

    trouble: str = ""


def cores() -> int:
    """How many processes are of use here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def worthwhile(sizes: Iterable[int]) -> int:
    """How many processes are worth starting for inputs of these sizes in bytes: starting one takes as long as 10 MB of work."""
    return max(1, min(cores(), sum(sizes) // _WORTH))


def carried_out(
    task: Callable[[Item], Iterator[Result]], items: Iterable[Item], jobs: int
) -> Iterator[tuple[Item, Result | Finished]]:
    """``(item, result)`` for each result, and ``(item, Finished)`` after the last of each item. ``task`` is pickled."""
    if jobs <= 1:
        for item in items:
            yield from _here(task, item)
        return
    crew = _Crew(task, items, jobs)
    try:
        yield from crew.run()
    finally:
        crew.dismiss()


def _here(task: Callable[[Item], Iterator[Result]], item: Item) -> Iterator[tuple[Item, Result | Finished]]:
    trouble = ""
    try:
        for result in task(item):
            yield item, result
    except Exception as error:
        trouble = place(error)
    yield item, Finished(trouble)


def _serve(task: Callable[[Any], Iterator[Any]], connection: Connection[Any, Any]) -> None:
    """What a process does: items come, results go, until nobody is there any more. Ctrl-C is for the parent; when that ends this
    process, what was begun is cleared away (``finally``)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        connection.send(_READY)
        while True:
            for _, result in _here(task, connection.recv()):
                connection.send(result)


@dataclass(slots=True)
class _Job(Generic[Item]):
    """An item on its way. ``skip``: results that were given before its process died."""

    item: Item
    waiting: deque[Any] = field(default_factory=deque)
    told: int = 0
    skip: int = 0
    tries: int = 1

    def takes(self, result: Any) -> bool:
        """Keeps a result; whether it was the last."""
        if isinstance(result, Finished) or not self.skip:
            self.waiting.append(result)
            self.told += 1
        else:
            self.skip -= 1
        return isinstance(result, Finished)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Holds Ctrl-C back. A terminal sends it to all processes, and one that is still starting inherits this: it would end with
    a traceback before it can say that Ctrl-C is not for it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    def __init__(self, task: Callable[[Any], Iterator[Any]]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, there = context.Pipe()
        self.process = context.Process(target=_serve, args=(task, there), daemon=True)
        self.process.start()
        there.close()
        self.job: _Job[Any] | None = None
        self.ready = False

    def begin(self, job: _Job[Any]) -> None:
        self.job = job
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # its death is noticed when it's listened to
            self.connection.send(job.item)

    def end(self) -> None:
        self.process.terminate()
        self.connection.close()
        self.process.join(_ENDS)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()


class _Crew(Generic[Item]):
    def __init__(self, task: Callable[[Item], Iterator[Any]], items: Iterable[Item], jobs: int) -> None:
        self._task, self._items, self._ahead = task, iter(items), jobs * _AHEAD
        self._workers: list[_Worker] = []
        self._jobs = jobs
        self._order: deque[_Job[Item]] = deque()
        self._again: deque[_Job[Item]] = deque()

    def run(self) -> Iterator[tuple[Item, Any]]:
        """Results, until there is no item left."""
        while True:
            self._hand_out()
            if not self._order:
                return
            yield from self._ready()
            if self._order:
                self._listen()

    def dismiss(self) -> None:
        """No process stays."""
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            worker.end()

    def _hand_out(self) -> None:
        while len(self._order) < self._ahead or self._again:
            idle = next((worker for worker in self._workers if worker.job is None), None)
            if idle is None and len(self._workers) >= self._jobs:
                return
            job = self._again.popleft() if self._again else self._next()
            if job is None:
                return
            if idle is None:
                with _uninterrupted():
                    self._workers.append(idle := _Worker(self._task))
            idle.begin(job)

    def _next(self) -> _Job[Item] | None:
        for item in self._items:
            self._order.append(job := _Job(item))
            return job
        return None

    def _ready(self) -> Iterator[tuple[Item, Any]]:
        while self._order and self._order[0].waiting:
            job = self._order[0]
            result = job.waiting.popleft()
            if isinstance(result, Finished):
                self._order.popleft()
            yield job.item, result

    def _listen(self) -> None:
        first = self._order[0] if self._order else None
        heard = {
            worker.connection: worker
            for worker in self._workers
            if worker.job and (worker.job is first or len(worker.job.waiting) < _WAITING)
        }
        for connection in wait(list(heard)):
            self._hear(heard[connection])  # type: ignore[index]

    def _hear(self, worker: _Worker) -> None:
        job = worker.job
        assert job is not None
        try:
            result = worker.connection.recv()
            if not worker.ready:
                worker.ready = result == _READY
            elif job.takes(result):
                worker.job = None
        except (EOFError, ConnectionResetError):
            self._bury(worker, job)

    def _bury(self, worker: _Worker, job: _Job[Item]) -> None:
        worker.end()
        self._workers.remove(worker)
        if not worker.ready:
            raise CrewError("no process could be started; a script must do its work under: if __name__ == '__main__':")
        if job.tries >= TRIES:
            job.takes(Finished(f"the process at work on it died {TRIES} times; there may be too little memory"))
            return
        job.skip, job.tries = job.told, job.tries + 1
        self._again.append(job)
