"""How many in this second: the vendor's fixed one-second window.

The first N arrivals of each second pass, per (action, access host, key); the others are refused
with the true count. Source: the vendor's page on request rates.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from pulumi_tcimages.emulator.messages import VendorError


class FixedWindowLimiter:
    """The counters of the current second."""

    def __init__(self, requests_per_second: int) -> None:
        self._limit = requests_per_second
        self._lock = threading.Lock()
        self._second = 0
        self._counts: dict[tuple[str, str, str], int] = {}

    def admit(self, who: tuple[str, str, str], clock: Callable[[], float]) -> None:
        """Counts one arrival of (action, host, key); refuses it above the limit, 0 being none."""
        if not self._limit:
            return
        with self._lock:
            second = int(clock())  # inside, so that no thread comes back with an older second
            if second != self._second:
                self._second = second
                self._counts.clear()
            count = self._counts[who] = self._counts.get(who, 0) + 1
        if count > self._limit:
            raise VendorError("RequestLimitExceeded", count=count, limit=self._limit)
