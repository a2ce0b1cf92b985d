"""Lookup deadlines, cancellable waits and progress messages.

Time, sleep and random numbers are passed in, so that tests never wait.
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
"""Delay in seconds before a lookup shows its progress."""
_QUIET_S = 10.0
"""Minimum time in seconds between two messages from a client, even if it runs many lookups."""


class Clock(NamedTuple):
    """The source of time and random numbers for the cloud client."""

    unix_s: Callable[[], float]
    monotonic_s: Callable[[], float]
    wait: Callable[[float], bool]
    """Sleep for a number of seconds and return False. If the client is cancelled, return True
    immediately.
    """
    random: Callable[[], float]
    """A random number from 0 to 1."""

    @classmethod
    def of_system(cls, cancelled: threading.Event) -> Clock:
        """Return this machine's clock. Its waits end as soon as the event is set."""
        return cls(time.time, time.monotonic, cancelled.wait, random.random)

    def check_cancelled(self) -> None:
        self.pause(0)

    def pause(self, seconds: float) -> None:
        """Sleep. Errors: CancelledError as soon as the client is cancelled."""
        if self.wait(seconds):
            raise CancelledError


class ProgressReporter:
    """Shows the user the progress of slow lookups.

    A caller that passes `on_progress` shows a single line that it updates, so it receives every
    message. For other callers, messages are rate-limited.
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
            reason: the text to show to the user if the lookup takes more than two seconds.
        """
        if seconds >= self.remaining_s:
            return False
        if self.elapsed_s + seconds > _LONG_S:
            self._progress.show(reason)
        self.clock.pause(seconds)
        return True

    def note(self, rows: int, total: int) -> None:
        """Report the number of rows received so far.

        If there is no `on_progress` callback, only slow lookups report it.
        """
        if self._progress.on_progress:
            self._progress.on_progress(rows, total)
        elif self.elapsed_s > _LONG_S:
            self._progress.show(f"listing images: {rows} of {total}")
