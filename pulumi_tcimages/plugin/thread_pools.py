"""A thread pool that keeps working if the system allows no more threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class ThreadPool(ThreadPoolExecutor):
    """Runs calls on at least one thread, and on more if the system allows them.

    An error from `submit` would end grpc's server thread, so that no call is answered any more.
    """

    def __init__(self, max_workers: int) -> None:
        super().__init__(max_workers)
        super().submit(int)  # Start the first thread.

    def submit(self, call: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        try:
            return super().submit(call, *args, **more)
        except RuntimeError:
            # No thread could be started. The call is in the queue, and another thread will run it.
            return Future()
