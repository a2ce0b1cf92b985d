"""One listing answers many lookups: kept for a while, and asked for once at a time.

Errors are not cached; callers that asked before the error was known share it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from pulumi_tcimages.cloud.deadline import Clock

Value = TypeVar("Value")

POLL_INTERVAL_S = 0.25
_MOST_BYTES = 128 * 1024 * 1024
"""The memory of all values, by their own estimate: a listing of 200 images takes 0.5 MiB."""


@dataclass(frozen=True)
class _Entry(Generic[Value]):
    value: Value
    stale_at_s: float
    size_bytes: int


class Failure(NamedTuple):
    """An error, for everybody who asked before it was known."""

    error: BaseException
    at_s: float


class Cache(Generic[Value]):
    """Values by key, each fetched by one caller while the others wait for it."""

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
        self._kept: dict[Hashable, _Entry[Value]] = {}
        self._failures: dict[Hashable, Failure] = {}
        self._lock = threading.Lock()

    def get(
        self, key: Hashable, fetch: Callable[[], Value], received_at: float | None = None
    ) -> Value:
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
            self._raise_shared(key, received_at)
            fetching = self._fetches.get(key)
            is_ours = fetching is None
            if fetching is None:
                fetching = self._fetches[key] = Future()
        return self._fetch(key, fetching, fetch) if is_ours else self._await(fetching)

    def _raise_shared(self, key: Hashable, received_at: float | None) -> None:
        """Raise the last error if it was not known yet when the caller asked.

        A method, because a later error would keep the earlier one alive as a local of `get`.
        """
        failure = self._failures.get(key)
        if failure and received_at is not None and received_at < failure.at_s:
            raise failure.error

    def _fresh(self, key: Hashable) -> _Entry[Value] | None:
        kept = self._kept.get(key)
        return kept if kept and self._clock.monotonic_s() < kept.stale_at_s else None

    def _fetch(self, key: Hashable, fetching: Future[Value], fetch: Callable[[], Value]) -> Value:
        try:
            value = fetch()
        except BaseException as error:
            with self._lock:
                del self._fetches[key]
                self._keep(self._failures, key, Failure(error, self._clock.monotonic_s()))
            fetching.set_exception(error)
            raise
        with self._lock:
            del self._fetches[key]
            if self._ttl_s > 0:
                stale_at_s = self._clock.monotonic_s() + self._ttl_s
                self._keep(self._kept, key, _Entry(value, stale_at_s, self._size_of(value)))
                self._fit()
            fetching.set_result(value)
        return value

    def _keep(self, kept: dict[Hashable, Any], key: Hashable, what: object) -> None:
        """Put it last, and let the first go where there is no room."""
        kept.pop(key, None)
        kept[key] = what
        if len(kept) > self._capacity:
            del kept[next(iter(kept))]

    def _fit(self) -> None:
        """Drop values, stale ones and then the oldest first, until the others fit."""
        now_s = self._clock.monotonic_s()
        by_age = sorted(self._kept.items(), key=lambda item: item[1].stale_at_s > now_s)
        size = sum(entry.size_bytes for entry in self._kept.values())
        for key, entry in by_age:
            if size <= _MOST_BYTES:
                break
            del self._kept[key]
            size -= entry.size_bytes

    def _await(self, fetching: Future[Value]) -> Value:
        """What the caller who fetches it gets; that caller's deadline bounds this wait too."""
        while not wait([fetching], timeout=POLL_INTERVAL_S).done:
            self._clock.check_cancelled()
        return fetching.result()
