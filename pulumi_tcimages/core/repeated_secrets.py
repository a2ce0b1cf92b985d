"""Leave out rows of a reply that contain our own secrets, so that no output shows them.

A server or proxy that copies a request header into its reply does that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pulumi_tcimages.core.api import Reply

_SHORTEST_WITHHELD = 16
"""Real keys have 32 characters or more. A shorter key, of an emulator, is part of many names by
chance.
"""


class WithheldRow:
    """Stands for a row that contains one of our secrets."""


def withhold_rows(reply: Reply, body: bytes, secrets: Iterable[str]) -> Reply:
    """Return the reply with a `WithheldRow` for each row that contains one of these secrets.

    Args:
        body: the bytes of the reply. Its rows are only looked at if these may hold a secret.
    """
    long = [secret for secret in secrets if len(secret) >= _SHORTEST_WITHHELD]
    is_escaped = b"\\u00" in body or b"\\/" in body  # JSON may escape any character of a key
    if not long or not (is_escaped or any(secret.encode() in body for secret in long)):
        return reply

    def repeats_secret(row: Any) -> bool:
        return any(secret in text for text in iterate_texts(row) for secret in long)

    fields = {
        name: [WithheldRow() if repeats_secret(row) else row for row in value]
        if isinstance(value, list)
        else value
        for name, value in reply.fields.items()
    }
    return reply._replace(fields=fields)


def iterate_texts(value: Any) -> Iterator[str]:
    """Yield every string of a JSON value, names of fields included."""
    pending = [value]
    while pending:  # not recursive: a row may be nested deeper than Python's recursion limit
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            pending += [*value, *value.values()]
        elif isinstance(value, list):
            pending += value
