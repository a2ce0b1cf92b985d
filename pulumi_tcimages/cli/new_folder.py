"""Create a folder with files, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from pulumi_tcimages.user_files import path_exists


def write_new_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Create a folder with files. If that fails, remove everything that was created.

    Missing parent folders are created too. Nothing that this function did not create is removed.

    Args:
        files: the content of each file, by name.

    Raises: OSError, for instance if the folder exists or the disk is full.
    """
    with ExitStack() as undo:
        for parent in reversed(folder.parents):
            if not path_exists(parent):
                with suppress(FileExistsError):  # Another process has just created it.
                    _make(parent, undo)
        _make(folder, undo)
        for name, content in files.items():
            with (folder / name).open("xb") as file:
                undo.callback(_discard, (folder / name).unlink)
                file.write(content)
        undo.pop_all()


def _make(folder: Path, undo: ExitStack) -> None:
    folder.mkdir()
    undo.callback(_discard, folder.rmdir)


def _discard(remove: Callable[[], None]) -> None:
    """Remove a file or folder, unless another program has removed it or added files to it."""
    with suppress(OSError):
        remove()
