"""Abort an HTTP exchange by closing its connection from another thread."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Protocol


class Connection(Protocol):
    """A connection from urllib3 or http.client."""

    sock: socket.socket | None


class ConnectionWatch:
    """Tracks the current connection of an HTTP exchange, so that another thread can close it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._is_over = False

    def start(self) -> None:
        """Start tracking the connections that the current thread opens."""
        _current.watch = self

    def use(self, connection: Connection) -> None:
        """Track a connection, so that `close` can close it.

        Raises: ConnectionAbortedError if the exchange has ended.
        """
        with self._lock:
            if self._is_over:
                raise ConnectionAbortedError("the exchange is over")
            self._connection = connection

    def release(self) -> None:
        """Stop tracking the connection, because another exchange may reuse it."""
        with self._lock:
            self._connection = None

    def close(self) -> None:
        """End the exchange. The thread that waits for its response immediately gets an error."""
        with self._lock:
            self._is_over = True
            sock = self._connection.sock if self._connection else None
            if sock is not None:
                # `shutdown` fails if the socket is already closed. The object that urllib3 uses for
                # TLS inside TLS has no such method.
                with contextlib.suppress(OSError, AttributeError):
                    sock.shutdown(socket.SHUT_RDWR)


class _Current(threading.local):
    watch: ConnectionWatch | None = None


_current = _Current()


def note_connection(connection: Connection) -> None:
    """Register a connection with the current thread's HTTP exchange, so that another thread can
    close it.

    Raises: ConnectionAbortedError if the exchange has ended.
    """
    if _current.watch is not None:
        _current.watch.use(connection)
