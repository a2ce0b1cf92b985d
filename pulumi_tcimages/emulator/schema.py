"""What is wrong with a document, by a JSON schema: the part of the standard that our file needs.

`catalogue.schema.json` is the one description of a catalogue: editors read it, and this reads it.
Knows type, properties, required, additionalProperties (true or false), items, enum, minLength and
references into $defs; the tests hold it against a full implementation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "null": (type(None),),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def find_problems(
    value: Any, schema: dict[str, Any], root: dict[str, Any], path: str = ""
) -> Iterator[tuple[str, str]]:
    """Each place that the schema does not allow, and what it should be."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from find_problems(value, root["$defs"][name], root, path)
        return
    wanted = schema.get("type")
    if wanted is not None and not any(_is(value, one) for one in _as_list(wanted)):
        yield path, f"must be {' or '.join(_as_list(wanted))}, not {_kind(value)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield path, f"must be one of {', '.join(map(repr, schema['enum']))}"
    if isinstance(value, str) and len(value) < schema.get("minLength", 0):
        yield path, "must not be empty"
    if isinstance(value, list) and "items" in schema:
        for index, part in enumerate(value):
            yield from find_problems(part, schema["items"], root, f"{path}[{index}]")
    if isinstance(value, dict):
        yield from _find_field_problems(value, schema, root, path)


def _find_field_problems(
    value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], path: str
) -> Iterator[tuple[str, str]]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield _join(path, name), "is missing"
    for name, part in value.items():
        if name in known:
            yield from find_problems(part, known[name], root, _join(path, name))
        elif schema.get("additionalProperties") is False:
            yield _join(path, name), f"is none of {', '.join(known)}"


def _is(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted == "boolean"
    return isinstance(value, _TYPES[wanted])


def _kind(value: Any) -> str:
    return next((name for name in _TYPES if _is(value, name)), "a number with a fraction")


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
