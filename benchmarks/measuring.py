"""How a figure is measured: the ways side by side, in turns, so that a busy machine is fair to all.

A figure is a ratio of medians within one run. A first round, which fills caches, is not counted.
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
    """How much is measured."""

    rounds: int
    process_rounds: int
    """For what takes a second or more each time."""
    lookups: int
    lookups_in_the_end: int
    lookup_counts: tuple[int, ...]
    catalogue_sizes: tuple[int, ...]
    plugins: int
    emulator_requests: int
    loading_s: float = 1.0
    """By then a plugin has loaded everything, on a busy machine too."""
    choosing: bool = True
    previewing: bool = True


FULL = Scale(
    rounds=11,
    process_rounds=5,
    lookups=1000,
    lookups_in_the_end=20_000,
    lookup_counts=(1, 10, 100, 1000, 10_000),
    catalogue_sizes=(100, 500, 1000, 5000),  # a listing takes at most 64 MiB, some 7,000 images
    plugins=60,
    emulator_requests=5000,
)
QUICK = Scale(
    rounds=1,
    process_rounds=1,
    lookups=20,
    lookups_in_the_end=40,
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
    """One line of the table."""

    figure: str
    against: str
    reached: str
    aim: str
    met: bool | None
    """None: there is no aim, or nothing was measured."""
    runs: int


def in_turns(ways: Mapping[str, Callable[[], float]], rounds: int) -> Samples:
    """What each way took, in seconds, as it says itself; one of each, then the next of each."""
    samples: Samples = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, run in ways.items():
            samples[name].append(run())
    return {name: taken[1:] for name, taken in samples.items()}


def freeze() -> None:
    """Leave what is loaded to itself when looking for garbage, as the plugin's process does."""
    gc.collect()
    gc.freeze()


def time_of(run: Callable[[], object]) -> float:
    """How many seconds it takes."""
    began_s = time.perf_counter()
    run()
    return time.perf_counter() - began_s


def time_python(arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    """How many seconds a whole Python process takes."""
    command = [sys.executable, *arguments]
    return time_of(
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
    """The row of a figure that is a ratio of two medians."""
    mine_s, their_s = median(samples[ours]), median(samples[theirs])
    ratio = mine_s / their_s
    return Row(
        figure,
        against,
        f"{ratio:.2f}× ({show(mine_s)} : {show(their_s)})",
        "–" if aim is None else f"≤ {aim:g}×",
        None if aim is None else ratio <= aim,
        len(samples[ours]),
    )


def show(seconds: float) -> str:
    """A time with two or three digits that count."""
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    return (
        f"{seconds * 1000:.{1 if seconds < 0.01 else 0}f} ms"
        if seconds < 10
        else f"{seconds:.1f} s"
    )
