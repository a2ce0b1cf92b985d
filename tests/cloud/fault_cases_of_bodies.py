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
        "200 with a page",
        (reply(b"<html>login</html>", content_type="text/html"),),
        InvalidResponseError,
        3,
        "HTTP 200, text/html, 18 bytes: <html>login</html>",
    ),
    FaultCase("200 with a page, once", (reply(b"<html>"), good), None, 2),
    FaultCase("an empty body", (reply(b""),), InvalidResponseError, 3, "the reply is empty"),
    FaultCase("blanks", (reply(b" \n "),), InvalidResponseError, 3, "the reply is empty"),
    FaultCase(
        "half a JSON text",
        (reply(b'{"Response": {"TotalCount": 1, "Images'),),
        InvalidResponseError,
        3,
        "not JSON",
    ),
    FaultCase("half a JSON text, once", (reply(b'{"Resp'), good), None, 2),
    FaultCase(
        "not UTF-8", (reply(b'{"Response": "\xff\xfe"}'),), InvalidResponseError, 3, "not JSON"
    ),
    FaultCase("too deep", (reply(b"[" * 200_000),), InvalidResponseError, 3, "not JSON"),
    FaultCase("JSON null", (reply(b"null"),), InvalidResponseError, 3, "not an object"),
    FaultCase("a JSON list", (reply(b"[]"),), InvalidResponseError, 3, "not an object"),
    FaultCase("no Response", (reply(b"{}"),), InvalidResponseError, 3, "has no Response"),
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
        "Error is text", (response(Error="no"),), InvalidResponseError, 3, "an Error without a code"
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
        "the older shape of a refusal",
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
        "a reply of another shape",
        (response(),),
        InvalidResponseError,
        1,
        "the API may have changed",
        needs=frozenset({"api"}),
    ),
]
