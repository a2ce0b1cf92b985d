"""Check the values of pin and provider arguments that are known when the program runs.

Their types have already been checked by `constants`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pulumi_tcimages.core.placeholders import find_placeholder
from pulumi_tcimages.core.setting_patterns import PATHS, find_path_problem, is_setting_text
from pulumi_tcimages.core.value_checks import (
    EMPTY_ITEMS,
    EMPTY_ITEMS_FIX,
    one_of,
    read_component,
    read_component_name,
    read_device,
    read_exactly,
    read_framework_type,
    read_region,
    read_text,
    refuse_two_spellings,
)
from pulumi_tcimages.core.versions import read_range
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.formatting import REDACTED, quote
from pulumi_tcimages.naming import normalize_name, snake
from pulumi_tcimages.sdk.generated.limits import BOUNDS, CHOICES, EXACT, LATEST_KEYS, RANGES

HIDDEN_FIX = "check the value where it is set: it is a secret, so it is not shown"
_PARTS = ("components", "libraries")


def check_pin_value(name: str, value: object) -> None:
    """Check a pin's argument by the plugin's rules. Raises: InvalidArgumentError."""
    if name == "triggers":
        return
    if isinstance(value, str):
        _check_criterion(name, value)
        return
    for path, items in _collections(name, value):
        if not items:
            raise InvalidArgumentError(EMPTY_ITEMS, argument=path, fix=EMPTY_ITEMS_FIX)
    if name in _PARTS and isinstance(value, Mapping):
        refuse_two_spellings(value)
    for path, text in _texts(name, value):
        _check_at(path, text, read_text)
        if name in _PARTS:
            _check_at(path, text, read_component)
    for key in value if isinstance(value, Mapping) else ():
        _check_at(f"{name}.{key}", key, read_text)
        if name in _PARTS:
            _check_at(f"{name}.{key}", key, read_component_name)


def check_latest_keys(pin: str, keys: object) -> None:
    """Check that each key of `latest_by` is a field or the name of a component.

    Raises: InvalidArgumentError for any other key, such as `gpu`.
    """
    fields = set(map(normalize_name, LATEST_KEYS.get(pin) or ()))
    for path, key in _texts("latest_by", keys):
        if normalize_name(key) not in fields:
            _check_at(path, key, read_component_name)


def check_provider_value(path: str, value: object) -> None:
    """Check a provider's argument by the plugin's rules. Raises: InvalidArgumentError.

    A placeholder such as the string "None" counts as unset.
    """
    if isinstance(value, str) and find_placeholder(value):
        return
    if isinstance(value, (list, tuple, Mapping)):
        for part_path, part in _parts(path, value):
            check_provider_value(part_path, part)
        return
    name = path.rpartition(".")[2].partition("[")[0]
    if name in BOUNDS and isinstance(value, (str, int, float)) and not isinstance(value, bool):
        _check_bounds(path, value, BOUNDS[name])
    elif isinstance(value, str):
        _check_setting(path, value.strip())


def _check_criterion(name: str, value: str) -> None:
    read_text(value)
    if name in RANGES:
        read_range(value)
    elif name.endswith("_regex"):
        # Imported on use: the import takes 6 ms, and few pins use a regular expression.
        from pulumi_tcimages.core.patterns import read_pattern

        read_pattern(value)
    elif name == "region":
        read_region(value)
    elif name == "device":
        read_device(value)
    elif name == "framework_type":
        read_framework_type(value, EXACT[name])
    elif name in EXACT:
        read_exactly(value, f"{name.replace('_', ' ')}s", EXACT[name])
    elif name in CHOICES:
        _check_choice(name, value)


def _check_setting(path: str, text: str) -> None:
    """Check a string in a provider's arguments, such as `allowed_account_ids[0]`."""
    setting = path.partition("[")[0]
    if setting == "region":
        read_region(text)
    elif setting in CHOICES:
        _check_choice(setting, text)
    elif setting in PATHS and (problem := find_path_problem(text)):
        raise InvalidArgumentError(
            f"the value {problem}",
            argument=path,
            value=quote(REDACTED),
            allowed=PATHS[setting],
            fix="write the path, and keep the content in a file",
        )
    elif not is_setting_text(setting, text):
        raise InvalidArgumentError(
            "this is not a value that is allowed",
            argument=path,
            fix="copy it again, and nothing beside it",
        )


def _check_choice(name: str, value: str) -> None:
    if value.lower() not in map(str.lower, CHOICES[name]):
        choices = ", ".join(CHOICES[name])
        fix = f"write {one_of(CHOICES[name])}"
        raise InvalidArgumentError(f"there is no such {name}", allowed=choices, fix=fix)


def _check_bounds(path: str, value: str | float, bounds: tuple[Any, ...]) -> None:
    low, is_low_allowed, high, allowed, usual = bounds
    try:
        number = float(json.loads(value)) if isinstance(value, str) else value
    except (ValueError, TypeError):
        number = float("nan")
    is_whole = number % 1 == 0 or "whole" not in allowed
    if not low <= number <= high or not is_whole or (number == low and not is_low_allowed):
        raise InvalidArgumentError(
            f"{value} is out of bounds" if number == number else "this is not a number",
            argument=path,
            value=quote(value) if isinstance(value, str) else str(value),
            allowed=allowed,
            fix=f"write {usual}, for instance",
        )


def _check_at(path: str, text: str, check: Callable[[str], object]) -> None:
    """Run a check on a text. Errors name the path and the text."""
    try:
        check(text)
    except InvalidArgumentError as wrong:
        raise replace(wrong, argument=path, value=quote(text)) from None


def _parts(path: str, value: object) -> Iterator[tuple[str, Any]]:
    """Yield the items of a list or map with their paths."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield f"{path}.{snake(str(key))}", part
    elif isinstance(value, (list, tuple)):
        for number, part in enumerate(value):
            yield f"{path}[{number}]", part


def _texts(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield all strings in a list or map with their paths. The keys of maps are not included."""
    for part_path, part in _parts(path, value):
        if isinstance(part, str):
            yield part_path, part
        yield from _texts(part_path, part)


def _collections(path: str, value: object) -> Iterator[tuple[str, Any]]:
    """Yield a list or map, and all lists and maps inside it, with their paths."""
    if isinstance(value, (list, tuple, Mapping)):
        yield path, value
        for part_path, part in _parts(path, value):
            yield from _collections(part_path, part)
