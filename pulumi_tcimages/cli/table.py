"""Tables for people: columns aligned by terminal cells, fitted to a width where there is one.

What does not fit is taken from the right: long texts are cut to a readable length, then whole
columns are left out; a column of ids is never cut, because half an id is no use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pulumi_tcimages.formatting import cell_width, table

_GAP = 2
READABLE, LEGIBLE = 40, 12
"""Cells that a long text is not cut below: in the usual table, and in columns that were chosen."""
_ELLIPSIS = "…"


class Table(NamedTuple):
    """Lines, the header first, and the columns that had no place."""

    lines: list[str]
    left_out: list[str]


def build_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int | None = None,
    readable: int = READABLE,
) -> Table:
    """A table, within a width if there is one.

    Args:
        readable: what a long text is not cut below; rather is a column left out.
    """
    if width is None:
        return Table(table([header, *rows]), [])
    columns = list(zip(header, *rows, strict=True))
    widths = _fit(header, [max(map(cell_width, column)) for column in columns], width, readable)
    fitted = [
        [cut(cell, cells) for cell in column]
        for column, cells in zip(columns, widths, strict=False)
    ]
    return Table(table(zip(*fitted, strict=True)), list(header[len(widths) :]))


def build_record(fields: Sequence[tuple[str, str]], width: int | None = None) -> list[str]:
    """Names and values under each other; a value of several lines stays in its column."""
    label = max((cell_width(name) for name, _ in fields), default=0) + _GAP
    room = max(width - label, LEGIBLE) if width else None
    lines = []
    for name, value in fields:
        parts = [part for line in value.split("\n") for part in wrap(line, room)]
        for number, part in enumerate(parts):
            lines.append(f"{name if number == 0 else '':<{label}}{part}".rstrip())
    return lines


def cut(text: str, cells: int) -> str:
    """The text within so many cells, with an ellipsis where something is missing."""
    if cell_width(text) <= cells:
        return text
    return _start(text, cells - 1) + _ELLIPSIS


def wrap(text: str, cells: int | None) -> Iterator[str]:
    """The text in pieces of so many cells: at a blank, or anywhere where none is near.

    Addresses and Chinese have no blanks to break at.
    """
    while cells is not None and (piece := _start(text, cells)) != text:
        blank = piece.rfind(" ")
        if blank * 3 > len(piece):
            piece = piece[:blank]
        yield piece
        text = text[len(piece) :].lstrip(" ")
    yield text


def _start(text: str, cells: int) -> str:
    """As much of the text as so many cells hold, at least a character."""
    taken = 0
    for number, one in enumerate(text):
        taken += cell_width(one)
        if taken > cells:
            return text[: max(number, 1)]
    return text


def _fit(header: Sequence[str], widths: Sequence[int], width: int, readable: int) -> list[int]:
    """The widths of as many columns, from the left, as fit when long ones are cut."""
    rigid = [name.endswith("id") for name in header]
    for count in range(len(widths), 0, -1):
        least = [
            cells if fixed else min(cells, readable)
            for cells, fixed in zip(widths[:count], rigid, strict=False)
        ]
        spare = width - sum(least) - _GAP * (count - 1)
        if spare >= 0:
            return _grow(least, widths, spare)
    return [min(widths[0], width)]


def _grow(least: Sequence[int], widths: Sequence[int], spare: int) -> list[int]:
    """The spare cells given to the columns that were cut, from the left."""
    grown = []
    for cells, wanted in zip(least, widths, strict=False):
        more = min(wanted - cells, spare)
        grown.append(cells + more)
        spare -= more
    return grown
