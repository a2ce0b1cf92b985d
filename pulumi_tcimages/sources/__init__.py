"""The data sources, each declared in a module of its own.

To add a data source, write a module that declares it, and add its name to `NAMES`. Functions, pins,
the schema, the SDK, commands and reference pages are generated from the declaration.

Modules are imported on first use, because building the pydantic models of all seven takes 40 ms,
and a lookup needs only one.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from pulumi_tcimages.naming import command_name, snake

if TYPE_CHECKING:
    from pulumi_tcimages.core.query import BaseQuery
    from pulumi_tcimages.sources.source import Source

    SOURCES: tuple[Source, ...]

NAMES = (
    "session_image",
    "platform_image",
    "preset_image",
    "built_in_image",
    "engine_image_version",
    "python_spark_image",
    "ray_image",
)


def find_source(name: str) -> Source:
    """Import the module of a data source and return its declaration, such as `RAY_IMAGES`."""
    module = importlib.import_module(f"{__name__}.{name}s")
    source: Source = getattr(module, f"{name}s".upper())
    return source


def find_source_of(query: BaseQuery) -> Source:
    return find_source(query.source_name)


def find_source_of_command(command: str) -> Source:
    return next(find_source(name) for name in NAMES if command_name(name) == command)


def find_source_of_token(token: str) -> Source | None:
    """Return the data source of a Pulumi token, such as `tcimages:index:getRayImage`, or None."""
    noun = token.rpartition(":")[2].removeprefix("get").removesuffix("Pin")
    name = snake(noun).removesuffix("s")
    return find_source(name) if name in NAMES else None


def __getattr__(name: str) -> Any:
    if name != "SOURCES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return tuple(map(find_source, NAMES))
