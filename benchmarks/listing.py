"""Benchmark listings: concurrent pages, large catalogues, many plugins at the same time."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from benchmarks.cloud_process import run_emulator
from benchmarks.measuring import (
    Row,
    Scale,
    compare,
    format_time,
    freeze_garbage_collector,
    measure_in_turns,
    time_call,
)
from benchmarks.plots import Growth, Point
from benchmarks.plugin_process import OURS, Plugin
from pulumi_tcimages.cloud import Client, open_client
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.sources.platform_images import PLATFORM_IMAGES
from pulumi_tcimages.sources.session_images import SESSION_IMAGES

_LATENCY_S = 0.05
_IMAGES = 1000
_PAGE = 100
_LIMIT_PER_S = 20
_ENGINES_EACH = 5
_AT_ONCE_AIM = 1.5
_STARTED_AT_ONCE = 4


def measure_rows(scale: Scale) -> tuple[list[Row], Growth]:
    """Measure the figures, and the growth with the size of the catalogue."""
    growth = Growth(
        f"One listing of platform images: {_PAGE} a page, at most {_LIMIT_PER_S} requests a second",
        "images in the catalogue",
        [_measure_listing(size) for size in scale.catalogue_sizes],
        f"the limit: {_PAGE} images a request, {_LIMIT_PER_S} requests a second",
        lambda size: size / _PAGE / _LIMIT_PER_S,
        lambda size: size / _PAGE,
    )
    return [_measure_round_trips(scale), _measure_plugins(scale)], growth


def make_client(environment: Mapping[str, str], **values: Any) -> Client:
    """Return a client of the emulator with only these settings."""
    return open_client(Configuration(**values), environ=environment, home=Path(os.devnull))


def _measure_round_trips(scale: Scale) -> Row:
    """Measure listings with a new client each time, without open connections or a cache."""
    freeze_garbage_collector()
    with run_emulator(images=_IMAGES, engines=1, latency_s=_LATENCY_S) as emulator:

        def list_images() -> float:
            with closing(make_client(emulator.environment)) as client:
                return time_call(lambda: client.list_images(PLATFORM_IMAGES, region=None))

        def send_one_request() -> float:
            with closing(make_client(emulator.environment)) as client:
                return time_call(lambda: _list_engine_images(client, 0))

        samples = measure_in_turns({"listing": list_images, "once": send_one_request}, scale.rounds)
    figure = f"listing {_IMAGES:,} images at {_LATENCY_S * 1000:g} ms a request"
    return compare(figure, "one request, the same client", samples, "listing", "once", 2.5)


def _list_engine_images(client: Client, number: int) -> None:
    engine = {"data_engine_id": f"DataEngine-{number:08d}", "framework_type": "machine-learning"}
    client.list_images(SESSION_IMAGES, parameters=engine)


def _measure_listing(size: int) -> Point:
    with run_emulator(images=size, per_second=_LIMIT_PER_S) as emulator:
        values = {"max_requests_per_second": _LIMIT_PER_S, "timeout_seconds": 600}
        with closing(make_client(emulator.environment, **values)) as client:
            taken_s = time_call(lambda: client.list_images(PLATFORM_IMAGES, region=None))
        return Point(size, taken_s, len(emulator.requests()))


def _measure_plugins(scale: Scale) -> Row:
    """Measure many running plugins, each of which lists the images of its engines in sequence."""
    count = scale.plugins
    with (
        run_emulator(engines=count * _ENGINES_EACH, per_second=_LIMIT_PER_S) as emulator,
        ExitStack() as stack,
    ):
        with ThreadPoolExecutor(_STARTED_AT_ONCE) as start_pool:
            plugins = list(
                start_pool.map(lambda _: _start_plugin(emulator.environment), range(count))
            )
        for plugin in plugins:
            stack.enter_context(plugin)
        began_s = time.perf_counter()
        with ThreadPoolExecutor(count) as lookup_pool:
            answered = sum(lookup_pool.map(_list_images_of_engines, plugins, range(count)))
        taken_s = time.perf_counter() - began_s
        rejected = sum(bool(request["answer"]) for request in emulator.requests())
    request_count = count * _ENGINES_EACH
    limit_s = request_count / _LIMIT_PER_S
    ratio = taken_s / limit_s
    return Row(
        f"{count} plugins × {_ENGINES_EACH} engines, one account",
        f"{request_count} requests at {_LIMIT_PER_S} a second: {format_time(limit_s)}",
        f"{ratio:.2f}× ({format_time(taken_s)}), {answered} of {request_count} answered, "
        f"{rejected} turned away",
        f"≤ {_AT_ONCE_AIM}×, all",
        ratio <= _AT_ONCE_AIM and answered == request_count,
        1,
    )


def _start_plugin(environment: Mapping[str, str]) -> Plugin:
    plugin = Plugin(OURS, environment)
    plugin.configure()
    return plugin


def _list_images_of_engines(plugin: Plugin, number: int) -> int:
    """List the images of a plugin's engines, and return the number of engines."""
    for engine in range(number * _ENGINES_EACH, (number + 1) * _ENGINES_EACH):
        plugin.invoke(
            "getSessionImages",
            dataEngineId=f"DataEngine-{engine:08d}",
            frameworkType="machine-learning",
        )
    return _ENGINES_EACH
