"""Faults of connections, HTTP statuses and encodings."""

from __future__ import annotations

import gzip
import json

from pulumi_tcimages.errors import (
    ApiError,
    AuthError,
    InvalidResponseError,
    NetworkError,
    ThrottledError,
)
from tests.cloud.fault_cases import FaultCase, good
from tests.cloud.faulty_server import close, drip, endless, raw, reply, reset, silence

ERROR = {"Error": {"Code": "InvalidAction", "Message": "no"}, "RequestId": "r-1"}
RESPONSE = b'{"Response": {"RequestId": "r-1"}}'
ERROR_BODY = json.dumps({"Response": ERROR}).encode()
CLOCK_ERROR = json.dumps({"Response": {"Error": {"Code": "AuthFailure.SignatureExpire"}}}).encode()
BOMB = gzip.compress(b" " * (40 * 1024**2))

CONNECTION_CASES = [
    FaultCase("closed, always", (close,), NetworkError, 5, "closed the connection before a reply"),
    FaultCase(
        "reset, always", (reset,), NetworkError, 5, "if it speaks TLS, write the endpoint as"
    ),
    FaultCase("reset in the middle", (reply(b"{", length=50),), NetworkError, 5, "in the middle"),
    FaultCase("no response in time", (silence,), NetworkError, 1, "in time", timeout_seconds=0.1),
    FaultCase(
        "a body that arrives slowly",
        (drip(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 999),),
        NetworkError,
        1,
        "no whole reply in time",
        timeout_seconds=0.2,
    ),
    FaultCase(
        "headers that arrive slowly",
        (drip(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 999),),
        NetworkError,
        1,
        "no whole reply in time",
        timeout_seconds=0.2,
    ),
    FaultCase("not HTTP", (raw(b"SSH-2.0-OpenSSH_9.6\r\n"),), NetworkError, 5, "before a reply"),
    FaultCase(
        "a response without a status line", (raw(b"\r\n\r\n"),), NetworkError, 5, "before a reply"
    ),
    FaultCase(
        "truncated headers",
        (raw(b"HTTP/1.1 200 OK\r\nContent-Le"),),
        InvalidResponseError,
        3,
        "is empty",
    ),
    FaultCase(
        "an invalid chunk size",
        (reply(b"zz\r\n", "Transfer-Encoding: chunked"),),
        NetworkError,
        5,
        "middle",
    ),
    FaultCase("an endless chunk extension", (endless(b"5;"),), NetworkError, 5, "in the middle"),
    FaultCase("an endless trailer", (endless(b"0\r\nX: "),), NetworkError, 5, "in the middle"),
    FaultCase(
        "a wrong clock, and an invalid Date header",
        (reply(CLOCK_ERROR, "Date: soon"),),
        AuthError,
        1,
        "a difference of five minutes",
    ),
    FaultCase(
        "a wrong clock, and no Date header",
        (reply(CLOCK_ERROR),),
        AuthError,
        1,
        "a difference of five minutes",
    ),
    FaultCase(
        "an API error with HTTP 400",
        (reply(ERROR_BODY, status="400 Bad Request"),),
        ApiError,
        1,
        "r-1",
    ),
    FaultCase(
        "an API error with HTTP 500",
        (reply(ERROR_BODY, status="500 Oops"),),
        ApiError,
        1,
        "InvalidAction",
    ),
    FaultCase(
        "an API error with the type text/html",
        (reply(ERROR_BODY, content_type="text/html"),),
        ApiError,
        1,
        "r-1",
    ),
    FaultCase(
        "a result with HTTP 500",
        (reply(RESPONSE, status="500 Oops"),),
        InvalidResponseError,
        5,
        "its status is not",
    ),
    FaultCase(
        "a result with HTTP 201",
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
        "a body that is not gzip, although its header says so",
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
        "an unknown content encoding",
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
]
