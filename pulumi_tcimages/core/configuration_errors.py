"""Build the errors for an invalid configuration.

An error never suggests a command that would replace a valid value, and never shows a secret value.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from pulumi_tcimages.advice import Advice, SettingChange, write_path
from pulumi_tcimages.core.annotations import alternatives
from pulumi_tcimages.core.configuration_keys import SECRET_KEYS, Configuration, Endpoints
from pulumi_tcimages.core.regions import NOT_A_REGION, REGION_ALLOWED
from pulumi_tcimages.core.setting_advice import (
    IN_PROJECT,
    LISTS,
    PROVIDER,
    Path,
    advise_json,
    advise_removal,
    advise_value,
    if_object,
    write_keys,
)
from pulumi_tcimages.core.setting_patterns import PATHS, may_be_secret
from pulumi_tcimages.core.value_checks import LEAVE_ONE_OUT
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
"""Maximum length of an unknown key in error messages. Longer keys are shortened."""
_WORD = re.compile(r"[^\s{}\[\]\"'=,;]*")
"""Matches text without brackets or quotes. Such text is not mistyped JSON, so the advice may
replace all of it.
"""
_ACCOUNT_IDS = re.compile(r"[0-9]{1,20}(?:[\s,]+[0-9]{1,20}){0,19}|[^\s{}\[\]\"'=,;]*")
NO_SUCH_KEY = "there is no such key."
_FILE = "_token_file"
_WORD_ALLOWED = "printable ASCII without blanks"


class Location(NamedTuple):
    """The position of a value in the configuration."""

    path: str = ""
    """The path in snake_case, such as `assume_role.role_arn`; "" for the whole configuration."""
    keys: Path = ()
    """The path in the user's spelling."""
    is_in_json: bool = False
    """Whether the value is inside JSON text, which a command can only replace as a whole."""

    def enter(self, name: str, key: str, *, is_in_json: bool = False) -> Location:
        """Return the location of the value `name` inside the object at this location."""
        path = f"{self.path}.{name}" if self.path else name
        return Location(path, (*self.keys, key), is_in_json)

    @property
    def written_key(self) -> str:
        """The path in the user's spelling, or "" if the user wrote it in camelCase as usual."""
        return "" if self.keys == write_keys(self.path) else write_path(self.keys)

    def advise(self, advice: Advice) -> Advice:
        """Return `advice`, or advice without a command if the value is inside JSON text.

        The plugin cannot tell whether the stack's file has an object or JSON text. In JSON text,
        `pulumi config set --path` would replace everything.
        """
        if not self.is_in_json:
            return advice
        return Advice(f"correct this part of `{self.path.partition('.')[0]}`, and keep the rest.")

    def advise_removal(self, removal: Advice) -> Advice:
        """Return the advice to remove this key with `pulumi config rm --path`.

        The command has no effect on an object that is stored as JSON text. The advice says so if
        this may be the case.
        """
        if not (self.is_in_json and removal.settings):
            return removal
        root = self.path.partition(".")[0]
        # On JSON text, `pulumi config rm --path` changes nothing.
        changes = [
            change._replace(lead=if_object(camel(root)))
            for change in removal.settings
            if change.source == "configuration"
        ]
        return Advice(
            f"remove this part of `{root}`, and keep the rest.",
            *changes,
            IN_PROJECT if changes else "",
        )


TOP = Location()


def locate(section: type[BaseModel], key: str, outer: Location) -> Location:
    """Return the location of a key inside the configuration or an object.

    Args:
        key: a top-level key in snake_case, or a key inside an object in the user's spelling.
    """
    name = snake(key) if outer.path else key
    written = camel(key) if not outer.path and key in section.model_fields else key
    return outer.enter(name, written, is_in_json=outer.is_in_json)


def build_invalid_json(
    mistake: Exception, text: str, location: Location, source: str
) -> ConfigurationError:
    """Build the error for a setting whose JSON text cannot be parsed."""
    path = location.path
    reason, advice = "", advise_value(path, text, source, location.keys)
    if (path in _SECTIONS and not _WORD.fullmatch(text)) or (
        path in LISTS and not _ACCOUNT_IDS.fullmatch(text)
    ):
        reason, advice = f": {_describe_mistake(mistake)}", advise_json(path)
    return ConfigurationError(
        f"{_name_value(path, text)} is not {_name_type(path)}{reason}.",
        key=path,
        source=source,
        allowed=describe_allowed(path),
        fix=location.advise(advice),
        written_key=location.written_key,
    )


def build_repeated_key(key: str, path: str, source: str) -> ConfigurationError:
    """Build the error for a key that occurs twice in JSON text.

    An unknown key is not shown, because it may be part of a secret.
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
    """Describe a mistake in JSON text by its position, without quoting the text."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if not isinstance(error, json.JSONDecodeError):
        return "a number has too many digits"
    mistake = error.msg.partition(": ")[0]
    return f"{mistake[:1].lower()}{mistake[1:]}, in line {error.lineno}, column {error.colno}"


