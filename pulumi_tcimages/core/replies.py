"""What a reply holds, as records: pages of images, lent keys, an account.

Rules: a null list is empty, a missing one is Unreadable, and so is a wrong type: what
is not as documented never reads as "no images".
"""

from __future__ import annotations

from typing import Annotated, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pulumi_tcimages.core.images import Items, PlatformImage, Record, SessionImage
from pulumi_tcimages.core.wire import PLAIN, Keys, Reply, Unreadable, pascal, read_json

_MOST_ROWS = 100_000
"""Far beyond any catalogue; a listing plans a page for each part of what the total promises."""


class Page(NamedTuple):
    """Some rows of a listing, and how many the server says there are in all."""

    images: list[PlatformImage]
    total_count: int | None


class TemporaryKeys(NamedTuple):
    """Keys with an end."""

    keys: Keys
    expires_at_unix_s: float


class _Fields(Record):
    """What is around the images: under the vendor's names alone, or it is missing."""

    model_config = ConfigDict(populate_by_name=False)


class _PlatformImages(_Fields):
    model_config = ConfigDict(defer_build=False)

    total_count: int | None = None
    platform_image_infos: Items[PlatformImage]


class _SessionImages(_Fields):
    engine_session_images: Items[SessionImage]


_Moment = Annotated[float, Field(allow_inf_nan=False)]


_Lent = Annotated[str, Field(pattern=PLAIN)]


class _Credentials(_Fields):
    tmp_secret_id: _Lent
    tmp_secret_key: _Lent
    token: _Lent


class _Assumed(_Fields):
    credentials: _Credentials
    expired_time: _Moment


class _Caller(_Fields):
    account_id: Annotated[str, Field(pattern=r"^[0-9]+$")]


class _Metadata(_Credentials):
    code: str
    expired_time: _Moment


def read_platform_images(reply: Reply) -> Page | Unreadable:
    """The rows of one page; a null list is empty, a missing one is unreadable."""
    content = _read_fields(_PlatformImages, reply)
    if isinstance(content, Unreadable):
        return content
    total = content.total_count
    if total is not None and not 0 <= total <= _MOST_ROWS:
        problem = "is negative" if total < 0 else f"is more than {_MOST_ROWS}"
        return Unreadable(f"{pascal('total_count')} {problem}.", reply.request_id)
    return Page(content.platform_image_infos, total)


def read_session_images(reply: Reply) -> tuple[SessionImage, ...] | Unreadable:
    """The images; a null list is empty, a missing one is unreadable."""
    content = _read_fields(_SessionImages, reply)
    return content if isinstance(content, Unreadable) else tuple(content.engine_session_images)


def read_assumed_role(reply: Reply) -> TemporaryKeys | Unreadable:
    """The keys of a role that was taken on."""
    content = _read_fields(_Assumed, reply)
    if isinstance(content, Unreadable):
        return content
    return TemporaryKeys(_keys_of(content.credentials), content.expired_time)


def read_caller_account(reply: Reply) -> str | Unreadable:
    """The id of the account that the keys belong to."""
    content = _read_fields(_Caller, reply)
    return content if isinstance(content, Unreadable) else content.account_id


def read_metadata_keys(body: bytes) -> TemporaryKeys | Unreadable:
    """The keys of a CVM's role, as its metadata service tells them."""
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


def _read_fields(model: type[_Model], reply: Reply) -> _Model | Unreadable:
    try:
        return model.model_validate(reply.fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(map(str, first["loc"]))
        what = "is missing" if first["type"] == "missing" else "has another type than documented"
        return Unreadable(f"{path or 'the reply'} {what}.", reply.request_id)
