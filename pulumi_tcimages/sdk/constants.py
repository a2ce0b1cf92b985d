"""Check the constant arguments of pins and providers before they are registered.

An argument is constant if its value is known when the program runs, unlike that of an output.

If the engine rejects a resource, the program ends with a traceback of Pulumi's own code. An invalid
constant raises a clear error before that. The plugin checks everything else.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pulumi

from pulumi_tcimages.core.setting_patterns import may_be_secret
from pulumi_tcimages.core.value_checks import (
    LEAVE_ONE_OUT,
    build_bare_latest_error,
    build_false_latest_error,
    build_latest_key_error,
    build_same_key_problem,
    find_two_spellings,
)
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.formatting import REDACTED, quote
from pulumi_tcimages.naming import camel, normalize_name, snake
from pulumi_tcimages.sdk.constant_values import (
    HIDDEN_FIX,
    check_latest_keys,
    check_pin_value,
    check_provider_value,
)
from pulumi_tcimages.sdk.generated import inputs
from pulumi_tcimages.sdk.generated.limits import CRITERIA, EXAMPLES, LATEST_KEYS
from pulumi_tcimages.sdk.generated.provider import SECRETS

_ARGS = re.compile(r"\b\w+Args\b")
_TYPES: tuple[tuple[str, str, tuple[type, ...]], ...] = (
    ("Sequence[", "a list", (list, tuple)),
    ("Mapping[", "a map", (Mapping,)),
    ("Args", "an object", (Mapping,)),
    ("bool", "true or false", (bool,)),
    ("float", "a number", (int, float)),
    ("int", "a number", (int, float)),
    ("str", "a string", (str,)),
)
"""Triples: a substring of an annotation, its name in messages, and the Python types it accepts."""


def find_constant_error(
    name: str, value: object, annotation: str, *, is_provider: bool
) -> InvalidArgumentError | None:
    """Return an error if the plugin would reject an argument's constant value, otherwise None.

    Providers also accept JSON strings.
    """
    if value is None or isinstance(value, (pulumi.Output, pulumi.Resource)):
        return None
    try:
        _check_type(value, annotation, is_provider=is_provider)
        _check_parts(name, value, annotation, is_provider=is_provider)
        (check_provider_value if is_provider else check_pin_value)(name, value)
    except InvalidArgumentError as wrong:
        argument = wrong.argument or name
        if is_provider and name in SECRETS:
            # Omit the error's own advice, because it may contain the secret.
            return replace(wrong, argument=argument, value="", fix=HIDDEN_FIX)
        if is_provider and isinstance(value, str) and may_be_secret(value):
            return replace(wrong, argument=argument, value=quote(REDACTED))
        written = quote(value) if isinstance(value, str) else ""
        return replace(wrong, argument=argument, value=wrong.value or written)
    return None


def find_secret_error(name: str, value: object, annotation: str) -> InvalidArgumentError | None:
    """Return an error if the plugin would reject a provider's secret argument, otherwise None.

    The engine does not tell the plugin which values are secret while it checks a provider, so an
    error of the plugin could show the value, or a key of an object.
    """
    try:
        _check_type(value, annotation, is_provider=True)
        is_json = isinstance(value, str) and ("Args" in annotation or "Sequence[" in annotation)
        parsed = _read_json(str(value)) if is_json else value
        _check_parts(name, parsed, annotation, is_provider=True)
        check_provider_value(name, parsed)
    except InvalidArgumentError as wrong:
        problem = f"{REDACTED} cannot be right"
        return InvalidArgumentError(problem, argument=name, allowed=wrong.allowed, fix=HIDDEN_FIX)
    return None


def _read_json(text: str) -> object:
    """Parse JSON text. Other text is returned unchanged, and the plugin rejects it."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def find_latest_error(pin: str, arguments: Mapping[str, Any]) -> InvalidArgumentError | None:
    """Return an error if a pin's arguments use `latest` or `latest_by` wrongly, otherwise None."""
    latest, keys = arguments.get("latest"), arguments.get("latest_by")
    if latest is False and keys:
        return build_false_latest_error()
    criteria = CRITERIA.get(pin) or ()
    if criteria and (latest is True or keys) and all(arguments.get(n) is None for n in criteria):
        return build_bare_latest_error(EXAMPLES.get(pin) or (), has_latest=bool(latest))
    known = map(normalize_name, LATEST_KEYS.get(pin) or ())
    names = {normalize_name(name): name for name in arguments} | dict.fromkeys(known, "")
    for number, key in enumerate(keys if isinstance(keys, (list, tuple)) else ()):
        if isinstance(key, str) and (name := names.get(normalize_name(key), "")):
            return build_latest_key_error(number, key, name)
    try:
        check_latest_keys(pin, keys)
    except InvalidArgumentError as wrong:
        return wrong
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
        return  # The value of an awaitable is not known yet, so accept it.
    fix = ""
    if expected == "a list" and isinstance(value, str):
        fix = f"write [{quote(value)}]"
    elif expected == "a string" and isinstance(value, (list, tuple)) and len(value) == 1:
        fix = f"write {quote(str(value[0]))}" if isinstance(value[0], str) else ""
    elif expected == "a string" and isinstance(value, (int, float)):
        fix = "put the value in quotes"
    raise InvalidArgumentError(f"expected {expected}, got {_name_type(value)}", fix=fix)


