"""Ctrl-C, SIGTERM and a closed terminal: end waits on threads, and let `with` blocks clean up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = tuple(
    signal.Signals[name]
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)  # Windows has no SIGHUP
)
"""The signals that ask a program to end. A closed terminal sends SIGHUP."""
_SIGNAL_EXIT = 128
"""A shell reports 128 and the signal's number for a process that a signal ended."""


@contextmanager
def handling(
    handler: Callable[[int, FrameType | None], None], numbers: Iterable[int] = ENDING
) -> Iterator[None]:
    """Handle signals in the block, except those that this process ignores.

    A shell ignores Ctrl-C for commands with `&`, and `nohup` ignores SIGHUP. Programs that are
    started in the block inherit that.
    """
    previous = {
        number: handled
        for number in numbers
        # None is a handler that was not installed by Python, and cannot be put back.
        if (handled := signal.getsignal(number)) not in (signal.SIG_IGN, None)
    }
    for number in previous:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, handled in previous.items():
            signal.signal(number, handled)


@contextmanager
def interrupting(cancelled: threading.Event) -> Iterator[None]:
    """Set the event on a signal to end, then leave the block with an exception.

    SIGTERM alone would end Python at once: a progress bar would leave the terminal without a
    cursor, and temporary folders would stay.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        _set(cancelled)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(_SIGNAL_EXIT + number)

    with handling(interrupt):
        yield


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Yield an event that a signal to end sets, for a command that runs until it is stopped."""
    stop = threading.Event()
    with handling(lambda *_: _set(stop)):
        yield stop


@contextmanager
def delayed() -> Iterator[None]:
    """Deliver signals to end at the end of the block, so that a program started in it ends first.

    A signal that would end this process at once is not delayed.
    """
    came: list[int] = []
    numbers = [number for number in ENDING if callable(signal.getsignal(number))]
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # Python handles signals on its main thread
    with handling(lambda number, _: came.append(number), numbers):
        yield
    for received in came:
        signal.raise_signal(received)


def receives_ctrl_c() -> bool:
    """Return whether Ctrl-C reaches this process. A shell ignores it for commands with `&`."""
    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


def _set(event: threading.Event) -> None:
    """Set an event in a signal handler: on a thread, because the handler may interrupt its
    waiter.
    """
    threading.Thread(target=event.set).start()
