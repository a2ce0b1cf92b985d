"""Build gRPC status messages that start with the function or resource and fit gRPC's limits.

A status message is sent as a header. gRPC may drop the status if the headers exceed 8 KiB, and
always drops it above 16 KiB. The message is percent-encoded, so a line break takes three bytes and
a Chinese character nine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, takewhile
from typing import Any, NamedTuple

import grpc

from pulumi_tcimages import errors
from pulumi_tcimages.formatting import LABEL

CODES = {
    errors.InvalidArgumentError: grpc.StatusCode.INVALID_ARGUMENT,
    errors.ConfigurationError: grpc.StatusCode.INVALID_ARGUMENT,
    errors.NoMatchError: grpc.StatusCode.NOT_FOUND,
    errors.AmbiguousMatchError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.AuthError: grpc.StatusCode.PERMISSION_DENIED,
    errors.ThrottledError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.CancelledError: grpc.StatusCode.CANCELLED,
}
"""The gRPC status code of each error class. All other classes use UNKNOWN."""

_HEAD_BYTES, _TAIL_BYTES = 3_600, 2_400
_LINE_BYTES = 1_200
_NEXT = f"{'Next':<{LABEL}}"
# Longer names are cut, because any local program could send one. Real names are shorter.
_NAME_LENGTH = 200


def name_subject(request: Any) -> str:
    """Return the function or resource of a request, such as `PlatformImagePin train`."""
    if token := getattr(request, "tok", ""):
        return shorten(str(token).rpartition(":")[2])
    urn = read_urn(getattr(request, "urn", ""))
    return f"{shorten(urn.token.rpartition(':')[2])} {shorten(urn.name)}".strip()


def shorten(name: str) -> str:
    """Cut a name that is too long for a message."""
    return name if len(name) <= _NAME_LENGTH else f"{name[:_NAME_LENGTH]}..."


class Urn(NamedTuple):
    """The parts of a resource's URN, which are "" if it is not a URN."""

    stack: str
    project: str
    token: str
    name: str


def read_urn(urn: str) -> Urn:
    """Split a URN such as `urn:pulumi:dev::images::tcimages:index:RayImagePin::train`."""
    start, project, types, name = [*urn.split("::", 3), "", "", ""][:4]
    stack = start.rpartition(":")[2] if "::" in urn else ""
    return Urn(stack, project, types.rpartition("$")[2], name)


def fit_status(text: str) -> str:
    """Shorten a message to gRPC's limit: cut long lines, then leave out lines in the middle.

    The query is at the beginning and the next steps are at the end, so both are kept. A command is
    never cut, because somebody could run a part of it.
    """
    if _size(text) <= _HEAD_BYTES + _TAIL_BYTES:
        return text
    lines = text.split("\n")
    steps = max((place for place, line in enumerate(lines) if line.startswith(_NEXT)), default=None)
    lines = [
        _cut(line) if steps is None or place < steps else _leave_out(line)
        for place, line in enumerate(lines)
    ]
    head = lines[: _room(lines, _HEAD_BYTES)]
    rest = lines[len(head) :]
    left_out = len(rest) - _room(rest[::-1], _TAIL_BYTES)
    middle = [f"         ... {left_out} more lines"] if left_out else []
    return "\n".join([*head, *middle, *rest[left_out:]])


def _room(lines: Sequence[str], limit: int) -> int:
    """Return the number of leading lines that fit into a number of bytes."""
    return _fitting((f"{line}\n" for line in lines), limit)


def _cut(line: str) -> str:
    return line if _size(line) <= _LINE_BYTES else f"{line[: _fitting(line, _LINE_BYTES)]}..."


def _leave_out(step: str) -> str:
    """Replace a long line of the next steps. It is a command, because sentences are wrapped."""
    if _size(step) <= _LINE_BYTES:
        return step
    text = step.removeprefix(_NEXT).lstrip()
    return f"{step[: -len(text)]}[a command of {len(text)} characters is too long to show]"


def _fitting(parts: Iterable[str], limit: int) -> int:
    """Return the number of leading strings that together fit into a number of bytes."""
    return sum(1 for _ in takewhile(limit.__ge__, accumulate(map(_size, parts))))


def _size(text: str) -> int:
    """Return the percent-encoded size of a string in bytes."""
    return sum(
        1 if 0x20 <= byte <= 0x7E and byte != ord("%") else 3
        for byte in text.encode(errors="replace")
    )
