"""Write text to stdout and stderr, with terminal control sequences escaped.

Rich is imported only if output is coloured.
"""

from __future__ import annotations

import codecs
import os
import re
import shutil
import sys
from contextlib import suppress
from typing import TextIO

from pulumi_tcimages.formatting import escape_controls

_DEFAULT_SIZE = os.terminal_size((80, 24))
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def is_terminal(stream: TextIO) -> bool:
    """Return whether the stream is a terminal that supports control sequences."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def shows_colour(stream: TextIO) -> bool:
    """Return whether the stream is a terminal and NO_COLOR is not set."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def width_of(stream: TextIO) -> int | None:
    """Return a terminal's width, or None for a pipe or file, whose lines may have any length."""
    if not stream.isatty():
        return None
    try:
        own_size = os.get_terminal_size(stream.fileno())
    except OSError:
        own_size = _DEFAULT_SIZE
    # The variable COLUMNS and the size of stdout take precedence over the stream's own size.
    columns = shutil.get_terminal_size(own_size).columns
    # Some containers report a width of 0, which means unknown.
    return columns or _DEFAULT_SIZE.columns


def echo(text: str, style: str = "") -> None:
    """Write a line of data to stdout."""
    echo_parts((text, style))


def echo_parts(*parts: tuple[str, str]) -> None:
    """Write a line of data to stdout. Each part is a text and its style."""
    sys.stdout.write("".join(_paint(*part, sys.stdout) for part in parts) + "\n")


def echo_err(text: str, style: str = "") -> None:
    """Write text for people to stderr. A closed stderr is not an error."""
    with suppress(OSError):
        sys.stderr.write(f"{_paint(text, style, sys.stderr)}\n")
        sys.stderr.flush()


def hint(text: str) -> None:
    """Write a line to stderr if stderr is a terminal."""
    if is_terminal(sys.stderr):
        echo_err(text, "dim")


def _paint(text: str, style: str, stream: TextIO) -> str:
    """Escape control characters and, on a terminal, apply a Rich style such as `bold red`.

    All output passes through this function or `write_json`, because names, URLs and messages may
    come from untrusted servers.
    """
    safe = escape_controls(text, except_for="\n\t")
    if not style or not shows_colour(stream):
        return safe
    from rich.color import ColorSystem
    from rich.style import Style

    return Style.parse(style).render(safe, color_system=ColorSystem.STANDARD)


def write_json(document: object) -> None:
    """Write JSON to stdout, escaped to ASCII unless stdout uses UTF-8."""
    import json  # Imported on use, because most commands do not write JSON.

    is_utf_8 = codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8"
    text = json.dumps(document, ensure_ascii=not is_utf_8, indent=2)
    # `json` escapes all ASCII control characters except DEL, which is replaced below.
    if not text.isascii():
        text = _NOT_ASCII.sub(lambda match: _escape_json(match[0]), text)
    sys.stdout.write(f"{text}\n".replace("\x7f", "\\u007f"))


def _escape_json(character: str) -> str:
    import json

    return character if character.isprintable() else json.dumps(character)[1:-1]
