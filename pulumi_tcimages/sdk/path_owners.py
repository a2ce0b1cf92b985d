"""Check the owners and modes of a file and of all folders on its path.

They determine whether another user could replace the file. Windows uses neither such owners nor
modes, so every path is trusted there.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from pathlib import Path

from pulumi_tcimages.advice import Command
from pulumi_tcimages.formatting import path_word
from pulumi_tcimages.user_files import is_folder

_MAX_LINKS = 40
"""The maximum number of symlinks to follow on a path, as on Linux."""


def describe_owner(uid: int) -> str:
    """Format a user's name and uid for messages."""
    try:
        import pwd

        return f"{pwd.getpwuid(uid).pw_name} (uid {uid})"
    except (ImportError, KeyError):  # Windows lacks `pwd`, and a uid may not belong to an account.
        return f"uid {uid}"


def is_trusted(status: os.stat_result) -> bool:
    """Return whether a file belongs to this user or to root, which can change any file anyway."""
    return sys.platform == "win32" or status.st_uid in (os.geteuid(), 0)


def is_open_to_all(status: os.stat_result) -> bool:
    """Return whether any user can write to a file or replace files in a folder."""
    if os.name == "nt" or stat.S_ISLNK(status.st_mode) or not status.st_mode & stat.S_IWOTH:
        return False
    is_sticky = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
    return not is_sticky


def advise_mode(path: Path, status: os.stat_result) -> Command:
    """Return the command that removes other users' write permission from a file or folder.

    If the owner is another user, the text before the command says to run it as root.
    """
    lead = "run:" if os.geteuid() in (status.st_uid, 0) else "as root, run:"
    return Command(f"chmod o-w {path_word(path)}", lead)


def describe_existing(folder: Path) -> str:
    """Describe the deepest existing folder on a path, and its owner unless it is this user.

    A folder counts as missing if this user may not search the folder above it.
    """
    resolved = Path(os.path.realpath(folder))  # A symlink may lead to a folder of another user.
    existing = next(filter(is_folder, (resolved, *resolved.parents)), folder)
    with contextlib.suppress(OSError):
        owner = existing.stat().st_uid
        if sys.platform != "win32" and owner != os.geteuid():
            return f"{existing}, which belongs to {describe_owner(owner)},"
    return str(existing)


def describe_weak_point(path: Path, also_trusted: int = 0) -> str:
    """Return why another user could replace the file at a path, or "" if nobody else can.

    Every folder, symlink and file along the resolved path is checked.

    Args:
        also_trusted: the uid of a user to trust besides this user and root.

    Raises: OSError.
    """
    if os.name == "nt":
        return ""
    current, names, links = Path(path.anchor), [*reversed(path.parts[1:])], 0
    weak_point = _describe_weakness(current, current.lstat(), also_trusted)
    while names and not weak_point:
        name = names.pop()
        # `current` contains no symlinks, so its parent is the folder that `..` means.
        step = current.parent if name == ".." else current / name
        status = step.lstat()
        weak_point = _describe_weakness(step, status, also_trusted)
        if not stat.S_ISLNK(status.st_mode):
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


def _describe_weakness(path: Path, status: os.stat_result, also_trusted: int) -> str:
    owner = describe_owner(status.st_uid)
    if not is_trusted(status) and status.st_uid != also_trusted:
        return f"{path} belongs to {owner}"
    if is_open_to_all(status):
        return f"{path} of {owner} can be written by every user of this machine"
    return ""
