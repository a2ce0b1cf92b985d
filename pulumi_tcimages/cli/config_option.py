"""`--config KEY=VALUE`: the provider's configuration for one command.

Keys and values are those of `pulumi up --config tcimages:site=intl`, which the errors speak of too;
`tcimages:` may be left out, and a part of a key is `endpoints.tione=...`. A secret is refused:
command lines are seen by others, and every secret has a variable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click

from pulumi_tcimages.cli.command import Flag
from pulumi_tcimages.cli.completion import complete_setting
from pulumi_tcimages.cloud import read_settings
from pulumi_tcimages.cloud.setting_sources import VARIABLES
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.configuration_keys import SECRETS, Configuration
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.naming import camel
from pulumi_tcimages.shell_commands import kebab

_PREFIX = "tcimages:"
_NAMES = {style(name): name for name in Configuration.model_fields for style in (camel, kebab)}


class ConfigFlag(Flag):
    """The flag, as every command that asks the cloud has it."""

    def __init__(self, names: Sequence[str] = ("--config",), **settings: Any) -> None:
        super().__init__(
            names,
            multiple=True,
            metavar="KEY=VALUE",
            callback=_read_pairs,
            shell_complete=complete_setting,
            help="A key of the stack's configuration, tcimages: left out or not: site=intl, "
            "timeoutSeconds=10, endpoints.tione=HOST; the flag again for each. Not for secrets.",
            **settings,
        )


def read_flags(config: dict[str, Any], **own: str | None) -> Configuration:
    """The configuration that the flags make. Errors: ConfigurationError.

    Args:
        config: what `--config` was given.
        own: the keys that have a flag of their own.
    """
    given = {name: value for name, value in own.items() if value is not None}
    if twice := sorted(given.keys() & config.keys()):
        raise click.UsageError(f"{twice[0]} is given twice: by --{kebab(twice[0])} and --config.")
    names = [*given, *(["config"] if config else [])]
    source = f"the {' or '.join(f'--{kebab(name)}' for name in names)} flag"
    sources = {name: f"--config {camel(name)}" for name in config}
    sources |= {name: f"--{kebab(name)}" for name in given}
    configuration = read_configuration({**config, **given}, source, sources)
    _refuse_secrets(configuration, source)
    return configuration


def _read_pairs(_ctx: click.Context, param: click.Parameter, texts: Iterable[str]) -> Any:
    read: dict[str, Any] = {}
    for text in texts:
        path, _, value = text.partition("=")
        key, dot, part = path.strip().removeprefix(_PREFIX).partition(".")
        name = _NAMES.get(key, key)
        if not (name and value):
            raise click.BadParameter(f"{path!r} has no value: write KEY=VALUE", param=param)
        parts = read.setdefault(name, {}) if dot else read
        if not isinstance(parts, dict) or (part or name) in parts:
            raise click.BadParameter(f"{path.strip()} is given twice", param=param)
        parts[part or name] = value
    return read


def _refuse_secrets(configuration: Configuration, source: str) -> None:
    settings = read_settings(configuration)
    for path in sorted(SECRETS):
        if settings.configured(path):
            raise ConfigurationError(
                "a command line can be seen by others, and this is a secret.",
                key=path,
                source=source,
                fix=f"set {VARIABLES[path][0]}",
            )