def build_invalid_value(
    detail: ErrorDetails, values: Mapping[str, object], source: str
) -> ConfigurationError:
    """Build the error for a value that pydantic rejects."""
    path = ".".join(part for part in detail["loc"] if isinstance(part, str) and part.islower())
    kind = detail["type"]
    index = next((part for part in detail["loc"] if isinstance(part, int)), None)
    # Show the original text, because pydantic reports 1e400 as inf.
    written = values.get(path, detail["input"]) if index is None else detail["input"]
    problem = {
        "string_too_short": "the value is empty.",
        "string_type": "the value is not a string.",
        "too_short": "the list is empty.",
    }.get(kind, f"{_name_value(path, written, index)} is not {_name_type(path, index)}.")
    if kind == "path":
        problem = f"the value {detail['msg']}."
    if kind == "region" and detail["msg"] != NOT_A_REGION:
        problem = f"{_name_value(path, written)}: {detail['msg']}."
    location = _find_location(path, values)
    advice = location.advise(advise_value(path, written, source, location.keys))
    if kind == "path" and path.endswith(_FILE):
        advice = Advice("write the token to a file, and set the path of that file:", advice)
    if index is not None:  # Give no command, because it would replace the whole list.
        advice = Advice(f"correct item {index + 1} of the list, and keep the others.")
    return ConfigurationError(
        problem,
        key=path,
        source=source,
        allowed=describe_allowed(path),
        fix=advice,
        written_key=location.written_key,
    )


def _find_location(path: str, values: Mapping[str, object]) -> Location:
    """Return the location of a value that pydantic rejects."""
    root, _, name = path.partition(".")
    outer = locate(Configuration, root, TOP)
    if not name:
        return outer
    section = values.get(root)
    keys = map(str, section) if isinstance(section, Mapping) else ()
    key = next((key for key in keys if snake(key) == name), camel(name))
    return outer.enter(name, key, is_in_json=isinstance(section, str))


def build_unknown_key(
    location: Location,
    key: str,
    section: type[BaseModel],
    source: str,
    others: Collection[str] = (),
) -> ConfigurationError:
    """Build the error for an unknown key. It suggests a similar key if there is one.

    Args:
        others: all keys that the user set in this section; known keys are in snake_case.
    """
    is_long = len(key) > _LONGEST_KEY
    shortened = f"{key[:_LONGEST_KEY]}..." if is_long else key
    close = difflib.get_close_matches(shortened, section.model_fields, n=1)
    keys = (*location.keys[:-1], shortened)
    root, _, part = snake(key).partition(".")
    is_path = root in _SECTIONS and part in _SECTIONS[root].model_fields
    # If the object is set too, it may be JSON text, which the command would replace.
    if is_path and root not in others and not source.startswith(PROVIDER):
        path = write_keys(f"{root}.{part}")
        lead = "set the path instead of this key:"
        if root in SECRET_KEYS:
            # The command prompts for the value, and would read a second pasted command as it.
            prompt = SettingChange(path, is_secret=True)
            advice = Advice(lead, prompt, "Then remove this key.")
        else:
            advice = Advice(lead, SettingChange(path, "VALUE"), SettingChange(keys))
    elif close:
        advice = Advice(f"did you mean {camel(close[0])}?")
    else:
        removal = Advice("remove it.") if is_long else advise_removal(keys, source)
        advice = location.advise_removal(removal)
    return ConfigurationError(
        NO_SUCH_KEY,
        key=".".join(map(str, (*location.path.split(".")[:-1], shortened))),
        source=source,
        allowed=", ".join(map(camel, section.model_fields)),
        fix=advice,
        written_key=write_path(keys),
    )


def _name_value(path: str, value: object, index: int | None = None) -> str:
    """Return "the value", followed by the value itself unless it may be secret.

    A list item is named by its number, because the plugin cannot tell whether the list is secret.
    """
    if index is not None:
        return f"item {index + 1} of the list"
    is_shown = path in _SHOWN and isinstance(value, (str, int, float))
    is_shown = is_shown and not may_be_secret(str(value))
    return f"the value {quote(str(value))}" if is_shown else "the value"


def _name_type(path: str, index: int | None = None) -> str:
    if path in LISTS:
        return "an account id" if index is not None else "a list"
    return "an object" if path in _SECTIONS else "one that is allowed"


def describe_allowed(path: str) -> str:
    """Describe the allowed values of a setting in words."""
    if inner := _SECTIONS.get(path):
        return f"an object with any of {', '.join(map(camel, inner.model_fields))}"
    return PATHS.get(path) or _ALLOWED.get(path.rpartition(".")[2], _WORD_ALLOWED)


def section_of(annotation: Any) -> type[BaseModel] | None:
    """Return the pydantic model of a setting that is an object, or None for other settings."""
    # Do not use issubclass, which raises an error for list[str] on Python 3.10.
    types = (kind for kind in alternatives(annotation) if isinstance(kind, type(BaseModel)))
    return next(types, None)


_SECTIONS = {
    name: section
    for name, field in Configuration.model_fields.items()
    if (section := section_of(field.annotation))
}
