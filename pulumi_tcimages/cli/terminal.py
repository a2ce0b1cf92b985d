"""The terminal: whether there is one, what it can show, and what Ctrl-C means there."""

from __future__ import annotations

import codecs
import os
import re
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TextIO

import click

from pulumi_tcimages.formatting import escape_controls

_USUAL = os.terminal_size((80, 24))
_COLOUR = re.compile(r"(\x1b\[(?:0|1|2|3[1-7])m)")
"""What `paint` adds: colours, bold, dim, and their end."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


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
    return click.style(text, **style) if _shows_colour(stream) else text


def _shows_colour(stream: TextIO) -> bool:
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def make_safe(text: str, stream: TextIO) -> str:
    """Escape everything in lines of text that a terminal would obey, but for colours of `paint`.

    All output passes here or through `write_json`: names, urls and messages come from elsewhere.
    """
    if text.isprintable():
        return text
    parts = _COLOUR.split(text) if _shows_colour(stream) else [text]
    return "".join(
        part if _COLOUR.fullmatch(part) else escape_controls(part, kept="\n\t") for part in parts
    )


def echo_err(text: str) -> None:
    """A line for people, on stderr; where nobody can read it, the answer is none the worse."""
    with suppress(OSError):
        sys.stderr.write(f"{make_safe(text, sys.stderr)}\n")
        sys.stderr.flush()


def hint(text: str) -> None:
    """A line that only a person at a terminal wants to read."""
    if is_terminal(sys.stderr):
        echo_err(paint(text, sys.stderr, dim=True))


def echo(text: str) -> None:
    """Lines of data, on stdout."""
    sys.stdout.write(f"{make_safe(text, sys.stdout)}\n")


def write_json(document: object) -> None:
    """A document on stdout: JSON is UTF-8, and where stdout is not, ASCII is the same in both."""
    import json  # here, because most commands write none

    is_utf_8 = codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8"
    text = json.dumps(document, ensure_ascii=not is_utf_8, indent=2)
    if not text.isascii():  # json itself escapes the controls of ASCII, but for DEL
        text = _NOT_ASCII.sub(lambda found: _as_json(found[0]), text)
    sys.stdout.write(f"{text}\n".replace("\x7f", "\\u007f"))


def _as_json(character: str) -> str:
    import json

    return character if character.isprintable() else json.dumps(character)[1:-1]


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
