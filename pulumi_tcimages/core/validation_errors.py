"""Convert a pydantic ValidationError to an InvalidArgumentError about a single argument.

The argument is the first invalid one in field order. Long values are shortened.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from pulumi_tcimages.core.annotations import alternatives
from pulumi_tcimages.core.value_checks import EMPTY_ITEMS, EMPTY_ITEMS_FIX, EMPTY_TEXT
from pulumi_tcimages.errors import InvalidArgumentError
from pulumi_tcimages.formatting import escape, quote
from pulumi_tcimages.naming import NameStyle, normalize_name

ModelT = TypeVar("ModelT", bound=BaseModel)
_In = TypeVar("_In")
_Out = TypeVar("_Out")

CHOOSING = frozenset({"latest", "latest_by"})
"""Arguments that only functions for a single image accept, because they choose the image."""
_SHOWN = 60
MOST_ITEMS = 1_000
"""Maximum number of items in a list or map, including nested ones, to limit memory: pydantic's
error takes 1 KB for each invalid item.
"""
ALL_NAMES = "leave it out: the line Allowed has all arguments"
_EXAMPLES = {
    "string_type": 'write a string, for instance "VALUE"',
    "bool_type": "write true or false, without quotes",
    "list_type": 'write a list, for instance ["VALUE"]',
    "dict_type": 'write a map, for instance {"NAME": "VALUE"}',
    "model_type": 'write an object, for instance {"name": "ImageName", "values": ["vllm"]}',
}
"""The fix for each of pydantic's type errors, used if no fix can be derived from the value."""
_PART = re.compile(r"([\w-]{1,30}?)\s*([<>=!~].{0,20})?", re.ASCII)
"""Matches a component and its range in a single string, such as `cuda>=12`."""
TYPE_NAMES = {
    "string_type": "a string",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "list_type": "a list",
    "dict_type": "a map",
    "model_type": "an object",
}
"""The expected type in plain words, for each of pydantic's error types."""


def read_arguments(
    model: type[ModelT], arguments: Mapping[str, Any], style: NameStyle = str
) -> ModelT:
    """Validate arguments, and build a model from them. None means unset.

    Args:
        style: converts a field's snake_case name to the style of the names in `arguments`.

    Raises: InvalidArgumentError for an unknown name, a missing argument or an invalid value.
    """
    try:
        return model.model_validate(read_names(model.model_fields, arguments, style))
    except ValidationError as refused:
        raise _to_invalid_argument(refused.errors(include_url=False)[0], model) from None


def check_known(
    model: type[ModelT],
    arguments: Mapping[str, Any],
    is_known: Callable[[Any], bool],
    style: NameStyle = str,
) -> None:
    """Validate arguments in a preview, skipping those whose values are not known yet.

    Raises: InvalidArgumentError.
    """
    named = read_names(model.model_fields, arguments, style)
    known = {name: value for name, value in named.items() if is_known(value)}
    open_names = named.keys() - known.keys()
    try:
        model.model_validate(known)
    except ValidationError as refused:
        for error in refused.errors(include_url=False):
            if error["loc"] and error["loc"][0] not in open_names:
                raise _to_invalid_argument(error, model) from None


def read_names(
    known: Iterable[str], arguments: Mapping[str, Any], style: NameStyle
) -> dict[str, Any]:
    """Convert the arguments' names to snake_case.

    Raises: InvalidArgumentError for an unknown argument, or for a value with too many items.
    """
    names = {style(name): name for name in known}
    for spelled in arguments:
        if spelled not in names:
            raise _build_unknown_argument(spelled, names)
    large = next(filter(lambda name: has_too_many_items(arguments[name]), arguments), None)
    if large is not None:
        problem = f"a list or map has at most {MOST_ITEMS} items"
        raise InvalidArgumentError(problem, argument=names[large], fix="give fewer items")
    return {names[name]: value for name, value in arguments.items() if value is not None}


def has_too_many_items(value: object) -> bool:
    """Return whether a list or map has more than `MOST_ITEMS` items, including nested ones."""
    pending, items = [value], 1
    while pending and items <= MOST_ITEMS:
        value = pending.pop()
        if isinstance(value, (list, Mapping)):
            # Subtract 1, because this list has already been counted as an item of the outer list.
            items += len(value) - 1
            inner = value.values() if isinstance(value, Mapping) else value
            pending += islice(inner, MOST_ITEMS)
    return items > MOST_ITEMS


def checked(read: Callable[[_In], _Out]) -> Callable[[_In], _Out]:
    """Wrap a validator for pydantic: convert its InvalidArgumentError to a pydantic error."""

    def read_and_carry(value: _In) -> _Out:
        try:
            return read(value)
        except InvalidArgumentError as refused:
            raise PydanticCustomError("refused", "refused", {"error": refused}) from None

    return read_and_carry


