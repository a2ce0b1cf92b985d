"""Withhold response rows that contain our own secrets, so that no output shows them.

This happens if a server or proxy copies a request header into its response.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pulumi_tcimages.core.api import Reply

_SHORTEST_WITHHELD = 16
"""Minimum length of a secret to search for. Real keys have 32 characters or more. The short key of
an emulator could occur in an image's name by chance.
"""


class WithheldRow:
    """Replaces a row that contains one of our secrets."""


def withhold_rows(reply: Reply, body: bytes, secrets: Iterable[str]) -> Reply:
    """Replace each row of a response that contains one of these secrets with a `WithheldRow`.

    Args:
        body: the raw response. Rows are checked only if it may contain one of the secrets.
    """
    long = [secret for secret in secrets if len(secret) >= _SHORTEST_WITHHELD]
    is_escaped = b"\\u00" in body or b"\\/" in body  # JSON may escape any character of a secret
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
    """Yield all strings in a JSON value, including field names."""
    pending = [value]
    # Not recursive, because a row may be nested deeper than Python's recursion limit.
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            pending += [*value, *value.values()]
        elif isinstance(value, list):
            pending += value
