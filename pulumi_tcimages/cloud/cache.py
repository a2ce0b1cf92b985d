"""One listing answers many lookups: kept for a while, and asked for once at a time.

A failure is not kept: everybody who waited sees the error, the next caller asks anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from pulumi_tcimages.cloud.budget import Clock

Value = TypeVar("Value")

_LOOK_UP_S = 0.25


@dataclass(frozen=True)
class _Entry(Generic[Value]):
    value: Value
    stale_at_s: float


class Cache(Generic[Value]):
    """Values by key, each fetched by one caller while the others wait for it."""

    def __init__(self, clock: Clock, ttl_s: float, capacity: int = 256) -> None:
        self._clock = clock
        self._ttl_s = ttl_s
        self._capacity = capacity
        self._fetches: dict[Hashable, Future[Value]] = {}
        self._kept: dict[Hashable, _Entry[Value]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, fetch: Callable[[], Value]) -> Value:
        """The value: kept from before, on its way to another caller, or fetched now."""
        # Without the lock, over which a thousand lookups at once take turns: a third of their time.
        kept = self._fresh(key)
        if kept is not None:
            return kept.value
        with self._lock:
            kept = self._fresh(key)  # it may have come meanwhile
            if kept is not None:
                return kept.value
            fetching = self._fetches.get(key)
            is_ours = fetching is None
            if fetching is None:
                fetching = self._fetches[key] = Future()
        return self._fetch(key, fetching, fetch) if is_ours else self._await(fetching)

    def _fresh(self, key: Hashable) -> _Entry[Value] | None:
        kept = self._kept.get(key)
        return kept if kept and self._clock.monotonic_s() < kept.stale_at_s else None

    def _fetch(self, key: Hashable, fetching: Future[Value], fetch: Callable[[], Value]) -> Value:
        try:
            value = fetch()
        except BaseException as error:
            with self._lock:
                del self._fetches[key]
            fetching.set_exception(error)
            raise
        with self._lock:
            del self._fetches[key]
            if self._ttl_s > 0:
                self._kept.pop(key, None)
                self._kept[key] = _Entry(value, self._clock.monotonic_s() + self._ttl_s)
                if len(self._kept) > self._capacity:
                    del self._kept[next(iter(self._kept))]
            fetching.set_result(value)
        return value

    def _await(self, fetching: Future[Value]) -> Value:
        """What the caller who fetches it gets; that caller's deadline bounds this wait too."""
        while not wait([fetching], timeout=_LOOK_UP_S).done:
            self._clock.check_cancelled()
        return fetching.result()
