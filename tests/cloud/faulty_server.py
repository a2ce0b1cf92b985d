"""A misbehaving server: each connection is served by the next step.

    with FaultyServer(silence, reply(b"<html>")) as server:
        ...                       # further connections get the last step

A step is called once the whole request has been received.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable

import trustme

from tests.timeouts import PATIENCE_S


class Peer:
    """One connection, its request, and an event that is set when the server stops."""

    def __init__(
        self, connection: socket.socket, request: bytes, stopping: threading.Event
    ) -> None:
        self.connection = connection
        self.request = request
        self.stopping = stopping


Step = Callable[[Peer], None]

_TLS_HELLO = b"\x16\x03"


class FaultyServer:
    def __init__(self, *steps: Step, certificate: trustme.LeafCert | None = None) -> None:
        self._steps = list(steps)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._connections: list[socket.socket] = []
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(self._context)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.requests: list[bytes] = []

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> FaultyServer:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            contextlib.closing(self._wrap(connection)) as tls_connection,
        ):
            request = read_request(tls_connection)
            if request:
                self.requests.append(request)
                step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
                step(Peer(tls_connection, request, self._stopping))

    def _wrap(self, connection: socket.socket) -> socket.socket:
        return (
            self._context.wrap_socket(connection, server_side=True) if self._context else connection
        )


def read_request(connection: socket.socket) -> bytes:
    """Return a whole request, or no bytes if the client disconnected."""
    data = b""
    while b"\r\n\r\n" not in data and not data.startswith(_TLS_HELLO):
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        data += chunk
    header, _, body = data.partition(b"\r\n\r\n")
    lengths = [
        int(line.partition(b":")[2])
        for line in header.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    while len(body) < sum(lengths):
        body += connection.recv(65536)
    return header + b"\r\n\r\n" + body


def reply(
    body: bytes,
    *headers: str,
    status: str = "200 OK",
    content_type: str = "application/json",
    length: int | None = None,
) -> Step:
    """Return a step that sends a response, whose length and type may be wrong."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", "Connection: close", *headers]
    if length is not None or not any(line.lower().startswith("transfer") for line in headers):
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    response = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    return lambda peer: peer.connection.sendall(response)


def raw(response: bytes) -> Step:
    return lambda peer: peer.connection.sendall(response)


def silence(peer: Peer) -> None:
    peer.stopping.wait(PATIENCE_S)


def close(peer: Peer) -> None:
    del peer


def reset(peer: Peer) -> None:
    peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drip(response: bytes, pause_s: float = 0.03) -> Step:
    def step(peer: Peer) -> None:
        for number in range(len(response)):
            peer.connection.sendall(response[number : number + 1])
            if peer.stopping.wait(pause_s):
                return

    return step


def endless(beginning: bytes) -> Step:
    """Return a step that sends 64 MiB of a chunked response without a line break."""
    header = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    def step(peer: Peer) -> None:
        peer.connection.sendall(header + beginning)
        for _ in range(64):
            peer.connection.sendall(b"x" * 1024**2)

    return step


def echo(peer: Peer) -> None:
    """Send the whole request back, including its keys and its signature."""
    reply(peer.request, content_type="text/plain")(peer)
