"""HTTP/1.1 on a socket: parse requests and build the heads of responses.

No library is strict enough for this. The standard library's server answers requests that were cut
short, and h11 accepts folded headers. If a client sends malformed bytes, its connection is closed
without a response. A client that starts TLS gets the status 400 in plain text.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from urllib.parse import unquote

from pulumi_tcimages.emulator import origin_checks

MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 10 * 1024 * 1024
_REQUEST_LINE = re.compile(rb"([A-Z]{1,20}) (/[!-~]*) HTTP/1\.([01])")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_TLS_HELLO = b"\x16\x03"
_NO_TLS = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
"""The response to a client that starts TLS. Without it, the client would wait for a timeout."""
_REASONS = {
    200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    413: "Request Entity Too Large", 429: "Too Many Requests", 500: "Internal Server Error",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip


class FramingError(Exception):
    """A client sent bytes that are not HTTP/1.1, or too many bytes."""


@dataclass(frozen=True)
class HttpRequest:
    """A parsed request. Header names are in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    keep_alive: bool = True
    problem: str = ""
    """Why the body was not read, or "" if it was.

    The value is `too large`, `chunked`, or a reason from `origin_checks`.
    """


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How a response's bytes are sent. By default, all are sent immediately."""

    delay_s: float = 0.0
    """Wait this many seconds before the first byte."""
    drip_s: float = 0.0
    """Send the body in about ten pieces, with a pause of this many seconds between them."""
    truncate: bool = False
    """Send half of the announced body, then close the connection."""
    close: bool = False
    """Close the connection instead of sending a response."""
    reset: bool = False
    """Reset the connection instead of sending a response."""


@dataclass(frozen=True)
class HttpReply:
    """A response. The default content type has no charset, because some clients reject it."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    delivery: Delivery = field(default=Delivery())
    at_unix_s: float = 0.0
    """The time for the Date header."""


class Reader:
    """Reads the requests of one connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()

    def read(self) -> HttpRequest | None:
        """Read the next request. Return None if the client has closed the connection."""
        head = self._read_head()
        if head is None:
            return None
        first, *lines = head.split(b"\r\n")
        request_line = _REQUEST_LINE.fullmatch(first)
        if request_line is None:
            raise FramingError("request line")
        headers = dict(_read_header(line) for line in lines)
        if len(headers) != len(lines) or "host" not in headers:
            raise FramingError("a header twice, or no host")
        method, target, minor_version = request_line.groups()
        path, _, query = target.decode().partition("?")
        problem = origin_checks.explain_rejection(headers)
        body = b""
        if not problem:
            body, problem = self._read_body(headers)
        connection = headers.get("connection", "").lower()
        stays = connection != "close" if minor_version == b"1" else connection == "keep-alive"
        keep_alive = stays and not problem
        return HttpRequest(
            method.decode(), unquote(path), query, headers, body, keep_alive, problem
        )

    def _read_head(self) -> bytes | None:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > MAX_HEAD_BYTES:
                raise FramingError("head too large")
            if self._buffer.startswith(_TLS_HELLO):
                self._connection.sendall(_NO_TLS)
                raise FramingError("TLS")
            if not self._receive():
                if self._buffer:
                    raise FramingError("head cut short")
                return None
        head = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        return head

    def _read_body(self, headers: dict[str, str]) -> tuple[bytes, str]:
        if "transfer-encoding" in headers:
            return b"", "chunked"
        length = headers.get("content-length", "0")
        if not re.fullmatch(r"[0-9]{1,18}", length):
            raise FramingError("content length")
        if int(length) > MAX_BODY_BYTES:
            return b"", "too large"
        if headers.get("expect", "").lower() == "100-continue":
            self._connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(self._buffer) < int(length):
            if not self._receive():
                raise FramingError("body cut short")
        body = bytes(self._buffer[: int(length)])
        del self._buffer[: int(length)]
        return body, ""

    def _receive(self) -> bool:
        piece = self._connection.recv(64 * 1024)
        self._buffer += piece
        return bool(piece)


def _read_header(line: bytes) -> tuple[str, str]:
    header = _HEADER.fullmatch(line)
    if header is None:
        raise FramingError("header")
    return header[1].decode().lower(), header[2].decode("latin-1").strip(" \t")


def build_head(reply: HttpReply, keep_alive: bool) -> bytes:
    """Build the status line and headers of a response as the vendor's gateway sends them."""
    lines = [
        f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Unknown')}",
        "Server: nginx",
        f"Date: {_http_date(int(reply.at_unix_s))}",
        f"Content-Type: {reply.content_type}",
        f"Content-Length: {len(reply.body)}",
        f"Connection: {'keep-alive' if keep_alive else 'close'}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


@lru_cache(maxsize=4)
def _http_date(unix_s: int) -> str:
    return formatdate(unix_s, usegmt=True)
