"""Remove response rows that contain the client's own secrets, so that no output shows them.

Such rows exist if a server or proxy copies a request header into its response.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pulumi_tcimages.core.api import Reply

_SHORTEST_WITHHELD = 16
"""Minimum length of a secret to search for. Real keys have 32 characters or more. An emulator may
have a short key, which could occur in an image's name by chance.
"""


class WithheldRow:
    """Replaces a row that contains one of the client's secrets."""


def withhold_rows(reply: Reply, body: bytes, secrets: Iterable[str]) -> Reply:
    """Replace each row that contains one of the secrets with a `WithheldRow`.

    Args:
        body: the raw response. Rows are checked only if the body may contain one of the secrets.
    """
    long = [secret for secret in secrets if len(secret) >= _SHORTEST_WITHHELD]
    # In JSON, any character of a secret may be escaped. So if the body contains escapes, a search
    # in the body proves nothing, and the decoded rows are checked.
    is_escaped = b"\\u00" in body or b"\\/" in body
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
    # The loop avoids recursion, because a row may be nested deeper than Python's recursion limit.
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            pending += [*value, *value.values()]
        elif isinstance(value, list):
            pending += value
