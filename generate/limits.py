"""Render the values that arguments of pins and providers may have, for checks in the SDK."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo

from pulumi_tcimages.core.configuration import describe_allowed
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.core.names import DEVICES


def render_limits() -> str:
    """Return the module with the choices and bounds of the configuration and of devices."""
    choices = {"device": DEVICES}
    bounds = {}
    for name, field in Configuration.model_fields.items():
        parts = list(_parts_of(field.annotation))
        for part in parts:
            if get_origin(part) is Literal:
                choices[name] = get_args(part)
        if limits := _read_bounds(parts):
            bounds[name] = (*limits, describe_allowed(name))
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
            '"""The lowest number, whether it is allowed itself, the highest, and all in words."""',
            "",
        ]
    )


def _parts_of(annotation: Any) -> Iterator[Any]:
    """Yield a type, and the types and limits that it is made of."""
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


def _write(values: tuple[Any, ...]) -> str:
    shown = (json.dumps(value) if isinstance(value, str) else repr(value) for value in values)
    return f"({', '.join(shown)})"
