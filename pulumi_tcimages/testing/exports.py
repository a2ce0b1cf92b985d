"""Convert a program's exports from protobuf to plain Python values."""

from __future__ import annotations

from typing import Any

import pulumi
from google.protobuf.struct_pb2 import ListValue, Struct
from pulumi.runtime.rpc import UNKNOWN

# The key that marks an object as special, such as a secret, in Pulumi's wire format.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (a public constant)
__tracebackhide__ = True
"""Hides this module's frames from pytest's tracebacks, which would print keys in arguments."""


def read_exports(outputs: Struct) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the exported values without secret marks and the names of the secret exports."""
    values = {name: _read(value) for name, value in outputs.items()}
    return values, frozenset(name for name, value in outputs.items() if _is_secret(value))


def _read(value: Any) -> Any:
    """Convert a value. Whole numbers become `int`, unknown values become `pulumi.UNKNOWN`."""
    if isinstance(value, Struct):
        if _mark(value) == _SECRET:
            return _read(value["value"])
        return {name: _read(part) for name, part in value.items() if name != _SIGNATURE}
    if isinstance(value, ListValue):
        return [_read(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return pulumi.UNKNOWN if value == UNKNOWN else value


def _is_secret(value: Any) -> bool:
    if isinstance(value, Struct):
        return _mark(value) == _SECRET or any(map(_is_secret, value.values()))
    return isinstance(value, ListValue) and any(map(_is_secret, value))


def _mark(value: Struct) -> Any:
    return dict(value).get(_SIGNATURE)
