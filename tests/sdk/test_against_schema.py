"""The Python SDK has the names, types and texts of schema.json, as a generated SDK would.

The annotation of each argument and field follows from its type in the schema. Properties that the
schema requires are required. Each argument's docstring is its description in the schema, with the
names in snake_case.
"""

from __future__ import annotations

import inspect
import json
import re
import typing
from pathlib import Path
from typing import Any

import pulumi
import pytest

import pulumi_tcimages
from pulumi_tcimages.core.configuration_keys import SECRETS
from pulumi_tcimages.naming import camel
from pulumi_tcimages.sdk.generated.provider import SECRETS as HIDDEN_ARGUMENTS

SCHEMA = json.loads((Path(__file__).parents[2] / "schema.json").read_text(encoding="utf-8"))
FUNCTIONS = SCHEMA["functions"]
RESOURCES = {**SCHEMA["resources"], "pulumi:providers:tcimages": SCHEMA["provider"]}
TYPES = {token.rpartition(":")[2] for token in SCHEMA["types"]}
INPUT_TYPES = sorted(name for name in TYPES if hasattr(pulumi_tcimages, f"{name}Args"))
OUTPUT_TYPES = sorted(name for name in TYPES if hasattr(pulumi_tcimages, name))
SCALARS = {"string": "str", "boolean": "bool", "integer": "int", "number": "float"}


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def sdk(token: str) -> Any:
    name = token.rpartition(":")[2]
    name = "Provider" if token.startswith("pulumi:providers") else name
    return getattr(pulumi_tcimages, snake(name) if name[0].islower() else name)


