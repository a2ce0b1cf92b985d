"""Benchmark listings: concurrent pages, large catalogues, many plugins at the same time."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from benchmarks.cloud_process import cloud
from benchmarks.measuring import Row, Scale, compare, freeze, in_turns, show, time_of
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


def rows(scale: Scale) -> tuple[list[Row], Growth]:
    """Measure the figures, and the growth with the size of the catalogue."""
    growth = Growth(
        f"One listing of platform images: {_PAGE} a page, at most {_LIMIT_PER_S} requests a second",
        "images in the catalogue",
        [_list_whole(size) for size in scale.catalogue_sizes],
        f"the limit: {_PAGE} images a request, {_LIMIT_PER_S} requests a second",
        lambda size: size / _PAGE / _LIMIT_PER_S,
        lambda size: size / _PAGE,
    )
    return [_round_trips(scale), _many_plugins(scale)], growth


def make_client(environment: Mapping[str, str], **values: Any) -> Client:
    """Return a client of the emulator with only these settings."""
    return open_client(Configuration(**values), environ=environment, home=Path(os.devnull))


def _round_trips(scale: Scale) -> Row:
    """Measure listings with a new client each time, without open connections or a cache."""
    freeze()
    with cloud(images=_IMAGES, engines=1, latency_s=_LATENCY_S) as stand_in:

        def list_images() -> float:
            with closing(make_client(stand_in.environment)) as client:
                return time_of(lambda: client.list_images(PLATFORM_IMAGES, region=None))

        def ask_once() -> float:
            with closing(make_client(stand_in.environment)) as client:
                return time_of(lambda: _ask_engine(client, 0))

        samples = in_turns({"listing": list_images, "once": ask_once}, scale.rounds)
    figure = f"listing {_IMAGES:,} images at {_LATENCY_S * 1000:g} ms a request"
    return compare(figure, "one request, the same client", samples, "listing", "once", 2.5)


def _ask_engine(client: Client, number: int) -> None:
    engine = {"data_engine_id": f"DataEngine-{number:08d}", "framework_type": "machine-learning"}
    client.list_images(SESSION_IMAGES, parameters=engine)


def _list_whole(size: int) -> Point:
    with cloud(images=size, per_second=_LIMIT_PER_S) as stand_in:
        values = {"max_requests_per_second": _LIMIT_PER_S, "timeout_seconds": 600}
        with closing(make_client(stand_in.environment, **values)) as client:
            taken_s = time_of(lambda: client.list_images(PLATFORM_IMAGES, region=None))
        return Point(size, taken_s, len(stand_in.requests()))


def _many_plugins(scale: Scale) -> Row:
    """Measure many running plugins, each of which lists the images of its engines in sequence."""
    count = scale.plugins
    with (
        cloud(engines=count * _ENGINES_EACH, per_second=_LIMIT_PER_S) as stand_in,
        ExitStack() as all_of,
    ):
        with ThreadPoolExecutor(_STARTED_AT_ONCE) as starting:
            plugins = list(starting.map(lambda _: _start(stand_in.environment), range(count)))
        for plugin in plugins:
            all_of.enter_context(plugin)
        began_s = time.perf_counter()
        with ThreadPoolExecutor(count) as asking:
            answered = sum(asking.map(_ask_engines, plugins, range(count)))
        taken_s = time.perf_counter() - began_s
        refused = sum(bool(one["answer"]) for one in stand_in.requests())
    asked = count * _ENGINES_EACH
    limit_s = asked / _LIMIT_PER_S
    ratio = taken_s / limit_s
    return Row(
        f"{count} plugins × {_ENGINES_EACH} engines, one account",
        f"{asked} requests at {_LIMIT_PER_S} a second: {show(limit_s)}",
        f"{ratio:.2f}× ({show(taken_s)}), {answered} of {asked} answered, {refused} turned away",
        f"≤ {_AT_ONCE_AIM}×, all",
        ratio <= _AT_ONCE_AIM and answered == asked,
        1,
    )


def _start(environment: Mapping[str, str]) -> Plugin:
    plugin = Plugin(OURS, environment)
    plugin.configure()
    return plugin


def _ask_engines(plugin: Plugin, number: int) -> int:
    """List the images of a plugin's engines, and return the number of engines."""
    for engine in range(number * _ENGINES_EACH, (number + 1) * _ENGINES_EACH):
        plugin.invoke(
            "getSessionImages",
            dataEngineId=f"DataEngine-{engine:08d}",
            frameworkType="machine-learning",
        )
    return _ENGINES_EACH
