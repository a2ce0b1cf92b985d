"""Read and write the folder in Pulumi's home that contains the launcher.

Pulumi executes the files in the folder, and several users may share a Pulumi home. So folders are
created with access for this user only, and their owner and mode are checked after opening. Symlinks
inside the plugins folder are not followed. Only regular files are read, up to a size limit. A file
is written under a temporary name and then renamed, so that several programs can write it at once.

Windows uses neither such owners nor modes, and cannot open a folder. There, files are opened by
their paths.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.formatting import path_word
from pulumi_tcimages.sdk.file_locks import lock_file
from pulumi_tcimages.sdk.path_owners import (
    advise_mode,
    describe_owner,
    is_open_to_all,
    is_trusted,
)
from pulumi_tcimages.user_files import is_folder

Kind = Literal["absent", "file", "unreadable", "link", "folder", "special"]

_DRAFT = ".launcher-"
_LIMIT = 64 * 1024
"""The maximum number of bytes to read from a file. Launchers are smaller."""
_FLAGS = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # Do not wait for the other end of a named pipe.
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_HAS_DESCRIPTORS = os.open in os.supports_dir_fd
OWN_HOME = Command(
    'export PULUMI_HOME="$HOME/.pulumi-own"', "To use a folder of your own instead, run:"
)
"""The advice for a Pulumi home that another user can change."""


class UnsafeFolderError(Exception):
    """A folder that another user can change, or that Pulumi cannot use."""

    def __init__(self, problem: str, fix: Advice) -> None:
        super().__init__(problem)
        self.problem = problem
        """Why the folder is unsafe, as a sentence with the owner of the folder or symlink."""
        self.fix = fix


@dataclass(frozen=True)
class Entry:
    """A directory entry, such as a file, a folder or a symlink."""

    kind: Kind
    content: bytes = b""
    """The beginning of the file, up to the size limit."""
    is_executable: bool = False
    owner: str = ""
    is_trusted: bool = True
    """Whether the entry belongs to this user or to root."""
    is_open_to_all: bool = False
    """Whether any user can write to the entry."""


class PluginFolder:
    """The open folder of one version of the plugin. Its methods may raise an OSError."""

    def __init__(self, path: Path, descriptor: int | None) -> None:
        self.path = path
        lock, partial = read_entry(f"{path}.lock"), read_entry(f"{path}.partial")
        self.was_installed = lock.kind != "absent" and lock.is_trusted
        """Whether a lock file shows that Pulumi installed a plugin here, for this user or root."""
        self.partial_kind = partial.kind
        """The kind of Pulumi's `.partial` file, or "absent".

        It marks an unfinished installation. While it exists, the engine ignores the folder.
        """
        self.installing_stranger = "" if partial.is_trusted else partial.owner
        """The owner of the `.partial` file if it is another user, otherwise ""."""
        self._descriptor = descriptor

    def read(self, name: str) -> Entry:
        """Read a directory entry without following symlinks or waiting for a named pipe."""
        return read_entry(self._at(name), self._descriptor)

    def write(self, name: str, content: bytes) -> None:
        """Write an executable file or replace it atomically.

        Raises: FileNotFoundError if another process has removed the temporary file or the folder.
        In this case, the caller must try again.
        """
        draft = _DRAFT + os.urandom(8).hex()
        try:
            self._write_draft(draft, content, name)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(self._at(draft), dir_fd=self._descriptor)
            raise

    def _write_draft(self, draft: str, content: bytes, name: str) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS
        descriptor = os.open(self._at(draft), flags, 0o700, dir_fd=self._descriptor)
        with os.fdopen(descriptor, "wb") as file:
            lock_file(descriptor)
            file.write(content)
            file.flush()
            if hasattr(os, "fchmod"):
                os.fchmod(descriptor, 0o755)
            if _HAS_DESCRIPTORS:  # Rename before unlocking, because `sweep` removes unlocked files.
                self._rename(draft, name)
        if not _HAS_DESCRIPTORS:  # Windows cannot rename an open file, so rename after closing.
            self._rename(draft, name)

    def _rename(self, draft: str, name: str) -> None:
        folder = self._descriptor
        os.replace(self._at(draft), self._at(name), src_dir_fd=folder, dst_dir_fd=folder)

    def remove(self, name: str) -> None:
        """Remove a file, then the folder if it is empty."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._at(name), dir_fd=self._descriptor)
        self.remove_if_empty()

    def remove_if_empty(self) -> None:
        """Remove the folder if it is empty. Pulumi would mistake an empty folder for a plugin."""
        try:
            self.path.rmdir()
        # This fails if another process writes a file there or has removed the folder.
        except OSError as refused:
            if refused.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                raise
        else:
            # Remove the file in which Pulumi records the plugin's last use.
            with contextlib.suppress(OSError):
                Path(f"{self.path}.lastused").unlink()

    def names(self) -> list[str]:
        """Return the names of all entries in the folder."""
        try:
            return os.listdir(self.path if self._descriptor is None else self._descriptor)  # noqa: PTH208
        except FileNotFoundError:  # Another process has just removed the folder.
            return []

    def sweep(self) -> None:
        """Remove temporary files of killed processes. Those of running processes are locked."""
        for name in self.names():
            if name.startswith(_DRAFT):
                with contextlib.suppress(OSError):
                    self._remove_draft(name)

    def _remove_draft(self, name: str) -> None:
        try:
            descriptor = os.open(self._at(name), os.O_RDWR | _FLAGS, dir_fd=self._descriptor)
        except OSError as refused:
            if refused.errno != errno.ELOOP:
                raise
        else:
            with os.fdopen(descriptor):
                if not lock_file(descriptor):
                    return
        os.unlink(self._at(name), dir_fd=self._descriptor)

    def _at(self, name: str) -> str:
        """Return an entry's path for functions of `os`.

        If the folder's descriptor is open, it is passed to these functions too, and the path is
        relative to the folder.
        """
        return str(self.path / name) if self._descriptor is None else name


