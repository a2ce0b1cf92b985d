"""Lock an open file or folder.

The lock ends with its process, even a killed one. So an unlocked file was left behind.
"""

from __future__ import annotations

try:
    import fcntl
except ImportError:  # On Windows, an open file cannot be removed, so no lock is needed.
    fcntl = None  # type: ignore[assignment]


def lock_file(descriptor: int) -> bool:
    """Lock without waiting; return whether no other process holds the lock."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # locked, or a network disk without locks
        return False
    return True
