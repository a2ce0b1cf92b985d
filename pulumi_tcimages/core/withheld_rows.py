"""Remove response rows that contain the client's own secrets, so that no output shows them.

A server or proxy may copy a request header into a response.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pulumi_tcimages.core.api import Reply
from pulumi_tcimages.redaction import list_forms

_SHORTEST_WITHHELD = 16
"""Minimum length of a secret to search for. Real keys have 32 characters or more. Shorter keys, as
used with the emulator, could occur in an image's name by chance.
"""


class WithheldRow:
    """Replaces a row that contains one of the client's secrets."""


def withhold_rows(reply: Reply, secrets: Iterable[str]) -> Reply:
    """Replace each row that contains one of the secrets, in any encoding, with a `WithheldRow`."""
    forms = {
        form.lower()
        for secret in secrets
        if len(secret) >= _SHORTEST_WITHHELD
        for form in list_forms(secret)
    }

    def repeats_secret(row: Any) -> bool:
        texts = "\n".join(iterate_texts(row)).lower()
        return any(form in texts for form in forms)

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
