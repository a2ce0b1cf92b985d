"""Parse responses about credentials: temporary keys, and the id of the account.

A response with missing fields or wrong types becomes `Unreadable`.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pulumi_tcimages.core.api import Keys, Reply, TooManyValuesError, Unreadable, read_json
from pulumi_tcimages.core.images import Record
from pulumi_tcimages.core.setting_patterns import PLAIN


class TemporaryKeys(NamedTuple):
    """Temporary keys, with a token and an expiry time."""

    keys: Keys
    expires_at_unix_s: float


class _Fields(Record):
    """Base class for response objects. It reads the API's field names, which are in PascalCase."""

    model_config = ConfigDict(populate_by_name=False)


_UnixTime = Annotated[float, Field(allow_inf_nan=False)]


_KeyText = Annotated[str, Field(pattern=PLAIN, max_length=8192)]
"""A key or token of at most 8 KiB, the usual size limit of headers. The longest known tokens have 2
KiB.
"""


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
    except TooManyValuesError as error:
        return Unreadable(f"{error}.")
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
