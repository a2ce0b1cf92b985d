"""Responses that repeat the keys, or contain control characters."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

from pulumi_tcimages.errors import (
    ApiError,
    AuthError,
    InvalidResponseError,
)
from tests.cloud.fault_cases import CANARY, FaultCase, response
from tests.cloud.faulty_server import echo, reply

ESCAPED = json.dumps({"token": CANARY["security_token"]}).replace("/", r"\/").encode()
CODES = "".join(f"\\u{ord(character):04x}" for character in CANARY["secret_key"]).encode()

SECRET_CASES = [
    FaultCase(
        "a server that echoes the request", (echo,), InvalidResponseError, 3, "POST / HTTP/1.1"
    ),
    FaultCase(
        "keys in a content type",
        (reply(b"", content_type=CANARY["secret_key"]),),
        InvalidResponseError,
        3,
        "[secret]",
    ),
    FaultCase(
        "keys in other JSON, with escaped slashes",
        (reply(ESCAPED),),
        InvalidResponseError,
        3,
        f'{len(ESCAPED)} bytes: {{"token": "[secret]"}}',
    ),
    FaultCase(
        "a key as character codes in other JSON",
        (reply(b'{"key": "' + CODES + b'"}'),),
        InvalidResponseError,
        3,
        'bytes: {"key": "[secret]"}',
    ),
    FaultCase(
        "a key that crosses the end of the quoted body",
        (reply(b"x " * 45 + CANARY["secret_key"].encode()),),
        InvalidResponseError,
        3,
        "x x [secret] Where",
    ),
    FaultCase(
        "keys in an error code and a request id",
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
        "an error message with the keys",
        (response(Error={"Code": "AuthFailure", "Message": " ".join(CANARY.values())}),),
        AuthError,
        1,
        "[secret] [secret] [secret]",
    ),
    FaultCase(
        "an error message with the keys in other encodings",
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
        "control characters in an error message",
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
