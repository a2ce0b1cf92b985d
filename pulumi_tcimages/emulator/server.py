"""Sockets and threads: one listener on loopback, one thread for each connection.

Rules: nothing here knows the vendor. `stop` ends every thread and closes every socket; a pause on
purpose is a wait for the stop, so that it never holds one up.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable

from pulumi_tcimages.emulator.framing import FramingError, Reader, Reply, Request, build_head

LOOPBACK = "127.0.0.1"
IDLE_S = 75.0
_DRIP_PIECES = 10
_RESET_ON_CLOSE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
_LINGER_BYTES = 16 * 1024 * 1024

Answer = Callable[[Request], Reply]


class Server:
    """A listening socket and the connections it has accepted."""

    def __init__(self, port: int, answer: Answer) -> None:
        self._answer = answer
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._listener = socket.create_server((LOOPBACK, port), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(
            target=self._accept, name=f"tcimages-emulator-{self.port}", daemon=True
        )
        self._accepting.start()

    def stop(self) -> None:
        """Ends every connection, cleanly where it is idle; nothing is left when it returns."""
        self._stopping.set()
        # A blocked accept is woken by a last connection: closing the socket does not do it on
        # every system.
        with contextlib.suppress(OSError):
            socket.create_connection((LOOPBACK, self.port), timeout=1).close()
        self._accepting.join()
        self._listener.close()
        with self._lock:
            left = dict(self._connections)
        for connection in left:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in left.values():
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # the peer was gone before it was accepted, or no descriptor is free
                if self._stopping.wait(0.01):
                    return
                continue
            if self._stopping.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            with self._lock:
                self._connections[connection] = thread
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(IDLE_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            reader = Reader(connection)
            while not self._stopping.is_set() and (request := reader.read()) is not None:
                came_s = time.monotonic()
                if not self._deliver(connection, request, self._answer(request), came_s):
                    break
        except (OSError, FramingError):
            pass  # the peer is gone, or speaks something else: the close below is the answer
        finally:
            with self._lock:
                del self._connections[connection]
            connection.close()

    def _deliver(
        self, connection: socket.socket, request: Request, reply: Reply, came_s: float
    ) -> bool:
        """Sends the reply as its delivery says; False when the connection is to end.

        A delay counts from when the request came: what it took to answer is in it.
        """
        how = reply.delivery
        if how.delay_s and self._stopping.wait(came_s + how.delay_s - time.monotonic()):
            return False
        if how.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        if how.reset or how.close:
            return False
        keep_alive = request.keep_alive and not how.truncate
        body = b"" if request.method == "HEAD" else reply.body
        if how.truncate:
            body = body[: len(body) // 2]
        head = build_head(reply, keep_alive)
        if how.drip_s:
            connection.sendall(head)
            self._drip(connection, body, how.drip_s)
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
    """Reads what the peer is still sending: a close over unread bytes would take the reply away."""
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(1.0)
    read = 0
    while read < _LINGER_BYTES and (piece := connection.recv(64 * 1024)):
        read += len(piece)