@contextmanager
def open_folder(plugins: Path, name: str, create: bool = False) -> Iterator[PluginFolder | None]:
    """Open a version's folder inside the plugins folder, or yield None if it is missing.

    Raises: OSError; UnsafeFolderError if another user can change the folder.
    """
    with contextlib.ExitStack() as opened:
        try:  # Check each folder before creating anything in it.
            if create:
                _make_private(plugins.parent)
            _check_owner(plugins.parent, plugins.parent.lstat())
            _check(plugins.parent, plugins.parent.stat())
            outer = _open_checked(opened, plugins, None, create)
            inner = _open_checked(opened, plugins / name, outer, create)
        except FileNotFoundError:
            # With `create`, missing folders are created, so a broken symlink caused the error.
            if create:
                raise
            yield None
            return
        yield PluginFolder(plugins / name, inner)


def read_entry(path: str, folder: int | None = None) -> Entry:
    """Read the directory entry at a path.

    Args:
        folder: the descriptor of the open folder to which the path is relative.

    Raises: OSError.
    """
    try:
        status = os.stat(path, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return Entry("absent")
    owner, is_ours = describe_owner(status.st_uid), is_trusted(status)
    if not stat.S_ISREG(status.st_mode):
        is_folder, is_link = stat.S_ISDIR(status.st_mode), stat.S_ISLNK(status.st_mode)
        kind: Kind = "folder" if is_folder else "link" if is_link else "special"
        return Entry(kind, owner=owner, is_trusted=is_ours)
    is_executable, is_open = os.access(path, os.X_OK, dir_fd=folder), is_open_to_all(status)
    try:
        content = _read_start(path, folder)
    except FileNotFoundError:  # Another process has just removed the file.
        return Entry("absent")
    except PermissionError:
        return Entry("unreadable", b"", is_executable, owner, is_ours, is_open)
    return Entry("file", content, is_executable, owner, is_ours, is_open)


def _read_start(path: str, folder: int | None) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | _FLAGS, dir_fd=folder)
    with os.fdopen(descriptor, "rb") as file:
        # Check the type of the open file: another user may have put a named pipe in its place.
        return file.read(_LIMIT) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""


def _make_private(folder: Path) -> None:
    """Create a folder and its parents if they are missing, with access for this user only."""
    if is_folder(folder):
        return
    _make_private(folder.parent)
    # Accept a folder that another process has just created.
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)


def _open_checked(
    opened: contextlib.ExitStack, path: Path, outer: int | None, create: bool
) -> int | None:
    """Open a folder, check its owner and mode, and return its descriptor, or None on Windows.

    Args:
        outer: the descriptor of the parent folder, if it is open.
    """
    if create:
        _make_private(path)
    at = path.name if outer is not None else str(path)
    status = path.lstat()
    # Check the owner before opening, because opening another user's folder may fail.
    _check_owner(path, status)
    if stat.S_ISLNK(status.st_mode) and outer is not None:
        raise UnsafeFolderError(
            f"{path} is a link of {describe_owner(status.st_uid)}, and Pulumi finds no "
            "plugin through a link.",
            Advice(Command(f"rm {path_word(path)}", "to remove the link, run:")),
        )
    if not _HAS_DESCRIPTORS:
        if not is_folder(path):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        return None
    no_link = os.O_NOFOLLOW if outer is not None else 0
    descriptor = os.open(at, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | no_link, dir_fd=outer)
    opened.callback(os.close, descriptor)
    _check(path, os.fstat(descriptor))
    return descriptor


def _check(folder: Path, status: os.stat_result) -> None:
    _check_owner(folder, status)
    if is_open_to_all(status):
        raise UnsafeFolderError(
            f"{folder} of {describe_owner(status.st_uid)} can be written by every user of this "
            "machine, who could replace the plugin.",
            Advice(advise_mode(folder, status), OWN_HOME),
        )


def _check_owner(path: Path, status: os.stat_result) -> None:
    if not is_trusted(status):
        raise UnsafeFolderError(
            f"{path} belongs to {describe_owner(status.st_uid)}, who could replace the plugin.",
            Advice("have it removed by its owner or by root.", OWN_HOME),
        )
