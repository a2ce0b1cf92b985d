"""`python -m benchmarks`: run all benchmarks, print a table, write results.md and two plots.

`--quick` runs each benchmark once with a small load, as a smoke test, and writes nothing.
"""

from __future__ import annotations

import compileall
import os
import sys
import time
from pathlib import Path

from benchmarks import (
    choosing,
    emulating,
    frozen,
    listing,
    previewing,
    serving,
    starting,
    vendor,
)
from benchmarks.measuring import FULL, QUICK, Row, Scale
from benchmarks.plots import Growth, draw
from benchmarks.report import build_page, print_table

_HERE = Path(__file__).parent
_CHOOSING_AIM = 0.5


def main() -> None:
    """Run the benchmarks and print the table; write the files unless `--quick` is given."""
    quick = "--quick" in sys.argv[1:]
    compile_package()
    began_s, load = time.perf_counter(), os.getloadavg()[0]
    rows, growths = measure(QUICK if quick else FULL)
    print_table(rows)
    if quick:
        return
    page = build_page(rows, previewing.find_engine_version(), time.perf_counter() - began_s, load)
    (_HERE / "results.md").write_text(page, encoding="utf-8")
    for name, growth in growths.items():
        (_HERE / f"{name}.svg").write_text(draw(growth), encoding="utf-8")


def compile_package() -> None:
    """Compile our modules, as pip does when it installs the package.

    Otherwise each process compiles them anew if PYTHONDONTWRITEBYTECODE is set.
    """
    compileall.compile_dir(_HERE.parent / "pulumi_tcimages", quiet=1)


def measure(scale: Scale) -> tuple[list[Row], dict[str, Growth]]:
    """Return the rows of the table, in order, and the data of the plots."""
    _report("starting")
    rows = starting.measure_rows(scale)
    _report("the frozen plugin")
    rows += frozen.measure_rows(scale)
    _report("serving")
    served, by_lookups = serving.measure_rows(scale)
    _report("listing")
    listed, by_size = listing.measure_rows(scale)
    _report("against the vendor's client")
    rows += [*served, *listed, *vendor.measure_rows(scale)]
    if scale.choosing:
        _report("choosing")
        rows += _measure_choosing()
    _report("the emulator")
    rows += emulating.measure_rows(scale)
    _report("pulumi preview")
    rows += previewing.measure_rows(scale)
    return rows, {"lookups": by_lookups, "catalogue": by_size}


def _measure_choosing() -> list[Row]:
    return [
        Row(
            f"{figure.case}, {choosing.IMAGES:,} images",
            "reading the rows with pydantic",
            f"{figure.ratio:.2f}× ({figure.best_ms:.0f} ms, peak {figure.peak_mib:.1f} MiB)",
            f"≤ {_CHOOSING_AIM:g}×" if figure.case.startswith("choose") else "–",
            figure.ratio <= _CHOOSING_AIM if figure.case.startswith("choose") else None,
            choosing.ROUNDS,
        )
        for figure in choosing.measure_figures()
    ]


def _report(name: str) -> None:
    print(f"measuring: {name}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
