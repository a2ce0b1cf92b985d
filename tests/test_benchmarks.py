"""The benchmarks run: each with a small load, without checking times."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.plots import Growth, Point, draw

CHECKOUT = Path(__file__).parents[1]


def test_quick_run_prints_a_table_and_writes_nothing() -> None:
    before = {path.name for path in (CHECKOUT / "benchmarks").iterdir()}

    result = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert result.returncode == 0, result.stderr
    assert "reached" in result.stdout
    assert {path.name for path in (CHECKOUT / "benchmarks").iterdir()} <= before | {"__pycache__"}


def test_lookups_are_right_while_requests_fail_at_random() -> None:
    command = [sys.executable, "-m", "benchmarks.soak", "--minutes", "0.05", "--clients", "8"]

    result = subprocess.run(
        [*command, "--grace", "300"], cwd=CHECKOUT, capture_output=True, text=True, timeout=600
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.endswith("plugin runs; right answers afterwards: True\n")


def test_plot_has_a_point_for_each_measurement() -> None:
    points = [Point(1, 0.5, 3), Point(10_000, 8.0, 3)]
    growth = Growth("t", "lookups < all", points, "the limit", lambda n: n / 20, lambda n: n)

    svg = draw(growth)

    assert svg.count("<circle") == 2 * len(points)
    assert "lookups &lt; all" in svg
