"""Compare our client with the vendor's for the same lookup, with and without imports."""

from __future__ import annotations

import os
from importlib.util import find_spec

from benchmarks.cloud_process import run_emulator
from benchmarks.measuring import (
    Row,
    Scale,
    compare,
    freeze_garbage_collector,
    measure_in_turns,
    time_call,
    time_python,
)
from benchmarks.one_lookup import open_ours, open_vendors

_CALLS = 3
_LATENCY_S = 0.02
_VENDOR = "the vendor's Python client"
_MODULE = "benchmarks.one_lookup"
_LIBRARIES = "import requests, pydantic.main"


def measure_rows(scale: Scale) -> list[Row]:
    """Measure the figures, or return a row with the reason why not."""
    if find_spec("tencentcloud") is None or find_spec("tencentcloud.tione") is None:
        return [Row("one lookup", _VENDOR, "not installed", "< 1×", None, 0)]
    return [
        *_measure_with_imports(scale),
        _measure_without_imports(scale, 0.0),
        _measure_without_imports(scale, _LATENCY_S),
    ]


def _measure_with_imports(scale: Scale) -> list[Row]:
    """Measure both clients, and the import of the two libraries that our client needs."""
    with run_emulator() as emulator:
        samples = measure_in_turns(
            {
                "ours": lambda: time_python(["-m", _MODULE, "ours"], emulator.environment),
                "vendor": lambda: time_python(["-m", _MODULE, "vendor"], emulator.environment),
                "libraries": lambda: time_python(["-c", _LIBRARIES], emulator.environment),
            },
            scale.rounds,
        )
    figure = "one lookup, process and imports"
    return [
        compare(figure, _VENDOR, samples, "ours", "vendor", 1),
        compare(f"`{_LIBRARIES}`", f"{_VENDOR}, {figure}", samples, "libraries", "vendor"),
    ]


def _measure_without_imports(scale: Scale, latency_s: float) -> Row:
    with run_emulator(latency_s=latency_s) as emulator:
        os.environ.update(emulator.environment)
        ours, vendors = open_ours(), open_vendors()
        if ours() != vendors():
            raise RuntimeError("the two clients choose different images: nothing to compare")
        freeze_garbage_collector()
        samples = measure_in_turns(
            {
                "ours": lambda: time_call(lambda: [ours() for _ in range(_CALLS)]) / _CALLS,
                "vendor": lambda: time_call(lambda: [vendors() for _ in range(_CALLS)]) / _CALLS,
            },
            scale.rounds,
        )
    figure = f"one lookup, all imported, {latency_s * 1000:g} ms a request"
    return compare(figure, _VENDOR, samples, "ours", "vendor", 1)
