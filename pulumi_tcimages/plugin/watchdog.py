"""Detect that the engine has exited, so that the plugin exits too.

A killed engine sends no signal, and the plugin's stdin is /dev/null. There are two signs of its
end: this process gets another parent, or the engine's address refuses connections. The second sign
also works if the process that started the plugin outlives the engine.
"""

from __future__ import annotations

import os
import socket
import time

_INTERVAL_S = 0.5
_MAX_REFUSALS = 3
"""After this number of refused connections in a row, the engine counts as ended.

A single refusal may have another cause.
"""


def watch_engine(engine_address: str, parent_pid: int) -> None:
    """Return when the engine or the parent process has ended."""
    refusals = 0
    while refusals < _MAX_REFUSALS and os.getppid() == parent_pid:
        time.sleep(_INTERVAL_S)
        if engine_address:
            is_refused = _is_refused(engine_address)
            refusals = refusals + 1 if is_refused else 0


def _is_refused(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_INTERVAL_S).close()
    except ConnectionRefusedError:
        return True
    except (OSError, ValueError):
        pass  # Only a refused connection counts: a busy or unreachable address proves nothing.
    return False