def show_value(value: object) -> str:
    """Format a value as the user would write it, shortened.

    Lists and maps are shortened only between values, because redaction does not recognize a
    shortened secret.
    """
    if isinstance(value, str):
        return quote(value)
    text = ""
    try:  # Stop encoding early, because the value may be huge.
        for piece in json.JSONEncoder(ensure_ascii=False).iterencode(value):
            if len(text) + len(piece) > _SHOWN:
                return escape(f"{text}...")
            text += piece
    except (TypeError, ValueError):
        return f"({type_name(value)})"
    return escape(text)


def _shorten(text: str) -> str:
    return escape(text[:_SHOWN]) + ("..." if len(text) > _SHOWN else "")


def _build_unknown_argument(name: str, names: Mapping[str, str]) -> InvalidArgumentError:
    near = difflib.get_close_matches(_shorten(name), names, n=1)
    fix = f"did you mean `{names[near[0]]}`?" if near else ALL_NAMES
    if normalize_name(name) in map(normalize_name, CHOOSING) and "latest" not in names.values():
        fix = "call the function for one image, which chooses it: a list has them all"
    return InvalidArgumentError(
        f"there is no argument {quote(name)}",
        allowed=", ".join(f"`{name}`" for name in names.values()),
        fix=fix,
    )


def _to_invalid_argument(details: ErrorDetails, model: type[BaseModel]) -> InvalidArgumentError:
    argument = _path(details["loc"])
    kind, value = details["type"], details["input"]
    if kind == "refused":
        error: InvalidArgumentError = details["ctx"]["error"]
        field = model.model_fields.get(argument)
        if error.problem == EMPTY_TEXT and field and field.is_required():
            error = InvalidArgumentError.of_missing(argument, field.description or "")
            error = replace(error, problem=EMPTY_TEXT)
        # A validator that compares arguments reports no location, but its error names the argument.
        if not argument:
            value = value.get(error.argument)
        return replace(
            error,
            argument=error.argument or argument,
            value=error.value or show_value(value),
        )
    if kind == "missing":
        description = _field_at(details["loc"], model).description or ""
        return InvalidArgumentError.of_missing(argument, description)
    if kind == "too_short":
        return InvalidArgumentError(
            EMPTY_ITEMS,
            argument=argument,
            value=show_value(value),
            fix=EMPTY_ITEMS_FIX,
        )
    return InvalidArgumentError(
        f"expected {TYPE_NAMES.get(kind, details['msg'])}, got {type_name(value)}",
        argument=argument,
        value=show_value(value),
        fix=_fix_of(details, model) or _EXAMPLES.get(kind, ""),
    )


def _path(loc: Sequence[int | str]) -> str:
    """Format an error's location, for instance as `components.cuda` or `filters[0].values`."""
    parts = (
        f"[{part}]" if isinstance(part, int) else f".{_shorten(part)}"
        for part in loc
        if part != "[key]"
    )
    return "".join(parts).lstrip(".")


def _as_list(value: object, loc: Sequence[int | str], model: type[BaseModel]) -> str:
    """Return the advice to write a single item as a list, or "" if it is not a valid item."""
    alone = show_value([value])
    wanted = Mapping if isinstance(_item_of(_field_at(loc, model)), type(BaseModel)) else str
    is_item = isinstance(value, wanted) and value and not alone.endswith("...")
    return f"write {alone}" if is_item else ""


def _field_at(loc: Sequence[int | str], model: type[BaseModel]) -> FieldInfo:
    """Return the field at a location, such as `filters[0].values`."""
    *lists, name = (part for part in loc if isinstance(part, str))
    for part in lists:
        model = _item_of(model.model_fields[part])
    return model.model_fields[name]


def _item_of(field: FieldInfo) -> Any:
    (kind,) = alternatives(field.annotation)
    (item,) = get_args(kind)
    return item


def _fix_of(details: ErrorDetails, model: type[BaseModel]) -> str:
    """Return the fix for a value of the wrong type, or "" if none can be derived from it."""
    kind, value = details["type"], details["input"]
    if kind == "list_type":
        return _as_list(value, details["loc"], model)
    if kind == "string_type":
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return "put the value in quotes (without them, YAML reads 2.10 as 2.1)"
        if isinstance(value, list):
            return (
                f"write {show_value(text)}"
                if (text := _only_text(value))
                else "give a single string"
            )
    if kind == "dict_type" and (text := _only_text(value)):
        if details["loc"] != ("components",):
            return f"write {show_value({'NAME': text})}"
        if part := _PART.fullmatch(text):
            return f"write {show_value({part[1]: part[2] or '*'})}"
    return ""


def _only_text(value: object) -> str:
    """Return a short string, or a list's only item if it is a short string, or "" otherwise."""
    text = value[0] if isinstance(value, list) and len(value) == 1 else value
    is_fit = isinstance(text, str) and len(text) <= _SHOWN and text.isprintable()
    return str(text) if is_fit else ""


def type_name(value: object) -> str:
    """Return a value's type in plain words, such as "a string" or "a number"."""
    for types, name in (
        (bool, "a boolean"),
        ((int, float), "a number"),
        (str, "a string"),
        (Mapping, "a map"),
        (list, "a list"),
        (type(None), "null"),
    ):
        if isinstance(value, types):
            return name
    return f"a {type(value).__name__}"
