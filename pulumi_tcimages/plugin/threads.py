"""Where lookups are answered: few threads at work, and more for as long as some wait for the cloud.

Threads are in each other's way: with 32 at work, a thousand lookups at once take a third longer
than with six. But six that wait for one listing must not keep another from being asked for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from typing import Any, NamedTuple


class _Lookup(NamedTuple):
    answer: Callable[[], Any]
    future: Future[Any]
    asked_s: float


class Lookups(ThreadPoolExecutor):
    """The threads; grpc hands each RPC that may wait to `submit`, as soon as it comes.

    Of the class, without which grpc would not, nothing else is used: its threads never begin.
    """

    def __init__(
        self, at_work: int, most: int, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        """So many at work, which includes those that have nothing to do, and so many in all."""
        super().__init__()
        self._places = at_work
        self._most = most
        self._monotonic_s = monotonic_s
        self._queue: SimpleQueue[_Lookup] = SimpleQueue()
        self._lock = threading.Lock()
        self._at_work = 0
        self._waiting = 0
        self._current = threading.local()

    def submit(self, answer: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The answer, once there is a thread for it."""
        future: Future[Any] = Future()
        self._queue.put(_Lookup(partial(answer, *args, **kwargs), future, self._monotonic_s()))
        self._fill()
        return future

    def asked_s(self) -> float:
        """When the lookup that this thread answers came; now, where it answers none."""
        asked_s: float | None = getattr(self._current, "asked_s", None)
        return self._monotonic_s() if asked_s is None else asked_s

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While this thread waits for the cloud another one may work in its place."""
        self._move(-1)
        self._fill()
        try:
            yield
        finally:
            self._move(1)

    def _move(self, step: int) -> None:
        with self._lock:
            self._at_work += step
            self._waiting -= step

    def _fill(self) -> None:
        """One more thread, if there is a place for it and something to do."""
        if self._at_work >= self._places or self._queue.empty():
            return
        with self._lock:
            if self._at_work >= self._places or self._at_work + self._waiting >= self._most:
                return
            self._at_work += 1
        threading.Thread(target=self._work, name="lookup", daemon=True).start()

    def _work(self) -> None:
        while True:
            answer, future, self._current.asked_s = self._queue.get()
            try:
                future.set_result(answer())
            except BaseException as error:  # for whoever asked, as everywhere with futures
                future.set_exception(error)
            del answer, future  # not to be held until there is something to do again
            with self._lock:
                if self._at_work > self._places:  # those that waited are back
                    self._at_work -= 1
                    return


LOOKUPS = Lookups(at_work=6, most=64)
