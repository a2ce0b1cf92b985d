"""The vendor's rate limit: a fixed window of one second for each action, host and key.

The first N requests in each second pass. Others are rejected with a message that states the number
of requests so far.
Source: the vendor's page on request rates.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from pulumi_tcimages.emulator.messages import VendorError


class FixedWindowLimiter:
    """Counts the requests in the current second. A limit of 0 allows any number."""

    def __init__(self, requests_per_second: int) -> None:
        self._limit = requests_per_second
        self._lock = threading.Lock()
        self._second = 0
        self._counts: dict[tuple[str, str, str], int] = {}

    def admit(self, bucket: tuple[str, str, str], clock: Callable[[], float]) -> None:
        """Count a request for a bucket (action, host, key), and reject it above the limit."""
        if not self._limit:
            return
        with self._lock:
            # Read the clock inside the lock, or a thread that waited would count in an older
            # second.
            second = int(clock())
            if second != self._second:
                self._second = second
                self._counts.clear()
            count = self._counts[bucket] = self._counts.get(bucket, 0) + 1
        if count > self._limit:
            raise VendorError("RequestLimitExceeded", count=count, limit=self._limit)
