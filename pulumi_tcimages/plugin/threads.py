"""Where lookups wait for the cloud: threads of their own, which know when each lookup came."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any


class Lookups(ThreadPoolExecutor):
    """The threads; grpc hands each RPC that may wait to `submit`, as soon as it comes."""

    def __init__(self, threads: int, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__(threads, thread_name_prefix="lookup")
        self._monotonic_s = monotonic_s
        self._at_work = threading.local()

    def submit(self, answer: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The answer, once there is a thread for it."""
        return super().submit(self._run, self._monotonic_s(), partial(answer, *args, **kwargs))

    def asked_s(self) -> float:
        """When the lookup that this thread answers came; now, where it answers none."""
        asked_s: float | None = getattr(self._at_work, "asked_s", None)
        return self._monotonic_s() if asked_s is None else asked_s

    def _run(self, asked_s: float, answer: Callable[[], Any]) -> Any:
        self._at_work.asked_s = asked_s
        return answer()


# Six that take 0.4 s each ask for as much as the limit of requests lets through. Threads are in
# each other's way: with 32, a thousand lookups at once take a third longer.
LOOKUPS = Lookups(6)
