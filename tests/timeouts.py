"""Limits of waiting that only a hang reaches, so that no test counts on a fast machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PATIENCE_S = 60.0
"""Longer than anything that is sure to happen takes on a busy machine."""


def wait_until(is_true: Callable[[], object], limit_s: float = PATIENCE_S) -> bool:
    """Return whether something came true in time."""
    until_s = time.monotonic() + limit_s
    while not is_true():
        if time.monotonic() > until_s:
            return False
        time.sleep(0.01)
    return True


def finishes(action: Callable[[], object]) -> bool:
    """Run something on a thread of its own; return whether it finished or hangs."""
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    return not thread.is_alive()
