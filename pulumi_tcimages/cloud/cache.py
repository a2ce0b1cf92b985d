"""One listing answers many lookups: kept for a while, and asked for once at a time.

A failed flight is not kept: everybody who waited for it sees its error, the next one asks anew.
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
        self._flights: dict[Hashable, Future[Value]] = {}
        self._kept: dict[Hashable, _Entry[Value]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, fetch: Callable[[], Value]) -> Value:
        """The value, from the shelf, from a flight under way or from a new one."""
        # Without the lock, over which a thousand lookups at once take turns: a third of their time.
        kept = self._fresh(key)
        if kept is not None:
            return kept.value
        with self._lock:
            kept = self._fresh(key)  # it may have come meanwhile
            if kept is not None:
                return kept.value
            flight = self._flights.get(key)
            is_ours = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        return self._fly(key, flight, fetch) if is_ours else self._await(flight)

    def _fresh(self, key: Hashable) -> _Entry[Value] | None:
        kept = self._kept.get(key)
        return kept if kept and self._clock.monotonic_s() < kept.stale_at_s else None

    def _fly(self, key: Hashable, flight: Future[Value], fetch: Callable[[], Value]) -> Value:
        try:
            value = fetch()
        except BaseException as error:
            with self._lock:
                del self._flights[key]
            flight.set_exception(error)
            raise
        with self._lock:
            del self._flights[key]
            if self._ttl_s > 0:
                self._kept.pop(key, None)
                self._kept[key] = _Entry(value, self._clock.monotonic_s() + self._ttl_s)
                if len(self._kept) > self._capacity:
                    del self._kept[next(iter(self._kept))]
            flight.set_result(value)
        return value

    def _await(self, flight: Future[Value]) -> Value:
        """What the one who flies brings back; its own deadline bounds this wait too."""
        while not wait([flight], timeout=_LOOK_UP_S).done:
            self._clock.check_cancelled()
        return flight.result()
