"""A rate limiter: at most N requests arrive at the server in any second.

A request reaches the server at an unknown time between sending and the response. So each request
holds one of N permits until one second after its response. Then two requests with the same permit
always reach the server more than a second apart.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from pulumi_tcimages.cloud.deadline import Deadline
from pulumi_tcimages.formatting import count_of

_PERIOD_S = 1.0
POLL_INTERVAL_S = 0.25
"""Seconds between checks for cancellation during a wait."""


class RateLimitTimeout(Exception):  # noqa: N818 - reported as a ThrottledError
    """No permit will become available before the deadline."""


class Limiter:
    """Issues a fixed number of permits per second in each bucket.

    A bucket is a group of requests that share a limit, such as all requests for one action.
    """

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._buckets: dict[Hashable, queue.SimpleQueue[float]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def permit(self, bucket_key: Hashable, deadline: Deadline) -> Iterator[None]:
        """Wait for a permit, and hold it during a `with` block that sends a request.

        Raises: RateLimitTimeout, CancelledError.
        """
        bucket = self._bucket(bucket_key)
        free_at_s = self._take(bucket, deadline)
        try:
            wait_s = free_at_s - deadline.clock.monotonic_s()
            if wait_s > 0 and not deadline.pause(wait_s, self._reason()):
                raise RateLimitTimeout
        except BaseException:
            bucket.put(free_at_s)
            raise
        try:
            yield
        finally:
            bucket.put(deadline.clock.monotonic_s() + _PERIOD_S)

    def _take(self, bucket: queue.SimpleQueue[float], deadline: Deadline) -> float:
        while deadline.remaining_s > 0:
            try:
                return bucket.get(timeout=min(POLL_INTERVAL_S, deadline.remaining_s))
            except queue.Empty:
                deadline.pause(0, self._reason())
        raise RateLimitTimeout

    def _bucket(self, key: Hashable) -> queue.SimpleQueue[float]:
        with self._lock:
            if key not in self._buckets:
                self._buckets[key] = queue.SimpleQueue()
                for _ in range(self.per_second):
                    self._buckets[key].put(float("-inf"))
            return self._buckets[key]

    def _reason(self) -> str:
        return f"waiting for a turn: at most {count_of(self.per_second, 'request')} a second"