def annotation_of(schema: dict[str, Any], form: str) -> str:
    """Return a schema type as an annotation; `form` is "out", "plain" or "input"."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition(":")[2]
        return name if form == "out" else f"{name}Args"
    if schema["type"] == "array":
        inner = annotation_of(schema["items"], form)
        inner = f"pulumi.Input[{inner}]" if form == "input" else inner
        return f"{'list' if form == 'out' else 'Sequence'}[{inner}]"
    if schema["type"] == "object":
        inner = annotation_of(schema["additionalProperties"], form)
        inner = f"pulumi.Input[{inner}]" if form == "input" else inner
        return f"{'dict' if form == 'out' else 'Mapping'}[str, {inner}]"
    return SCALARS[schema["type"]]


def arguments_of(properties: dict[str, Any], required: set[str], form: str) -> dict[str, str]:
    result = {}
    for name, schema in properties.items():
        text = annotation_of(schema, form) + ("" if name in required else " | None")
        result[snake(name)] = f"pulumi.Input[{text}]" if form == "input" else text
    return result


def signature_of(function: Any) -> dict[str, str]:
    """Return the annotations of the keyword-only arguments, whose only default may be None."""
    parameters = {
        name: parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY and name != "opts"
    }
    for parameter in parameters.values():
        optional = str(parameter.annotation).removesuffix("]").endswith("| None")
        assert parameter.default is (None if optional else parameter.empty), parameter
    return {name: str(parameter.annotation) for name, parameter in parameters.items()}


def fields_of(output_type: type) -> dict[str, str]:
    """Return the fields of a class and their types, as they are written in source code."""
    return {name: write_annotation(value) for name, value in output_type.__annotations__.items()}


def write_annotation(hint: Any) -> str:
    text = hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint)
    text = re.sub(r"\b(?:\w+\.)+(?=\w)", "", text)
    return re.sub(r"Optional\[((?:[^][]|\[[^][]*\])*)\]", r"\1 | None", text)


def outputs_of(properties: dict[str, Any], required: set[str]) -> dict[str, str]:
    """Return the types of outputs. Lists and maps are never absent; other values may be."""
    return {
        snake(name): annotation_of(schema, "out")
        + ("" if name in required or schema.get("type") in ("array", "object") else " | None")
        for name, schema in properties.items()
    }


def convert_names(text: str) -> str:
    names = re.compile(r"\b[a-z]+(?:[A-Z][a-z]+)+\b(?!/)")
    return " ".join(names.sub(lambda found: snake(found[0]), text).split())


def assert_documented(function: Any, properties: dict[str, Any]) -> None:
    docs = " ".join((function.__doc__ or "").split())
    for name, schema in properties.items():
        assert f"{snake(name)}: {convert_names(schema['description'])}" in docs, name


@pytest.mark.parametrize("token", FUNCTIONS)
def test_both_function_forms_have_the_arguments_of_the_schema(token: str) -> None:
    inputs = FUNCTIONS[token]["inputs"]
    properties, required = inputs["properties"], set(inputs.get("required", ()))
    plain, output = (
        sdk(token),
        getattr(pulumi_tcimages, f"{sdk(token).__name__}_output"),
    )

    assert signature_of(plain) == arguments_of(properties, required, "plain")
    assert signature_of(output) == arguments_of(properties, required, "input")
    assert_documented(plain, properties)
    assert (plain.__doc__ or "").startswith(convert_names(FUNCTIONS[token]["description"]))


@pytest.mark.parametrize("token", FUNCTIONS)
def test_function_results_match_the_schema(token: str) -> None:
    outputs = FUNCTIONS[token]["outputs"]
    name = token.rpartition(":")[2]
    result = getattr(pulumi_tcimages, f"{name[0].upper()}{name[1:]}Result")

    assert fields_of(result) == outputs_of(outputs["properties"], set(outputs.get("required", ())))
    assert sdk(token).__annotations__["return"] == f"Awaitable{result.__name__}"


@pytest.mark.parametrize("name", OUTPUT_TYPES)
def test_output_types_have_the_fields_of_the_schema(name: str) -> None:
    schema = SCHEMA["types"][f"tcimages:index:{name}"]
    output_type = getattr(pulumi_tcimages, name)

    assert fields_of(output_type) == outputs_of(
        schema["properties"], set(schema.get("required", ()))
    )
    wire_types = pulumi._types.output_type_types(output_type)
    assert (
        list(map(camel, output_type.__annotations__))
        == list(wire_types)
        == list(schema["properties"])
    )


@pytest.mark.parametrize("name", INPUT_TYPES)
def test_input_types_have_the_keys_of_the_schema(name: str) -> None:
    schema = SCHEMA["types"][f"tcimages:index:{name}"]
    keys = getattr(pulumi_tcimages, f"{name}Args")

    assert {snake(key) for key in schema["properties"]} == set(keys.__annotations__)
    assert {snake(item) for item in schema.get("required", ())} == set(keys.__required_keys__)
    for key, property_schema in schema["properties"].items():
        hint = keys.__annotations__[snake(key)]
        assert f"pulumi.Input[{annotation_of(property_schema, 'input')}]" == hint.__forward_arg__


@pytest.mark.parametrize("token", RESOURCES)
def test_resources_have_the_inputs_of_the_schema(token: str) -> None:
    resource, schema = sdk(token), RESOURCES[token]
    properties, required = schema["inputProperties"], set(schema.get("requiredInputs", ()))

    assert signature_of(resource.__init__) == arguments_of(properties, required, "input")
    if token in SCHEMA["resources"]:
        properties = {name: value for name, value in properties.items() if name != "triggers"}
    assert_documented(resource.__init__, properties)


@pytest.mark.parametrize("token", SCHEMA["resources"])
def test_pins_have_the_outputs_of_the_schema(token: str) -> None:
    pin, schema = sdk(token), RESOURCES[token]
    always = {*schema["required"], *schema.get("requiredInputs", ()), "region"}

    expected = {
        snake(name): annotation_of(value, "out") + ("" if name in always else " | None")
        for name, value in schema["properties"].items()
    }
    assert {
        name: re.fullmatch(r"Output\[(.*)\]", text)[1] for name, text in fields_of(pin).items()
    } == expected


def test_provider_secrets_match_those_of_the_plugin() -> None:
    inputs = SCHEMA["provider"]["inputProperties"]

    # An object with a secret is sent as a single string, so the whole object is secret.
    assert {path.partition(".")[0] for path in SECRETS} == HIDDEN_ARGUMENTS
    assert {
        snake(name) for name, value in inputs.items() if value.get("secret")
    } <= HIDDEN_ARGUMENTS


def test_public_names_are_exactly_those_of_the_schema() -> None:
    classes = {name for name in pulumi_tcimages.__all__ if name[0].isupper()}
    results = {name for name in classes if name.endswith("Result")}
    errors = {name for name in classes if name.endswith("Error")}
    arguments = {name for name in classes if name.endswith("Args")}
    functions = {name for name in pulumi_tcimages.__all__ if name.startswith("get_")}

    plain = {snake(token.rpartition(":")[2]) for token in FUNCTIONS}
    assert functions == plain | {f"{name}_output" for name in plain}
    assert arguments == {f"{name}Args" for name in INPUT_TYPES}
    assert len(results) == 2 * len(plain)
    pins = {token.rpartition(":")[2] for token in SCHEMA["resources"]}
    assert classes - results - errors - arguments == {*OUTPUT_TYPES, *pins, "Provider"}
    assert {*OUTPUT_TYPES, *INPUT_TYPES} == TYPES
