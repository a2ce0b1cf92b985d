"""Inspect and read files at paths that may be wrong or malicious.

A path may lead to a named pipe without a writer, a device such as /dev/zero, or a sparse file of
many GiB. So the number of bytes and the waiting time are limited.

A path may also be too long, or lead through a folder that this user cannot access. For such paths
the functions here return False, while `Path.exists`, `Path.is_file` and `Path.is_dir` raise errors
before Python 3.14.
"""

from __future__ import annotations

import errno
import os
import select
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
_MIB = 1024 * 1024
_WRITER_WAIT_S = 10.0
"""Time limit for opening a named pipe, because a shell may start the writer after this program."""
_NOT_REGULAR, _NEITHER = "not a regular file", "neither a file nor a pipe"
# O_NONBLOCK: do not wait for a writer when opening a named pipe. Windows never waits.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def path_exists(path: str | Path) -> bool:
    """Return whether a path exists, following symlinks. False if it cannot be accessed."""
    return os.path.exists(path)  # noqa: PTH110 (never raises)


def is_file(path: str | Path) -> bool:
    """Return whether a path is a file, following symlinks. False if it cannot be accessed."""
    return os.path.isfile(path)  # noqa: PTH113 (never raises)


def is_folder(path: str | Path) -> bool:
    """Return whether a path is a folder, following symlinks. False if it cannot be accessed."""
    return os.path.isdir(path)  # noqa: PTH112 (never raises)


def find_file_on_path(path: Path) -> Path | None:
    """Return the deepest of a path and its parents that exists but is not a folder, or None."""
    places = (path, *path.parents)
    return next((place for place in places if path_exists(place) and not is_folder(place)), None)


def find_broken_link(path: Path) -> Path | None:
    """Return the first broken symlink among a path and its parents, or None."""
    for place in reversed((path, *path.parents)):
        try:
            place.stat()
        except FileNotFoundError:
            return place if os.path.islink(place) else None  # noqa: PTH114 (never raises)
        except OSError:
            return None
    return None


def is_same_path(first: str | Path, second: str | Path) -> bool:
    """Return whether two paths are the same file or folder, following symlinks."""
    try:
        return os.path.realpath(first) == os.path.realpath(second)
    # Raised if the current folder was deleted or a path contains a null character.
    except (OSError, ValueError):
        return False


def find_project_file(folder: Path) -> Path | None:
    """Return the Pulumi project file in a folder or its nearest parent folder, or None."""
    paths = (place / name for place in (folder, *folder.parents) for name in _PROJECT_FILES)
    return next(filter(is_file, paths), None)


def read_file(path: str | Path, most_bytes: int, *, may_be_pipe: bool = False) -> bytes:
    """Return the content of a regular file.

    Args:
        may_be_pipe: whether to accept a pipe too, such as `<(pulumi stack export)`.

    Raises: OSError if the file cannot be read, exceeds the limit or is not a regular file.
    """
    with _open(path) as (descriptor, mode), open(descriptor, "rb", closefd=False) as file:
        is_pipe = stat.S_ISFIFO(mode)
        if not stat.S_ISREG(mode) and not (is_pipe and may_be_pipe):
            raise OSError(None, _NEITHER if may_be_pipe else _NOT_REGULAR)
        first = b""
        if is_pipe and os.name == "posix":
            first = _wait_for_writer(descriptor)
            os.set_blocking(descriptor, True)
        return read_stream(file, most_bytes, first)


def read_start(path: str | Path, most_bytes: int) -> bytes:
    """Return the first bytes of a regular file.

    Raises: OSError if the file cannot be read or is not a regular file.
    """
    with _open(path) as (descriptor, mode), open(descriptor, "rb", closefd=False) as file:
        if not stat.S_ISREG(mode):
            raise OSError(None, _NOT_REGULAR)
        return file.read(most_bytes)


def read_stream(stream: BinaryIO, most_bytes: int, first: bytes = b"") -> bytes:
    """Read a stream to its end.

    Args:
        first: bytes that the caller has already read. They are part of the result and count towards
            the limit.

    Raises: OSError if the stream cannot be read or exceeds the limit.
    """
    data = bytearray(first)
    while chunk := stream.read(_MIB):
        data += chunk
        if len(data) > most_bytes:
            raise OSError(None, f"larger than {most_bytes // _MIB} MiB")
    # `read` returns None if the stream is non-blocking and no data has arrived.
    if chunk is None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return bytes(data)


@contextmanager
def _open(path: str | Path) -> Iterator[tuple[int, int]]:
    """Open a file, and yield its descriptor and mode.

    The mode is read from the descriptor, because the file at the path may be replaced at any time.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except ValueError:  # Raised if the path contains a null character or an unpaired surrogate.
        raise OSError(errno.EINVAL, "not a valid path") from None
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        yield descriptor, mode
    finally:
        os.close(descriptor)


def _wait_for_writer(pipe: int) -> bytes:
    """Wait for a program to open a named pipe, and return the bytes read meanwhile.

    Raises: OSError if no program opens the pipe.
    """
    readable, _, _ = select.select([pipe], [], [], _WRITER_WAIT_S)
    first = b""
    if not readable:
        # A BlockingIOError means that a program has opened the pipe but not written to it yet.
        with suppress(BlockingIOError):
            first = os.read(pipe, 1)
            if not first:
                raise OSError(None, f"no program wrote to it within {_WRITER_WAIT_S:.0f} s")
    return first
