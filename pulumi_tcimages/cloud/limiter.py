"""Never more than so many requests in any second, as the server counts them.

The server counts arrivals, and an arrival is somewhere between our sending and its reply. So a turn
is held from before the sending until a second after the reply: with N turns, two requests on the
same turn arrive more than a second apart, and N+1 arrivals within a second are impossible, however
the network delays them.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from pulumi_tcimages.cloud.deadline import Budget
from pulumi_tcimages.layout import count_of

_PERIOD_S = 1.0
_LOOK_UP_S = 0.25
"""How often a wait for somebody else's turn looks whether it was cancelled."""


class OutOfTurnsError(Exception):
    """The deadline comes before the next turn."""


class Limiter:
    """Hands out turns, so many a second in each lane."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._lanes: dict[Hashable, queue.SimpleQueue[float]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, lane_key: Hashable, budget: Budget) -> Iterator[None]:
        """A turn for one request, waiting for it if need be.

        Errors: OutOfTurnsError, CancelledError.
        """
        lane = self._lane(lane_key)
        free_at_s = self._take(lane, budget)
        try:
            wait_s = free_at_s - budget.clock.monotonic_s()
            if wait_s > 0 and not budget.pause(wait_s, self._reason()):
                raise OutOfTurnsError
        except BaseException:
            lane.put(free_at_s)
            raise
        try:
            yield
        finally:
            lane.put(budget.clock.monotonic_s() + _PERIOD_S)

    def _take(self, lane: queue.SimpleQueue[float], budget: Budget) -> float:
        while budget.remaining_s > 0:
            try:
                return lane.get(timeout=min(_LOOK_UP_S, budget.remaining_s))
            except queue.Empty:
                budget.pause(0, self._reason())
        raise OutOfTurnsError

    def _lane(self, key: Hashable) -> queue.SimpleQueue[float]:
        with self._lock:
            if key not in self._lanes:
                self._lanes[key] = queue.SimpleQueue()
                for _ in range(self.per_second):
                    self._lanes[key].put(float("-inf"))
            return self._lanes[key]

    def _reason(self) -> str:
        return f"waiting for a turn: at most {count_of(self.per_second, 'request')} a second"
