"""Measure figures: alternatives run in turns, so that a busy machine slows down all of them.

A figure is a ratio of medians within one run. The first round fills caches and is not counted,
unless it is the only one.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Samples = dict[str, list[float]]


@dataclass(frozen=True)
class Scale:
    """The amount of work of the benchmarks."""

    rounds: int
    process_rounds: int
    """The number of rounds for measurements that take a second or longer."""
    lookups: int
    total_lookups: int
    lookup_counts: tuple[int, ...]
    catalogue_sizes: tuple[int, ...]
    plugins: int
    emulator_requests: int
    loading_s: float = 1.0
    """Time for a plugin to import its modules, even on a busy machine."""
    choosing: bool = True
    previewing: bool = True


FULL = Scale(
    rounds=11,
    process_rounds=5,
    lookups=1000,
    total_lookups=20_000,
    lookup_counts=(1, 10, 100, 1000, 10_000),
    catalogue_sizes=(100, 500, 1000, 5000),  # a listing is limited to 64 MiB, about 7,000 images
    plugins=60,
    emulator_requests=5000,
)
QUICK = Scale(
    rounds=1,
    process_rounds=1,
    lookups=20,
    total_lookups=40,
    lookup_counts=(1, 10),
    catalogue_sizes=(100, 200),
    plugins=2,
    emulator_requests=50,
    loading_s=0.1,
    choosing=False,
    previewing=False,
)


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    figure: str
    against: str
    reached: str
    aim: str
    met: bool | None
    """None without an aim or a measurement."""
    runs: int


def measure_in_turns(alternatives: Mapping[str, Callable[[], float]], rounds: int) -> Samples:
    """Run the alternatives in turns, and return the seconds that each of them returned."""
    samples: Samples = {name: [] for name in alternatives}
    for _ in range(count_rounds(rounds)):
        for name, run in alternatives.items():
            samples[name].append(run())
    return {name: times_s[-rounds:] for name, times_s in samples.items()}


def count_rounds(rounds: int) -> int:
    """Return the number of rounds with the first one, which is not counted."""
    return rounds + 1 if rounds > 1 else rounds


def freeze_garbage_collector() -> None:
    """Exclude all current objects from garbage collection, as the plugin does."""
    gc.collect()
    gc.freeze()


def time_call(run: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    began_s = time.perf_counter()
    run()
    return time.perf_counter() - began_s


def time_python(arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    """Return the seconds that a Python process takes from start to end."""
    command = [sys.executable, *arguments]
    return time_call(
        lambda: subprocess.run(command, env=dict(environment), check=True, capture_output=True)
    )


def compare(
    figure: str,
    against: str,
    samples: Samples,
    ours: str,
    theirs: str,
    aim: float | None = None,
) -> Row:
    """Return a row with the ratio of two medians."""
    our_s, their_s = median(samples[ours]), median(samples[theirs])
    ratio = our_s / their_s
    return Row(
        figure,
        against,
        f"{ratio:.2f}× ({format_time(our_s)} : {format_time(their_s)})",
        "–" if aim is None else f"≤ {aim:g}×",
        None if aim is None else ratio <= aim,
        len(samples[ours]),
    )


def format_time(seconds: float) -> str:
    """Format a time with two or three significant digits."""
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    return (
        f"{seconds * 1000:.{1 if seconds < 0.01 else 0}f} ms"
        if seconds < 10
        else f"{seconds:.1f} s"
    )
