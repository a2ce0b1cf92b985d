"""Parse the provider's configuration.

Only the syntax is checked. Each value may have its final type, or be a string as in stack
configuration, where every type except strings is stored as JSON. Errors never show secret values. A
placeholder, such as the word None or `<your-secret-id>`, counts as unset.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pulumi_tcimages.core.annotations import alternatives
from pulumi_tcimages.core.configuration_keys import KEY_PARTS, Configuration, Endpoints
from pulumi_tcimages.core.placeholders import Placeholder, find_key_placeholder, find_placeholder
from pulumi_tcimages.core.regions import NOT_A_REGION, REGION_ALLOWED
from pulumi_tcimages.core.setting_advice import LISTS, Advice, advise_removal, advise_value
from pulumi_tcimages.core.validation_errors import MOST_ITEMS, has_too_many_items
from pulumi_tcimages.core.value_checks import (
    LEAVE_ONE_OUT,
    build_same_key_problem,
    find_two_spellings,
)
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.formatting import quote
from pulumi_tcimages.naming import camel, snake

_ALLOWED = {
    "region": REGION_ALLOWED,
    "profile": "a name without slashes",
    "site": "china, intl",
    "protocol": "https, http",
    "language": "en-US, zh-CN",
    "timeout_seconds": "a number above 0, at most 3600",
    "cache_ttl_seconds": "a number from 0 (no cache) to 86400",
    "max_requests_per_second": "a whole number from 1 to 1000",
    "allowed_account_ids": "a list of account ids (digits)",
    "forbidden_account_ids": "a list of account ids (digits)",
    "session_duration": "a whole number of seconds from 1 to 43200",
    **dict.fromkeys(Endpoints.model_fields, "a host, host:port or URL without a path"),
}
_SHOWN = {*LISTS, "region", "profile", "site", "protocol", "language"} | {
    name for name in _ALLOWED if name.endswith(("_seconds", "_second"))
}
_LONGEST_KEY = 60
"""Maximum length of an unknown key in error messages and in comparisons with known keys."""
_FREE_TEXTS = ("assume_role.policy",)
_NO_SOURCES: Mapping[str, str] = MappingProxyType({})
_WORD_ALLOWED = "printable ASCII without blanks"


def read_configuration(
    values: Mapping[str, object], source: str = "", sources: Mapping[str, str] = _NO_SOURCES
) -> Configuration:
    """Parse a configuration.

    Args:
        values: values by snake_case key. None means unset.
        source: where the values come from, for error messages.
        sources: where each value comes from, by key, for error messages. Keys that are not listed
            come from the stack's configuration.

    Errors: ConfigurationError for the first invalid value.
    """
    placeholders: dict[str, Placeholder] = {}
    parsed = _read_section(Configuration, values, "", source, placeholders)
    try:
        return Configuration.model_validate(parsed).with_placeholders(placeholders, sources)
    except ValidationError as error:
        raise _explain(error.errors(include_url=False)[0], values, source) from None


def field_names(section: type[BaseModel] = Configuration, prefix: str = "") -> Iterator[str]:
    """Yield the dotted path of every setting."""
    for name, field in section.model_fields.items():
        inner = _section_of(field.annotation)
        yield from field_names(inner, f"{prefix}{name}.") if inner else [f"{prefix}{name}"]


def _find_placeholder(path: str, text: str) -> Placeholder | None:
    """Return the placeholder in a setting's value, or None."""
    found = find_key_placeholder(text) if path in KEY_PARTS else find_placeholder(text)
    # A policy may legitimately contain `${...}` variables, which the cloud expands.
    return None if found and path in _FREE_TEXTS and not found.is_blank else found


def _read_section(
    section: type[BaseModel],
    values: Mapping[str, object],
    prefix: str,
    source: str,
    placeholders: dict[str, Placeholder],
) -> dict[str, object]:
    """Parse values that are JSON strings, and move placeholders to `placeholders`."""
    result: dict[str, object] = {}
    for name, value in values.items():
        path = f"{prefix}{name}"
        if name not in section.model_fields:
            raise _unknown(path, name, section, source)
        if value is None:
            continue
        annotation = section.model_fields[name].annotation
        inner = _section_of(annotation)
        if isinstance(value, str) and not _is_text(annotation):
            value = _read_json(value, path, source)
        elif isinstance(value, str) and (found := _find_placeholder(path, value)):
            placeholders[path] = found
            continue
        if has_too_many_items(value):
            raise ConfigurationError(
                f"the value has more than {MOST_ITEMS} items.",
                key=path,
                source=source,
                allowed=describe_allowed(path),
            )
        if inner and isinstance(value, Mapping):
            by_name = _read_names(inner, value, f"{path}.", source)
            value = _read_section(inner, by_name, f"{path}.", source, placeholders)
        result[name] = value
    return result


