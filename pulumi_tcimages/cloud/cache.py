"""One listing answers many lookups: kept for a while, and asked for once at a time.

A failed flight is not kept: everybody who waited for it sees its error, the next one asks anew.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from pulumi_tcimages.cloud.budget import Clock

Value = TypeVar("Value")

_LOOK_UP_S = 0.25


@dataclass(frozen=True)
class _Entry(Generic[Value]):
    flight: Future[Value]
    stale_at_s: float


class Cache(Generic[Value]):
    """Values by key, each fetched by one caller while the others wait for it."""

    def __init__(self, clock: Clock, ttl_s: float, capacity: int = 256) -> None:
        self._clock = clock
        self._ttl_s = ttl_s
        self._capacity = capacity
        self._flights: dict[Hashable, Future[Value]] = {}
        self._kept: OrderedDict[Hashable, _Entry[Value]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, fetch: Callable[[], Value]) -> Value:
        """The value, from the shelf, from a flight under way or from a new one."""
        with self._lock:
            kept = self._kept.get(key)
            if kept and self._clock.monotonic_s() < kept.stale_at_s:
                self._kept.move_to_end(key)
                return kept.flight.result()
            flight = self._flights.get(key)
            is_ours = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        return self._fly(key, flight, fetch) if is_ours else self._await(flight)

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
                stale_at_s = self._clock.monotonic_s() + self._ttl_s
                self._kept[key] = _Entry(flight, stale_at_s)
                self._kept.move_to_end(key)
                while len(self._kept) > self._capacity:
                    self._kept.popitem(last=False)
            flight.set_result(value)
        return value

    def _await(self, flight: Future[Value]) -> Value:
        """What the one who flies brings back; its own deadline bounds this wait too."""
        while not wait([flight], timeout=_LOOK_UP_S).done:
            self._clock.check_cancelled()
        return flight.result()
