"""The plugin's thread pool works with fewer threads if the system allows no more."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pulumi_tcimages.plugin.thread_pools import ThreadPool
from tests.timeouts import PATIENCE_S


@contextmanager
def forbid_threads() -> Iterator[None]:
    """Make every start of a thread fail, because its stack would exceed the address space."""
    previous = threading.stack_size(1 << 46)
    try:
        yield
    finally:
        threading.stack_size(previous)


def test_call_waits_for_a_thread_if_no_other_can_be_started() -> None:
    results: queue.SimpleQueue[int] = queue.SimpleQueue()
    is_over = threading.Event()
    with ThreadPool(8) as pool, forbid_threads():
        pool.submit(is_over.wait, PATIENCE_S)
        for number in range(3):
            pool.submit(results.put, number)
        is_over.set()
        received = [results.get(timeout=PATIENCE_S) for _ in range(3)]

    assert received == [0, 1, 2]


def test_first_call_needs_no_new_thread() -> None:
    pool = ThreadPool(8)

    with forbid_threads():
        result = pool.submit(int).result(PATIENCE_S)

    pool.shutdown()
    assert result == 0
