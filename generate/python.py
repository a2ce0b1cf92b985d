"""Generate Python code for the SDK: types, fields, parameters, docstrings and imports."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pulumi_tcimages.naming import snake

_WIDTH = 100
_SCALARS = {"string": "str", "boolean": "bool", "integer": "int", "number": "float"}
_MAPPING_METHODS = ("values", "items", "keys", "get")
Schema = Mapping[str, Any]


class Names:
    """The names of types and properties in a schema, and their conversion to Python's style."""

    def __init__(self, schema: Schema) -> None:
        functions = schema["functions"].values()
        resources = schema["resources"].values()
        images = [_name_of(item["$ref"]) for item in _references(functions, "outputs", "images")]
        sent = [item["inputs"]["properties"] for item in functions]
        sent += [item["inputProperties"] for item in (*resources, schema["provider"])]
        self.inputs = _referenced(sent)
        types = {_name_of(token): item for token, item in schema["types"].items()}
        echoed = _referenced([item["inputProperties"] for item in resources])
        inner = _referenced([types[name]["properties"] for name in images])
        self.shared_outputs = sorted({*inner, *echoed})
        properties = {
            name
            for item in (*types.values(), *resources, schema["provider"])
            for name in item["properties"]
        }
        properties |= {name for item in functions for name in item["inputs"]["properties"]}
        functions_of_python = {_name_of(token) for token in schema["functions"]}
        known = sorted(
            (name for name in properties | functions_of_python if not name.islower()),
            key=len,
            reverse=True,
        )
        self._pattern = re.compile(rf"(?<![\w/])({'|'.join(known)})(?![\w/])")

    def to_snake_case(self, text: str) -> str:
        """Convert the names in a description to snake_case."""
        return self._pattern.sub(lambda found: snake(found[1]), text)


def _references(functions: Any, part: str, name: str) -> Iterator[Schema]:
    for function in functions:
        if name in function[part]["properties"]:
            yield function[part]["properties"][name]["items"]


def _referenced(groups: Sequence[Mapping[str, Schema]]) -> list[str]:
    items = [item.get("items", item) for group in groups for item in group.values()]
    return list(dict.fromkeys(_name_of(item["$ref"]) for item in items if "$ref" in item))


def _name_of(token: str) -> str:
    return token.rpartition(":")[2]


class FieldType:
    """The annotations for a schema type: as an output, as a plain input, and as a Pulumi input."""

    def __init__(self, item: Schema, names: Names) -> None:
        self.description = names.to_snake_case(item.get("description", ""))
        self.output = _annotation(item, "output")
        self.plain = _annotation(item, "plain")
        self.input = _annotation(item, "input")


def _annotation(item: Schema, form: Literal["output", "plain", "input"]) -> str:
    if "$ref" in item:
        name = _name_of(item["$ref"])
        return name if form == "output" else f"{name}Args"
    kind = item["type"]
    if kind in _SCALARS:
        return _SCALARS[kind]
    inner = _annotation(item["items" if kind == "array" else "additionalProperties"], form)
    inner = f"pulumi.Input[{inner}]" if form == "input" else inner
    if kind == "array":
        return f"{'list' if form == 'output' else 'Sequence'}[{inner}]"
    return f"{'dict' if form == 'output' else 'Mapping'}[str, {inner}]"


@dataclass(frozen=True)
class Argument:
    """An argument of a function or resource."""

    name: str
    type: FieldType
    is_required: bool

    @property
    def description(self) -> str:
        return self.type.description


def render_arguments(declared: Schema, names: Names) -> list[Argument]:
    """Return the arguments, with the required ones first."""
    required = declared.get("required", [])
    arguments = [
        Argument(snake(name), FieldType(item, names), name in required)
        for name, item in declared["properties"].items()
    ]
    return sorted(arguments, key=lambda argument: not argument.is_required)


def render_parameters(
    arguments: Sequence[Argument],
    form: Literal["plain", "input"],
    opts: tuple[str, str] | None,
    indent: int = 4,
) -> Iterator[str]:
    """Yield the keyword-only parameters of a signature, one per line."""
    space = " " * indent
    yield f"{space}*,"
    for argument in arguments:
        kind = argument.type.plain if form == "plain" else argument.type.input
        optional = "" if argument.is_required else " | None"
        kind = f"{kind}{optional}" if form == "plain" else f"pulumi.Input[{kind}{optional}]"
        yield f"{space}{argument.name}: {kind}{'' if argument.is_required else ' = None'},"
    if opts:
        yield f"{space}{opts[0]}: {opts[1]} = None,"


def render_field(key: str, annotation: str, field: FieldType) -> Iterator[str]:
    """Yield the lines of a class's field and its docstring."""
    name = snake(key)
    is_hidden = name in _MAPPING_METHODS and "pulumi" not in annotation
    yield f"    {name}: {annotation}{'  # type: ignore[assignment]' if is_hidden else ''}"
    yield from docstring(field.description, 4)


def docstring(
    text: str, indent: int, arguments: Sequence[tuple[str, str]] = (), ending: str = ""
) -> list[str]:
    """Return the lines of a docstring: a summary, the arguments and an ending."""
    space = " " * indent
    if not arguments and len(space) + len(text) + 6 <= _WIDTH:
        return [f'{space}"""{text}"""']
    summary, *rest = _wrap(text, indent, indent, first=indent + 3)
    lines = [f'{space}"""{summary.strip()}', *rest]
    if not arguments and len(lines[-1]) + 3 <= _WIDTH:
        return [*lines[:-1], f'{lines[-1]}"""']
    if arguments:
        lines += ["", f"{space}Args:"]
        for name, description in arguments:
            lines += _wrap(f"{name}: {description}", indent + 4, indent + 8)
    if ending:
        lines += ["", f"{space}{ending}"]
    return [*lines, f'{space}"""']


def _wrap(text: str, indent: int, more: int, first: int | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=" " * (indent if first is None else first),
        subsequent_indent=" " * more,
        break_long_words=False,
        break_on_hyphens=False,
    )


def imports(modules: Mapping[str, Sequence[str]]) -> str:
    """Return import statements for names by module, formatted as Ruff would format them."""
    lines = []
    for module in sorted(modules):
        names = sorted(modules[module], key=lambda name: (not name[0].isupper(), name))
        line = f"from {module} import {', '.join(names)}"
        if len(line) > _WIDTH - 4:
            line = "\n".join([f"from {module} import (", *(f"    {name}," for name in names), ")"])
        lines.append(line)
    return "\n".join(lines)
