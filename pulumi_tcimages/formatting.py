"""Format messages: labels, wrapped text, tables and escaped characters.

This module imports only the standard library.
"""

from __future__ import annotations

import re
import shlex
import string
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePath

WIDTH = 76
"""The line width: 80 columns, minus four because Pulumi indents messages."""
LABEL = 9
_PRINTED = 1_000
QUOTED = 60
REDACTED = "[secret]"
"""The text that replaces a secret."""
_AS_THEY_ARE = f"{string.ascii_letters}{string.digits}/._+@ "
"""The characters that `printf_format` does not escape."""

_GLUE = "\ue000"
"""A private-use character that temporarily replaces spaces at which a line must not break."""
_UNBROKEN = re.compile(
    r"`[^`]+`|--[a-z][a-z-]* [^\s;]+"
    r"|\bpulumi (?:config set(?: --path)?|up|refresh|preview|install|import)\b"
    r"|\btccli (?:configure|(?:sso|auth) login)\b"
    r"|\btcimages (?:plugin (?:install|status|remove)|emulator run|(?!pl|emulator)[a-z-]+)\b"
)

Row = tuple[str, "str | Sequence[str]"]
"""A label and its content: a string to wrap, or a list of lines."""


def quote(text: str, limit: int = QUOTED) -> str:
    """Put a value in double quotes, shortened and with control characters escaped."""
    shortened = text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"
    return f'"{escape(shortened)}"'


def shell_word(text: str) -> str:
    """Quote a word for a shell command. The result is printable and on one line."""
    # `$(printf ...)` would lose a line break at the end.
    if not text.isprintable() and not text.endswith("\n"):
        return f"\"$(printf '{printf_format(text)}')\""
    word = shlex.quote(text)
    return f"'{word}'" if word.startswith("=") else word  # zsh would expand a leading `=`


def printf_format(text: str) -> str:
    """Convert text to a format string for the shell command `printf`."""
    try:
        encoded = text.encode("utf-8", "surrogateescape")
    # Unpaired surrogates, except those from file names, cannot be encoded.
    except UnicodeEncodeError:
        encoded = text.encode("utf-8", "replace")
    return "".join(chr(byte) if chr(byte) in _AS_THEY_ARE else f"\\{byte:03o}" for byte in encoded)


def path_word(path: str | PurePath) -> str:
    """Quote a path for a shell command. A path with a leading dash is prefixed with `./`."""
    text = str(path)
    return shell_word(f"./{text}" if text.startswith("-") else text)


def printable(text: str) -> str:
    """Put untrusted text on one line, shortened and with control characters escaped."""
    shortened = escape(" ".join(text[:_PRINTED].split()))
    return f"{shortened}..." if len(text) > _PRINTED else shortened


def escape(text: str) -> str:
    """Escape line breaks, control characters and unpaired surrogates."""
    # Break up `<{%`, which Pulumi's CLI would interpret as the start of its colour markup.
    return escape_controls(text).replace("<{%", "<{ %")


def escape_controls(text: str, except_for: str = "") -> str:
    """Escape control and invisible characters, except those in `except_for`."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character in except_for else ascii(character)[1:-1]
        for character in text
    )


def count_of(number: int, noun: str) -> str:
    """Return a number with its noun: `1 image`, `2 images`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Format rows as lines with aligned columns, also if they contain wide (Chinese) characters."""
    cells = [list(row) for row in rows]
    widths = [max(map(cell_width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - cell_width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]


def two_columns(rows: Iterable[tuple[str, str]], indent: str) -> list[str]:
    """Format a table of two columns.

    If the table is too wide, the second column is put on separate lines.
    """
    pairs = list(rows)
    lines = [f"{indent}{line}" for line in table(pairs)]
    if all(len(line) <= WIDTH - LABEL for line in lines):
        return lines
    return [
        line
        for first, second in pairs
        for line in (f"{indent}{first}", *([f"{indent}  {second}"] if second else []))
    ]


def cell_width(text: str) -> int:
    """Return the width of a string in a terminal. A wide character, such as 中, takes two cells."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def lay_out(first_line: str, rows: Iterable[Row]) -> str:
    """Format a message: the first line, then the label and content of each row.

    Rows without content are omitted. Control characters are escaped.
    """
    lines = textwrap.wrap(first_line, WIDTH, break_on_hyphens=False, break_long_words=False)
    for label, content in rows:
        if isinstance(content, str):
            content = wrap(content)
        for number, line in enumerate(content):
            lines.append(f"{'' if number else label:<{LABEL}}{line}".rstrip())
    return "\n".join(map(escape, lines))


def wrap(content: str) -> list[str]:
    """Wrap text to the width beside the labels.

    Lines are not broken inside backticks, in a short command, or between a flag and its value.
    """
    glued = _UNBROKEN.sub(lambda found: found[0].replace(" ", _GLUE), content)
    lines = textwrap.wrap(glued, WIDTH - LABEL, break_on_hyphens=False, break_long_words=False)
    return [line.replace(_GLUE, " ") for line in lines]
