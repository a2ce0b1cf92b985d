"""Convert argument names to the user's naming style: snake_case, camelCase or `--flags`.

This module imports only the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

NameStyle = Callable[[str], str]
"""A function that converts a snake_case name to the naming style of the user's language or shell.
"""
_SETTING = re.compile(
    r"(set )?tcimages:([A-Za-z]+(?:\.[A-Za-z]+)?)(?: (to |is )?(china|intl|https?)\b)?"
)


class SettingPhrase(NamedTuple):
    """A setting in a sentence, such as `set tcimages:site to china`."""

    verb: str
    """The word "set " before the key, or ""."""
    path: str
    """The configuration key in camelCase."""
    link: str
    """The words between the key and the value: `to `, `is ` or ""."""
    value: str
    """The value, or ""."""


@lru_cache(maxsize=1024)  # Cached, because converting names would take 4 % of a lookup's time.
def camel(name: str) -> str:
    """Return a snake_case name in camelCase: image_range -> imageRange."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@lru_cache(maxsize=1024)
def pascal_case(name: str) -> str:
    """Return a snake_case name in PascalCase: platform_image -> PlatformImage."""
    return "".join(word.capitalize() for word in name.split("_"))


def command_name(name: str) -> str:
    """Return the name of a data source's command: platform_image -> platform-images."""
    return f"{name.replace('_', '-')}s"


def snake(name: str) -> str:
    """Return a camelCase name in snake_case: imageRange -> image_range."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def camel_path(path: str) -> str:
    """Return a dotted path in camelCase: assume_role.role_arn -> assumeRole.roleArn."""
    return ".".join(map(camel, path.split(".")))


def mark(name: str) -> str:
    """Put a name in backticks, so that `render_names` converts it to the user's naming style."""
    return f"`{name}`"


def mark_path(path: str) -> str:
    """Put each part of a setting's dotted path in backticks, so that all parts are converted.

    The path of a criterion needs `mark` instead, because the keys of its map stay unchanged.
    """
    return ".".join(map(mark, path.split(".")))


def normalize_name(name: str) -> str:
    """Lower-case a name and remove separators: image_id, image-id and imageId -> imageid."""
    return name.replace("-", "").replace("_", "").lower()


def render_path(path: str, style: NameStyle) -> str:
    """Convert the argument in a dotted path to the user's naming style."""
    name, dot, part = path.partition(".")
    return f"{style(name)}{dot}{part}"


def render_settings(text: str, write: Callable[[SettingPhrase], str]) -> str:
    """Replace each setting in a sentence with the result of a function."""
    return _SETTING.sub(lambda found: write(SettingPhrase(*found.groups(default=""))), text)


def render_names(text: str, style: NameStyle) -> str:
    """Convert all names in backticks to the user's naming style, and remove the backticks."""
    return re.sub(r"`([a-z_.]+)`", lambda found: render_path(found[1], style), text)
