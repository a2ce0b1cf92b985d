"""Handle Ctrl-C, SIGTERM and a closed terminal, so that waits end and `with` blocks clean up."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

_ResultT = TypeVar("_ResultT")
_STEP_S = 0.1

ENDING = tuple(
    signal.Signals[name]
    for name in ("SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)  # Windows has only the first and the third.
)
"""The signals that ask a program to exit. Ctrl-\\ sends SIGQUIT; closing a terminal, SIGHUP."""
SIGNAL_EXIT = 128
"""The number that shells add to a signal's number to form the exit code of a killed process."""


@contextmanager
def handling(
    handler: Callable[[int, FrameType | None], None], numbers: Iterable[int] = ENDING
) -> Iterator[None]:
    """Handle signals during the block, except those that this process ignores.

    Shells disable Ctrl-C for background commands, and `nohup` disables SIGHUP. Programs that are
    started inside the block inherit ignored signals.
    """
    previous = {
        number: handled
        for number in numbers
        # `getsignal` returns None for a handler that Python did not install. Python could not
        # restore such a handler, so it is left in place.
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
    """On the first exit signal during the block, set an event and raise an exception.

    By default, SIGTERM kills Python immediately. Then a progress bar would leave the cursor hidden,
    and temporary folders would remain. Further signals are ignored until the block ends, because an
    exception during its cleanup would leave programs running that the block has started.
    """
    is_interrupted = False

    def interrupt(number: int, _frame: FrameType | None) -> None:
        nonlocal is_interrupted
        if is_interrupted:
            return
        is_interrupted = True
        _set(cancelled)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(SIGNAL_EXIT + number)

    with handling(interrupt):
        yield


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Yield an event that is set on an exit signal, for commands that run until stopped."""
    stop = threading.Event()
    with handling(lambda *_: _set(stop)):
        yield stop


@contextmanager
def delayed() -> Iterator[None]:
    """Delay exit signals to the end of the block.

    Otherwise a signal could arrive after a program has started, but before the caller can stop it.
    Signals without a Python handler are not delayed.
    """
    came: list[int] = []
    numbers = [number for number in ENDING if callable(signal.getsignal(number))]
    if threading.current_thread() is not threading.main_thread():
        # Python runs signal handlers only in the main thread.
        numbers = []
    with handling(lambda number, _: came.append(number), numbers):
        yield
    for received in came:
        signal.raise_signal(received)


def wait_for(future: Future[_ResultT], limit_s: float = math.inf) -> _ResultT:
    """Return a future's result. A signal ends the wait by the exception of its handler.

    Python runs handlers only between the main thread's own steps. `Future.result` would miss a
    signal that arrives just before it blocks, or that another thread receives, so each wait here is
    short.

    Raises: TimeoutError if there is no result within the time limit.
    """
    ends_s = time.monotonic() + limit_s
    while not wait([future], min(_STEP_S, max(ends_s - time.monotonic(), 0.0))).done:
        if time.monotonic() >= ends_s:
            raise TimeoutError
    return future.result()


def receives_ctrl_c() -> bool:
    """Return whether this process handles Ctrl-C. Shells disable it for background commands."""
    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


def _set(event: threading.Event) -> None:
    """Set an event from a signal handler.

    The main thread may hold the event's lock, so this happens on another thread.
    """
    threading.Thread(target=event.set).start()
