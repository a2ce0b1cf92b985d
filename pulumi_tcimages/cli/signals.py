"""Ctrl-C and SIGTERM: end waits on other threads, and let `with` blocks clean up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNAL_EXIT = 128
"""A shell reports 128 and the signal's number for a process that a signal ended."""


@contextmanager
def interrupting(cancelled: threading.Event) -> Iterator[None]:
    """Set the event on Ctrl-C and SIGTERM, then leave the block with an exception.

    SIGTERM alone would end Python at once, and a progress bar would leave the terminal without a
    cursor.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        _set(cancelled)
        if number == signal.SIGTERM:
            raise SystemExit(_SIGNAL_EXIT + number)
        raise KeyboardInterrupt

    numbers = (signal.SIGINT, signal.SIGTERM)
    handlers = [signal.signal(number, interrupt) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, handlers, strict=True):
            signal.signal(number, handler)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Yield an event that Ctrl-C or SIGTERM sets, for a command that runs until it is stopped."""
    stop = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM) if receives_ctrl_c() else (signal.SIGTERM,)
    handlers = [signal.signal(number, lambda *_: _set(stop)) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, handlers, strict=True):
            signal.signal(number, handler)


@contextmanager
def delayed() -> Iterator[None]:
    """Deliver Ctrl-C and SIGTERM at the end of the block, so that a program started in it ends."""
    came: list[int] = []
    numbers = [
        number
        for number in (signal.SIGINT, signal.SIGTERM)
        if callable(signal.getsignal(number))  # a program would inherit an ignored signal
    ]
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # Python handles signals on its main thread
    handlers = [signal.signal(number, lambda number, _: came.append(number)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, handlers, strict=True):
            signal.signal(number, handler)
    for received in came:
        signal.raise_signal(received)


def receives_ctrl_c() -> bool:
    """Return whether Ctrl-C reaches this process. A shell ignores it for commands with `&`."""
    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


def _set(event: threading.Event) -> None:
    """Set an event on a thread of its own, because a signal handler may interrupt the waiter."""
    threading.Thread(target=event.set).start()
