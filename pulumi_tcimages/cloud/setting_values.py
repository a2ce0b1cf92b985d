"""A setting's value with its source, and a text read as one."""

from __future__ import annotations

from typing import Any, NamedTuple

from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.configuration_keys import Configuration

CONFIGURATION = "configuration"


class Value(NamedTuple):
    """A value and where it came from."""

    value: Any
    source: str


def read_value(name: str, text: str, source: str) -> Value:
    """A text as the setting of this dotted name. Errors: ConfigurationError."""
    section, dot, part = name.partition(".")
    read = read_configuration({section: {part: text}} if dot else {name: text}, source)
    return Value(read_path(read, name), source)


def read_path(configuration: Configuration, name: str) -> Any:
    """What a configuration has under a dotted name, or None."""
    value: Any = configuration
    for part in name.split("."):
        value = None if value is None else getattr(value, part)
    return value
