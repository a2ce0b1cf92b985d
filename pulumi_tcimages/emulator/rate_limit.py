"""The vendor's rate limit, which counts the requests per second for each action, host and key.

The first N requests in each calendar second are accepted. All others are rejected with a message
that contains the number of requests so far.

Source: the vendor's documentation of request rates.
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
        """Count a request for an action, host and key.

        Raises: VendorError if the limit is exceeded.
        """
        if not self._limit:
            return
        with self._lock:
            # Read the clock while holding the lock. A time read before that could fall in the
            # previous second, and the request would count against the wrong limit.
            second = int(clock())
            if second != self._second:
                self._second = second
                self._counts.clear()
            count = self._counts[bucket] = self._counts.get(bucket, 0) + 1
        if count > self._limit:
            raise VendorError("RequestLimitExceeded", count=count, limit=self._limit)
