"""Timeouts that only a hang exceeds, so that tests pass on slow machines."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PATIENCE_S = 60.0
"""Longer than any expected event takes on a busy machine."""


def wait_until(is_true: Callable[[], object], limit_s: float = PATIENCE_S) -> bool:
    """Wait for a condition, and return whether it became true in time."""
    deadline_s = time.monotonic() + limit_s
    while not is_true():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.01)
    return True


def finishes_in_time(action: Callable[[], object]) -> bool:
    """Run a function in a new thread, and return whether it finished in time."""
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    return not thread.is_alive()
