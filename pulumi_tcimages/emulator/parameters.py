"""An action's parameters: what it knows, of which type, read from a JSON body or from a query.

A shape says what may come: "string", "uint64" or "boolean"; a list of one shape; a dict of named
shapes. Queries write nesting with dots: Filters.0.Values.1=Train.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from pulumi_tcimages.emulator.messages import VendorError

Shape = str | list[Any] | Mapping[str, Any]

_MAX_UINT64 = 2**64 - 1
_MAX_FIELDS = 10_000


def read_body(body: bytes, unreadable_code: str) -> dict[str, Any]:
    """The parameters of a POST, as JSON has them."""
    try:
        value = json.loads(body, parse_constant=_no_constant) if body else {}
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        case = "body" if unreadable_code == "InvalidParameter" else ""
        raise VendorError(unreadable_code, case, problem="the body is not a JSON object")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def read_query(query: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a GET, nested and typed as the shape says; what does not fit stays text."""
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=_MAX_FIELDS
        )
    except ValueError:
        raise VendorError("InvalidRequest", problem="the query is not url-encoded") from None
    tree: dict[str, Any] = {}
    for name, value in pairs:
        _hang(tree, name, value)
    return {name: _typed(value, shape.get(name, "string")) for name, value in tree.items()}


def _hang(tree: dict[str, Any], name: str, value: str) -> None:
    *branches, leaf = name.split(".")
    for branch in branches:
        tree = tree.setdefault(branch, {})
        if not isinstance(tree, dict):
            raise VendorError("InvalidParameter", name=name, kind="string")
    tree[leaf] = value


def _typed(value: Any, shape: Shape) -> Any:
    """A branch of the tree in the types that the shape wants; unchanged where it cannot be."""
    if isinstance(shape, list) and isinstance(value, dict) and all(map(_is_index, value)):
        return [_typed(value[index], shape[0]) for index in sorted(value, key=int)]
    if isinstance(shape, Mapping) and isinstance(value, dict):
        return {name: _typed(part, shape.get(name, "string")) for name, part in value.items()}
    if shape == "uint64" and isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,20}", value):
        return int(value)
    if shape == "boolean" and isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower(), value)
    return value


def _is_index(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,4}", text))


def check(
    parameters: Mapping[str, Any], shape: Mapping[str, Any], required: tuple[str, ...]
) -> dict[str, Any]:
    """The parameters that were given, all known and of their types; null is not given."""
    for name in parameters:
        if name not in shape:
            raise VendorError("UnknownParameter", name=name)
    given = {name: value for name, value in parameters.items() if value is not None}
    for name in required:
        if name not in given:
            raise VendorError("MissingParameter", name=name)
    return {name: _checked(value, shape[name], name) for name, value in given.items()}


def _checked(value: Any, shape: Shape, path: str) -> Any:
    if isinstance(shape, str):
        if not _SCALARS[shape](value):
            raise VendorError("InvalidParameter", name=path, kind=shape)
        return value
    if isinstance(shape, list):
        if not isinstance(value, list):
            raise VendorError("InvalidParameter", name=path, kind="list")
        return [_checked(part, shape[0], f"{path}.{index}") for index, part in enumerate(value)]
    if not isinstance(value, dict):
        raise VendorError("InvalidParameter", name=path, kind="object")
    for name in value:
        if name not in shape:
            raise VendorError("UnknownParameter", name=f"{path}.{name}")
    return {
        name: _checked(part, shape[name], f"{path}.{name}")
        for name, part in value.items()
        if part is not None
    }


def _is_uint64(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_UINT64


_SCALARS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "uint64": _is_uint64,
    "boolean": lambda value: isinstance(value, bool),
}
