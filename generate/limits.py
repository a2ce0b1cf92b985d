"""Generate the SDK's module with the allowed values of arguments for pins and providers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo

from pulumi_tcimages.core.configuration import describe_allowed
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.core.names import DEVICES
from pulumi_tcimages.core.query import time_keys, version_key
from pulumi_tcimages.sources import SOURCES
from pulumi_tcimages.sources.source import Source

_WIDTH = 100


def render_limits() -> str:
    """Return the text of the module."""
    choices = {"device": DEVICES}
    bounds = {}
    for name, field in Configuration.model_fields.items():
        parts = list(_parts_of(field.annotation))
        for part in parts:
            if get_origin(part) is Literal:
                choices[name] = get_args(part)
        if limits := _read_bounds(parts):
            bounds[name] = (*limits, describe_allowed(name))
    pins = [source for source in SOURCES if source.pin_name]
    return "\n".join(
        [
            '"""The values that arguments of pins and providers may have."""',
            "",
            "CHOICES = {",
            *(f'    "{name}": {_write(values)},' for name, values in sorted(choices.items())),
            "}",
            "BOUNDS = {",
            *(f'    "{name}": {_write(values)},' for name, values in bounds.items()),
            "}",
            '"""The minimum, whether it is allowed, the maximum, and the bounds in words."""',
            "CRITERIA = {",
            *(line for source in pins for line in _write_entry(source, _narrowing_names(source))),
            "}",
            '"""For each pin without required arguments: those that select fewer images."""',
            "LATEST_KEYS = {",
            *(line for source in pins for line in _write_entry(source, _latest_keys(source))),
            "}",
            '"""The keys of `latest_by` that are not components, for each pin."""',
            "",
        ]
    )


def _parts_of(annotation: Any) -> Iterator[Any]:
    """Yield a type, and all types and limits inside it."""
    yield annotation
    if isinstance(annotation, FieldInfo):
        yield from annotation.metadata
    elif get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from _parts_of(part)


def _read_bounds(parts: list[Any]) -> tuple[Any, bool, Any] | None:
    low = next((part for part in parts if isinstance(part, (Ge, Gt))), None)
    high = next((part for part in parts if isinstance(part, Le)), None)
    if low is None or high is None:
        return None
    lowest = low.ge if isinstance(low, Ge) else low.gt
    return lowest, isinstance(low, Ge), high.le


def _narrowing_names(source: Source) -> tuple[str, ...]:
    query = source.single_query
    if query.required_names():
        return ()
    sent = [name for name in query.api_arguments if name not in query.scope_arguments]
    return (*sent, *query.criteria_names())


def _latest_keys(source: Source) -> tuple[str, ...]:
    image = source.image
    return tuple(filter(None, [version_key(image), *time_keys(image)]))


def _write_entry(source: Source, values: tuple[str, ...]) -> list[str]:
    """Return the lines of a dict entry, broken as Ruff's formatter would break them."""
    line = f'    "{source.pin_name}": {_write(values)},'
    if len(line) <= _WIDTH:
        return [line]
    return [f'    "{source.pin_name}": (', *(f'        "{value}",' for value in values), "    ),"]


def _write(values: tuple[Any, ...]) -> str:
    shown = (json.dumps(value) if isinstance(value, str) else repr(value) for value in values)
    return f"({', '.join(shown)}{',' if len(values) == 1 else ''})"
