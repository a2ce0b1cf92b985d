"""A cache for listings. Concurrent callers share one fetch, and values expire.

Errors are not cached, but callers that were already waiting share the error.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from pulumi_tcimages.cloud.deadline import Clock

Value = TypeVar("Value")

_MAX_BYTES = 128 * 1024 * 1024
"""Limit for the estimated memory of all values. One listing of 200 images takes 0.5 MiB."""


@dataclass(eq=False, repr=False)
class _Entry(Generic[Value]):
    value: Value
    stale_at_s: float
    size_bytes: int


class Failure(NamedTuple):
    """An error, stored for callers that were already waiting when it occurred."""

    error: BaseException
    at_s: float


class Cache(Generic[Value]):
    """A thread-safe cache. One caller fetches a missing value, while all others wait for it."""

    def __init__(
        self,
        clock: Clock,
        ttl_s: float,
        capacity: int = 256,
        size_of: Callable[[Value], int] = lambda _: 0,
    ) -> None:
        self._clock = clock
        self._size_of = size_of
        self._ttl_s = ttl_s
        self._capacity = capacity
        self._fetches: dict[Hashable, Future[Value]] = {}
        self._entries: dict[Hashable, _Entry[Value]] = {}
        self._failures: dict[Hashable, Failure] = {}
        self._lock = threading.Lock()

    def get(
        self, key: Hashable, fetch: Callable[[], Value], received_at: float | None = None
    ) -> Value:
        """Return the cached value, wait for another caller's fetch, or fetch the value.

        A waiting caller is limited by the fetching caller's deadline, and is cancelled together
        with it, because both use the same client.

        Args:
            received_at: when the caller's own request arrived, which may be earlier than this call.
                If a fetch has failed since then, this call raises the same error.
        """
        # Check without the lock first: otherwise a thousand concurrent lookups would spend a third
        # of their time waiting for the lock.
        if entry := self._find_fresh(key):
            return entry.value
        with self._lock:
            # Check again: another caller may have fetched the value since the first check.
            if entry := self._find_fresh(key):
                return entry.value
            self._raise_shared(key, received_at)
            fetching = self._fetches.get(key)
            is_ours = fetching is None
            if fetching is None:
                fetching = self._fetches[key] = Future()
        return self._fetch(key, fetching, fetch) if is_ours else fetching.result()

    def _raise_shared(self, key: Hashable, received_at: float | None) -> None:
        """Raise the last error if the caller was already waiting when it occurred.

        This code is not part of `get`, whose local variables would keep the error in memory during
        a fetch.
        """
        failure = self._failures.get(key)
        if failure and received_at is not None and received_at < failure.at_s:
            raise failure.error

    def _find_fresh(self, key: Hashable) -> _Entry[Value] | None:
        entry = self._entries.get(key)
        return entry if entry and self._clock.monotonic_s() < entry.stale_at_s else None

    def _fetch(self, key: Hashable, fetching: Future[Value], fetch: Callable[[], Value]) -> Value:
        try:
            value = fetch()
        except BaseException as error:
            with self._lock:
                del self._fetches[key]
                self._store(self._failures, key, Failure(error, self._clock.monotonic_s()))
            fetching.set_exception(error)
            raise
        with self._lock:
            del self._fetches[key]
            if self._ttl_s > 0:
                stale_at_s = self._clock.monotonic_s() + self._ttl_s
                self._store(self._entries, key, _Entry(value, stale_at_s, self._size_of(value)))
                self._limit_size()
            fetching.set_result(value)
        return value

    def _store(self, items: dict[Hashable, Any], key: Hashable, item: object) -> None:
        """Store an item, and drop the oldest item if the capacity is exceeded."""
        items.pop(key, None)
        items[key] = item
        if len(items) > self._capacity:
            del items[next(iter(items))]

    def _limit_size(self) -> None:
        """Drop values until the memory limit is met: first expired values, then the oldest."""
        now_s = self._clock.monotonic_s()
        by_age = sorted(self._entries.items(), key=lambda item: item[1].stale_at_s > now_s)
        size = sum(entry.size_bytes for entry in self._entries.values())
        for key, entry in by_age:
            if size <= _MAX_BYTES:
                break
            del self._entries[key]
            size -= entry.size_bytes
