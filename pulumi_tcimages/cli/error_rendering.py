"""Convert errors for the command line, where criteria and settings are flags."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pulumi_tcimages.advice import Advice, Command, SettingChange, as_advice, write_path
from pulumi_tcimages.cli.source_commands import OPERANDS
from pulumi_tcimages.diagnostics import Criterion, Hint
from pulumi_tcimages.errors import (
    AmbiguousMatchError,
    ConfigurationError,
    InvalidArgumentError,
    NoMatchError,
    TcImagesError,
    convert_advice,
)
from pulumi_tcimages.formatting import shell_word
from pulumi_tcimages.naming import SettingPhrase, camel, render_settings
from pulumi_tcimages.shell_commands import name_flag, write_flags


def style(name: str) -> str:
    """Convert an argument's name to its flag, or to the metavar of a positional argument.

    A setting without a flag of its own becomes a key of `--config`.
    """
    if not name:
        return ""
    # Import pydantic only when a name is rendered: most commands need no settings.
    from pulumi_tcimages.core.configuration_keys import Configuration

    if name in Configuration.model_fields and name not in _OWN_FLAGS:
        return f"--config {camel(name)}"
    return OPERANDS.get(name) or name_flag(name)


_OWN_FLAGS = ("profile", "region")
"""The settings that have their own flag, such as `--region`, besides `--config`."""
_CONFIGURED_SECRETS = "tcimages:secretId and secretKey, "
"""A text in errors about missing credentials.

It is removed here, because no command accepts a secret as a flag.
"""


def in_flags(error: TcImagesError) -> TcImagesError:
    """Return a copy of an error in which criteria and settings are written as flags."""
    error = _convert(error)
    if isinstance(error, ConfigurationError):
        searched = list(map(_write_place, error.searched))
        error = replace(error, allowed=write_settings(error.allowed), searched=searched)
    return convert_advice(error, write_advice)


def write_advice(advice: Advice) -> Advice:
    """Convert the settings in advice to flags."""
    return advice.map_text(write_settings).replace_settings(
        lambda changes: Command(flags) if (flags := _write_flags(changes)) else ""
    )


def write_settings(text: str) -> str:
    """Convert settings in a text to flags: `tcimages:site china` becomes `--config site=china`."""

    def write(phrase: SettingPhrase) -> str:
        path, value = phrase.path, phrase.value
        if path in _OWN_FLAGS:
            return f"{phrase.verb}--{path} NAME"
        if path.partition(".")[0] == "endpoints":
            path, value = path if "." in path else f"{path}.SERVICE", "HOST"
        return f"{'use ' if phrase.verb else ''}--config {path}={value or 'VALUE'}"

    return render_settings(text, write)


def _write_place(place: str) -> str:
    """Convert the name of a setting's source: `tcimages:site` becomes `--config site`."""
    flags = place.replace(_CONFIGURED_SECRETS, "").replace("tcimages:profile", "--profile")
    return flags.replace("configuration --", "flags --").replace("tcimages:", "--config ")


def _convert(error: TcImagesError) -> TcImagesError:
    if isinstance(error, (NoMatchError, AmbiguousMatchError)):
        funnel = [(label(criterion), count) for criterion, count in error.funnel]
        error = replace(error, arguments=to_flags(error.arguments), funnel=funnel)
    if isinstance(error, NoMatchError):
        return replace(
            error,
            nearest=[
                miss._replace(failed=tuple((label(failed), value) for failed, value in miss.failed))
                for miss in error.nearest
            ],
            hints=list(map(_change, error.hints)),
        )
    if isinstance(error, AmbiguousMatchError):
        return replace(
            error,
            differ=[path.replace(".", " ") for path in error.differ],
            hints=[hint._replace(criteria=to_flags(hint.criteria)) for hint in error.hints],
        )
    if isinstance(error, InvalidArgumentError):
        return replace(error, argument=error.argument.replace(".", " ", 1))
    if isinstance(error, ConfigurationError) and error.key == "region" and error.searched:
        return replace(
            error,
            searched=[place for place in error.searched if not place.startswith("configuration ")],
            # The command line does not read the configuration of stacks, where regions may be set.
            fix=as_advice(error.fix).without(lambda part: isinstance(part, SettingChange)),
        )
    return error


def _write_flags(changes: Sequence[SettingChange]) -> str:
    """Return a flag for each setting. All items of a list are combined in one flag.

    If all changes remove settings, return a phrase such as `no --config site` for those that were
    set with a flag.
    """
    items: dict[str, list[str]] = {}
    for change in changes:
        keys = [key for key in change.path if isinstance(key, str)]
        values = items.setdefault(".".join(keys), [])
        values += [change.value] if change.value else []
    is_list = {str(change.path[0]) for change in changes if isinstance(change.path[-1], int)}
    pairs = {
        path: json.dumps(values) if path in is_list else values[0]
        for path, values in items.items()
        if values
    }
    if not pairs:
        flags = [write_path(change.path) for change in changes if change.source == "flag"]
        return " and ".join(f"no --config {path}" for path in flags)
    return " ".join(
        f"--{path} {shell_word(text)}"
        if path in _OWN_FLAGS
        else f"--config {shell_word(f'{path}={text}')}"
        for path, text in pairs.items()
    )


def write_criteria(criteria: Iterable[Criterion]) -> str:
    """Format criteria as flags."""
    return " ".join(write_flags(criteria, style))


def to_flags(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """Convert criteria to a single criterion with all flags as its value."""
    return (Criterion("", write_criteria(criteria)),)


def _change(hint: Hint) -> Hint:
    """Convert the criteria of a suggestion to flags."""
    leaves_out = not any(criterion.value for criterion in hint.criteria)
    return hint._replace(
        criteria=tuple(map(label, hint.criteria)) if leaves_out else to_flags(hint.criteria)
    )


def label(criterion: Criterion) -> Criterion:
    """Return a criterion with its map key after a space, as in the flag `--components cuda`."""
    return Criterion(f"{criterion.argument} {criterion.key}".strip(), criterion.value)
