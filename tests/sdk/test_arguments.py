"""Arguments that the SDK rejects before any request, with errors in snake_case."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

import pulumi_tcimages as tcimages
from tests.sdk.conftest import RunProgram, without_location


@pytest.mark.parametrize(
    ("value", "suggestion"),
    [("data_engine_ids", "data_engine_id"), ("dataEngineId", "data_engine_id")],
)
@pytest.mark.parametrize("name", ["get_session_image", "get_session_image_output"])
def test_unknown_keyword_raises_with_a_suggestion(name: str, value: str, suggestion: str) -> None:
    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        getattr(tcimages, name)(**{value: "engine", "framework_type": "python"})

    assert without_location(raised.value) == (
        f"{name}: invalid argument. [invalid-argument]\n"
        f'Problem  there is no argument "{value}"\n'
        "Allowed  data_engine_id, framework_type, region, framework,\n"
        "         framework_version, name_regex, tag_regex, spark_image_id, latest\n"
        f"Next     did you mean {suggestion}?"
    )


@pytest.mark.parametrize(
    "function", ["get_session_images", "get_session_image_output", "SessionImagePin"]
)
def test_missing_keyword_raises(function: str) -> None:
    arguments = ["pin"] if function == "SessionImagePin" else []
    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        getattr(tcimages, function)(*arguments, data_engine_id="engine")

    assert without_location(raised.value) == (
        f"{function}: invalid argument. [invalid-argument]\n"
        "Argument framework_type\n"
        "Problem  this argument is required\n"
        "Next     give the framework type: machine-learning, python or spark-ml"
    )


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"framework": b"vllm"}, "a value of type bytes cannot be sent"),
        ({"latest_by": {"vllm"}}, "a value of type set cannot be sent"),
        ({"components": {1: "*"}}, "the keys of a map are strings"),
        ({"image_name": "\ud800"}, "half a character cannot be sent"),
        ({"components": {"cuda": b"*"}}, "a value of type bytes cannot be sent"),
    ],
)
def test_unserializable_argument_raises(
    run_program: RunProgram, arguments: dict[str, Any], problem: str
) -> None:
    with pytest.raises(tcimages.InvalidArgumentError, match=problem):
        run_program(lambda _: tcimages.get_platform_image(**arguments), {})


@pytest.mark.parametrize("function", ["get_platform_image_output", "PlatformImagePin"])
def test_unserializable_argument_error_names_the_function(function: str) -> None:
    arguments = ["pin"] if function == "PlatformImagePin" else []
    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        getattr(tcimages, function)(*arguments, framework=b"vllm")

    assert without_location(raised.value) == (
        f"{function}: invalid argument. [invalid-argument]\n"
        "Argument framework\n"
        "Problem  a value of type bytes cannot be sent\n"
        "Allowed  strings, numbers, booleans, outputs, and lists and maps of them\n"
        "Next     convert the value first, for instance with str() or list()"
    )


@pytest.mark.parametrize(
    ("function", "arguments", "example"),
    [
        ("get_session_image", ["engine", "python"], "data_engine_id"),
        ("SessionImagePin", ["pin", None, "engine"], "data_engine_id"),
        ("get_session_images_output", ["engine"], "data_engine_id"),
    ],
)
def test_positional_argument_raises(function: str, arguments: list[Any], example: str) -> None:
    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        getattr(tcimages, function)(*arguments)

    assert (raised.value.problem, str(raised.value.fix)) == (
        "an argument is given without its name",
        f"put the name before the value, as in {example}=...",
    )


@pytest.mark.parametrize(
    ("function", "name", "fix"),
    [
        ("get_session_image", "engine", "did you mean data_engine_id?"),
        ("get_platform_image", "id", "did you mean ti_project_id or image_id?"),
        ("get_session_image", "version", "did you mean framework_version?"),
        ("get_platform_images", "latest", "call get_platform_image, which chooses one image"),
        (
            "get_platform_images_output",
            "latest_by",
            "call get_platform_image_output, which chooses one image",
        ),
        ("get_platform_image", "provider", "give it in opts=pulumi.InvokeOptions(provider=...)"),
        ("PlatformImagePin", "protect", "give it in opts=pulumi.ResourceOptions(protect=...)"),
        ("get_platform_image", "zone", "leave it out: the line Allowed has all arguments"),
    ],
)
def test_unknown_keyword_error_says_where_the_argument_belongs(
    function: str, name: str, fix: str
) -> None:
    arguments = ["pin"] if function == "PlatformImagePin" else []
    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        getattr(tcimages, function)(*arguments, **{name: True})

    assert str(raised.value.fix) == fix


@pytest.mark.parametrize(
    ("function", "arguments", "value"),
    [
        ("get_platform_image", {"opts": pulumi.ResourceOptions()}, "InvokeOptions"),
        ("get_platform_image_output", {"opts": pulumi.ResourceOptions()}, "InvokeOptions"),
        ("Provider", {"resource_name": "one", "opts": pulumi.InvokeOptions()}, "ResourceOptions"),
    ],
)
def test_invoke_and_resource_options_are_not_interchangeable(
    function: str, arguments: dict[str, Any], value: str
) -> None:
    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        getattr(tcimages, function)(**arguments)

    assert without_location(raised.value) == (
        f"{function}: invalid argument. [invalid-argument]\n"
        "Argument opts\n"
        f"Problem  expected pulumi.{value}, got {type(arguments['opts']).__name__}\n"
        f"Next     write opts=pulumi.{value}(...)"
    )
