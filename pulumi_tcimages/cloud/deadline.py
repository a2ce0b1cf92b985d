"""Time: the one deadline of a lookup, waits that can be broken off, and who is told of them.

Rules: clock, waiting and chance are handed in, so a test never waits for real.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from pulumi_tcimages.errors import CancelledError

OnMessage = Callable[[str], None]
OnProgress = Callable[[int, int], None]
"""Shows that so many rows of so many have come."""

_LONG_S = 2.0
_QUIET_S = 10.0


class Clock(NamedTuple):
    """Everything about time and chance that the cloud client needs."""

    unix_s: Callable[[], float]
    monotonic_s: Callable[[], float]
    wait: Callable[[float], bool]
    """Waits so many seconds; returns True, and at once, when the client is cancelled."""
    random: Callable[[], float]
    """A random number from 0 to 1."""

    def check_cancelled(self) -> None:
        self.pause(0)

    def pause(self, seconds: float) -> None:
        """Waits; CancelledError as soon as the client is cancelled."""
        if self.wait(seconds):
            raise CancelledError


class ProgressReporter:
    """Tells the user what takes long, but not the same for each of three hundred lookups.

    Where it can draw, what it tells takes the place of what it told before: nothing is kept quiet.
    """

    def __init__(self, tell: OnMessage, clock: Clock, draw: OnProgress | None = None) -> None:
        self.draw = draw
        self._tell = tell
        self._clock = clock
        self._lock = threading.Lock()
        self._quiet_until_s = float("-inf")

    def say(self, text: str) -> None:
        now_s = self._clock.monotonic_s()
        with self._lock:
            if now_s < self._quiet_until_s:
                return
            self._quiet_until_s = now_s + (0 if self.draw else _QUIET_S)
        self._tell(text)


class Deadline:
    """The time that one lookup may take with everything in it."""

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
        """So much of the time that is left, for something that must not take all of it."""
        return Deadline(self.clock, min(seconds, self.remaining_s), self._progress)

    def pause(self, seconds: float, reason: str) -> bool:
        """Waits if there is time for it, else returns False at once.

        Args:
            reason: what the user is told when the lookup has taken more than two seconds.
        """
        if seconds >= self.remaining_s:
            return False
        if self.elapsed_s + seconds > _LONG_S:
            self._progress.say(reason)
        self.clock.pause(seconds)
        return True

    def note(self, rows: int, total: int) -> None:
        """Draws how far a lookup has come; where nothing is drawn, tells it of a long one."""
        if self._progress.draw:
            self._progress.draw(rows, total)
        elif self.elapsed_s > _LONG_S:
            self._progress.say(f"listing images: {rows} of {total}")
