"""Render the names of arguments for the reader: in snake_case, camelCase or as flags.

Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

NameStyle = Callable[[str], str]
"""Converts a snake_case name to the reader's style."""


@lru_cache(maxsize=1024)  # every lookup converts the same twenty names, which took 4 % of its time
def camel(name: str) -> str:
    """Return a snake_case name in camelCase: image_range -> imageRange."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def pascal_case(name: str) -> str:
    """Return a snake_case name in PascalCase: platform_image -> PlatformImage."""
    return "".join(word.capitalize() for word in name.split("_"))


def command_name(name: str) -> str:
    """Return the command of a data source: platform_image -> platform-images."""
    return f"{name.replace('_', '-')}s"


def snake(name: str) -> str:
    """Return a camelCase name in snake_case: imageRange -> image_range."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def camel_path(path: str) -> str:
    """Return a dotted path in camelCase: assume_role.role_arn -> assumeRole.roleArn."""
    return ".".join(map(camel, path.split(".")))


def mark(name: str) -> str:
    """Return a name with backticks, which `render_names` converts to the reader's style."""
    return f"`{name}`"


def normalize_name(name: str) -> str:
    """Return a name without case and separators: image_id, image-id, imageId -> imageid."""
    return name.replace("-", "").replace("_", "").lower()


def render_path(path: str, style: NameStyle) -> str:
    """Return a dotted path with its first part in the reader's style."""
    name, dot, part = path.partition(".")
    return f"{style(name)}{dot}{part}"


def render_names(text: str, style: NameStyle) -> str:
    """Convert the names in backticks in a text to the reader's style."""
    return re.sub(r"`([a-z_.]+)`", lambda found: render_path(found[1], style), text)
