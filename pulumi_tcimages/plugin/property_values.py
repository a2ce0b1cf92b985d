"""Convert property values between the engine's protobuf and plain Python.

Pulumi sends JSON-like values. Secrets, outputs and resource references are objects with a tag. They
are converted to `Secret`, `UNKNOWN` (a value that is computed during the update), a plain value, or
the resource's id.

Source: Pulumi's wire format for property values (sdk/proto, "special signatures").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf import struct_pb2

from pulumi_tcimages.core.reserved_texts import TAG, UNKNOWN_TEXT, UNKNOWN_TEXTS

SECRET_TAG = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  (a public constant, not a password)
_RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()
"""The value of a property that is unknown during a preview."""


@dataclass(frozen=True)
class Secret:
    """A secret value, which its repr does not show."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(...)"


def deserialize(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Convert a Struct to plain values, Secret and UNKNOWN."""
    return {name: _read(value) for name, value in struct.fields.items()}


def serialize(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Convert properties to a Struct, omitting None."""
    struct = struct_pb2.Struct()
    _fill(struct, properties)
    return struct


def unwrap(value: Any) -> Any:
    """Replace every Secret inside a value with its plain value."""
    if isinstance(value, Secret):
        return unwrap(value.value)
    return _map_parts(value, unwrap)


def sealed(value: Any) -> Any:
    """Remove the secret marks inside a secret value, where they are redundant.

    Two results are equal only if the values are equal and the same parts are secret.
    """
    return Secret(unwrap(value)) if isinstance(value, Secret) else _map_parts(value, sealed)


def has_secret(value: Any) -> bool:
    """Return whether a value is or contains a Secret."""
    return isinstance(value, Secret) or any(map(has_secret, _parts(value)))


def secret_texts(value: Any) -> list[str]:
    """Return all secret strings and numbers in a value, as strings.

    Secret booleans are left out: redacting every `true` would make messages unreadable.
    """
    if isinstance(value, Secret):
        inner = unwrap(value.value)
        if isinstance(inner, bool):
            return []
        texts = [str(inner)] if isinstance(inner, (str, int, float)) else []
        return texts + secret_texts([*map(Secret, _parts(_parse_json(inner)))])
    return [text for part in _parts(value) for text in secret_texts(part)]


def _parse_json(value: Any) -> Any:
    """Parse a string that contains a JSON object or list. Return any other value unchanged.

    In a provider's inputs, the engine stores objects and lists as JSON strings.
    """
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def without_unknown(value: Any) -> Any:
    """Remove unknown values from maps and lists. Return None if the whole value is unknown."""
    if isinstance(value, dict):
        return {name: without_unknown(part) for name, part in value.items() if part is not UNKNOWN}
    if isinstance(value, list):
        return [without_unknown(part) for part in value if part is not UNKNOWN]
    return None if value is UNKNOWN else value


def has_unknown(value: Any) -> bool:
    """Return whether a value is or contains an unknown value."""
    if isinstance(value, Secret):
        return has_unknown(value.value)
    return value is UNKNOWN or any(map(has_unknown, _parts(value)))


def _read(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWN_TEXTS else value.string_value
    if kind == "number_value":
        return int(number) if (number := value.number_value).is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_read(item) for item in value.list_value.values]
    if kind == "struct_value":
        properties = deserialize(value.struct_value)
        return read_tagged(properties) if TAG in properties else properties
    return None


def read_tagged(properties: dict[str, Any]) -> Any:
    """Convert a tagged object, such as a secret, whose fields have already been converted."""
    tag = properties[TAG]
    if tag == SECRET_TAG:
        return Secret(properties.get("value"))
    if tag == _OUTPUT:
        value = properties.get("value", UNKNOWN)
        return Secret(value) if properties.get("secret") else value
    if tag == _RESOURCE:
        return properties.get("id") or UNKNOWN
    return {name: value for name, value in properties.items() if name != TAG}


# Values are written into existing messages, because protobuf copies a message that is assigned to a
# field. For an image, this takes 21 us instead of 73 us.


def _fill(struct: struct_pb2.Struct, properties: Mapping[str, Any]) -> None:
    for name, value in properties.items():
        if value is not None:
            _write(struct.fields[name], value)


def _write(target: struct_pb2.Value, value: Any) -> None:
    if isinstance(value, str):
        target.string_value = value
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, (int, float)):
        target.number_value = value
    elif value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif value is UNKNOWN:
        target.string_value = UNKNOWN_TEXT
    elif isinstance(value, Secret):
        _write(target, {TAG: SECRET_TAG, "value": value.value})
    elif isinstance(value, Mapping):
        # `SetInParent` keeps an empty map, which protobuf would otherwise drop.
        target.struct_value.SetInParent()
        _fill(target.struct_value, value)
    else:
        target.list_value.SetInParent()
        for item in value:
            _write(target.list_value.values.add(), item)


def _map_parts(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {name: change(part) for name, part in value.items()}
    return [change(part) for part in value] if isinstance(value, list) else value


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
