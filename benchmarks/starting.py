"""Benchmark starting: the plugin's port and first response, the import, the command."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.cloud_process import clean_environment, run_emulator
from benchmarks.measuring import Row, Scale, compare, format_time, measure_in_turns, time_python
from benchmarks.plugin_process import CONSTANTS, OURS, Plugin
from benchmarks.queries import PLATFORM_IMAGE, QUERY

_SDK_AIM_S = 0.005
_IMPORT_TIME = """
import time, pulumi
began = time.perf_counter()
{statement}
print(time.perf_counter() - began)
"""
_MODULES = ("pydantic.main", "requests")
_USUAL_MODULE = "pulumi"
_COMMAND = ("-m", "pulumi_tcimages.cli", "platform-images")
_PACKAGE = "import pulumi_tcimages"
_NAMES = "from pulumi_tcimages import PlatformImagePin, Provider, get_platform_image"


def measure_rows(scale: Scale) -> list[Row]:
    """Measure the figures."""
    with run_emulator() as emulator:
        environment = emulator.environment
        return [
            _measure_port(environment, scale),
            *_measure_first_response(environment, scale),
            _measure_import(scale),
            _measure_command(environment, scale),
        ]


def find_response(environment: Mapping[str, str], query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the response of our plugin, for the constants plugin."""
    with Plugin(OURS, environment) as plugin:
        plugin.configure()
        return plugin.invoke(PLATFORM_IMAGE, **query)


def _measure_port(environment: Mapping[str, str], scale: Scale) -> Row:
    def measure() -> float:
        began_s = time.perf_counter()
        with Plugin(OURS, environment):
            return time.perf_counter() - began_s

    bare = ("-c", "import grpc")
    ways = {"ours": measure, "grpc": lambda: time_python(bare, environment)}
    samples = measure_in_turns(ways, scale.rounds)
    figure = "plugin: start → port printed"
    return compare(figure, "`python -c 'import grpc'`", samples, "ours", "grpc", 1.6)


def _measure_first_response(environment: Mapping[str, str], scale: Scale) -> list[Row]:
    def measure(command: Sequence[str]) -> float:
        began_s = time.perf_counter()
        with Plugin(command, environment) as plugin:
            plugin.configure()
            plugin.invoke(PLATFORM_IMAGE, **QUERY)
            return time.perf_counter() - began_s

    constants = (*CONSTANTS, json.dumps(find_response(environment, QUERY)))
    ways = {
        "ours": lambda: measure(OURS),
        "constants": lambda: measure(constants),
        "importing": lambda: measure((*constants, *_MODULES)),
        "usual": lambda: measure((*constants, _USUAL_MODULE)),
    }
    samples = measure_in_turns(ways, scale.rounds)
    figure = "plugin cold: start, Configure → first image"
    importing = f"constants plugin that imports {' and '.join(_MODULES)}"
    usual = f"constants plugin that imports {_USUAL_MODULE}, the usual way to the messages"
    return [
        compare(figure, "constants plugin, the same", samples, "ours", "constants"),
        compare(figure, importing, samples, "ours", "importing", 1.4),
        compare(figure, usual, samples, "ours", "usual"),
    ]


def _measure_import(scale: Scale) -> Row:
    """Measure imports within one process, because processes differ by more than the aim."""
    environment = clean_environment()

    def measure(statement: str) -> float:
        command = [sys.executable, "-c", _IMPORT_TIME.format(statement=statement)]
        return float(subprocess.run(command, env=environment, check=True, stdout=-1).stdout)

    ways = {"package": lambda: measure(_PACKAGE), "names": lambda: measure(_NAMES)}
    samples = measure_in_turns(ways, scale.rounds)
    added_s, named_s = median(samples["package"]), median(samples["names"])
    return Row(
        "program: `import pulumi_tcimages`",
        "`import pulumi` before it",
        f"+{format_time(added_s)}; with a function, a pin and Provider named "
        f"+{format_time(named_s)}",
        "≤ +5 ms",
        added_s <= _SDK_AIM_S,
        scale.rounds,
    )


def _measure_command(environment: Mapping[str, str], scale: Scale) -> Row:
    bare = ("-c", "import requests, pydantic")
    ways = {
        "ours": lambda: time_python(_COMMAND, environment),
        "bare": lambda: time_python(bare, environment),
    }
    samples = measure_in_turns(ways, scale.rounds)
    figure = "`tcimages platform-images`, a whole list"
    return compare(figure, f"`python -c '{bare[1]}'`", samples, "ours", "bare", 2.3)
