"""Remove response rows with texts that no output may contain.

These are the client's own secrets, because a server or proxy may copy a request header into a
response, and the texts that Pulumi reserves.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pulumi_tcimages.core.api import Reply
from pulumi_tcimages.core.reserved_texts import TAG, UNKNOWN_TEXTS
from pulumi_tcimages.redaction import list_forms

_SHORTEST_WITHHELD = 16
"""Minimum length of a secret to search for. Real keys have 32 characters or more. Shorter keys, as
used with the emulator, could occur in an image's name by chance.
"""
_RESERVED = (TAG, *UNKNOWN_TEXTS)


class WithheldRow(NamedTuple):
    """Replaces a row that contains such a text."""

    problem: str


def withhold_rows(reply: Reply, secrets: Iterable[str]) -> Reply:
    """Replace each row that contains a secret, in any encoding, or a reserved text."""
    forms = {
        form.lower()
        for secret in secrets
        if len(secret) >= _SHORTEST_WITHHELD
        for form in list_forms(secret)
    }

    def check(row: Any) -> Any:
        # Names of libraries are normalized too, so full-width letters do not hide a text.
        texts = unicodedata.normalize("NFKC", "\n".join(iterate_texts(row))).lower()
        if any(form in texts for form in forms):
            return WithheldRow("it repeats a secret of the request")
        if any(reserved in texts for reserved in _RESERVED):
            return WithheldRow("it has a text that Pulumi reserves")
        return row

    fields = {
        name: list(map(check, value)) if isinstance(value, list) else value
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
