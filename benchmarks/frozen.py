"""Compare the frozen plugin with the installed one: first response and memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.cloud_process import cloud
from benchmarks.measuring import Row, Scale, compare, in_turns, time_of
from benchmarks.plugin_process import OURS, Plugin
from benchmarks.questions import PLATFORM_IMAGE, QUESTION

_FROZEN = Path(__file__).parents[1] / "build/plugin/frozen/plugin/pulumi-resource-tcimages"
_ANSWER = "frozen plugin cold: start, Configure → first image"
_MEMORY = "memory of the frozen plugin after lookups"
_AGAINST = "the installed plugin"
_ANSWER_AIM, _MEMORY_AIM_MIB = 1.3, 10


def rows(scale: Scale) -> list[Row]:
    """Measure the figures, or return a row without them if the plugin is not frozen."""
    if not _FROZEN.exists():
        return [Row(_ANSWER, _AGAINST, "not measured: run `make plugin`", "≤ 1.3×", None, 0)]
    commands = {"frozen": (str(_FROZEN),), "installed": OURS}
    with cloud() as stand_in:
        return [
            _first_answer(commands, stand_in.environment, scale),
            _memory(commands, stand_in.environment, scale),
        ]


def _first_answer(
    commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], scale: Scale
) -> Row:
    def answer(command: Sequence[str]) -> None:
        with Plugin(command, environment) as plugin:
            plugin.configure()
            plugin.invoke(PLATFORM_IMAGE, **QUESTION)

    samples = in_turns(
        {name: partial(time_of, partial(answer, command)) for name, command in commands.items()},
        scale.rounds,
    )
    return compare(_ANSWER, _AGAINST, samples, "frozen", "installed", _ANSWER_AIM)


def _memory(
    commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], scale: Scale
) -> Row:
    held: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(scale.process_rounds):
        for name, command in commands.items():
            with Plugin(command, environment) as plugin:
                plugin.configure()
                for _ in range(scale.lookups):
                    plugin.invoke(PLATFORM_IMAGE, **QUESTION)
                held[name].append(plugin.resident_mib())
    frozen_mib, installed_mib = median(held["frozen"]), median(held["installed"])
    more_mib = frozen_mib - installed_mib
    return Row(
        _MEMORY,
        _AGAINST,
        f"{more_mib:+.1f} MiB ({frozen_mib:.0f} : {installed_mib:.0f})",
        f"≤ +{_MEMORY_AIM_MIB} MiB",
        more_mib <= _MEMORY_AIM_MIB,
        scale.process_rounds,
    )
