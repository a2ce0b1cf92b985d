"""Compare the frozen plugin with the installed one: first response and memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.cloud_process import run_emulator
from benchmarks.measuring import Row, Scale, compare, measure_in_turns, time_call
from benchmarks.plugin_process import OURS, Plugin
from benchmarks.queries import PLATFORM_IMAGE, QUERY

_FROZEN = Path(__file__).parents[1] / "build/plugin/frozen/plugin/pulumi-resource-tcimages"
_RESPONSE_FIGURE = "frozen plugin cold: start, Configure → first image"
_MEMORY_FIGURE = "memory of the frozen plugin after lookups"
_BASELINE = "the installed plugin"
_RESPONSE_AIM, _MEMORY_AIM_MIB = 1.3, 10


def measure_rows(scale: Scale) -> list[Row]:
    """Measure the figures, or return a row without them if the plugin is not frozen."""
    if not _FROZEN.exists():
        return [
            Row(_RESPONSE_FIGURE, _BASELINE, "not measured: run `make plugin`", "≤ 1.3×", None, 0)
        ]
    commands = {"frozen": (str(_FROZEN),), "installed": OURS}
    with run_emulator() as emulator:
        return [
            _measure_first_response(commands, emulator.environment, scale),
            _measure_memory(commands, emulator.environment, scale),
        ]


def _measure_first_response(
    commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], scale: Scale
) -> Row:
    def get_first_response(command: Sequence[str]) -> None:
        with Plugin(command, environment) as plugin:
            plugin.configure()
            plugin.invoke(PLATFORM_IMAGE, **QUERY)

    samples = measure_in_turns(
        {
            name: partial(time_call, partial(get_first_response, command))
            for name, command in commands.items()
        },
        scale.rounds,
    )
    return compare(_RESPONSE_FIGURE, _BASELINE, samples, "frozen", "installed", _RESPONSE_AIM)


def _measure_memory(
    commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], scale: Scale
) -> Row:
    memory_mib: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(scale.process_rounds):
        for name, command in commands.items():
            with Plugin(command, environment) as plugin:
                plugin.configure()
                for _ in range(scale.lookups):
                    plugin.invoke(PLATFORM_IMAGE, **QUERY)
                memory_mib[name].append(plugin.resident_mib())
    frozen_mib, installed_mib = median(memory_mib["frozen"]), median(memory_mib["installed"])
    more_mib = frozen_mib - installed_mib
    return Row(
        _MEMORY_FIGURE,
        _BASELINE,
        f"{more_mib:+.1f} MiB ({frozen_mib:.0f} : {installed_mib:.0f})",
        f"≤ +{_MEMORY_AIM_MIB} MiB",
        more_mib <= _MEMORY_AIM_MIB,
        scale.process_rounds,
    )
