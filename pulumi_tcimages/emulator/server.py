"""A loopback HTTP server with a thread for each connection.

This module is not specific to the vendor. `Server.stop` ends all threads, closes all sockets and
interrupts the delays that faults cause.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable

from pulumi_tcimages.emulator.framing import (
    FramingError,
    HttpReply,
    HttpRequest,
    Reader,
    build_head,
)

LOOPBACK = "127.0.0.1"
IDLE_S = 75.0
_DRIP_PIECES = 10
_RESET_ON_CLOSE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
_LINGER_BYTES = 16 * 1024 * 1024

Answer = Callable[[HttpRequest], HttpReply]


class Server:
    """A listening socket and its connections."""

    def __init__(self, port: int, answer: Answer) -> None:
        self._answer = answer
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server((LOOPBACK, port), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(
            target=self._accept, name=f"tcimages-emulator-{self.port}", daemon=True
        )
        self._accepting.start()

    def stop(self) -> None:
        """Close all connections and wait for all threads."""
        self._stopping.set()
        # Connect once, so that the blocking `accept` returns. On some systems, it would not return
        # if the socket were closed.
        try:
            socket.create_connection((LOOPBACK, self.port), timeout=1).close()
        except OSError:  # For instance, the limit of open files is reached.
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            # `accept` fails if the client has disconnected or no file descriptor is free.
            except OSError:
                if self._stopping.wait(0.01):
                    return
                continue
            if self._stopping.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            with self._lock:
                self._connections.add(connection)
            try:
                thread.start()
            except RuntimeError:  # No thread can be started now, but maybe for the next client.
                with self._lock:
                    self._connections.remove(connection)
                connection.close()
                continue
            # Threads stay in the list until they end, so that `stop` can wait for each of them.
            self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(IDLE_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            reader = Reader(connection)
            while not self._stopping.is_set() and (request := reader.read()) is not None:
                received_at_s = time.monotonic()
                if not self._deliver(connection, request, self._answer(request), received_at_s):
                    break
        except (OSError, FramingError):
            pass  # Send no response: the client has disconnected, or its request is not HTTP.
        finally:
            with self._lock:
                self._connections.remove(connection)
            connection.close()

    def _deliver(
        self,
        connection: socket.socket,
        request: HttpRequest,
        reply: HttpReply,
        received_at_s: float,
    ) -> bool:
        """Send a response as its `delivery` requires. Return whether the connection stays open.

        A delay is counted from the arrival of the request.
        """
        delivery = reply.delivery
        sends_at_s = received_at_s + delivery.delay_s
        if delivery.delay_s and self._stopping.wait(sends_at_s - time.monotonic()):
            return False
        if delivery.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        if delivery.reset or delivery.close:
            return False
        keep_alive = request.keep_alive and not delivery.truncate
        body = b"" if request.method == "HEAD" else reply.body
        if delivery.truncate:
            body = body[: len(body) // 2]
        head = build_head(reply, keep_alive)
        if delivery.drip_s:
            connection.sendall(head)
            self._drip(connection, body, delivery.drip_s)
        else:
            connection.sendall(head + body)
        if request.problem:
            _linger(connection)
        return keep_alive

    def _drip(self, connection: socket.socket, body: bytes, pause_s: float) -> None:
        size = max(1, len(body) // _DRIP_PIECES)
        for start in range(0, len(body), size):
            connection.sendall(body[start : start + size])
            if self._stopping.wait(pause_s):
                return


def _linger(connection: socket.socket) -> None:
    """Read the rest of the client's request.

    If a connection is closed with unread bytes, the client may not receive the response.
    """
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(1.0)
    read = 0
    while read < _LINGER_BYTES and (piece := connection.recv(64 * 1024)):
        read += len(piece)
