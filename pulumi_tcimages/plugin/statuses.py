"""A status as gRPC carries it: its text is a header, and headers have a limit.

Above 8 KiB of headers gRPC drops the whole status at random, above 16 KiB always. The text is in
them percent-encoded: a line break takes three bytes, a Chinese character nine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate, takewhile

_HEAD_BYTES, _TAIL_BYTES = 3_600, 2_400
_LINE_BYTES = 1_200


def fit_status(text: str) -> str:
    """The text, cut where gRPC would drop it: first in its lines, then between them.

    What was asked is at its beginning and what to do at its end: lines of the middle go.
    """
    if _size(text) <= _HEAD_BYTES + _TAIL_BYTES:
        return text
    lines = [_cut(line) for line in text.split("\n")]
    head = list(_within(lines, _HEAD_BYTES))
    rest = lines[len(head) :]
    tail = [*_within(reversed(rest), _TAIL_BYTES)][::-1]
    left_out = len(rest) - len(tail)
    middle = [f"         ... {left_out} more lines"] if left_out else []
    return "\n".join([*head, *middle, *tail])


def _within(lines: Iterable[str], limit: int) -> Iterator[str]:
    """As many of the lines as have room."""
    lines = list(lines)
    sizes = accumulate(_size(line) + _size("\n") for line in lines)
    fitting = sum(1 for _ in takewhile(lambda size: size <= limit, sizes))
    yield from lines[:fitting]


def _cut(line: str) -> str:
    if _size(line) <= _LINE_BYTES:
        return line
    sizes = accumulate(map(_size, line))
    return line[: sum(1 for _ in takewhile(lambda size: size <= _LINE_BYTES, sizes))] + "..."


def _size(text: str) -> int:
    """How many bytes the text takes in a header."""
    return sum(
        1 if 0x20 <= byte <= 0x7E and byte != ord("%") else 3
        for byte in text.encode(errors="replace")
    )
