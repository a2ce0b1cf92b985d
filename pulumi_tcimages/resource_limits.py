"""Recognize errors that occur because memory, files, threads or disk space are used up.

Nothing is imported on use here, because an import may fail at the limit of open files.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from typing import NamedTuple


class ResourceLimit(NamedTuple):
    """A limit of the system that was reached."""

    problem: str
    fix: str

    @property
    def message(self) -> str:
        """The message for an error that is not about a setting or a request."""
        return f"{self.problem}\nNext     {self.fix}"


MEMORY = ResourceLimit(
    "there is not enough memory.", "allow this process more memory, or run less beside it."
)
THREADS = ResourceLimit(
    "this process cannot start another thread.",
    "raise its limit of threads (ulimit -u), or run fewer lookups at once.",
)
FILES = ResourceLimit(
    "this process has too many open files.",
    "raise its limit of open files (ulimit -n), or run fewer lookups at once.",
)
FILES_OF_MACHINE = ResourceLimit(
    "this machine has too many open files.",
    "close other programs, or raise the machine's limit (sysctl fs.file-max).",
)
DISK = ResourceLimit("the disk is full.", "free space on the disk, then try again.")
_BY_NUMBER = {
    errno.ENOMEM: MEMORY,
    errno.EMFILE: FILES,
    errno.ENFILE: FILES_OF_MACHINE,
    errno.ENOSPC: DISK,
    errno.EDQUOT: DISK,
}


def find_limit(error: BaseException) -> ResourceLimit | None:
    """Return the limit that caused an error, or None."""
    causes = list(_list_causes(error))
    for cause in causes:
        if isinstance(cause, MemoryError):
            return MEMORY
        if isinstance(cause, OSError) and cause.errno in _BY_NUMBER:
            return _BY_NUMBER[cause.errno]
    # A compiled module that cannot be opened raises an ImportError without a number.
    return find_file_limit() if any(isinstance(cause, ImportError) for cause in causes) else None


def find_file_limit() -> ResourceLimit | None:
    """Return the limit of open files if it is reached now, or None."""
    try:
        io.FileIO(os.devnull).close()
    except OSError as error:
        return _BY_NUMBER.get(error.errno or 0)
    return None


def _list_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those that led to it, the latest first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__
