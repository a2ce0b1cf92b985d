"""A client of the emulator on plain sockets, so that tests control every byte."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass
from typing import Any

from pulumi_tcimages.core import signing
from pulumi_tcimages.emulator import Emulator
from tests.timeouts import PATIENCE_S

DLC, TIONE, STS = ("dlc", "2021-01-25"), ("tione", "2021-11-11"), ("sts", "2018-08-13")
PRODUCTS = {
    "DescribeSessionImageVersion": DLC,
    "DescribeDataEngineImageVersions": DLC,
    "DescribeDataEnginePythonSparkImages": DLC,
    "ListImages": DLC,
    "DescribePlatformImages": TIONE,
    "DescribePresetImageList": TIONE,
    "DescribeBuildInImages": TIONE,
    "AssumeRole": STS,
    "AssumeRoleWithWebIdentity": STS,
    "GetCallerIdentity": STS,
}


@dataclass
class Answer:
    """An HTTP response, parsed strictly."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def response(self) -> dict[str, Any]:
        (envelope,) = json.loads(self.body).items()
        assert envelope[0] == "Response"
        return envelope[1]

    @property
    def code(self) -> str:
        return self.response.get("Error", {}).get("Code", "")

    @property
    def message(self) -> str:
        return self.response["Error"]["Message"]


@dataclass
class Caller:
    """Builds and sends signed requests, of which a test can replace any part."""

    cloud: Emulator
    secret_id: str = ""
    secret_key: str = ""
    token: str = ""

    def headers(
        self,
        action: str,
        body: bytes = b"{}",
        *,
        method: str = "POST",
        query: str = "",
        service: str = "",
        host: str = "",
        signed_host: str = "",
        at_unix_s: float | None = None,
        signed: tuple[str, ...] = ("content-type", "host"),
        **extra_headers: str,
    ) -> dict[str, str]:
        """Build and sign the headers of a call. `more` adds or replaces headers before signing."""
        product, version = PRODUCTS.get(action, ("tione", "2021-11-11"))
        timestamp = int(time.time() if at_unix_s is None else at_unix_s)
        kind = "application/json" if method == "POST" else "application/x-www-form-urlencoded"
        headers = {
            "host": host or self.cloud.address,
            "content-type": kind,
            "x-tc-action": action,
            "x-tc-version": version,
            "x-tc-timestamp": str(timestamp),
            "x-tc-region": "ap-guangzhou",
            **({"x-tc-token": self.token} if self.token else {}),
            **{name.replace("_", "-"): value for name, value in extra_headers.items()},
        }
        payload = body if method == "POST" else b""
        if headers.get("x-tc-content-sha256"):
            payload = signing.UNSIGNED_PAYLOAD.encode()
        canonical = signing.build_canonical_request(
            method, query, {**headers, "host": signed_host or headers["host"]}, signed, payload
        )
        scope = service or product
        string_to_sign = signing.build_string_to_sign(canonical, scope, timestamp)
        signature = signing.sign(
            self.secret_key or self.cloud.secret_key, scope, timestamp, string_to_sign
        )
        headers["authorization"] = signing.build_authorization(
            self.secret_id or self.cloud.secret_id, scope, timestamp, signed, signature
        )
        return headers

    def call(self, action: str, parameters: Any = None, **changes: Any) -> Answer:
        """Send a POST request with these parameters. `changes` are arguments of `headers`."""
        body = json.dumps({} if parameters is None else parameters).encode()
        return self.post(self.headers(action, body, **changes), body)

    def get(self, action: str, query: str, **changes: Any) -> Answer:
        headers = self.headers(action, method="GET", query=query, **changes)
        return self.send(build_request("GET", f"/?{query}", headers))

    def post(self, headers: dict[str, str], body: bytes = b"{}") -> Answer:
        return self.send(build_request("POST", "/", headers, body))

    def send(self, raw: bytes) -> Answer:
        """Send one request on a new connection."""
        with self.connect() as connection:
            connection.sendall(raw)
            return read_answer(connection)

    def connect(self) -> socket.socket:
        host, port = self.cloud.address.split(":")
        return socket.create_connection((host, int(port)), timeout=PATIENCE_S)


def build_request(method: str, target: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    length = {"content-length": str(len(body))} if body else {}
    lines = [f"{method} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in {**headers, **length}.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def read_answer(connection: socket.socket) -> Answer:
    """Read one response. Raise EOFError if the connection closes early."""
    data = bytearray()
    while b"\r\n\r\n" not in data:
        data += _receive(connection)
    head, _, body = bytes(data).partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    while len(body) < int(headers["Content-Length"]):
        body += _receive(connection)
    return Answer(int(status_line.split()[1]), headers, body)


def _receive(connection: socket.socket) -> bytes:
    chunk = connection.recv(65536)
    if not chunk:
        raise EOFError
    return chunk
