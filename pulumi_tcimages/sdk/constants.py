"""Check the constant arguments of pins and providers before they are registered.

If the engine refuses a resource, it ends the program with a traceback of its own. A wrong constant
raises an error here instead. The plugin checks outputs and everything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi

from pulumi_tcimages.core.regions import REGION_ALLOWED, find_region_fault, suggest_region
from pulumi_tcimages.core.versions import read_range
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.formatting import quote
from pulumi_tcimages.sdk.generated.limits import BOUNDS, CHOICES

_PARTS = ("components", "libraries")
_RANGE_WORDS = ("*", "none")
_TYPES: tuple[tuple[str, str, tuple[type, ...]], ...] = (
    ("Sequence[", "a list", (list, tuple)),
    ("Mapping[", "a map", (Mapping,)),
    ("Args", "an object", (Mapping,)),
    ("bool", "true or false", (bool,)),
    ("float", "a number", (int, float)),
    ("int", "a number", (int, float)),
    ("str", "a string", (str,)),
)
"""A part of an annotation, the type in words, and the accepted types."""


def find_wrong_constant(
    name: str, value: object, annotation: str, *, is_provider: bool
) -> InvalidArgumentError | None:
    """Return the error for a constant that the plugin would refuse, or None.

    Args:
        annotation: the type of the argument, as its constructor declares it.
        is_provider: whether it is a provider's, which also takes JSON texts.
    """
    if value is None or isinstance(value, (pulumi.Output, pulumi.Resource)):
        return None
    try:
        _check_type(value, annotation, is_provider=is_provider)
        _check_value(name, value)
    except InvalidArgumentError as wrong:
        shown = wrong.value or (quote(value) if isinstance(value, str) else "")
        return replace(wrong, argument=wrong.argument or name, value=shown)
    return None


def _check_type(value: object, annotation: str, *, is_provider: bool) -> None:
    expected, types = next(
        (words, types) for mentioned, words, types in _TYPES if mentioned in annotation
    )
    is_json = is_provider and isinstance(value, str) and str not in types
    is_bool_for_number = isinstance(value, bool) and bool not in types
    if is_json or (isinstance(value, types) and not is_bool_for_number):
        return
    if not isinstance(value, (str, int, float, list, tuple, Mapping)):
        return  # an awaitable: `arguments` has refused other types
    fix = ""
    if expected == "a list" and isinstance(value, str):
        fix = f"write [{quote(value)}]"
    elif expected == "a string" and isinstance(value, (list, tuple)) and len(value) == 1:
        fix = f"write {quote(str(value[0]))}" if isinstance(value[0], str) else ""
    elif expected == "a string" and isinstance(value, (int, float)):
        fix = "put the value in quotes"
    raise InvalidArgumentError(f"expected {expected}, got {_name_type(value)}", fix=fix)


def _name_type(value: object) -> str:
    if isinstance(value, bool):
        return "a boolean"
    names: Sequence[tuple[Any, str]] = (
        ((int, float), "a number"),
        (str, "a string"),
        (Mapping, "a map"),
    )
    return next((words for types, words in names if isinstance(value, types)), "a list")


def _check_value(name: str, value: object) -> None:
    if isinstance(value, str):
        _check_text(name, value)
    elif name in _PARTS and isinstance(value, Mapping):
        for part, wanted in value.items():
            if isinstance(wanted, str) and wanted.lower() not in _RANGE_WORDS:
                try:
                    read_range(wanted)
                except InvalidArgumentError as wrong:
                    argument = f"{name}.{part}"
                    raise replace(wrong, argument=argument, value=quote(wanted)) from None
    elif name in BOUNDS and isinstance(value, (int, float)):
        low, is_low_allowed, high, allowed = BOUNDS[name]
        if not low <= value <= high or (value == low and not is_low_allowed):
            problem = f"{value} is out of bounds"
            raise InvalidArgumentError(problem, value=str(value), allowed=allowed)


def _check_text(name: str, value: str) -> None:
    if not value.strip():
        raise InvalidArgumentError("the value is empty", fix="give a value, or leave it out")
    if name.endswith("_version"):
        read_range(value)
    elif name == "region" and (problem := find_region_fault(value)):
        raise InvalidArgumentError(problem, allowed=REGION_ALLOWED, fix=suggest_region(value))
    elif name in CHOICES and value.lower() not in map(str.lower, CHOICES[name]):
        choices = ", ".join(CHOICES[name])
        raise InvalidArgumentError(f"there is no such {name}", allowed=choices)
