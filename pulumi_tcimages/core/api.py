"""The API's wire format: build signed requests, and parse responses.

    build_request   snake_case parameters -> headers and body, signed
    read_reply      bytes -> Reply | Refusal | Unreadable

Only this module, the field aliases of the data sources and the emulator use the API's PascalCase
names. A response is parsed by its body, regardless of the HTTP status and content type. A body that
does not follow the documented format becomes `Unreadable`, so "no images" always means that the API
sent an empty list.

Source: https://cloud.tencent.com/document/api/213/30654 (request), .../30435 (errors) and the pages
of the actions.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from pulumi_tcimages.core import signing
from pulumi_tcimages.core.json_objects import RepeatedKeyError, build_object
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.naming import pascal_case


class Action(NamedTuple):
    """An action (operation) of the API."""

    service: str
    name: str
    version: str

    @property
    def permission(self) -> str:
        """The CAM permission that the action requires."""
        return f"{self.service}:{self.name}"


Paging = Literal["offset", "page", "none"]


class ListAction(NamedTuple):
    """An API action that lists images, with its pagination style and response fields."""

    action: Action
    rows: str
    """The response field that contains the rows, in snake_case."""
    total: str = ""
    """The response field with the total number of rows; "" if there is none."""
    paging: Paging = "none"
    """The pagination parameters. `offset`: Offset and Limit. `page`: Page (from 1) and PageSize.
    `none`: the API sends all rows in one response.
    """

    def page_parameters(self, offset: int, limit: int) -> dict[str, object]:
        """Return the parameters of a request for a page.

        Args:
            offset: the index of the page's first row. For an action with page numbers, it must be a
                multiple of `limit`.
            limit: the number of rows on the page.
        """
        if self.paging == "offset":
            return {"offset": offset, "limit": limit}
        if self.paging == "none":
            return {}
        return {"page": offset // limit + 1, "page_size": limit}


ASSUME_ROLE = Action("sts", "AssumeRole", "2018-08-13")
ASSUME_ROLE_WITH_WEB_IDENTITY = Action("sts", "AssumeRoleWithWebIdentity", "2018-08-13")
CALLER_IDENTITY = Action("sts", "GetCallerIdentity", "2018-08-13")

ROLE_PATH = "/latest/meta-data/cam/security-credentials/"
"""The path of the metadata service that returns the name of a CVM's role. Appending the role's name
gives the path that returns its keys.
"""


class Keys(NamedTuple):
    """API keys. Their `repr` does not show them."""

    secret_id: str
    secret_key: str
    token: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secret values to redact in messages."""
        return self.secret_key, self.token, self.secret_id

    def __repr__(self) -> str:
        return "Keys(...)"


class Request(NamedTuple):
    """The headers and body of a signed request. Its `repr` does not show them."""

    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return "Request(...)"


class Reply(NamedTuple):
    """A successful response: the JSON object `Response`, not yet converted to a model."""

    fields: dict[str, Any]
    request_id: str
    size_bytes: int = 0
    """The size of the body in bytes."""


class Refusal(NamedTuple):
    """An error response from the API."""

    code: str
    message: str
    request_id: str


class Unreadable(NamedTuple):
    """A response that does not follow the documented format. `problem` is a sentence for users."""

    problem: str
    request_id: str = ""


_JSON = "application/json"
_SIGNED = ("content-type", "host")
"""The headers to sign. The API requires no others."""
_CLIENT = "pulumi-tcimages"
_SENDABLE = re.compile(r"[ -~]*")


def build_request(
    action: Action,
    parameters: Mapping[str, object],
    *,
    host: str,
    region: str | None,
    language: str,
    keys: Keys | None,
    sent_at_unix_s: int,
) -> Request:
    """Build a request, signed with the keys. Without keys, it is marked as unsigned.

    Args:
        parameters: API parameters with snake_case names at every level. None values are omitted.
        host: the Host header, with the port unless it is the scheme's default.
    """
    body = json.dumps(to_wire(parameters), separators=(",", ":")).encode()
    headers = {
        "Content-Type": _JSON,
        "Host": host,
        "X-TC-Action": action.name,
        "X-TC-Version": action.version,
        "X-TC-Timestamp": str(sent_at_unix_s),
        "X-TC-Language": language,
        "X-TC-RequestClient": _CLIENT,
    }
    if region:
        headers["X-TC-Region"] = region
    if keys and keys.token:
        headers["X-TC-Token"] = keys.token
    headers["Authorization"] = (
        _authorize(action.service, headers, body, keys, sent_at_unix_s) if keys else "SKIP"
    )
    for name, value in headers.items():
        if not _SENDABLE.fullmatch(value):
            raise ConfigurationError(f"the value for {name} has characters that cannot be sent.")
    return Request(headers, body)


