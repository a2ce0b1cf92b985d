"""A real terminal on stderr: a pty of so many columns, and what a person would see on it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import termios
import threading

import pytest

from tests.timeouts import PATIENCE_S

_CLEAR = "\r\x1b[2K"


class Screen:
    """Opened as a block; while it lasts, `sys.stderr` is its other end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, columns: int = 100) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self._stream = os.fdopen(theirs, "w", encoding="utf-8")
        self._read = ""
        self._more = threading.Condition()
        self._thread = threading.Thread(target=self._listen)
        monkeypatch.delenv("COLUMNS", raising=False)
        monkeypatch.setattr("sys.stderr", self._stream)

    def __enter__(self) -> Screen:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._thread.join()
        os.close(self._ours)

    def wait_for(self, text: str) -> None:
        """Until this has been on the screen."""
        with self._more:
            assert self._more.wait_for(lambda: text in self.plain, PATIENCE_S), repr(self._read)

    @property
    def all(self) -> str:
        """Everything that was ever sent to it."""
        return self._read

    @property
    def plain(self) -> str:
        """The same without colours."""
        return re.sub(r"\x1b\[[0-9;]*m", "", self._read)

    @property
    def lines(self) -> list[str]:
        """Every line that was shown in the place of the one before."""
        return self.plain.split(_CLEAR)[1:]

    def _listen(self) -> None:
        data = b""
        while True:
            try:
                piece = os.read(self._ours, 4096)
            except OSError:  # EIO: the other end is closed
                return
            data += piece
            with self._more:
                self._read = data.decode("utf-8", "ignore")
                self._more.notify_all()
