"""Benchmark a running plugin: 1,000 concurrent lookups, memory, and the growth of both."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.cloud_process import EmulatorProcess, clean_environment, run_emulator
from benchmarks.measuring import (
    Row,
    Samples,
    Scale,
    compare,
    count_rounds,
    measure_in_turns,
    time_call,
)
from benchmarks.plots import Growth, Point
from benchmarks.plugin_process import CONSTANTS, OURS, Plugin, build_invoke, resident_mib
from benchmarks.queries import PLATFORM_IMAGE, QUERY, build_queries
from benchmarks.starting import find_response

_IMAGES = 300
_PAGES = 4  # three full pages, and an empty one that ends the listing
_AT_ONCE = 64
_LIMIT_PER_S = 20
_MEMORY_AIM_MIB = 20.0
_FLAT_MIB = 2.0
_IMPORTS = "import grpc, pydantic, requests; print(flush=True); input()"


def measure_rows(scale: Scale) -> tuple[list[Row], Growth]:
    """Measure the figures, and the growth with the number of lookups."""
    with run_emulator(images=_IMAGES) as emulator:
        samples = _measure_concurrent_lookups(emulator.environment, scale)
        # One more listing is for the constants plugin.
        requests_per_round = len(emulator.requests()) / (count_rounds(scale.process_rounds) + 1)
        points = _measure_growth(emulator, scale)
        memory = _measure_memory(emulator.environment, scale)
    title = f"{scale.lookups:,} lookups at once, {_IMAGES} images"
    speed_row = compare(title, "constants plugin, the same", samples, "ours", "constants", 1.4)
    request_row = Row(
        "requests on the wire for them",
        f"one listing: {_PAGES} pages",
        f"{requests_per_round:g}",
        f"= {_PAGES}",
        requests_per_round == _PAGES,
        scale.process_rounds,
    )
    growth = Growth(
        "Lookups of platform images: 300 images, one plugin",
        "lookups",
        points,
        f"one request each, {_LIMIT_PER_S} a second",
        lambda count: count / _LIMIT_PER_S,
        lambda count: count,
    )
    return [speed_row, request_row, *memory], growth


def _measure_concurrent_lookups(environment: Mapping[str, str], scale: Scale) -> Samples:
    """Measure concurrent lookups of a new plugin that is loaded but has listed no images."""
    requests = [build_invoke(PLATFORM_IMAGE, query) for query in build_queries(scale.lookups)]
    constants = (*CONSTANTS, json.dumps(find_response(environment, QUERY)))

    def measure(command: tuple[str, ...]) -> float:
        with Plugin(command, environment) as plugin:
            plugin.configure()
            time.sleep(scale.loading_s)
            return time_call(lambda: plugin.invoke_all(requests, len(requests)))

    ways = {"ours": lambda: measure(OURS), "constants": lambda: measure(constants)}
    return measure_in_turns(ways, scale.process_rounds)


def _measure_growth(emulator: EmulatorProcess, scale: Scale) -> list[Point]:
    """Measure time and requests by number of lookups, with a new plugin for each."""
    points = []
    for count in scale.lookup_counts:
        requests = [build_invoke(PLATFORM_IMAGE, query) for query in build_queries(count)]
        before = len(emulator.requests())
        with Plugin(OURS, emulator.environment) as plugin:
            plugin.configure()
            time.sleep(scale.loading_s)
            began_s = time.perf_counter()
            plugin.invoke_all(requests, count)
            taken_s = time.perf_counter() - began_s
        points.append(Point(count, taken_s, len(emulator.requests()) - before))
    return points


def _measure_memory(environment: Mapping[str, str], scale: Scale) -> list[Row]:
    import_mib = _measure_import_mib()
    requests = [build_invoke(PLATFORM_IMAGE, query) for query in build_queries(scale.lookups)]
    first_mib, last_mib = _measure_plugin_mib(
        environment, requests, scale.total_lookups // scale.lookups
    )
    more_mib = [
        _measure_plugin_mib(environment, requests, 1)[0] for _ in range(scale.process_rounds - 1)
    ]
    median_mib = median([first_mib, *more_mib])
    return [
        Row(
            f"memory of the plugin after {scale.lookups:,} lookups",
            "`import grpc, pydantic, requests`",
            f"+{median_mib - import_mib:.1f} MiB ({median_mib:.0f} : {import_mib:.0f})",
            f"≤ +{_MEMORY_AIM_MIB:g} MiB",
            median_mib - import_mib <= _MEMORY_AIM_MIB,
            scale.process_rounds,
        ),
        Row(
            f"the same after {scale.total_lookups:,}",
            f"after {scale.lookups:,}",
            f"{last_mib - first_mib:+.1f} MiB",
            f"flat: ≤ +{_FLAT_MIB:g} MiB",
            last_mib - first_mib <= _FLAT_MIB,
            1,
        ),
    ]


def _measure_plugin_mib(
    environment: Mapping[str, str], requests: Sequence[Any], times: int
) -> tuple[float, float]:
    """Return a plugin's memory after sending all requests once, and after `times` repetitions."""
    with Plugin(OURS, environment) as plugin:
        plugin.configure()
        plugin.invoke_all(requests, _AT_ONCE)
        first_mib = plugin.resident_mib()
        for _ in range(times - 1):
            plugin.invoke_all(requests, _AT_ONCE)
        return first_mib, plugin.resident_mib()


def _measure_import_mib() -> float:
    process = subprocess.Popen(
        [sys.executable, "-c", _IMPORTS],
        env=clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    size_mib = resident_mib(process.pid)
    process.communicate(b"\n")
    return size_mib
