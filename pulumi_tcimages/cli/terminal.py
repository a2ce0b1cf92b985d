"""The terminal: whether there is one, what it can show, and what Ctrl-C means there."""

from __future__ import annotations

import codecs
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TextIO

import click

_USUAL = os.terminal_size((80, 24))


def is_terminal(stream: TextIO) -> bool:
    """Whether a person looks at this stream, on something that understands control sequences."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width_of(stream: TextIO) -> int | None:
    """How many cells a line has; None where nothing is cut, because nobody looks at it."""
    if not stream.isatty():
        return None
    try:
        own = os.get_terminal_size(stream.fileno())
    except OSError:
        own = _USUAL
    columns = shutil.get_terminal_size(own).columns  # stdout's, but where that is no terminal
    return columns or _USUAL.columns  # a container's or a script's says that it has none


def paint(text: str, stream: TextIO, **style: Any) -> str:
    """The text in colour, where the stream shows it and NO_COLOR does not forbid it."""
    if not is_terminal(stream) or os.environ.get("NO_COLOR"):
        return text
    return click.style(text, **style)


def say(text: str) -> None:
    """A line for people, on stderr; where nobody can read it, the answer is none the worse."""
    with suppress(OSError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def note(text: str) -> None:
    """A line that only a person at a terminal wants to read."""
    if is_terminal(sys.stderr):
        say(paint(text, sys.stderr, dim=True))


def write(text: str) -> None:
    """Lines of data, on stdout."""
    sys.stdout.write(f"{text}\n")


def write_json(document: object) -> None:
    """A document on stdout: JSON is UTF-8, and where stdout is not, ASCII is the same in both."""
    import json  # here, because most commands write none

    is_utf_8 = codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8"
    write(json.dumps(document, ensure_ascii=not is_utf_8, indent=2))


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
    numbers = (signal.SIGINT, signal.SIGTERM) if heeds_ctrl_c() else (signal.SIGTERM,)
    before = [signal.signal(number, lambda *_: _set(stop)) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def heeds_ctrl_c() -> bool:
    """Whether Ctrl-C is for this process: a shell shields from it what it puts aside with `&`."""
    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
