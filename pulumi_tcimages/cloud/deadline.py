"""Lookup deadlines, cancellable waits and progress messages.

Time, sleep and random numbers are passed in, so that tests run without waiting.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from pulumi_tcimages.errors import CancelledError

OnMessage = Callable[[str], None]
OnProgress = Callable[[int, int], None]
"""Progress callback: rows received, rows in total."""

_LONG_S = 2.0
"""Progress is shown only for lookups that take longer than this."""
_QUIET_S = 10.0
"""Minimum time between two progress messages, even if a client runs many lookups."""


class Clock(NamedTuple):
    """The time, sleep and random functions that the cloud client uses."""

    unix_s: Callable[[], float]
    monotonic_s: Callable[[], float]
    wait: Callable[[float], bool]
    """Sleep for a number of seconds and return False, or return True as soon as the client is
    cancelled.
    """
    random: Callable[[], float]
    """Return a random number from 0 to 1."""

    @classmethod
    def of_system(cls, cancelled: threading.Event) -> Clock:
        """Return the system's clock. Setting the event `cancelled` ends its waits."""
        return cls(time.time, time.monotonic, cancelled.wait, random.random)

    def check_cancelled(self) -> None:
        self.pause(0)

    def pause(self, seconds: float) -> None:
        """Sleep. Raises: CancelledError as soon as the client is cancelled."""
        if self.wait(seconds):
            raise CancelledError


class ProgressReporter:
    """Shows the user the progress of slow lookups.

    If there is an `on_progress` callback, the caller updates a single line, so every message is
    shown. Otherwise messages are rate-limited.
    """

    def __init__(
        self, on_message: OnMessage, clock: Clock, on_progress: OnProgress | None = None
    ) -> None:
        self.on_progress = on_progress
        self._on_message = on_message
        self._clock = clock
        self._lock = threading.Lock()
        self._quiet_until_s = float("-inf")

    def show(self, text: str) -> None:
        now_s = self._clock.monotonic_s()
        with self._lock:
            if now_s < self._quiet_until_s:
                return
            self._quiet_until_s = now_s + (0 if self.on_progress else _QUIET_S)
        self._on_message(text)


class Deadline:
    """The time limit for a whole lookup, including all its requests and waits."""

    def __init__(self, clock: Clock, timeout_s: float, progress: ProgressReporter) -> None:
        self.clock = clock
        self.timeout_s = timeout_s
        self._progress = progress
        self.started_s = clock.monotonic_s()

    @property
    def elapsed_s(self) -> float:
        return self.clock.monotonic_s() - self.started_s

    @property
    def remaining_s(self) -> float:
        return max(0.0, self.timeout_s - self.elapsed_s)

    def part(self, seconds: float) -> Deadline:
        """Return a deadline `seconds` from now, but no later than this one."""
        return Deadline(self.clock, min(seconds, self.remaining_s), self._progress)

    def pause(self, seconds: float, reason: str) -> bool:
        """Sleep and return True. Return False immediately if the sleep would outlast the deadline.

        Args:
            reason: the progress message, shown if the lookup takes more than two seconds.
        """
        if seconds >= self.remaining_s:
            return False
        if self.elapsed_s + seconds > _LONG_S:
            self._progress.show(reason)
        self.clock.pause(seconds)
        return True

    def note(self, rows: int, total: int) -> None:
        """Report the rows received so far and the rows in total.

        Without an `on_progress` callback, only slow lookups report them.
        """
        if self._progress.on_progress:
            self._progress.on_progress(rows, total)
        elif self.elapsed_s > _LONG_S:
            self._progress.show(f"listing images: {rows} of {total}")
