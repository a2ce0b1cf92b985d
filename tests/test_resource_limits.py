"""Which errors mean that memory, files or disk space are used up."""

from __future__ import annotations

import errno

import pytest

from pulumi_tcimages.resource_limits import (
    DISK,
    FILES,
    FILES_OF_MACHINE,
    MEMORY,
    ResourceLimit,
    find_limit,
)


def caused_by(cause: Exception) -> Exception:
    """Return an exception that was raised because of another one."""
    error = ValueError("no value")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "limit"),
    [
        (MemoryError(), MEMORY),
        (OSError(errno.ENOMEM, "x"), MEMORY),
        (OSError(errno.EMFILE, "x"), FILES),
        (OSError(errno.ENFILE, "x"), FILES_OF_MACHINE),
        (OSError(errno.ENOSPC, "x"), DISK),
        (OSError(errno.EDQUOT, "x"), DISK),
        (caused_by(OSError(errno.EMFILE, "x")), FILES),
        (OSError(errno.EACCES, "x"), None),
        (OSError("x"), None),
        (ImportError("x"), None),
        (caused_by(KeyError("x")), None),
    ],
    ids=repr,
)
def test_limit_is_found_by_the_type_and_number_of_an_error(
    error: Exception, limit: ResourceLimit | None
) -> None:
    assert find_limit(error) == limit


def test_causes_that_form_a_circle_end() -> None:
    error = caused_by(KeyError("x"))
    assert error.__cause__ is not None
    error.__cause__.__cause__ = error

    assert find_limit(error) is None


def test_message_has_a_next_line() -> None:
    assert FILES.message == (
        "this process has too many open files.\n"
        "Next     raise its limit of open files (ulimit -n), or run fewer lookups at once."
    )
