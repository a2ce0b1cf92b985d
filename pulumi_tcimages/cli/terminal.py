"""The terminal: whether there is one, what it can show, and a line on it while something runs."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, TextIO

import click

_QUIET_S = 1.0
_STEP_S = 0.5
_CLEAR = "\r\x1b[2K"


def is_terminal(stream: TextIO) -> bool:
    """Whether a person looks at this stream, on something that understands control sequences."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width_of(stream: TextIO) -> int | None:
    """How many cells a line has; None where nothing is cut, because nobody looks at it."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def paint(text: str, stream: TextIO, **style: Any) -> str:
    """The text in colour, where the stream shows it and NO_COLOR does not forbid it."""
    if not is_terminal(stream) or os.environ.get("NO_COLOR"):
        return text
    return click.style(text, **style)


def say(text: str) -> None:
    """A line for people, on stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def note(text: str) -> None:
    """A line that only a person at a terminal wants to read."""
    if is_terminal(sys.stderr):
        say(paint(text, sys.stderr, dim=True))


def write(text: str) -> None:
    """Lines of data, on stdout."""
    sys.stdout.write(f"{text}\n")


class Status:
    """A line on stderr, once something takes longer than a second; gone when it is over.

    Where stderr is no terminal, only what is told is printed, a line each.
    """

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._live = is_terminal(sys.stderr)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._started_s = time.monotonic()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def __enter__(self) -> Status:
        if self._live:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._live:
            self._thread.join()

    def tell(self, text: str) -> None:
        """What is going on now."""
        if self._live:
            with self._lock:
                self._doing = text
        else:
            say(f"tcimages: {text}")

    def _show(self) -> None:
        wait_s, shown = _QUIET_S, False
        while not self._over.wait(wait_s):
            with self._lock:
                line = f"{self._doing} ({time.monotonic() - self._started_s:.0f} s)"
            sys.stderr.write(_CLEAR + line[: shutil.get_terminal_size().columns - 1])
            sys.stderr.flush()
            wait_s, shown = _STEP_S, True
        if shown:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()


def _set(event: threading.Event) -> None:
    """Set an event in a signal's handler: on a thread, for the handler may interrupt its waiter."""
    threading.Thread(target=event.set).start()


@contextmanager
def interrupting(cancelled: threading.Event) -> Iterator[None]:
    """While this lasts, Ctrl-C also sets the event, so that threads that wait end their wait."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        _set(cancelled)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that Ctrl-C or SIGTERM sets, for what runs until it is told to stop."""
    stop = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: _set(stop)) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
