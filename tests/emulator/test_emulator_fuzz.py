"""Hostile bytes are rejected in the vendor's format, or the connection is closed."""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pulumi_tcimages.emulator import Emulator
from tests.emulator.raw_client import Caller, build_request
from tests.timeouts import PATIENCE_S

LISTING = "DescribePlatformImages"
BOUNDED = settings(
    max_examples=250,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["Filters", "Name", "Values", "Offset", "Limit", "Fuzzy", "X"]), inner
        )
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def fuzzed_emulator() -> Iterator[Emulator]:
    """One emulator for all tests of this module."""
    with Emulator(requests_per_second=0) as cloud:
        yield cloud


@pytest.fixture(autouse=True)
def fail_on_errors(caplog, monkeypatch):
    """Fail the test if the emulator logs an error or one of its threads dies."""
    uncaught = []
    monkeypatch.setattr(threading, "excepthook", lambda args: uncaught.append(args.exc_value))
    yield
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert (uncaught, errors) == ([], [])


NO_TLS = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def exchange(cloud: Emulator, raw: bytes) -> bytes:
    """Send bytes, and return the response until the emulator closes the connection."""
    host, port = cloud.address.split(":")
    data = b""
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as connection:
        try:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                data += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass  # the emulator may close the connection before it has read everything
    return data


def read_codes(data: bytes) -> list[str]:
    """Check that responses are complete and in the vendor's format, and return their codes."""
    codes = []
    while data:
        header, _, remainder = data.partition(b"\r\n\r\n")
        if header == b"HTTP/1.1 100 Continue":
            data = remainder
            continue
        if data == NO_TLS:
            return ["no TLS"]
        if header.startswith(b"HTTP/1.1 403 Forbidden\r\n"):
            return [*codes, "forbidden"]  # the emulator reads nothing after a rejected request
        assert header.startswith(b"HTTP/1.1 200 OK\r\nServer: nginx\r\n"), data[:200]
        length = int(re.search(rb"Content-Length: (\d+)", header)[1])
        body, data = remainder[:length], remainder[length:]
        if not body.startswith(b"{"):
            data = body + data  # a response to HEAD has no body, so this is the next response
            continue
        ((name, response),) = json.loads(body).items()
        assert name == "Response"
        assert response["RequestId"]
        error = response.get("Error", {"Code": "", "Message": "x"})
        assert set(error) == {"Code", "Message"}
        assert error["Message"]
        assert "Traceback" not in error["Message"]
        assert error["Code"] != "InternalError"
        codes.append(error["Code"])
    return codes


@BOUNDED
@given(st.binary(max_size=400))
@example(b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999999999999999\r\n\r\n")
@example(b"\x16\x03\x01\x02\x00\x01")
def test_random_bytes_are_rejected_or_close_the_connection(fuzzed_emulator, data):
    assert "" not in read_codes(exchange(fuzzed_emulator, data))


HEADER_NAMES = st.sampled_from(
    [
        "host", "content-type", "content-length", "authorization", "x-tc-action", "x-tc-version",
        "x-tc-timestamp", "x-tc-region", "x-tc-language", "x-tc-token", "x-tc-content-sha256",
        "connection", "expect", "transfer-encoding", "cookie",
    ]
)  # fmt: skip
HEADER_VALUES = TEXT | st.sampled_from(
    [
        "application/json", "SKIP", LISTING, "AssumeRoleWithWebIdentity", "2021-11-11",
        "1700000000", "close", "100-continue", "chunked", "TC3-HMAC-SHA256 Credential=", "0", "5",
        "-1", "en-US",
    ]
)  # fmt: skip


@BOUNDED
@given(
    st.sampled_from(["GET", "POST", "HEAD", "PUT", "get", "OPTIONS"]),
    st.sampled_from(["/", "/?Action=" + LISTING, "/?%zz", "//", "*", "/?" + "a." * 500 + "=1"]),
    st.dictionaries(HEADER_NAMES, HEADER_VALUES, max_size=10),
    st.binary(max_size=50),
)
@example("HEAD", "/", {}, b"\x16\x03")
def test_unsigned_requests_are_rejected_or_close_the_connection(
    fuzzed_emulator, method, target, headers, body
):
    lines = "".join(
        f"{name}: {value}\r\n" for name, value in {"host": "localhost", **headers}.items()
    )
    raw = f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body
    assert "" not in read_codes(exchange(fuzzed_emulator, raw))


@BOUNDED
@given(JSON)
def test_signed_json_has_a_response_in_the_vendors_format(fuzzed_emulator, value):
    body = json.dumps(value).encode()
    headers = Caller(fuzzed_emulator).headers(LISTING, body)
    assert (
        len(read_codes(exchange(fuzzed_emulator, build_request("POST", "/", headers, body)))) == 1
    )


@BOUNDED
@given(st.binary(max_size=200))
@example(b'{"Offset": ' + b"9" * 5000 + b"}")
@example(b'{"Filters":' * 20_000)
def test_signed_bytes_have_a_response_in_the_vendors_format(fuzzed_emulator, body):
    headers = Caller(fuzzed_emulator).headers(LISTING, body)
    assert (
        len(read_codes(exchange(fuzzed_emulator, build_request("POST", "/", headers, body)))) == 1
    )


QUERY = st.lists(
    st.tuples(
        st.lists(
            st.sampled_from(["Filters", "Name", "Values", "0", "1", "99999", "", "x", "Offset"]),
            max_size=5,
        ).map(".".join),
        st.sampled_from(["", "Train", "ImageRange", "-1", "5", "True", "%ff", "%", "+", "9" * 30]),
    ).map("=".join),
    max_size=6,
).map("&".join)


@BOUNDED
@given(QUERY)
def test_signed_query_has_a_response_in_the_vendors_format(fuzzed_emulator, query):
    headers = Caller(fuzzed_emulator).headers(LISTING, method="GET", query=query)
    assert (
        len(read_codes(exchange(fuzzed_emulator, build_request("GET", f"/?{query}", headers)))) == 1
    )


@BOUNDED
@given(st.data())
def test_authorization_with_a_changed_character_is_rejected(fuzzed_emulator, data):
    headers = Caller(fuzzed_emulator).headers(LISTING)
    original = headers["authorization"]
    position = data.draw(st.integers(0, len(original) - 1))
    replacement = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
    changed = original[:position] + replacement + original[position + 1 :]
    headers["authorization"] = changed
    codes = read_codes(exchange(fuzzed_emulator, build_request("POST", "/", headers, b"{}")))
    assert (codes == [""]) == (changed == original)


@BOUNDED
@given(st.data())
def test_truncated_request_has_no_response(fuzzed_emulator, data):
    request = build_request("POST", "/", Caller(fuzzed_emulator).headers(LISTING), b"{}")
    assert exchange(fuzzed_emulator, request[: data.draw(st.integers(0, len(request) - 1))]) == b""
