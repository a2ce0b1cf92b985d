"""Print the table of results, or write it as a Markdown page."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measuring import Row

_HEADINGS = ("figure", "against", "reached", "aim", "met", "runs")


def print_table(rows: Sequence[Row]) -> None:
    """Print the table on the terminal."""
    table = Table()
    for heading in _HEADINGS:
        table.add_column(heading)
    for row in rows:
        table.add_row(*_cells(row))
    Console().print(table)


def build_page(rows: Sequence[Row], engine_version: str, took_s: float, load: float) -> str:
    """Return a Markdown page with the table, the date, the machine and an explanation."""
    lines = [
        "# Benchmarks",
        "",
        f"{datetime.now(timezone.utc):%Y-%m-%d}, {os.cpu_count()} cores, {_memory_gib()} GiB, "
        f"Python {platform.python_version()}"
        + (f", Pulumi {engine_version}" if engine_version else "")
        + f". {took_s / 60:.0f} minutes; the load was {load:.1f} when it began and "
        f"{os.getloadavg()[0]:.1f} when it ended; what is above {os.cpu_count()} was other work on "
        "the machine.",
        "",
        "Made by `make bench`. Everything talks to the emulator over loopback. A ratio is one of "
        "medians, measured in turns within this run; runs says how many of each. The times are "
        "this machine's and say little about another; the ratios do.",
        "",
        f"| {' | '.join(_HEADINGS)} |",
        "|---|---|---|---|---|---|",
        *(f"| {' | '.join(_cells(row))} |" for row in rows),
        "",
        "![Time and requests by number of lookups](lookups.svg)",
        "",
        "![Time and requests by size of the catalogue](catalogue.svg)",
        "",
    ]
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    met = "–" if row.met is None else "yes" if row.met else "no"
    return row.figure, row.against, row.reached, row.aim, met, str(row.runs or "–")


def _memory_gib() -> int:
    first = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()[0]
    return round(int(first.split()[1]) / 1024**2)
