"""What a status says: what it is about, no secret, and no more than gRPC carries.

A status's text is a header. Above 8 KiB of headers gRPC drops the whole status at random, above
16 KiB always. The text is in them percent-encoded: a line break takes three bytes, a Chinese
character nine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, takewhile
from typing import Any

from google.protobuf import struct_pb2

from pulumi_tcimages.errors import AmbiguousMatchError, NoMatchError, TcImagesError
from pulumi_tcimages.layout import count_of, strike_out
from pulumi_tcimages.plugin.pin_state import ANSWERS
from pulumi_tcimages.plugin.values import read_struct, secret_texts

_HEAD_BYTES, _TAIL_BYTES = 3_600, 2_400
_LINE_BYTES = 1_200


def name_subject(request: Any) -> str:
    """What a request is about, as users know it: `getPlatformImage`, `PlatformImagePin train`."""
    if token := getattr(request, "tok", ""):
        return str(token).rpartition(":")[2]
    token, name = read_urn(getattr(request, "urn", ""))
    return f"{token.rpartition(':')[2]} {name}".strip()


def read_urn(urn: str) -> tuple[str, str]:
    """A resource's token, without its parents', and its name; empty texts where it is no URN."""
    _, _, in_project = urn.partition("::")
    types, _, name = in_project.partition("::")[2].partition("::")
    return types.rpartition("$")[2], name


def secrets_in(request: Any) -> list[str]:
    """Every text that the program gave as a secret.

    What a pin answers is none of them: an error does not tell what is pinned, and would be
    unreadable without the words of an image (a version, what it is for).
    """
    fields = ("args", "properties", "news", "inputs")
    structs = (getattr(request, field, None) for field in fields)
    return [
        text
        for struct in structs
        if isinstance(struct, struct_pb2.Struct)
        for name, value in read_struct(struct).items()
        if name not in ANSWERS
        for text in secret_texts(value)
    ]


def tell(error: TcImagesError, request: Any, configured: Sequence[str], subject: str = "") -> str:
    """The text of an error, without what the configuration or the request marks as secret."""
    secrets = secrets_in(request)
    told = _keep_back(error) if secrets else error
    return strike_out(told.text(subject), [*configured, *secrets])


def _keep_back(error: TcImagesError) -> TcImagesError:
    """The error without images: those that a secret criterion leaves, or nearly, tell of it."""
    if isinstance(error, NoMatchError):
        return replace(error, nearest=(), hints=())
    if isinstance(error, AmbiguousMatchError):
        reason = f"{count_of(error.matched, 'image')} match, and which is secret, as an input is."
        return replace(error, reason=reason, candidates=(), differ=(), hints=())
    return error


def fit_status(text: str) -> str:
    """The text, cut where gRPC would drop it: first in its lines, then between them.

    What was asked is at its beginning and what to do at its end: lines of the middle go.
    """
    if _size(text) <= _HEAD_BYTES + _TAIL_BYTES:
        return text
    lines = [_cut(line) for line in text.split("\n")]
    head = lines[: _room(lines, _HEAD_BYTES)]
    rest = lines[len(head) :]
    left_out = len(rest) - _room(rest[::-1], _TAIL_BYTES)
    middle = [f"         ... {left_out} more lines"] if left_out else []
    return "\n".join([*head, *middle, *rest[left_out:]])


def _room(lines: Sequence[str], limit: int) -> int:
    """For how many of the lines there is room, with their breaks."""
    return _fitting((f"{line}\n" for line in lines), limit)


def _cut(line: str) -> str:
    return line if _size(line) <= _LINE_BYTES else f"{line[: _fitting(line, _LINE_BYTES)]}..."


def _fitting(parts: Iterable[str], limit: int) -> int:
    """How many of the parts fit, one after the other."""
    return sum(1 for _ in takewhile(limit.__ge__, accumulate(map(_size, parts))))


def _size(text: str) -> int:
    """How many bytes the text takes in a header."""
    return sum(
        1 if 0x20 <= byte <= 0x7E and byte != ord("%") else 3
        for byte in text.encode(errors="replace")
    )
