"""Format tables and wrapped text for people.

If a table is too wide, long texts in it are shortened. If that is not enough, columns are dropped
from the right. Rich measures the width of text. Its Table class is too slow: 0.3 ms per
row.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence
from typing import NamedTuple

from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.formatting import escape

GAP = 2
_SHORTEST_CUT = 12
"""The minimum width of a shortened column, unless its header is wider."""
_ELLIPSIS = "…"


class Table(NamedTuple):
    """The lines of a table, starting with the header, and the names of the dropped columns."""

    lines: list[str]
    dropped: list[str]


def build_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int | None = None,
    whole: Collection[str] = (),
) -> Table:
    """Format rows in aligned columns, limited to a width.

    Args:
        width: the terminal's width in cells. If it is None, nothing is shortened or dropped.
        whole: the columns to drop rather than shorten. A shortened id, for instance, is useless.
    """
    from rich.cells import cell_len

    columns = [list(column) for column in zip(header, *rows, strict=True)]
    widths = [max(map(cell_len, column)) for column in columns]
    if width is not None:
        least = [
            cells if name in whole else min(cells, max(_SHORTEST_CUT, cell_len(name)))
            for name, cells in zip(header, widths, strict=True)
        ]
        widths = _fit(widths, least, width)
        columns = [
            [cut(cell, cells) for cell in column]
            for column, cells in zip(columns, widths, strict=False)
        ]
    lines = [_align(row, widths) for row in zip(*columns, strict=True)]
    return Table(lines, list(header[len(widths) :]))


def build_record(fields: Sequence[tuple[str, str]], width: int | None = None) -> list[str]:
    """Format names and values in two columns. All lines of a value are in the second column."""
    label = max((len(name) for name, _ in fields), default=0) + GAP
    room = max(width - label, _SHORTEST_CUT) if width else None
    lines = []
    for name, value in fields:
        for number, line in enumerate(wrap(value, room)):
            lines.append(f"{'' if number else name:<{label}}{line}".rstrip())
    return lines


def cut(text: str, cells: int) -> str:
    """Shorten text to a number of terminal cells. Shortened text ends with an ellipsis."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, cells - 1).rstrip() + _ELLIPSIS


def wrap(text: str, cells: int | None) -> list[str]:
    """Wrap text between words.

    A long URL or path stays on one line, so that it can be copied. Chinese text has no spaces, so
    it may be broken between any characters.
    """
    if cells is None:
        return text.split("\n")
    if text.isascii():
        wrapper = textwrap.TextWrapper(cells, break_long_words=False, break_on_hyphens=False)
        return [part for line in text.split("\n") for part in wrapper.wrap(line) or [""]]
    from rich.console import Console
    from rich.text import Text

    lines = Text(text).wrap(Console(width=cells), cells, overflow="fold")
    return [line.plain.rstrip() for line in lines]


def wrap_advice(advice: Advice, cells: int | None, label: str = "") -> list[str]:
    """Wrap the text of advice and put each command on a line of its own.

    A command is never wrapped or shortened and nothing is appended to it, because pasting a part of
    a command can do harm.

    Args:
        label: the beginning of the first line.
    """
    lines = []
    for step in advice.steps():
        text = "" if isinstance(step, Command) else escape(step)
        lines += wrap(f"{label}{text}", cells) if label or text else []
        lines += [f"  {step.text}"] if isinstance(step, Command) else []
        label = ""
    return lines


def _fit(widths: Sequence[int], least: Sequence[int], width: int) -> list[int]:
    """Return the widths of the columns that fit, from left to right.

    Columns that do not fit at their minimum width are dropped from the right. The remaining space
    then widens columns, from left to right.
    """
    for count in range(len(widths), 0, -1):
        spare = width - sum(least[:count]) - GAP * (count - 1)
        if spare >= 0:
            fitted = []
            for cells, least_cells in zip(widths[:count], least, strict=False):
                more = min(cells - least_cells, spare)
                fitted.append(least_cells + more)
                spare -= more
            return fitted
    return [min(widths[0], width)]


def _align(row: Sequence[str], widths: Sequence[int]) -> str:
    from rich.cells import set_cell_size

    cells = [set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True)]
    return (" " * GAP).join(cells).rstrip()
