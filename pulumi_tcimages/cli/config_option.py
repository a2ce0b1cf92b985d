"""The flag `--config KEY=VALUE`, which sets the provider's configuration for one command.

It accepts the same pairs as `pulumi up --config tcimages:site=intl`. The prefix `tcimages:` is
optional. An object's field is set with `endpoints.tione=...`. Secrets are rejected, because other
users of the machine can see command lines. Every secret has an environment variable instead.
"""

from __future__ import annotations

import re
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
    """The `--config` flag of all commands that send requests to the cloud."""

    def __init__(self, names: Sequence[str] = ("--config",), **settings: Any) -> None:
        super().__init__(
            names,
            multiple=True,
            metavar="KEY=VALUE",
            callback=_read_pairs,
            shell_complete=complete_setting,
            help="A setting of the provider, for example site=intl, timeoutSeconds=10 or "
            "endpoints.tione=HOST. Repeatable. Not for secrets.",
            **settings,
        )


def read_flags(config: dict[str, Any], **own: str | None) -> Configuration:
    """Build a configuration from command-line flags.

    Args:
        config: the keys and values of `--config`.
        own: the values of separate flags such as `--region`, or None for an unused flag.

    Raises: ConfigurationError for an invalid value or a secret; click.UsageError for a key that is
    given twice.
    """
    own_values = {name: value for name, value in own.items() if value is not None}
    if twice := sorted(own_values.keys() & config.keys()):
        raise click.UsageError(f"{twice[0]} is given twice: by --{kebab(twice[0])} and --config.")
    names = [*own_values, *(["config"] if config else [])]
    source = f"the {' or '.join(f'--{kebab(name)}' for name in names)} flag"
    sources = {name: f"--config {camel(name)}" for name in config}
    sources |= {name: f"--{kebab(name)}" for name in own_values}
    configuration = read_configuration({**config, **own_values}, source, sources)
    settings = read_settings(configuration)
    for path in sorted(SECRETS):
        if settings.configured(path):
            raise ConfigurationError(
                "a command line can be seen by others, and this is a secret.",
                key=path,
                source=source,
                fix=f"set {VARIABLES[path][0]}",
            )
    return configuration


def _read_pairs(_ctx: click.Context, param: click.Parameter, texts: Iterable[str]) -> Any:
    settings: dict[str, Any] = {}
    for text in texts:
        path, _, value = text.partition("=")
        key, dot, part = path.strip().removeprefix(_PREFIX).partition(".")
        name = _NAMES.get(key, key)
        if not (name and value) or re.search(r"[:\s]", f"{key}{part}"):
            # The text may be a secret, so show only a known key.
            word = re.split(r"[^A-Za-z-]", key)[0]
            subject = repr(word) if word in _NAMES else "a setting"
            raise click.BadParameter(f"{subject} has no value: write KEY=VALUE", param=param)
        parts = settings.setdefault(name, {}) if dot else settings
        if not isinstance(parts, dict) or (part or name) in parts:
            raise click.BadParameter(f"{path.strip()} is given twice", param=param)
        parts[part or name] = value
    return settings
