"""The plugin's thread pool works with fewer threads if the system allows no more."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pulumi_tcimages.plugin import thread_pools
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


@pytest.mark.parametrize(
    ("cgroup", "expected"),
    [
        ("0::/\n", 20),
        ("0::/job/step\n", 10),
        ("8:pids:/job\n0::/\n", 5),
        ("0::/removed\n", 20),
        ("0::/unlimited\n", 20),
        ("0::/tiny\n", 2),
        ("nonsense\n", 320),
    ],
)
def test_number_of_calls_follows_the_limits_of_cgroups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cgroup: str, expected: int
) -> None:
    limits = {"": 100, "job": 80, "job/step": 60, "pids/job": 40, "tiny": 21}
    for path, limit in limits.items():
        (tmp_path / path).mkdir(parents=True, exist_ok=True)
        (tmp_path / path / "pids.max").write_text(f"{limit}\n")
        (tmp_path / path / "pids.current").write_text("20\n")
    (tmp_path / "unlimited").mkdir()
    (tmp_path / "unlimited" / "pids.max").write_text("max\n")
    (tmp_path / "unlimited" / "pids.current").write_text("3\n")
    (tmp_path / "self").write_text(cgroup)
    monkeypatch.setattr(thread_pools, "CGROUPS", tmp_path)
    monkeypatch.setattr(thread_pools, "OWN_CGROUPS", tmp_path / "self")

    assert thread_pools.choose_thread_count(320) == expected


def test_first_call_needs_no_new_thread() -> None:
    pool = ThreadPool(8)

    with forbid_threads():
        result = pool.submit(int).result(PATIENCE_S)

    pool.shutdown()
    assert result == 0
