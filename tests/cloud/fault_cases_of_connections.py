"""Faults of connections, and of servers other than the cloud."""

from __future__ import annotations

import base64
import gzip
import json
from urllib.parse import quote

from pulumi_tcimages.errors import (
    ApiError,
    AuthError,
    InvalidResponseError,
    NetworkError,
    ThrottledError,
)
from tests.cloud.fault_cases import CANARY, FaultCase, good, response
from tests.cloud.faulty_server import close, drip, echo, endless, raw, reply, reset, silence

ERROR = {"Error": {"Code": "InvalidAction", "Message": "no"}, "RequestId": "r-1"}
RESPONSE = b'{"Response": {"RequestId": "r-1"}}'
ERROR_BODY = json.dumps({"Response": ERROR}).encode()
CLOCK_ERROR = json.dumps({"Response": {"Error": {"Code": "AuthFailure.SignatureExpire"}}}).encode()
ESCAPED = json.dumps({"token": CANARY["security_token"]}).replace("/", r"\/").encode()
BOMB = gzip.compress(b" " * (40 * 1024**2))

CONNECTION_CASES = [
    FaultCase("closed, always", (close,), NetworkError, 5, "closed the connection before a reply"),
    FaultCase(
        "reset, always", (reset,), NetworkError, 5, "if it speaks TLS, write the endpoint as"
    ),
    FaultCase("reset in the middle", (reply(b"{", length=50),), NetworkError, 5, "in the middle"),
    FaultCase("silence", (silence,), NetworkError, 1, "in time", timeout_seconds=0.1),
    FaultCase(
        "slow drip of the body",
        (drip(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 999),),
        NetworkError,
        1,
        "no whole reply in time",
        timeout_seconds=0.2,
    ),
    FaultCase(
        "slow drip of the head",
        (drip(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 999),),
        NetworkError,
        1,
        "no whole reply in time",
        timeout_seconds=0.2,
    ),
    FaultCase("not HTTP", (raw(b"SSH-2.0-OpenSSH_9.6\r\n"),), NetworkError, 5, "before a reply"),
    FaultCase("an empty head", (raw(b"\r\n\r\n"),), NetworkError, 5, "before a reply"),
    FaultCase(
        "half a head", (raw(b"HTTP/1.1 200 OK\r\nContent-Le"),), InvalidResponseError, 3, "is empty"
    ),
    FaultCase(
        "a bad chunk", (reply(b"zz\r\n", "Transfer-Encoding: chunked"),), NetworkError, 5, "middle"
    ),
    FaultCase(
        "a chunk extension without an end", (endless(b"5;"),), NetworkError, 5, "in the middle"
    ),
    FaultCase(
        "a trailer without an end", (endless(b"0\r\nX: "),), NetworkError, 5, "in the middle"
    ),
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
        "a clock that is off, a date that is none",
        (reply(CLOCK_ERROR, "Date: soon"),),
        AuthError,
        1,
        "a difference of five minutes",
    ),
    FaultCase(
        "a clock that is off, no date",
        (reply(CLOCK_ERROR),),
        AuthError,
        1,
        "a difference of five minutes",
    ),
    FaultCase(
        "a refusal under 400", (reply(ERROR_BODY, status="400 Bad Request"),), ApiError, 1, "r-1"
    ),
    FaultCase(
        "a refusal under 500",
        (reply(ERROR_BODY, status="500 Oops"),),
        ApiError,
        1,
        "InvalidAction",
    ),
    FaultCase(
        "a refusal as a page", (reply(ERROR_BODY, content_type="text/html"),), ApiError, 1, "r-1"
    ),
    FaultCase(
        "an answer under 500",
        (reply(RESPONSE, status="500 Oops"),),
        InvalidResponseError,
        5,
        "its status is not",
    ),
    FaultCase(
        "an answer under 201",
        (reply(RESPONSE, status="201 Created"),),
        InvalidResponseError,
        1,
        "Request r-1",
    ),
    FaultCase(
        "429 with Retry-After", (reply(b"", "Retry-After: 7", status="429 Slow"), good), None, 2
    ),
    FaultCase(
        "429 with Retry-After beyond the deadline",
        (reply(b"", "Retry-After: 700", status="429 Slow"),),
        ThrottledError,
        1,
        "HTTP 429",
    ),
    FaultCase(
        "503 with Retry-After", (reply(b"", "Retry-After: 7", status="503 Busy"), good), None, 2
    ),
    FaultCase(
        "not the gzip it says",
        (reply(b"{}", "Content-Encoding: gzip"),),
        InvalidResponseError,
        3,
        "unpacked",
    ),
    FaultCase(
        "a gzip bomb", (reply(BOMB, "Content-Encoding: gzip"),), InvalidResponseError, 1, "8 MiB"
    ),
    FaultCase(
        "gzip in gzip",
        (reply(BOMB, "Content-Encoding: gzip, gzip"),),
        InvalidResponseError,
        1,
        "content encoding",
    ),
    FaultCase(
        "an unknown packing",
        (reply(b"x", "Content-Encoding: zstd"),),
        InvalidResponseError,
        1,
        "content encoding",
    ),
    FaultCase(
        "a redirect",
        (reply(b"", "Location: http://127.0.0.1/", status="302 Found"),),
        InvalidResponseError,
        1,
        "redirect",
    ),
    FaultCase(
        "a permanent redirect",
        (reply(b"", "Location: /x", status="308 Moved"),),
        InvalidResponseError,
        1,
        "something other than the API answered",
    ),
    FaultCase("an echo of everything we sent", (echo,), InvalidResponseError, 3, "POST / HTTP/1.1"),
    FaultCase(
        "keys in a content type",
        (reply(b"", content_type=CANARY["secret_key"]),),
        InvalidResponseError,
        3,
        "[secret]",
    ),
    FaultCase(
        "keys in somebody's JSON, which may escape a slash",
        (reply(ESCAPED),),
        InvalidResponseError,
        3,
        f'{len(ESCAPED)} bytes: {{"token": "[secret]"}}',
    ),
    FaultCase(
        "a key that the end of what is shown cuts off",
        (reply(b"x " * 45 + CANARY["secret_key"].encode()),),
        InvalidResponseError,
        3,
        "x x [secret] Where",
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
    FaultCase(
        "keys in a code and a request id",
        (
            reply(
                json.dumps(
                    {
                        "Response": {
                            "Error": {"Code": CANARY["secret_id"]},
                            "RequestId": CANARY["security_token"],
                        }
                    }
                ).encode()
            ),
        ),
        ApiError,
        1,
        "[secret]",
    ),
    FaultCase(
        "a refusal that repeats the keys",
        (response(Error={"Code": "AuthFailure", "Message": " ".join(CANARY.values())}),),
        AuthError,
        1,
        "[secret] [secret] [secret]",
    ),
    FaultCase(
        "a refusal that repeats the keys in other encodings",
        (
            response(
                Error={
                    "Code": "AuthFailure",
                    "Message": " ".join(
                        [
                            quote(CANARY["security_token"], safe=""),
                            base64.b64encode(CANARY["secret_key"].encode()).decode().rstrip("="),
                            CANARY["secret_id"].encode().hex(),
                        ]
                    ),
                }
            ),
        ),
        AuthError,
        1,
        "Said [secret] [secret] [secret]",
    ),
    FaultCase(
        "control characters in a refusal",
        (response(Error={"Code": "Odd", "Message": "a\x1b[31mred\x07"}),),
        ApiError,
        1,
        "\\x1b[31mred\\x07",
    ),
    FaultCase(
        "control characters in a request id",
        (response(Error={"Code": "Odd"}, RequestId="a\x1b[31mred\x07"),),
        ApiError,
        1,
        "Request a\\x1b[31mred\\x07",
    ),
]
