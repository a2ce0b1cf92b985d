"""Close the connection of an exchange from another thread, so that a late exchange ends."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Protocol


class Connection(Protocol):
    """A connection of urllib3 or http.client."""

    sock: socket.socket | None


class ConnectionWatch:
    """The connection that one exchange currently uses."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._is_over = False

    def start(self) -> None:
        """Watch the connections that this thread opens from now on."""
        _current.watch = self

    def use(self, connection: Connection) -> None:
        """Remember the connection.

        Errors: ConnectionAbortedError if the exchange has ended.
        """
        with self._lock:
            if self._is_over:
                raise ConnectionAbortedError("the exchange is over")
            self._connection = connection

    def release(self) -> None:
        """Forget the connection, because another exchange may reuse it."""
        with self._lock:
            self._connection = None

    def close(self) -> None:
        """End the exchange. The thread that waits for its socket gets an error at once."""
        with self._lock:
            self._is_over = True
            sock = self._connection.sock if self._connection else None
            if sock is not None:
                with contextlib.suppress(OSError, AttributeError):  # TLS inside TLS has no shutdown
                    sock.shutdown(socket.SHUT_RDWR)


class _Current(threading.local):
    watch: ConnectionWatch | None = None


_current = _Current()


def note_connection(connection: Connection) -> None:
    """Register the connection with this thread's watch.

    Errors: ConnectionAbortedError if the exchange has ended.
    """
    if _current.watch is not None:
        _current.watch.use(connection)
