"""How a message is laid out: labels in a column, text wrapped, tables aligned, names spelled.

A leaf beside `errors`: standard library only.
"""

from __future__ import annotations

import base64
import json
import re
import shlex
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import quote as url_quote
from urllib.parse import quote_plus

WIDTH = 76
"""What is left of a terminal of 80 columns where Pulumi indents a message by four."""
LABEL = 9
_PRINTED = 1_000
_QUOTED = 60

NameStyle = Callable[[str], str]
"""Turns a snake_case name into the reader's dialect."""

Row = tuple[str, "str | Sequence[str]"]
"""A label and its content: a string is wrapped, a sequence is printed line by line."""


@lru_cache(maxsize=1024)  # every lookup spells the same twenty names; 4 % of its time
def camel(name: str) -> str:
    """The Pulumi spelling of a snake_case name: image_range -> imageRange."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def snake(name: str) -> str:
    """A name in Pulumi's spelling as Python spells it: imageRange -> image_range."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def camel_path(path: str) -> str:
    """The same of every part of a dotted name: assume_role.role_arn -> assumeRole.roleArn."""
    return ".".join(map(camel, path.split(".")))


def normalize_name(name: str) -> str:
    """What all spellings of a name have in common: image_id, image-id, imageId -> imageid."""
    return name.replace("-", "").replace("_", "").lower()


def render_path(path: str, style: NameStyle) -> str:
    """The spelling of a name with a part behind it: only the name changes dialect."""
    name, dot, part = path.partition(".")
    return f"{style(name)}{dot}{part}"


def render_names(text: str, style: NameStyle) -> str:
    """Prose with its `marked` names spelled for the reader."""
    return re.sub(r"`([a-z_.]+)`", lambda found: render_path(found[1], style), text)


def quote(text: str, limit: int = _QUOTED) -> str:
    """A value as a user would write it, on one line, shortened, safe to print."""
    shown = text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"
    return f'"{escape(shown)}"'


_SHORTEST_SECRET = 4
"""The characters that make a secret: anything shorter stands in many a text by chance."""
_SHORTEST_ENCODED = 8
"""Anything shorter is, in base64, too much like a word."""
_URL_SAFE = str.maketrans("+/", "-_")
_LONGEST_SECRET = 8 * 1024
"""Of a longer secret, this much is searched for: the pattern of its forms is 100 times as large."""
REDACTED = "[secret]"


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets, however a message shows them; short ones are none.

    A very long secret is found by its beginning. All that follows is hidden with it.
    """
    pattern = _any_of(frozenset(secrets))
    return pattern.sub(REDACTED, text) if pattern.pattern else text


@lru_cache(maxsize=16)  # every reply of a listing is searched for the same keys
def _any_of(secrets: frozenset[str]) -> re.Pattern[str]:
    long_enough = [one for one in secrets if len(one.strip()) >= _SHORTEST_SECRET]
    beginnings = {one[:_LONGEST_SECRET] for one in long_enough if len(one) > _LONGEST_SECRET}
    forms = {form for one in long_enough for form in _forms(one[:_LONGEST_SECRET])}
    rests = {form for beginning in beginnings for form in _forms(beginning)}
    # The longest first: one secret may be a part of another.
    ordered = sorted(filter(str.strip, forms), key=len, reverse=True)
    patterns = (_in_lines(form) + (r"[\s\S]*" if form in rests else "") for form in ordered)
    return re.compile("|".join(patterns), re.IGNORECASE)  # names lose their capitals


def _forms(text: str) -> Iterator[str]:
    """How a value may be shown: whole or cut, as it is, made visible, as JSON, in a command."""
    yield quote(text)[1:-1]
    for shown in (text, text[:_QUOTED]):
        yield from (shown, escape(shown), json.dumps(shown, ensure_ascii=False)[1:-1])
        yield " ".join(map(escape, shown.split()))
        yield shlex.quote(shown).strip("'")
    if len(text.strip()) >= _SHORTEST_ENCODED:
        yield from _encoded_forms(text)


def _encoded_forms(text: str) -> Iterator[str]:
    """How a server may repeat a value: in a URL, in base64 alone or amid others, in hex."""
    raw = text.encode(errors="replace")
    for safe in ("", "/"):
        yield from (url_quote(raw, safe=safe), url_quote(raw, safe=f"{safe}+="))
    yield quote_plus(raw)
    yield raw.hex()
    yield from (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode())
    for before in range(3):
        # The characters that share bits with what stands before or after are left out.
        encoded = base64.b64encode(bytes(before) + raw).decode().rstrip("=")
        whole = (before + len(raw)) * 8 // 6
        inner = encoded[(before * 8 + 5) // 6 : whole]
        yield from (inner, inner.translate(_URL_SAFE))


def _in_lines(text: str) -> str:
    """A pattern for a text that may have been wrapped."""
    return r"\s+".join(map(re.escape, text.split()))


def shell_word(text: str) -> str:
    """A text as one word of a command line, for every shell: zsh expands a leading = too."""
    word = shlex.quote(text)
    return f"'{word}'" if word.startswith("=") else word


def printable(text: str) -> str:
    """Foreign text, shortened, its control characters made visible; line breaks become spaces."""
    shown = escape(" ".join(text[:_PRINTED].split()))
    return f"{shown}..." if len(text) > _PRINTED else shown


def escape(text: str) -> str:
    """The text with everything in it made visible: line breaks, controls, half characters."""
    # Pulumi's markup for colours, which its CLI would obey.
    return escape_controls(text).replace("<{%", "<{ %")


def escape_controls(text: str, kept: str = "") -> str:
    """Escape what does something to a terminal or cannot be seen, but for the kept characters."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character in kept else ascii(character)[1:-1]
        for character in text
    )


def count_of(number: int, noun: str) -> str:
    """`1 image`, `2 images`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines with aligned columns; a wide character takes two cells."""
    cells = [list(row) for row in rows]
    widths = [max(map(cell_width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - cell_width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]


def two_columns(rows: Iterable[tuple[str, str]], indent: str) -> list[str]:
    """A table where it fits beside a label, else the second column under the first."""
    pairs = list(rows)
    lines = [f"{indent}{line}" for line in table(pairs)]
    if all(len(line) <= WIDTH - LABEL for line in lines):
        return lines
    return [line for first, second in pairs for line in (f"{indent}{first}", f"{indent}  {second}")]


def cell_width(text: str) -> int:
    """How many terminal cells a text takes."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def lay_out(first_line: str, rows: Iterable[Row]) -> str:
    """A message: the first line, then each row that has content under its label.

    Whatever is in it, a path of the user's for instance, it does nothing to a terminal.
    """
    lines = textwrap.wrap(first_line, WIDTH, break_on_hyphens=False, break_long_words=False)
    for label, content in rows:
        lines += _column(label, wrap(content) if isinstance(content, str) else content)
    return "\n".join(map(escape, lines))


def wrap(content: str) -> list[str]:
    """The lines of a text that stands beside a label."""
    return textwrap.wrap(content, WIDTH - LABEL, break_on_hyphens=False, break_long_words=False)


def _column(label: str, lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"{label if number == 0 else '':<{LABEL}}{line}".rstrip()
