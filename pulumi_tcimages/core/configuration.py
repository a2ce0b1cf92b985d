"""Parse the provider's configuration.

Only the syntax is checked. Each value may have its final type, or be a string as in stack
configuration, where every type except strings is stored as JSON. Errors never show secret values. A
placeholder, such as the word None or `<your-secret-id>`, counts as unset.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pulumi_tcimages.advice import Advice, write_path
from pulumi_tcimages.core.annotations import alternatives
from pulumi_tcimages.core.configuration_keys import KEY_PARTS, Configuration, Endpoints
from pulumi_tcimages.core.placeholders import Placeholder, find_key_placeholder, find_placeholder
from pulumi_tcimages.core.regions import NOT_A_REGION, REGION_ALLOWED
from pulumi_tcimages.core.setting_advice import (
    LISTS,
    Path,
    advise_json,
    advise_removal,
    advise_value,
    write_keys,
)
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
_WORD = re.compile(r"[^\s{}\[\]\"'=,;]*")
_ACCOUNT_IDS = re.compile(r"[0-9]{1,20}(?:[\s,]+[0-9]{1,20}){0,19}|[^\s{}\[\]\"'=,;]*")
_WORD_ALLOWED = "printable ASCII without blanks"


class _Location(NamedTuple):
    """The place of a value in the configuration."""

    path: str = ""
    """The path in snake_case, such as `assume_role.role_arn`; "" for the whole configuration."""
    keys: Path = ()
    """The path as it is written."""
    is_in_json: bool = False
    """Whether the value is a part of JSON text, which commands can only replace as a whole."""

    def enter(self, name: str, key: str, *, is_in_json: bool = False) -> _Location:
        """Return the location of a value inside this one."""
        path = f"{self.path}.{name}" if self.path else name
        return _Location(path, (*self.keys, key), is_in_json)

    @property
    def written_key(self) -> str:
        """The path for messages if it differs from the usual one, otherwise ""."""
        return "" if self.keys == write_keys(self.path) else write_path(self.keys)

    def advise(self, advice: Advice) -> Advice:
        """Return advice for this value that keeps the values beside it."""
        return advise_json(self.path.partition(".")[0]) if self.is_in_json else advice


_TOP = _Location()


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
    parsed = _read_section(Configuration, values, _TOP, source, placeholders)
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
    outer: _Location,
    source: str,
    placeholders: dict[str, Placeholder],
) -> dict[str, object]:
    """Parse values that are JSON strings, and move placeholders to `placeholders`."""
    result: dict[str, object] = {}
    for key, value in values.items():
        location = _locate(section, key, outer)
        path, name = location.path, snake(key) if outer.path else key
        if name not in section.model_fields:
            raise _unknown(location, key, section, source)
        if value is None:
            continue
        annotation = section.model_fields[name].annotation
        inner = _section_of(annotation)
        is_json = isinstance(value, str) and not _is_text(annotation)
        if isinstance(value, str) and is_json:
            value = _read_json(value, location, source)
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
            inside = location._replace(is_in_json=location.is_in_json or is_json)
            named = _read_names(inner, value, path, source)
            value = _read_section(inner, named, inside, source, placeholders)
        result[name] = value
    return result


def _read_names(
    section: type[BaseModel], values: Mapping[Any, object], path: str, source: str
) -> dict[str, object]:
    """Return the values of an object by their keys as written.

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
            key=f"{path}.{snake(pair[0])}",
            source=source,
            fix=LEAVE_ONE_OUT,
        )
    return written


class _RepeatedKeyError(Exception):
    """A JSON object contains a key twice."""


def _read_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in pairs:
        if key in values:
            raise _RepeatedKeyError(key)
        values[key] = value
    return values


def _locate(section: type[BaseModel], key: str, outer: _Location) -> _Location:
    """Return the location of a key in a section.

    The keys of the whole configuration are in snake_case, and those of its objects are as written.
    """
    name = snake(key) if outer.path else key
    written = camel(key) if not outer.path and key in section.model_fields else key
    return outer.enter(name, written, is_in_json=outer.is_in_json)


def _read_json(text: str, location: _Location, source: str) -> object:
    path = location.path
    try:
        return json.loads(text, object_pairs_hook=_read_object)
    except _RepeatedKeyError as repeated:
        raise _refuse_repeated(str(repeated), path, source) from None
    except (ValueError, RecursionError) as error:
        reason, advice = "", advise_value(path, text, source, location.keys)
        # A single word, such as a host, is no JSON text with a mistake, so it may be replaced.
        if (path in _SECTIONS and not _WORD.fullmatch(text)) or (
            path in LISTS and not _ACCOUNT_IDS.fullmatch(text)
        ):
            reason, advice = f": {_describe_mistake(error)}", advise_json(path)
        raise ConfigurationError(
            f"{_name_value(path, text)} is not {_name_type(path)}{reason}.",
            key=path,
            source=source,
            allowed=describe_allowed(path),
            fix=location.advise(advice),
            written_key=location.written_key,
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


def _describe_mistake(error: Exception) -> str:
    """Describe a mistake in JSON text and its place, without a part of the text."""
    if not isinstance(error, json.JSONDecodeError):
        return "it is nested too deeply"
    mistake = error.msg.partition(": ")[0]
    return f"{mistake[:1].lower()}{mistake[1:]}, in line {error.lineno}, column {error.colno}"


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
    location = _find_location(path, values)
    advice = location.advise(advise_value(path, written, source, location.keys))
    if index is not None:  # A command would replace the whole list.
        advice = Advice(f"correct item {index + 1} of the list, and keep the others.")
    return ConfigurationError(
        problem,
        key=path,
        source=source,
        allowed=describe_allowed(path),
        fix=advice,
        written_key=location.written_key,
    )


def _find_location(path: str, values: Mapping[str, object]) -> _Location:
    """Return the location of a value that pydantic rejects."""
    root, _, name = path.partition(".")
    outer = _locate(Configuration, root, _TOP)
    if not name:
        return outer
    section = values.get(root)
    keys = map(str, section) if isinstance(section, Mapping) else ()
    key = next((key for key in keys if snake(key) == name), camel(name))
    return outer.enter(name, key, is_in_json=isinstance(section, str))


def _unknown(
    location: _Location, key: str, section: type[BaseModel], source: str
) -> ConfigurationError:
    is_long = len(key) > _LONGEST_KEY
    shown = f"{key[:_LONGEST_KEY]}..." if is_long else key
    close = difflib.get_close_matches(shown, section.model_fields, n=1)
    keys = (*location.keys[:-1], shown)
    if close:
        advice = Advice(f"did you mean {camel(close[0])}?")
    else:
        advice = Advice("remove it.") if is_long else advise_removal(keys, source)
    return ConfigurationError(
        "there is no such key.",
        key=".".join(map(str, (*location.path.split(".")[:-1], shown))),
        source=source,
        allowed=", ".join(map(camel, section.model_fields)),
        fix=location.advise(advice),
        written_key=write_path(keys),
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
