"""Generate the SDK's module with the allowed values of arguments for pins and providers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from pulumi_tcimages.core.components import DEVICES
from pulumi_tcimages.core.configuration_errors import describe_allowed
from pulumi_tcimages.core.configuration_keys import (
    AssumeRole,
    AssumeRoleWithWebIdentity,
    Configuration,
)
from pulumi_tcimages.core.query import BaseQuery, time_keys, version_key
from pulumi_tcimages.core.setting_advice import example_of
from pulumi_tcimages.sources import SOURCES
from pulumi_tcimages.sources.engine_image_versions import STATES
from pulumi_tcimages.sources.source import Source

_WIDTH = 100


def render_limits() -> str:
    """Return the text of the module."""
    choices = {"device": DEVICES, "state": STATES}
    bounds = {}
    for name, field in Configuration.model_fields.items():
        parts = list(_parts_of(field.annotation))
        for part in parts:
            if get_origin(part) is Literal:
                choices[name] = get_args(part)
        if limits := _read_bounds(parts):
            bounds[name] = (*limits, describe_allowed(name), example_of(name))
    for section in (AssumeRole, AssumeRoleWithWebIdentity):
        name = "session_duration"
        if limits := _read_bounds(list(_parts_of(section.model_fields[name].annotation))):
            bounds[name] = (*limits, describe_allowed(name), example_of(name))
    pins = [source for source in SOURCES if source.pin_name]
    queries = [source.single_query for source in pins]
    ranges = {name for query in queries for name in query.criteria_names() if query.is_range(name)}
    exact = {
        name: known
        for query in queries
        for name, known in query.known_values.items()
        if "." not in name and _is_exact(query, name, known)
    }
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
            '"""The minimum, whether it is allowed, the maximum, both in words, and an example."""',
            f"RANGES = {_write(tuple(sorted(ranges)))}",
            '"""Arguments of pins that are version ranges."""',
            "EXACT = {",
            *(line for name, known in sorted(exact.items()) for line in _write_entry(name, known)),
            "}",
            '"""Arguments of pins that reject misspelled known values. Other values are sent."""',
            "CRITERIA = {",
            *(line for source in pins for line in _write_pin(source, _narrowing_names)),
            "}",
            '"""For each pin without required arguments: the arguments that filter images."""',
            "EXAMPLES = {",
            *(line for source in pins for line in _write_pin(source, _example_names)),
            "}",
            '"""For each pin: the criteria that messages suggest."""',
            "LATEST_KEYS = {",
            *(line for source in pins for line in _write_pin(source, _latest_keys)),
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


def _is_exact(query: type[BaseQuery], name: str, known: tuple[str, ...]) -> bool:
    """Return whether an argument rejects a known value in another case."""
    try:
        TypeAdapter(query.model_fields[name].rebuild_annotation()).validate_python(
            known[0].swapcase()
        )
    except ValidationError:
        return True
    return False


def _narrowing_names(source: Source) -> tuple[str, ...]:
    query = source.single_query
    if query.required_names():
        return ()
    sent = [name for name in query.api_arguments if name not in query.scope_arguments]
    return (*sent, *query.criteria_names())


def _example_names(source: Source) -> tuple[str, ...]:
    return tuple(source.single_query.example_names())


def _latest_keys(source: Source) -> tuple[str, ...]:
    image = source.image
    return tuple(filter(None, [version_key(image), *time_keys(image)]))


def _write_pin(source: Source, list_names: Callable[[Source], tuple[str, ...]]) -> list[str]:
    return _write_entry(source.pin_name, list_names(source))


def _write_entry(key: str, values: tuple[str, ...]) -> list[str]:
    """Return the lines of a dict entry, broken as Ruff's formatter would break them."""
    line = f'    "{key}": {_write(values)},'
    if len(line) <= _WIDTH:
        return [line]
    return [f'    "{key}": (', *(f'        "{value}",' for value in values), "    ),"]


def _write(values: tuple[Any, ...]) -> str:
    shown = (json.dumps(value) if isinstance(value, str) else repr(value) for value in values)
    return f"({', '.join(shown)}{',' if len(values) == 1 else ''})"
