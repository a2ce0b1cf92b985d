"""Bodies that are not a response of the API: pages, invalid JSON, other objects."""

from __future__ import annotations

from pulumi_tcimages.errors import (
    ApiError,
    AuthError,
    InvalidResponseError,
)
from tests.cloud.fault_cases import FaultCase, good, response
from tests.cloud.faulty_server import reply

BODY_CASES = [
    FaultCase(
        "200 with an HTML page",
        (reply(b"<html>login</html>", content_type="text/html"),),
        InvalidResponseError,
        3,
        "HTTP 200, text/html, 18 bytes: <html>login</html>",
    ),
    FaultCase("200 with an HTML page, once", (reply(b"<html>"), good), None, 2),
    FaultCase("an empty body", (reply(b""),), InvalidResponseError, 3, "the reply is empty"),
    FaultCase(
        "a body of blanks only", (reply(b" \n "),), InvalidResponseError, 3, "the reply is empty"
    ),
    FaultCase(
        "truncated JSON",
        (reply(b'{"Response": {"TotalCount": 1, "Images'),),
        InvalidResponseError,
        3,
        "not JSON",
    ),
    FaultCase("truncated JSON, once", (reply(b'{"Resp'), good), None, 2),
    FaultCase(
        "not UTF-8", (reply(b'{"Response": "\xff\xfe"}'),), InvalidResponseError, 3, "not JSON"
    ),
    FaultCase(
        "JSON that is nested too deeply",
        (reply(b"[" * 200_000),),
        InvalidResponseError,
        3,
        "not JSON",
    ),
    FaultCase("JSON null", (reply(b"null"),), InvalidResponseError, 3, "not an object"),
    FaultCase("a JSON list", (reply(b"[]"),), InvalidResponseError, 3, "not an object"),
    FaultCase(
        "JSON without the field Response",
        (reply(b"{}"),),
        InvalidResponseError,
        3,
        "has no Response",
    ),
    FaultCase(
        "Response is null",
        (reply(b'{"Response": null}'),),
        InvalidResponseError,
        3,
        "has no Response",
    ),
    FaultCase(
        "Response is a list",
        (reply(b'{"Response": []}'),),
        InvalidResponseError,
        3,
        "has no Response",
    ),
    FaultCase(
        "the field Error is a string",
        (response(Error="no"),),
        InvalidResponseError,
        3,
        "an Error without a code",
    ),
    FaultCase(
        "Error without a code",
        (response(Error={}),),
        InvalidResponseError,
        3,
        "an Error without a code",
    ),
    FaultCase(
        "Error without a message",
        (response(Error={"Code": "InvalidAction"}),),
        ApiError,
        1,
        "InvalidAction",
    ),
    FaultCase(
        "an error in the older format of the API",
        (reply(b'{"code": 4100, "message": "no", "codeDesc": "AuthFailure"}'),),
        AuthError,
        1,
        "AuthFailure",
    ),
    FaultCase(
        "a body of a hundred characters",
        (reply(b"x " * 48 + b"last"),),
        InvalidResponseError,
        3,
        "last Where",
    ),
    FaultCase(
        "a body of a hundred and one characters",
        (reply(b"x " * 48 + b" last"),),
        InvalidResponseError,
        3,
        "las... Where",
    ),
    FaultCase(
        "a response without the fields of the listing",
        (response(),),
        InvalidResponseError,
        1,
        "the API may have changed",
        needs=frozenset({"api"}),
    ),
]
