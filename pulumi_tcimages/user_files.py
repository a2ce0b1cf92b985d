"""Inspect and read files at paths that may be mistaken or malicious.

A path may lead to a named pipe without a writer, to a device such as /dev/zero, or to a sparse file
of many GiB. So the size of each read and the wait for data are limited.

A path may also be too long, or lead through a folder that this user may not search. In such cases
the methods `exists`, `is_file` and `is_dir` of `Path` raise an error before Python 3.14, but the
functions here return False.
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
"""The time limit for a named pipe's writer to start. A shell may start it after this program."""
_NOT_REGULAR, _NEITHER = "not a regular file", "neither a file nor a pipe"
# Without O_NONBLOCK, opening a named pipe would wait for a writer. Windows never waits.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def path_exists(path: str | Path) -> bool:
    """Return whether a path exists, following symlinks; False if this user cannot see it."""
    return os.path.exists(path)  # noqa: PTH110 (never raises)


def is_file(path: str | Path) -> bool:
    """Return whether a path is a file, following symlinks; False if this user cannot see it."""
    return os.path.isfile(path)  # noqa: PTH113 (never raises)


def is_folder(path: str | Path) -> bool:
    """Return whether a path is a folder, following symlinks; False if this user cannot see it."""
    return os.path.isdir(path)  # noqa: PTH112 (never raises)


def find_broken_link(path: Path) -> Path | None:
    """Return the first symlink on a path that leads to nothing, or None.

    Folders that this user may not search are ignored.
    """
    for place in reversed((path, *path.parents)):
        try:
            place.stat()
        except FileNotFoundError:
            return place if os.path.islink(place) else None  # noqa: PTH114 (never raises)
        except OSError:
            return None
    return None


def is_same_path(first: str | Path, second: str | Path) -> bool:
    """Return whether two paths lead to the same place. Symlinks are followed."""
    try:
        return os.path.realpath(first) == os.path.realpath(second)
    except (OSError, ValueError):  # The current folder was deleted, or a path has a null character.
        return False


def find_project_file(folder: Path) -> Path | None:
    """Return the Pulumi project file in a folder or in the nearest folder above it, or None."""
    paths = (place / name for place in (folder, *folder.parents) for name in _PROJECT_FILES)
    return next(filter(is_file, paths), None)


def read_file(path: str | Path, most_bytes: int, *, may_be_pipe: bool = False) -> bytes:
    """Return the content of a regular file.

    Args:
        most_bytes: the size limit.
        may_be_pipe: whether to accept a pipe too, such as `<(pulumi stack export)`.

    Errors: OSError if the file cannot be read, exceeds the limit or is not a regular file.
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

    Errors: OSError if the file cannot be read or is not a regular file.
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

    Errors: OSError if the stream cannot be read or exceeds the limit.
    """
    data = bytearray(first)
    while chunk := stream.read(_MIB):
        data += chunk
        if len(data) > most_bytes:
            raise OSError(None, f"larger than {most_bytes // _MIB} MiB")
    # `read` returns None if another program made the stream non-blocking and no data has arrived.
    if chunk is None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return bytes(data)


@contextmanager
def _open(path: str | Path) -> Iterator[tuple[int, int]]:
    """Open a file, and yield its descriptor and mode.

    The mode is that of the open file, because another file may replace the path at any time.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except ValueError:  # The path contains a null character or an unpaired surrogate.
        raise OSError(errno.EINVAL, "not a valid path") from None
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        yield descriptor, mode
    finally:
        os.close(descriptor)


def _wait_for_writer(pipe: int) -> bytes:
    """Wait until a program writes to a pipe, and return the bytes read while waiting.

    Errors: OSError if no program opens the pipe.
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
