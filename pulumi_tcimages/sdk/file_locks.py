"""Lock an open file or folder.

The operating system releases the lock when the process ends, even if it is killed. So an unlocked
file is a leftover.
"""

from __future__ import annotations

try:
    import fcntl
except ImportError:  # Windows has no fcntl, but needs no lock: an open file cannot be removed.
    fcntl = None  # type: ignore[assignment]


def lock_file(descriptor: int) -> bool:
    """Try to lock a file without waiting. Return False if another process holds the lock."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # locked, or on a network disk without lock support
        return False
    return True
