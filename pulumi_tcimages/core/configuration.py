"""The provider's configuration, read: syntax only, nothing is looked up.

Rules: a value may come as its real type or as the text that stack configuration makes
of it (JSON for anything but text); a secret value is never shown, not even to say that it is wrong.
A text that is only a placeholder, such as None or `<your-secret-id>`, counts as not given.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pulumi_tcimages.core.annotations import alternatives
from pulumi_tcimages.core.configuration_keys import (
    KEY_PARTS,
    Configuration,
    Endpoints,
)
from pulumi_tcimages.core.placeholders import Placeholder, find_key_placeholder, find_placeholder
from pulumi_tcimages.core.regions import NOT_A_REGION, REGION_ALLOWED, suggest_region
from pulumi_tcimages.core.validation_errors import MOST_ITEMS, has_too_many_items
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
_SHOWN = {"region", "profile", "site", "protocol", "language"} | {
    name for name in _ALLOWED if name.endswith(("_seconds", "_second"))
}
_LONGEST_KEY = 60
"""Characters of an unknown key that are compared with the known ones and shown."""
_MOST_SUGGESTED = 20
_LISTS = ("allowed_account_ids", "forbidden_account_ids")
_FREE_TEXTS = ("assume_role.policy",)
_NO_SOURCES: Mapping[str, str] = MappingProxyType({})
_WORD_ALLOWED = "printable ASCII without blanks"


def read_configuration(
    values: Mapping[str, object], source: str = "", sources: Mapping[str, str] = _NO_SOURCES
) -> Configuration:
    """Return the configuration, checked for syntax.

    Args:
        values: snake_case keys; a value of None is one that was not given.
        source: where the values came from, for errors.
        sources: where each key came from, unless it is the stack's configuration.

    Errors: ConfigurationError for the first thing that is wrong.
    """
    placeholders: dict[str, Placeholder] = {}
    parsed = _read_section(Configuration, values, "", source, placeholders)
    try:
        return Configuration.model_validate(parsed).with_placeholders(placeholders, sources)
    except ValidationError as error:
        raise _explain(error.errors(include_url=False)[0], values, source) from None


def field_names(section: type[BaseModel] = Configuration, prefix: str = "") -> Iterator[str]:
    """Every setting that has a value of its own, as a dotted path."""
    for name, field in section.model_fields.items():
        inner = _section_of(field.annotation)
        yield from field_names(inner, f"{prefix}{name}.") if inner else [f"{prefix}{name}"]


def _find_placeholder(path: str, text: str) -> Placeholder | None:
    """Return what a setting's text holds instead of a value, or None."""
    found = find_key_placeholder(text) if path in KEY_PARTS else find_placeholder(text)
    # A policy has variables of its own, which the cloud expands.
    return None if found and path in _FREE_TEXTS and not found.is_blank else found


def _read_section(
    section: type[BaseModel],
    values: Mapping[str, object],
    prefix: str,
    source: str,
    placeholders: dict[str, Placeholder],
) -> dict[str, object]:
    """Return the values with every JSON text parsed; placeholders are moved to their own map."""
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
                allowed=_allowed(path),
            )
        if inner and isinstance(value, Mapping):
            by_name = {snake(str(key)): one for key, one in value.items()}
            value = _read_section(inner, by_name, f"{path}.", source, placeholders)
        result[name] = value
    return result


def _read_json(text: str, path: str, source: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ConfigurationError(
            f"{_name_value(path, text)} is not {_what(path)}.",
            key=path,
            source=source,
            allowed=_allowed(path),
            settings=_settings(path, text),
        ) from None


def _explain(detail: ErrorDetails, values: Mapping[str, object], source: str) -> ConfigurationError:
    path = ".".join(part for part in detail["loc"] if isinstance(part, str) and part.islower())
    kind = detail["type"]
    given = values.get(path, detail["input"])  # as it was written: 1e400, where the input is inf
    problem = {
        "string_too_short": "the value is empty.",
        "string_type": "the value is not text.",
        "too_short": "the list is empty.",
    }.get(kind, f"{_name_value(path, given)} is not {_what(path)}.")
    if kind == "region" and detail["msg"] != NOT_A_REGION:
        problem = f"{_name_value(path, given)}: {detail['msg']}."
    return ConfigurationError(
        problem,
        key=path,
        source=source,
        allowed=_allowed(path),
        fix=suggest_region(str(given)) if kind == "region" else "",
        settings=_settings(path, given),
    )


def _unknown(path: str, name: str, section: type[BaseModel], source: str) -> ConfigurationError:
    shown = f"{name[:_LONGEST_KEY]}..." if len(name) > _LONGEST_KEY else name
    close = difflib.get_close_matches(shown, section.model_fields, n=1)
    return ConfigurationError(
        "there is no such key.",
        key=path.removesuffix(name) + shown,
        source=source,
        allowed=", ".join(map(camel, section.model_fields)),
        fix=f"did you mean {camel(close[0])}?" if close else "",
    )


def _name_value(path: str, value: object) -> str:
    """The value, where it is one that may be shown."""
    is_shown = path in _SHOWN and isinstance(value, (str, int, float))
    return f"the value {quote(str(value))}" if is_shown else "the value"


def _settings(path: str, given: object) -> list[tuple[str, str]]:
    """What makes a list of account ids that were given as text; of an object, a key as example."""
    if inner := _SECTIONS.get(path):
        return [(f"{camel(path)}.{camel(next(iter(inner.model_fields)))}", "VALUE")]
    ids = re.split(r"[\s,]+", str(given).strip()) if path in _LISTS else []
    if len(ids) > _MOST_SUGGESTED or not all(re.fullmatch(r"[0-9]{1,20}", text) for text in ids):
        return []
    return [(f"{camel(path)}[{number}]", one) for number, one in enumerate(ids)]


def _what(path: str) -> str:
    return "an object" if path in _SECTIONS else "one that is allowed"


def _allowed(path: str) -> str:
    if inner := _SECTIONS.get(path):
        return f"an object with any of {', '.join(map(camel, inner.model_fields))}"
    return _ALLOWED.get(path.rpartition(".")[2], _WORD_ALLOWED)


def _section_of(annotation: Any) -> type[BaseModel] | None:
    # By the metaclass: on Python 3.10 list[str] calls itself a type, and issubclass refuses it.
    types = (one for one in alternatives(annotation) if isinstance(one, type(BaseModel)))
    return next(types, None)


def _is_text(annotation: Any) -> bool:
    return any(one is str or get_origin(one) is Literal for one in alternatives(annotation))


_SECTIONS = {
    name: section
    for name, field in Configuration.model_fields.items()
    if (section := _section_of(field.annotation))
}
