"""Parse an action's parameters from a JSON body or a query string and check their types.

A type is "string", "uint64" or "boolean", a list that contains the type of its items, or a dict
with the types of its fields. In a query, dots express nesting, as in Filters.0.Values.1=Train.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from pulumi_tcimages.emulator.messages import VendorError

ParameterType = str | list[Any] | Mapping[str, Any]

_MAX_UINT64 = 2**64 - 1
_MAX_FIELDS = 10_000


def read_body(body: bytes, unreadable_code: str) -> dict[str, Any]:
    """Parse the parameters in the body of a POST request.

    Args:
        unreadable_code: the error code for a body that is not a JSON object.
    """
    try:
        value = json.loads(body, parse_constant=_refuse_constant) if body else {}
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        case = "body" if unreadable_code == "InvalidParameter" else ""
        raise VendorError(unreadable_code, case, problem="the body is not a JSON object")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def read_query(query: str, types: Mapping[str, Any]) -> dict[str, Any]:
    """Parse the parameters of a GET request. A value that does not fit its type stays a string."""
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=_MAX_FIELDS
        )
    except ValueError:
        raise VendorError("InvalidRequest", problem="the query is not url-encoded") from None
    tree: dict[str, Any] = {}
    for name, value in pairs:
        _insert(tree, name, value)
    return {name: _convert(value, types.get(name, "string")) for name, value in tree.items()}


def _insert(tree: dict[str, Any], name: str, value: str) -> None:
    *parents, leaf = name.split(".")
    for parent in parents:
        tree = tree.setdefault(parent, {})
        if not isinstance(tree, dict):
            raise VendorError("InvalidParameter", name=name, kind="string")
    tree[leaf] = value


def _convert(value: Any, kind: ParameterType) -> Any:
    """Convert a value to its type, or return it unchanged if that is impossible."""
    if isinstance(kind, list) and isinstance(value, dict) and all(map(_is_index, value)):
        return [_convert(value[index], kind[0]) for index in sorted(value, key=int)]
    if isinstance(kind, Mapping) and isinstance(value, dict):
        return {name: _convert(part, kind.get(name, "string")) for name, part in value.items()}
    if kind == "uint64" and isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,20}", value):
        return int(value)
    if kind == "boolean" and isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower(), value)
    return value


def _is_index(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,4}", text))


def check(
    parameters: Mapping[str, Any],
    types: Mapping[str, Any],
    required: tuple[str, ...] = (),
    path: str = "",
) -> dict[str, Any]:
    """Check the names and types of parameters and return the parameters without nulls.

    Args:
        path: the beginning of the names in errors, for the fields of an object.

    Raises: VendorError for an unknown, invalid or missing parameter.
    """
    for name in parameters:
        if name not in types:
            raise VendorError("UnknownParameter", name=f"{path}{name}")
    present = {name: value for name, value in parameters.items() if value is not None}
    for name in required:
        if name not in present:
            raise VendorError("MissingParameter", name=name)
    return {
        name: _check_value(value, types[name], f"{path}{name}") for name, value in present.items()
    }


def _check_value(value: Any, kind: ParameterType, path: str) -> Any:
    if isinstance(kind, str):
        if not _SCALARS[kind](value):
            raise VendorError("InvalidParameter", name=path, kind=kind)
        return value
    if isinstance(kind, list):
        if not isinstance(value, list):
            raise VendorError("InvalidParameter", name=path, kind="list")
        return [_check_value(part, kind[0], f"{path}.{index}") for index, part in enumerate(value)]
    if not isinstance(value, dict):
        raise VendorError("InvalidParameter", name=path, kind="object")
    return check(value, kind, path=f"{path}.")


def _is_uint64(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_UINT64


_SCALARS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "uint64": _is_uint64,
    "boolean": lambda value: isinstance(value, bool),
}
