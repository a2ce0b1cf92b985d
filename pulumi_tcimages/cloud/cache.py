"""One listing answers many lookups: kept for a while, and asked for once at a time.

A failure is not kept: everybody who asked before it was known sees it, also who had to wait for a
thread meanwhile; who asks later asks the cloud anew.
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


class _Flight(Future[Value]):
    """A value on its way to everybody who asks for it meanwhile."""

    failed_at_s = float("inf")


class Cache(Generic[Value]):
    """Values by key, each fetched by one caller while the others wait for it."""

    def __init__(self, clock: Clock, ttl_s: float, capacity: int = 256) -> None:
        self._clock = clock
        self._ttl_s = ttl_s
        self._capacity = capacity
        self._flights: dict[Hashable, _Flight[Value]] = {}
        self._kept: dict[Hashable, _Entry[Value]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, fetch: Callable[[], Value], asked_s: float | None = None) -> Value:
        """The value: kept from before, on its way to another caller, or fetched now.

        Args:
            asked_s: when it was asked for, if that was before this call.
        """
        # Without the lock, over which a thousand lookups at once take turns: a third of their time.
        kept = self._fresh(key)
        if kept is not None:
            return kept.value
        with self._lock:
            kept = self._fresh(key)  # it may have come meanwhile
            if kept is not None:
                return kept.value
            flight = self._flights.get(key)
            since_s = self._clock.monotonic_s() if asked_s is None else asked_s
            is_ours = flight is None or flight.failed_at_s <= since_s
            if flight is None or is_ours:
                flight = self._flights[key] = _Flight()
        return self._fetch(key, flight, fetch) if is_ours else self._await(flight)

    def _fresh(self, key: Hashable) -> _Entry[Value] | None:
        kept = self._kept.get(key)
        return kept if kept and self._clock.monotonic_s() < kept.stale_at_s else None

    def _fetch(self, key: Hashable, flight: _Flight[Value], fetch: Callable[[], Value]) -> Value:
        try:
            value = fetch()
        except BaseException as error:
            flight.failed_at_s = self._clock.monotonic_s()
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

    def _await(self, flight: _Flight[Value]) -> Value:
        """What the caller who fetches it gets; that caller's deadline bounds this wait too."""
        while not wait([flight], timeout=_LOOK_UP_S).done:
            self._clock.check_cancelled()
        return flight.result()
