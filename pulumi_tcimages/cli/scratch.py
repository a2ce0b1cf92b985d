"""The temporary folder of `tcimages demo`, which is removed at the end.

If the demo is killed, the next demo removes the folder. Each demo locks its folder, and the
operating system releases the lock when the process ends. A folder without the marker file may be
the user's own, so it is never removed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pulumi_tcimages.cli import signals
from pulumi_tcimages.sdk.file_locks import lock_file

_PREFIX = "tcimages-demo-"
_NAME = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}")
"""Matches the folder names that `tempfile` creates."""
_MARKER = ".tcimages-demo-temporary"
"""The name of the file that marks the demo's folders.

On Windows the file stays open while the folder is in use, so that it cannot be removed.
"""


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Context manager for a temporary folder. It also removes the folders of killed demos.

    Raises: OSError.
    """
    _sweep(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        descriptor = _open(folder)
        try:
            lock_file(descriptor)
            # Create the marker after locking, because other demos remove marked folders that are
            # not locked.
            (folder / _MARKER).touch()
            yield folder
        finally:
            os.close(descriptor)
    finally:
        with signals.delayed():
            _remove(folder)


def _sweep(parent: Path) -> None:
    for folder in parent.glob(f"{_PREFIX}*"):
        if _NAME.fullmatch(folder.name):
            with contextlib.suppress(OSError):
                _remove_abandoned(folder)


def _remove_abandoned(folder: Path) -> None:
    """Remove a folder if it belongs to this user, contains the marker and is not locked."""
    if sys.platform == "win32":
        (folder / _MARKER).unlink()
        _remove(folder)
        return
    descriptor = _open(folder)
    try:
        marker = os.stat(_MARKER, dir_fd=descriptor, follow_symlinks=False)
        is_ours = {os.fstat(descriptor).st_uid, marker.st_uid} == {os.geteuid()}
        if is_ours and stat.S_ISREG(marker.st_mode) and lock_file(descriptor):
            _remove(folder)
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    """Remove a folder and, last, its marker. If this is killed, the next demo removes the rest."""
    for path in set(folder.glob("*")) - {folder / _MARKER}:
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):  # A folder is removed already.
            path.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _open(folder: Path) -> int:
    """Open the file to lock, which is the folder itself or, on Windows, the marker in it."""
    if sys.platform == "win32":
        return os.open(folder / _MARKER, os.O_RDWR | os.O_CREAT)
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