def _read_names(
    section: type[BaseModel], values: Mapping[Any, object], prefix: str, source: str
) -> dict[str, object]:
    """Convert the keys of an object to snake_case.

    Errors: ConfigurationError if two keys with a value are spellings of the same name.
    """
    written = {str(key): value for key, value in values.items()}
    known = (key for key, value in written.items() if value is not None)
    pair = find_two_spellings(
        known, lambda key: name if (name := snake(key)) in section.model_fields else ""
    )
    if pair:
        raise ConfigurationError(
            f"{build_same_key_problem(pair)}.",
            key=f"{prefix}{snake(pair[0])}",
            source=source,
            fix=LEAVE_ONE_OUT,
        )
    unset = {snake(key): None for key, value in written.items() if value is None}
    return unset | {snake(key): value for key, value in written.items() if value is not None}


class _RepeatedKeyError(Exception):
    """A JSON object contains a key twice."""


def _read_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in pairs:
        if key in values:
            raise _RepeatedKeyError(key)
        values[key] = value
    return values


def _read_json(text: str, path: str, source: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_read_object)
    except _RepeatedKeyError as repeated:
        raise _refuse_repeated(str(repeated), path, source) from None
    except (ValueError, RecursionError):
        raise ConfigurationError(
            f"{_name_value(path, text)} is not {_name_type(path)}.",
            key=path,
            source=source,
            allowed=describe_allowed(path),
            **advise_value(path, text, source)._asdict(),
        ) from None


def _refuse_repeated(key: str, path: str, source: str) -> ConfigurationError:
    """Build the error for a key that JSON text contains twice.

    An unknown key is not shown, because it may be a part of a secret.
    """
    section = _SECTIONS.get(path)
    is_known = section is not None and snake(key) in section.model_fields
    return ConfigurationError(
        f"{quote(key) if is_known else 'a key'} is in the JSON text twice.",
        key=f"{path}.{snake(key)}" if is_known else path,
        source=source,
        fix=LEAVE_ONE_OUT,
    )


def _explain(detail: ErrorDetails, values: Mapping[str, object], source: str) -> ConfigurationError:
    path = ".".join(part for part in detail["loc"] if isinstance(part, str) and part.islower())
    kind = detail["type"]
    index = next((part for part in detail["loc"] if isinstance(part, int)), None)
    # pydantic reports an input such as 1e400 as inf, so the original text is shown.
    written = values.get(path, detail["input"]) if index is None else detail["input"]
    problem = {
        "string_too_short": "the value is empty.",
        "string_type": "the value is not a string.",
        "too_short": "the list is empty.",
    }.get(kind, f"{_name_value(path, written)} is not {_name_type(path, index)}.")
    if kind == "region" and detail["msg"] != NOT_A_REGION:
        problem = f"{_name_value(path, written)}: {detail['msg']}."
    advice = advise_value(path, written, source)
    root = path.partition(".")[0]
    # No command, because it would replace the whole list, or the whole object in JSON text.
    if index is not None:
        advice = Advice(f"correct item {index + 1} of the list, and keep the others.")
    elif path != root and isinstance(values.get(root), str):
        advice = Advice(f"correct it in the JSON text of `{root}`, and keep the rest.")
    return ConfigurationError(
        problem, key=path, source=source, allowed=describe_allowed(path), **advice._asdict()
    )


def _unknown(path: str, name: str, section: type[BaseModel], source: str) -> ConfigurationError:
    shown = f"{name[:_LONGEST_KEY]}..." if len(name) > _LONGEST_KEY else name
    close = difflib.get_close_matches(shown, section.model_fields, n=1)
    key = path.removesuffix(name) + shown
    advice = Advice(f"did you mean {camel(close[0])}?") if close else advise_removal(key, source)
    if shown != name and not close:
        advice = Advice("remove it.")
    return ConfigurationError(
        "there is no such key.",
        key=key,
        source=source,
        allowed=", ".join(map(camel, section.model_fields)),
        **advice._asdict(),
    )


def _name_value(path: str, value: object) -> str:
    """Return "the value", followed by the value itself unless it is secret."""
    is_shown = path in _SHOWN and isinstance(value, (str, int, float))
    return f"the value {quote(str(value))}" if is_shown else "the value"


def _name_type(path: str, index: int | None = None) -> str:
    if path in LISTS:
        return "an account id" if index is not None else "a list"
    return "an object" if path in _SECTIONS else "one that is allowed"


def describe_allowed(path: str) -> str:
    """Describe the allowed values of a setting in words."""
    if inner := _SECTIONS.get(path):
        return f"an object with any of {', '.join(map(camel, inner.model_fields))}"
    return _ALLOWED.get(path.rpartition(".")[2], _WORD_ALLOWED)


def _section_of(annotation: Any) -> type[BaseModel] | None:
    # Check the metaclass, because on Python 3.10 issubclass raises an error for list[str].
    types = (kind for kind in alternatives(annotation) if isinstance(kind, type(BaseModel)))
    return next(types, None)


def _is_text(annotation: Any) -> bool:
    return any(kind is str or get_origin(kind) is Literal for kind in alternatives(annotation))


_SECTIONS = {
    name: section
    for name, field in Configuration.model_fields.items()
    if (section := _section_of(field.annotation))
}