def _check_parts(path: str, value: object, annotation: str, *, is_provider: bool) -> None:
    """Check the items of a list, the values of a map, and the keys of an object.

    Types of values in a provider's arguments are not checked, because a provider also accepts
    numbers as strings and strings as numbers.
    """
    if isinstance(value, (list, tuple)) and "Sequence[" in annotation:
        item = annotation.partition("Sequence[")[2]
        parts = [(f"{path}[{number}]", part, item) for number, part in enumerate(value)]
    elif isinstance(value, Mapping) and "Mapping[" in annotation:
        parts = [(f"{path}.{key}", part, "str") for key, part in value.items()]
    elif isinstance(value, Mapping) and (kind := _ARGS.search(annotation)):
        hints = _check_names(path, value, getattr(inputs, kind[0]))
        parts = [(f"{path}.{key}", part, hints[snake(key)]) for key, part in value.items()]
    else:
        return
    for place, part, expected in parts:
        if part is None or isinstance(part, (pulumi.Output, pulumi.Resource)):
            continue
        try:
            if not is_provider:
                _check_type(part, expected, is_provider=False)
            _check_parts(place, part, expected, is_provider=is_provider)
        except InvalidArgumentError as wrong:
            raise replace(wrong, argument=wrong.argument or place) from None


def _check_names(path: str, value: Mapping[str, Any], kind: Any) -> dict[str, str]:
    """Check the keys of an object and return the annotation of each field.

    Raises: InvalidArgumentError for an unknown or missing key, or for two spellings of a key.
    """
    hints = {name: str(hint) for name, hint in kind.__annotations__.items()}
    for name in value:
        if name not in hints and name not in map(camel, hints):
            near = difflib.get_close_matches(snake(name), hints, n=1)
            raise InvalidArgumentError(
                f"there is no {quote(name)} in it",
                argument=path,
                allowed=", ".join(hints),
                fix=f"did you mean {quote(near[0])}?" if near else f"leave out {quote(name)}",
            )
    supplied = [name for name, part in value.items() if part is not None]
    if pair := find_two_spellings(supplied, snake):
        raise InvalidArgumentError(build_same_key_problem(pair), argument=path, fix=LEAVE_ONE_OUT)
    missing = kind.__required_keys__.difference(map(snake, supplied))
    for name in hints:
        if name in missing:
            raise InvalidArgumentError(
                "this part is required", argument=f"{path}.{name}", fix=f"give {name}"
            )
    return hints


def _name_type(value: object) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a map" if isinstance(value, Mapping) else "a list"
