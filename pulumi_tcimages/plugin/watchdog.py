"""Ends the plugin when its engine is gone, so that nothing of ours is left behind.

A killed engine sends no signal and closes no standard input (that is /dev/null). Two things can be
seen: another parent process, within half a second; and an engine address that no longer takes a
connection, which also tells when the plugin was started by something that outlives the engine.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable

_EVERY_S = 0.5
_MISSES = 3
"""So many refused connections in a row mean that the engine is gone; one can be an accident."""


def watch_engine(engine_address: str, parent_pid: int, over: Callable[[], None]) -> None:
    """Call `over` once, from a thread of its own, when the engine or the parent is gone."""
    threading.Thread(
        target=_watch, args=[engine_address, parent_pid, over], name="watch", daemon=True
    ).start()


def _watch(engine_address: str, parent_pid: int, over: Callable[[], None]) -> None:
    misses = 0
    pause = threading.Event()
    while misses < _MISSES and os.getppid() == parent_pid:
        pause.wait(_EVERY_S)
        misses = misses + 1 if engine_address and not _listens(engine_address) else 0
    over()


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_EVERY_S):
            return True
    except ConnectionRefusedError:
        return False
    except (OSError, ValueError):
        return True  # busy, or an address of a kind that we cannot try: not a sign of death
