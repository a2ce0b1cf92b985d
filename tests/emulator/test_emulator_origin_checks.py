"""Requests from web pages and for foreign host names are rejected and not recorded."""

from __future__ import annotations

import json
import socket

import pytest

from pulumi_tcimages.emulator import Emulator, Fault, framing
from tests.emulator.raw_client import Caller, build_request, read_answer

LISTING = "DescribePlatformImages"
PATHS = [
    f"/?Action={LISTING}&Version=2021-11-11",
    "/latest/meta-data/cam/security-credentials/",
    "/_emulator/faults",
]
WEB_PAGE_HEADERS = [
    {"origin": "https://images.example", "content-type": "text/plain"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:8080"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-origin"},
]
FOREIGN_HOSTS = [
    "images.example",
    "images.example:80",
    "127.0.0.1.images.example",
    "[::2]",
    "x",
    "",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", WEB_PAGE_HEADERS, ids=str)
def test_request_from_a_web_page_is_rejected(caller: Caller, path, headers):
    cloud = caller.cloud
    cloud.faults.add("*", Fault(status=502))
    request = build_request("POST", path, {"host": cloud.address, **headers}, b'{"a": 1}')

    answer = caller.send(request)

    assert (answer.status, json.loads(answer.body)) == (
        403,
        {"error": "web pages may not call the emulator"},
    )
    assert (len(cloud.requests), len(cloud.faults.left()["*"])) == (0, 1)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_foreign_host_name_is_rejected(caller: Caller, path, host):
    """With DNS rebinding, a page sends its own host name and no Origin."""
    answer = caller.send(build_request("GET", path, {"host": host}))

    assert answer.status == 403
    assert json.loads(answer.body)["error"].startswith("the Host header must be this machine's")
    assert len(caller.cloud.requests) == 0


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "127.0.0.1", "127.0.0.9", "[::1]"])
@pytest.mark.parametrize("with_port", [True, False])
def test_local_host_names_are_accepted(caller: Caller, name, with_port):
    port = caller.cloud.address.rpartition(":")[2]
    host = f"{name}:{port}" if with_port else name

    assert caller.send(build_request("GET", PATHS[1], {"host": host})).status == 200
    assert caller.send(build_request("GET", PATHS[2], {"host": host})).status == 200


@pytest.mark.parametrize("host", ["tione.tencentcloudapi.com", "metadata.tencentyun.com"])
def test_vendor_host_names_reach_apis_except_the_admin_api(caller: Caller, host):
    assert caller.send(build_request("GET", PATHS[1], {"host": host})).status == 200
    assert caller.send(build_request("GET", PATHS[2], {"host": host})).status == 403


def test_body_of_a_web_page_request_is_not_read(caller: Caller, monkeypatch):
    def read_body(*_: object) -> None:
        raise AssertionError("the body was read")

    monkeypatch.setattr(framing.Reader, "_read_body", read_body)
    headers = {"host": caller.cloud.address, "origin": "https://images.example"}
    headers["content-length"] = str(framing.MAX_BODY_BYTES)
    with caller.connect() as connection:
        connection.sendall(build_request("POST", "/", headers))
        answer = read_answer(connection)
        connection.shutdown(socket.SHUT_WR)

    assert (answer.status, answer.headers["Connection"]) == (403, "close")


def test_body_of_an_unsigned_request_is_not_recorded(caller: Caller):
    cloud = caller.cloud
    body = json.dumps({"Filters": [[] for _ in range(1000)]}).encode()
    headers = caller.headers(LISTING, body)

    caller.post({**headers, "authorization": headers["authorization"][:-4] + "0000"}, body)
    caller.post({name: text for name, text in headers.items() if name != "authorization"}, body)
    caller.post(headers, body)

    assert [bool(entry.body) for entry in cloud.requests] == [False, False, True]


def test_body_of_a_failed_request_is_recorded_only_if_signed(caller: Caller):
    cloud = caller.cloud
    cloud.faults.add(LISTING, Fault(status=502, times=2))

    caller.call(LISTING, {"Offset": 100})
    caller.post({**caller.headers(LISTING, b"{}"), "authorization": ""}, b'{"Offset": 100}')

    assert [entry.body for entry in cloud.requests] == [{"Offset": 100}, {}]


def test_large_body_is_accepted_but_not_recorded():
    with Emulator() as cloud:
        caller = Caller(cloud)
        filters = [{"Name": "ImageName", "Values": ["x" * 70_000]}]

        assert caller.call(LISTING, {"Filters": filters}).code == ""
        assert [entry.body for entry in cloud.requests] == [{}]


def test_large_admin_body_is_rejected(caller: Caller):
    body = b'{"x": "' + b"x" * 2**20 + b'"}'
    answer = caller.send(
        build_request("POST", "/_emulator/faults", {"host": caller.cloud.address}, body)
    )

    assert answer.status == 413
    assert json.loads(answer.body) == {"error": "the body must be at most 1 MiB"}
