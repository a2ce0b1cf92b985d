"""Benchmark a running plugin: 1,000 concurrent lookups, memory, and the growth of both."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.cloud_process import StandIn, clean_environment, cloud
from benchmarks.measuring import Row, Samples, Scale, compare, in_turns, time_of
from benchmarks.plots import Growth, Point
from benchmarks.plugin_process import CONSTANTS, OURS, Plugin, build_invoke, resident_mib
from benchmarks.questions import PLATFORM_IMAGE, QUESTION, build_questions
from benchmarks.starting import find_answer

_IMAGES = 300
_PAGES = 4  # three full pages, and an empty one that ends the listing
_AT_ONCE = 64
_LIMIT_PER_S = 20
_MEMORY_AIM_MIB = 20.0
_FLAT_MIB = 2.0
_IMPORTS = "import grpc, pydantic, requests; print(flush=True); input()"


def rows(scale: Scale) -> tuple[list[Row], Growth]:
    """Measure the figures, and the growth with the number of lookups."""
    with cloud(images=_IMAGES) as stand_in:
        samples = _at_once(stand_in.environment, scale)
        # Two more listings: in the round that is not counted, and for the constants plugin.
        each = len(stand_in.requests()) / (scale.process_rounds + 2)
        points = _grow(stand_in, scale)
        memory = _memory(stand_in.environment, scale)
    title = f"{scale.lookups:,} lookups at once, {_IMAGES} images"
    speed = compare(title, "constants plugin, the same", samples, "ours", "constants", 1.4)
    wire = Row(
        "requests on the wire for them",
        f"one listing: {_PAGES} pages",
        f"{each:g}",
        f"= {_PAGES}",
        each == _PAGES,
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
    return [speed, wire, *memory], growth


def _at_once(environment: Mapping[str, str], scale: Scale) -> Samples:
    """Measure concurrent lookups of a new plugin that is loaded but has listed no images."""
    requests = [
        build_invoke(PLATFORM_IMAGE, question) for question in build_questions(scale.lookups)
    ]
    constants = (*CONSTANTS, json.dumps(find_answer(environment, QUESTION)))

    def ask(command: tuple[str, ...]) -> float:
        with Plugin(command, environment) as plugin:
            plugin.configure()
            time.sleep(scale.loading_s)
            return time_of(lambda: plugin.invoke_all(requests, len(requests)))

    ways = {"ours": lambda: ask(OURS), "constants": lambda: ask(constants)}
    return in_turns(ways, scale.process_rounds)


def _grow(stand_in: StandIn, scale: Scale) -> list[Point]:
    """Measure time and requests by number of lookups, with a new plugin for each."""
    points = []
    for count in scale.lookup_counts:
        questions = [build_invoke(PLATFORM_IMAGE, question) for question in build_questions(count)]
        before = len(stand_in.requests())
        with Plugin(OURS, stand_in.environment) as plugin:
            plugin.configure()
            time.sleep(scale.loading_s)
            began_s = time.perf_counter()
            plugin.invoke_all(questions, count)
            taken_s = time.perf_counter() - began_s
        points.append(Point(count, taken_s, len(stand_in.requests()) - before))
    return points


def _memory(environment: Mapping[str, str], scale: Scale) -> list[Row]:
    bare = _bare_mib()
    requests = [
        build_invoke(PLATFORM_IMAGE, question) for question in build_questions(scale.lookups)
    ]
    early, late = _held_mib(environment, requests, scale.lookups_in_the_end // scale.lookups)
    others = [_held_mib(environment, requests, 1)[0] for _ in range(scale.process_rounds - 1)]
    usual = median([early, *others])
    return [
        Row(
            f"memory of the plugin after {scale.lookups:,} lookups",
            "`import grpc, pydantic, requests`",
            f"+{usual - bare:.1f} MiB ({usual:.0f} : {bare:.0f})",
            f"≤ +{_MEMORY_AIM_MIB:g} MiB",
            usual - bare <= _MEMORY_AIM_MIB,
            scale.process_rounds,
        ),
        Row(
            f"the same after {scale.lookups_in_the_end:,}",
            f"after {scale.lookups:,}",
            f"{late - early:+.1f} MiB",
            f"flat: ≤ +{_FLAT_MIB:g} MiB",
            late - early <= _FLAT_MIB,
            1,
        ),
    ]


def _held_mib(
    environment: Mapping[str, str], requests: Sequence[Any], times: int
) -> tuple[float, float]:
    """Return a plugin's memory after sending all requests once, and after `times` repetitions."""
    with Plugin(OURS, environment) as plugin:
        plugin.configure()
        plugin.invoke_all(requests, _AT_ONCE)
        early = plugin.resident_mib()
        for _ in range(times - 1):
            plugin.invoke_all(requests, _AT_ONCE)
        return early, plugin.resident_mib()


def _bare_mib() -> float:
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
