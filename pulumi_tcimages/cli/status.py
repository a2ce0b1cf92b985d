"""What is going on, on stderr while it goes on: a line, with a bar once it is known how much comes.

Only a terminal has it, only what takes longer than a second, and nothing of it is left in the end.
Elsewhere only what is told is printed, a line each.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

from pulumi_tcimages.cli.table import cut
from pulumi_tcimages.cli.terminal import echo_err, is_terminal, paint, width_of
from pulumi_tcimages.formatting import escape_controls

_QUIET_S = 1.0
_STEP_S = 0.5
_CLEAR = "\r\x1b[2K"
_GAP = "  "
_ECHO = 3
"""Cells left free for the ^C that a terminal echoes: on the next line it could not be wiped."""
_LONGEST, _SHORTEST = 30, 5
_DONE, _REST = "━", "─"
_PLAIN = "#", "-"


class Status:
    """A live line, as long as the block lasts that it is opened with; safe for many threads."""

    def __init__(self, doing: str, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.is_live = is_terminal(sys.stderr)
        self._text = doing
        self._came: tuple[int, int] | None = None
        self._clock_s = clock_s
        self._started_s = clock_s()
        self._news = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def __enter__(self) -> Status:
        if self.is_live:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._news.set()
        if self.is_live:
            self._thread.join()

    def tell(self, text: str) -> None:
        """What is going on now."""
        if self.is_live:
            self._text = text
            self._news.set()
        else:
            echo_err(f"tcimages: {text}")

    def draw(self, count: int, total: int) -> None:
        """How many of how many images there are by now; what was told before is over with that."""
        self._came, self._text = (count, total), ""
        self._news.set()

    def _show(self) -> None:
        if self._over.wait(_QUIET_S):
            return
        while not self._over.is_set():
            elapsed_s = self._clock_s() - self._started_s
            columns = width_of(sys.stderr) or 80
            text = escape_controls(self._text)
            _put(_CLEAR + build_line(text, self._came, elapsed_s, columns - _ECHO))
            self._news.wait(_STEP_S)
            self._news.clear()
        _put(_CLEAR)


def build_line(text: str, came: tuple[int, int] | None, elapsed_s: float, cells: int) -> str:
    """One line of so many cells at most: bar, count, text; what leaves no room for all has less."""
    if came is None:
        seconds = f" ({elapsed_s:.0f} s)"
        return cut(text, cells - len(seconds)) + seconds
    count, total = came
    words = f"{count:>{len(str(total))}} of {total} images  {elapsed_s:.0f} s"
    length = min(cells - len(words) - len(_GAP), _LONGEST)
    if length < _SHORTEST:
        return cut(words, cells)
    line = f"{_bar(count / total, length)}{_GAP}{words}"
    room = cells - length - len(words) - 2 * len(_GAP)
    return f"{line}{_GAP}{cut(text, room)}" if text and room >= _SHORTEST else line


def _bar(part: float, length: int) -> str:
    done, rest = (_DONE, _REST) if _can_show(_DONE + _REST) else _PLAIN
    full = min(int(part * length), length)  # more may come than the total said, before it is told
    return paint(done * full, sys.stderr, fg="cyan") + rest * (length - full)


def _can_show(text: str) -> bool:
    try:
        text.encode(sys.stderr.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _put(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
