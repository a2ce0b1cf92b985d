"""A pseudo-terminal as stderr, and the text that a person sees on it."""

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
_CONTROL = re.compile(r"\x1b\[(\??\d*(?:;\d+)*)([A-Za-z])")
_PARTS = re.compile(r"(\x1b\[\??[\d;]*[A-Za-z]|\r|\n)")
_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"


class Screen:
    """A context manager that makes `sys.stderr` a pseudo-terminal and records its output."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, columns: int = 100) -> None:
        self._controller, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self._stream = os.fdopen(terminal, "w", encoding="utf-8")
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
        os.close(self._controller)

    def wait_for(self, text: str) -> None:
        """Wait until the text has been shown."""
        with self._more:
            assert self._more.wait_for(lambda: text in self.plain, PATIENCE_S), repr(self._read)

    @property
    def output(self) -> str:
        """All characters that were sent to the terminal."""
        return self._read

    @property
    def plain(self) -> str:
        """The characters without control sequences, except those that clear a line."""
        return _CONTROL.sub(lambda match: match[0] if match[2] == "K" else "", self._read)

    @property
    def lines(self) -> list[str]:
        """The lines that replaced each other on the screen, without padding."""
        return [line.strip() for line in self.plain.split(_CLEAR) if line.strip()]

    @property
    def visible(self) -> str:
        """The text that is visible now."""
        return render_screen(self._read)

    @property
    def has_cursor(self) -> bool:
        return self._read.rfind(_SHOW_CURSOR) >= self._read.rfind(_HIDE_CURSOR)

    def _listen(self) -> None:
        data = b""
        while True:
            try:
                piece = os.read(self._controller, 4096)
            except OSError:  # EIO after the other end is closed
                return
            data += piece
            with self._more:
                self._read = data.decode("utf-8", "ignore")
                self._more.notify_all()


def render_screen(output: str) -> str:
    """Interpret control characters as a terminal does, and return the visible text."""
    rows, row, column = [""], 0, 0
    for part in _PARTS.split(output):
        control = _CONTROL.fullmatch(part)
        if part == "\r":
            column = 0
        elif part == "\n":
            row += 1
            rows += [""] * (row == len(rows))
        elif control and control[2] == "A":
            row -= int(control[1] or 1)
        elif control and control[2] == "K":
            assert control[1] == "2"
            rows[row] = ""
        elif not control:
            rows[row] = rows[row][:column].ljust(column) + part + rows[row][column + len(part) :]
            column += len(part)
    return "\n".join(line.rstrip() for line in rows).rstrip("\n")
