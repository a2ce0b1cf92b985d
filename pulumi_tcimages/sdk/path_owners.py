"""Find out who owns a file, and who could replace it: the owners of all folders on its path.

Windows has no such owners and modes, so every path is trusted there.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

_MAX_LINKS = 40
"""Links on one path. Linux has the same limit."""


def describe_owner(uid: int) -> str:
    """Return a user's name and number, for messages."""
    try:
        import pwd

        return f"{pwd.getpwuid(uid).pw_name} (uid {uid})"
    except (ImportError, KeyError):  # on Windows, or for a user without an account
        return f"uid {uid}"


def is_trusted(found: os.stat_result) -> bool:
    """Return whether something belongs to this user or to root, who may change anything."""
    return sys.platform == "win32" or found.st_uid in (os.geteuid(), 0)


def is_open_to_all(found: os.stat_result) -> bool:
    """Return whether every user may change a file, or replace the files of a folder."""
    if os.name == "nt" or stat.S_ISLNK(found.st_mode) or not found.st_mode & stat.S_IWOTH:
        return False
    is_sticky = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    return not is_sticky


def find_weak_point(path: Path, also_trusted: int = 0) -> str:
    """Return why another user could replace the file at an absolute path, or "".

    Checks each folder, link and file that the system passes on its way. Errors: OSError.

    Args:
        path: The path, which need not be free of links.
        also_trusted: The uid of a user who is trusted besides this one and root.
    """
    if os.name == "nt":
        return ""
    current, names, links = Path(path.anchor), [*reversed(path.parts[1:])], 0
    weak_point = _describe_weakness(current, current.lstat(), also_trusted)
    while names and not weak_point:
        name = names.pop()
        step = current.parent if name == ".." else current / name  # `current` has no link in it
        found = step.lstat()
        weak_point = _describe_weakness(step, found, also_trusted)
        if not stat.S_ISLNK(found.st_mode):
            current = step
            continue
        links += 1
        if links > _MAX_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        target = step.readlink()
        if target.is_absolute():
            current = Path(target.anchor)
        names += [name for name in reversed(target.parts) if name != target.anchor]
    return weak_point


def _describe_weakness(path: Path, found: os.stat_result, also_trusted: int) -> str:
    owner = describe_owner(found.st_uid)
    if not is_trusted(found) and found.st_uid != also_trusted:
        return f"{path} belongs to {owner}"
    if is_open_to_all(found):
        return f"{path} of {owner} can be written by every user of this machine"
    return ""