def _authorize(
    service: str, headers: Mapping[str, str], body: bytes, keys: Keys, sent_at_unix_s: int
) -> str:
    lower = {name.lower(): value for name, value in headers.items()}
    canonical = signing.build_canonical_request("POST", "", lower, _SIGNED, body)
    string = signing.build_string_to_sign(canonical, service, sent_at_unix_s)
    signature = signing.sign(keys.secret_key, service, sent_at_unix_s, string)
    return signing.build_authorization(keys.secret_id, service, sent_at_unix_s, _SIGNED, signature)


_MOST_VALUES = 250_000
"""The maximum number of JSON values in a response, to limit memory: `{},` takes 200 bytes when
parsed. A page of 100 rows has 2,500 values.
"""
_CODE = re.compile(r"[ -~]{1,128}")
"""The format of an API error code. A longer string or one with line breaks is not a code."""
_LONGEST_REQUEST_ID = 128
_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
"""Matches an escaped surrogate. A string with an unpaired surrogate cannot be encoded as UTF-8."""


class TooManyValuesError(ValueError):
    """A response contains more JSON values than the maximum."""


def read_json(body: bytes) -> Any:
    """Parse UTF-8 JSON, and replace unpaired surrogates.

    Raises: TooManyValuesError; RepeatedKeyError; ValueError for invalid JSON; RecursionError for
    deeply nested JSON.
    """
    if sum(map(body.count, (b",", b"{", b"["))) > _MOST_VALUES:
        raise TooManyValuesError(f"the reply has more than {_MOST_VALUES} values")
    # Decode first, because json.loads accepts unpaired surrogates in bytes.
    text = body.removeprefix(BOM_UTF8).decode()
    content = json.loads(text, object_pairs_hook=build_object)
    if _HALF_CHARACTER.search(body):
        content = json.loads(json.dumps(content, ensure_ascii=False).encode(errors="replace"))
    return content


def read_reply(body: bytes) -> Reply | Refusal | Unreadable:
    """Parse a response body.

    The format is `{"Response": {...}}`, with an `Error` object inside if the request was rejected.
    Older gateways send `{"code": 4100, "message": "...", "codeDesc": "..."}`.
    """
    if not body.strip():
        return Unreadable("the reply is empty.")
    try:
        content = read_json(body)
    except TooManyValuesError as error:
        return Unreadable(f"{error}.")
    except RepeatedKeyError:
        return Unreadable("an object in the reply has a key twice.")
    except (ValueError, RecursionError):
        return Unreadable("the reply is not JSON, or is cut short.")
    if not isinstance(content, dict):
        return Unreadable("the reply is JSON, but not an object.")
    response = content.get("Response")
    if isinstance(response, dict):
        return _read_response(response, len(body))
    if content.get("code"):
        code = content.get("codeDesc") or content["code"]
        return _read_refusal(str(code), content.get("message"), "")
    return Unreadable("the reply has no Response.")


def _read_response(response: dict[str, Any], size_bytes: int) -> Reply | Refusal | Unreadable:
    request_id = response.get("RequestId")
    if not isinstance(request_id, str) or len(request_id) > _LONGEST_REQUEST_ID:
        request_id = ""
    error = response.get("Error")
    if error is None:
        return Reply(response, request_id, size_bytes)
    if not isinstance(error, dict) or not isinstance(error.get("Code"), str) or not error["Code"]:
        return Unreadable("the reply has an Error without a code.", request_id)
    return _read_refusal(error["Code"], error.get("Message"), request_id)


def _read_refusal(code: str, message: object, request_id: str) -> Refusal | Unreadable:
    if not _CODE.fullmatch(code):
        return Unreadable("the reply has an Error with a code that is none.", request_id)
    return Refusal(code, str(message or ""), request_id)


def to_wire(value: Any) -> Any:
    """Convert map keys to PascalCase at every level, and drop entries that are None."""
    if isinstance(value, Mapping):
        return {pascal_case(key): to_wire(part) for key, part in value.items() if part is not None}
    if isinstance(value, (list, tuple)):
        return [to_wire(part) for part in value]
    return value
