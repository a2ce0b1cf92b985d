"""Lock an open file or folder.

The operating system releases the lock when the process ends, even if it is killed. So a file that
is not locked is not in use.
"""

from __future__ import annotations

try:
    import fcntl
# Windows lacks `fcntl`. A lock is not needed there, because an open file cannot be removed.
except ImportError:
    fcntl = None  # type: ignore[assignment]


def lock_file(descriptor: int) -> bool:
    """Try to lock a file without waiting. Return False if another process holds the lock."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    # `flock` fails if the file is locked, or if a network disk does not support locks.
    except OSError:
        return False
    return True
