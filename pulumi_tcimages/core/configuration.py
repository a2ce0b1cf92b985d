"""Parse the provider's configuration.

Only the syntax is checked. A value may be JSON text instead of the expected type, because stack
configuration stores strings. Errors never show secret values. A placeholder, such as the word None
or `<your-secret-id>`, counts as unset.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_origin

from pydantic import BaseModel, ValidationError

from pulumi_tcimages.core.annotations import alternatives
from pulumi_tcimages.core.configuration_errors import (
    TOP,
    Location,
    build_invalid_json,
    build_invalid_value,
    build_repeated_key,
    build_unknown_key,
    describe_allowed,
    locate,
    section_of,
)
from pulumi_tcimages.core.configuration_keys import KEY_PARTS, Configuration
from pulumi_tcimages.core.json_objects import RepeatedKeyError, build_object
from pulumi_tcimages.core.placeholders import Placeholder, find_key_placeholder, find_placeholder
from pulumi_tcimages.core.validation_errors import MOST_ITEMS, has_too_many_items
from pulumi_tcimages.core.value_checks import (
    LEAVE_ONE_OUT,
    build_same_key_problem,
    find_two_spellings,
)
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.naming import snake

_FREE_TEXTS = ("assume_role.policy",)
_NO_SOURCES: Mapping[str, str] = MappingProxyType({})


class _Notes(NamedTuple):
    """Placeholders in a configuration, which are not among its values."""

    placeholders: dict[str, Placeholder]
    """The placeholders, by path."""
    spellings: dict[str, str]
    """The paths of placeholders that the user did not write in camelCase, as written."""


def read_configuration(
    values: Mapping[str, object], source: str = "", sources: Mapping[str, str] = _NO_SOURCES
) -> Configuration:
    """Parse a configuration.

    Args:
        values: values by snake_case key. None means unset.
        source: where the values come from, for error messages.
        sources: where each value comes from, by key, for error messages. Keys that are not listed
            come from the stack's configuration.

    Raises: ConfigurationError for the first invalid value.
    """
    notes = _Notes({}, {})
    parsed = _read_section(Configuration, values, TOP, source, notes)
    try:
        return Configuration.model_validate(parsed).with_origins(*notes, sources)
    except ValidationError as error:
        raise build_invalid_value(error.errors(include_url=False)[0], values, source) from None


def field_names(section: type[BaseModel] = Configuration, prefix: str = "") -> Iterator[str]:
    """Yield the dotted path of every setting, such as `assume_role.role_arn`."""
    for name, field in section.model_fields.items():
        inner = section_of(field.annotation)
        yield from field_names(inner, f"{prefix}{name}.") if inner else [f"{prefix}{name}"]


def _find_placeholder(path: str, text: str) -> Placeholder | None:
    placeholder = find_key_placeholder(text) if path in KEY_PARTS else find_placeholder(text)
    # A policy may contain `${...}` variables, which CAM expands.
    return None if placeholder and path in _FREE_TEXTS and not placeholder.is_blank else placeholder


def _read_section(
    section: type[BaseModel],
    values: Mapping[str, object],
    outer: Location,
    source: str,
    notes: _Notes,
) -> dict[str, object]:
    """Parse JSON text among the values, and move placeholders to `notes`."""
    result: dict[str, object] = {}
    for key, value in values.items():
        location = locate(section, key, outer)
        path, name = location.path, snake(key) if outer.path else key
        if name not in section.model_fields:
            raise build_unknown_key(location, key, section, source, values)
        if value is None:
            continue
        annotation = section.model_fields[name].annotation
        inner = section_of(annotation)
        is_json = isinstance(value, str) and not _is_text(annotation)
        if isinstance(value, str) and is_json:
            value = _read_json(value, location, source)
        elif isinstance(value, str) and (placeholder := _find_placeholder(path, value)):
            notes.placeholders[path] = placeholder
            if location.written_key:
                notes.spellings[path] = location.written_key
            continue
        if has_too_many_items(value):
            raise ConfigurationError(
                f"the value has more than {MOST_ITEMS} items.",
                key=path,
                source=source,
                allowed=describe_allowed(path),
            )
        if inner and isinstance(value, Mapping):
            inside = location._replace(is_in_json=location.is_in_json or is_json)
            named = _read_names(inner, value, path, source)
            value = _read_section(inner, named, inside, source, notes)
        result[name] = value
    return result


def _read_names(
    section: type[BaseModel], values: Mapping[Any, object], path: str, source: str
) -> dict[str, object]:
    """Check that the keys of an object are different settings, and return it with string keys.

    Raises: ConfigurationError if two keys are spellings of one setting, such as `roleArn` and
    `role_arn`.
    """
    written = {str(key): value for key, value in values.items()}
    known = (key for key, value in written.items() if value is not None)
    pair = find_two_spellings(
        known, lambda key: name if (name := snake(key)) in section.model_fields else ""
    )
    if pair:
        raise ConfigurationError(
            f"{build_same_key_problem(pair)}.",
            key=f"{path}.{snake(pair[0])}",
            source=source,
            fix=LEAVE_ONE_OUT,
        )
    return written


def _read_json(text: str, location: Location, source: str) -> object:
    path = location.path
    try:
        return json.loads(text, object_pairs_hook=build_object)
    except RepeatedKeyError as repeated:
        raise build_repeated_key(repeated.key, path, source) from None
    except (ValueError, RecursionError) as mistake:
        raise build_invalid_json(mistake, text, location, source) from None


def _is_text(annotation: Any) -> bool:
    return any(kind is str or get_origin(kind) is Literal for kind in alternatives(annotation))
