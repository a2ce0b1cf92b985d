"""Convert listing responses into pages of images.

A null list counts as empty. A response without the list, or with another mistake outside its rows,
is `Unreadable`, so that it is not mistaken for "no images". A row with a wrong type becomes an
`UnreadableRow`, and the other rows are converted.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pulumi_tcimages.core.api import ListAction, Reply, Unreadable
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.rows import Row, read_rows
from pulumi_tcimages.naming import pascal_case

MOST_ROWS = 100_000
"""Maximum number of rows that a response may report as the total, because the client requests as
many pages as the total needs. Real listings are far shorter.
"""
_ITEM_BYTES = 1024
"""Estimated memory for a row, or for a list item in a row, excluding its text. Measurements gave
540 to 930 bytes.
"""
_MOST_BYTES = 12 * 1024 * 1024
"""Limit for the estimated memory of one response's rows. A page of 100 images takes 0.5 MiB."""


class Page(NamedTuple):
    """The rows of a page, and the total number of rows that the server reported."""

    rows: list[Row]
    total_count: int | None
    size_bytes: int = 0
    """The estimated memory of the rows."""


def read_page(
    reply: Reply, action: ListAction, image: type[Image], limit: int | None = None
) -> Page | Unreadable:
    """Return one page, or `Unreadable` if the response is malformed or too large.

    Args:
        limit: the requested number of rows. A page with more rows is unreadable.
    """
    total = reply.fields.get(pascal_case(action.total)) if action.total else None
    if total is not None and type(total) is not int:
        return _unreadable(reply, action.total, "has another type than documented")
    if total is not None and not 0 <= total <= MOST_ROWS:
        problem = "is negative" if total < 0 else f"is more than {MOST_ROWS}"
        return _unreadable(reply, action.total, problem)
    if pascal_case(action.rows) not in reply.fields:
        return _unreadable(reply, action.rows, "is missing")
    rows = reply.fields[pascal_case(action.rows)]
    rows = [] if rows is None else rows
    if not isinstance(rows, list):
        return _unreadable(reply, action.rows, "has another type than documented")
    if limit is not None and len(rows) > limit:
        return _unreadable(reply, action.rows, f"has {len(rows)} rows, but {limit} were requested")
    size_bytes = _estimate_bytes(reply, rows)
    if size_bytes > _MOST_BYTES:
        problem = f"the images of the reply would take more than {_MOST_BYTES // 1024**2} MiB."
        return Unreadable(problem, reply.request_id)
    return Page(read_rows(image, rows, reply.size_bytes), total, size_bytes)


def _unreadable(reply: Reply, field: str, problem: str) -> Unreadable:
    return Unreadable(f"{pascal_case(field)} {problem}.", reply.request_id)


def _estimate_bytes(reply: Reply, rows: list[Any]) -> int:
    """Estimate the memory that the rows will take after they are converted."""
    lists = [value for row in rows for value in _lists_of(row)]
    inner = [value for items in lists for item in items for value in _lists_of(item)]
    return reply.size_bytes + _ITEM_BYTES * (len(rows) + sum(map(len, lists + inner)))


def _lists_of(value: Any) -> list[list[Any]]:
    """Return the lists among an object's values."""
    if not isinstance(value, dict):
        return []
    return [field for field in value.values() if isinstance(field, list)]
