"""Convert responses into records: pages of images, temporary keys, an account id.

A null list counts as empty. A response whose list is missing, or whose other fields have wrong
types, is Unreadable, so that it never means "no images". A row with a wrong type becomes an
`UnreadableRow`, and the remaining rows are read.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pulumi_tcimages.core.api import (
    PLAIN,
    Keys,
    ListAction,
    Reply,
    Unreadable,
    pascal,
    read_json,
)
from pulumi_tcimages.core.images import Image, Record
from pulumi_tcimages.core.rows import Row, read_rows

MOST_ROWS = 100_000
"""Maximum total that is accepted, far above any real catalogue. The stated total determines how
many pages are requested.
"""
_ITEM_BYTES = 1024
"""Estimated memory in bytes for a row, or for a list item in it, not counting its text.
Measurements were 540 to 930.
"""
_MOST_BYTES = 12 * 1024 * 1024
"""Limit for the estimated memory of one response's rows. A page of 100 images takes 0.5 MiB."""


class Page(NamedTuple):
    """A page's rows, and the total that the server reported."""

    rows: list[Row]
    total_count: int | None
    size_bytes: int = 0
    """The estimated memory of the rows."""


class TemporaryKeys(NamedTuple):
    """Temporary keys, with a token and an expiry time."""

    keys: Keys
    expires_at_unix_s: float


class _Fields(Record):
    """Base class for response fields, which are read by the vendor's names only."""

    model_config = ConfigDict(populate_by_name=False)


_UnixTime = Annotated[float, Field(allow_inf_nan=False)]


_KeyText = Annotated[str, Field(pattern=PLAIN, max_length=8192)]
"""The longest known tokens have 2 KiB, and servers reject headers of more than 8 KiB."""


class _Credentials(_Fields):
    tmp_secret_id: _KeyText
    tmp_secret_key: _KeyText
    token: _KeyText


class _Assumed(_Fields):
    credentials: _Credentials
    expired_time: _UnixTime


class _Caller(_Fields):
    account_id: Annotated[str, Field(pattern=r"^[0-9]+$", max_length=32)]


class _Metadata(_Credentials):
    code: str
    expired_time: _UnixTime


def read_page(
    reply: Reply, action: ListAction, image: type[Image], limit: int | None = None
) -> Page | Unreadable:
    """Return the rows of one page. A null list counts as empty; a missing list is Unreadable.

    Args:
        limit: the number of rows requested. A page with more rows is rejected unread.
    """
    total = reply.fields.get(pascal(action.total)) if action.total else None
    if total is not None and type(total) is not int:
        return _unreadable(reply, action.total, "has another type than documented")
    if total is not None and not 0 <= total <= MOST_ROWS:
        problem = "is negative" if total < 0 else f"is more than {MOST_ROWS}"
        return _unreadable(reply, action.total, problem)
    if pascal(action.rows) not in reply.fields:
        return _unreadable(reply, action.rows, "is missing")
    rows = reply.fields[pascal(action.rows)]
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
    return Unreadable(f"{pascal(field)} {problem}.", reply.request_id)


def _estimate_bytes(reply: Reply, rows: list[Any]) -> int:
    """Estimate the memory that the rows will take after they are converted."""
    lists = [value for row in rows for value in _lists_of(row)]
    inner = [value for items in lists for item in items for value in _lists_of(item)]
    return reply.size_bytes + _ITEM_BYTES * (len(rows) + sum(map(len, lists + inner)))


def _lists_of(value: Any) -> list[list[Any]]:
    """Return the values of an object that are lists."""
    if not isinstance(value, dict):
        return []
    return [field for field in value.values() if isinstance(field, list)]


def read_assumed_role(reply: Reply) -> TemporaryKeys | Unreadable:
    """Read the temporary keys in an AssumeRole response."""
    content = _read_fields(_Assumed, reply)
    if isinstance(content, Unreadable):
        return content
    return TemporaryKeys(_keys_of(content.credentials), content.expired_time)


def read_caller_account(reply: Reply) -> str | Unreadable:
    """Read the account id in a GetCallerIdentity response."""
    content = _read_fields(_Caller, reply)
    return content if isinstance(content, Unreadable) else content.account_id


def read_metadata_keys(body: bytes) -> TemporaryKeys | Unreadable:
    """Read the keys of a CVM's role from the metadata service's response."""
    try:
        fields = read_json(body)
    except (ValueError, RecursionError):
        return Unreadable("the metadata service's reply is not JSON.")
    content = _read_fields(_Metadata, Reply(fields, ""))
    if isinstance(content, Unreadable):
        return content
    if content.code != "Success":
        return Unreadable("the metadata service has no keys for this role.")
    return TemporaryKeys(_keys_of(content), content.expired_time)


def _keys_of(content: _Credentials) -> Keys:
    return Keys(content.tmp_secret_id, content.tmp_secret_key, content.token)


_Model = TypeVar("_Model", bound=BaseModel)
_PROBLEMS = {"missing": "is missing", "string_too_long": "is too long"}


def _read_fields(model: type[_Model], reply: Reply) -> _Model | Unreadable:
    try:
        return model.model_validate(reply.fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(map(str, first["loc"]))
        problem = _PROBLEMS.get(first["type"], "has another type than documented")
        return Unreadable(f"{path or 'the reply'} {problem}.", reply.request_id)
