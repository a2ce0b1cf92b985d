"""Thread pools that keep working if the system allows few threads, as in some containers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUPS = Path("/proc/self/cgroup")
_THREADS_PER_CALL = 4
"""A call needs a thread of the pool, one for its request, and some to fetch pages concurrently."""
_FEWEST = 2


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


def choose_thread_count(most: int) -> int:
    """Return how many calls, at `most`, may run at a time, such that their requests get threads."""
    allowed = min(_list_limits(), default=most * _THREADS_PER_CALL)
    return max(_FEWEST, min(most, allowed // _THREADS_PER_CALL))


def _list_limits() -> Iterator[int]:
    """Yield the numbers of threads that this user and each of the process's cgroups may start."""
    try:
        import resource
    except ImportError:  # Windows has no such limits.
        return
    limit = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    if limit != resource.RLIM_INFINITY:
        yield limit
    try:
        for line in OWN_CGROUPS.read_text(encoding="utf-8").splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers in ("", "pids"):  # Version 2 has no name, version 1 has `pids`.
                yield from _list_group_limits(CGROUPS / controllers, path.strip("/"))
    except (OSError, ValueError):
        return  # The limits of cgroups cannot be read.


def _list_group_limits(root: Path, path: str) -> Iterator[int]:
    """Yield the numbers of threads that a cgroup and the groups above it may start."""
    for folder in (root / path, *(root / path).parents):
        if not folder.is_relative_to(root):
            return
        with suppress(FileNotFoundError):  # The root has no limit, and a group may be removed.
            most = (folder / "pids.max").read_text(encoding="ascii").strip()
            running = (folder / "pids.current").read_text(encoding="ascii").strip()
            if most != "max":
                yield int(most) - int(running)


def is_thread_limit_reached() -> bool:
    """Return whether the system refuses to start another thread."""
    try:
        threading.Thread(target=int).start()
    except RuntimeError:
        return True
    return False
