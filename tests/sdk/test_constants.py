"""Invalid constants of pins and providers raise one error before any registration."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import pulumi_tcimages as tcimages
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.errors import ConfigurationError
from tests.core.invalid_values import INVALID_VALUES
from tests.path_mistakes import JWT, MISTAKES, TOKENS, is_shown
from tests.sdk.conftest import RunProgram, without_location

PINS = [
    ({"framework": ["vllm"]}, "expected a string, got a list", 'write "vllm"'),
    ({"framework_version": 2.5}, "expected a string, got a number", "put the value in quotes"),
    ({"latest": "yes"}, "expected true or false, got a string", ""),
    ({"latest_by": "cuda"}, "expected a list, got a string", 'write ["cuda"]'),
    ({"components": ["cuda"]}, "expected a map, got a list", ""),
    ({"framework": True}, "expected a string, got a boolean", ""),
    ({"framework_version": "^2.5"}, "this is not a version range", 'write ">=2.5,<3"'),
    ({"components": {"cuda": "12.4"}}, "this is not a version range", 'write "==12.4"'),
    ({"region": "ap-guangzhou-3"}, "this is an availability zone", 'write "ap-guangzhou"'),
    ({"device": "tpu"}, "there is no such device", 'write "cpu", "gpu" or "npu"'),
    ({"image_range": " "}, "an empty string matches nothing", "leave the argument out"),
    ({"components": {"cuda": 12.4}}, "expected a string, got a number", "put the value in quotes"),
    ({"components": {"torch": "*", "pytorch": "*"}}, "under two spellings", 'leave out "torch"'),
    ({"libraries": {"tf": "*", "tensorflow": "*"}}, "under two spellings", 'leave out "tf"'),
    ({"attributes": {"TrainingModes": ["DDP"]}}, "expected a string, got a list", 'write "DDP"'),
    ({"triggers": {"month": 12}}, "expected a string, got a number", "put the value in quotes"),
    ({"latest_by": ["cuda", 5]}, "Argument latest_by[1]", "put the value in quotes"),
    ({"filters": ["a"]}, "Argument filters[0]", ""),
    ({"latest": True}, "latest needs at least one criterion", "for instance framework"),
    ({"latest": True, "ti_project_id": "1"}, "latest needs at least one criterion", ""),
    ({"latest_by": ["cuda"]}, "Argument latest_by", "add a criterion"),
    ({"latest": False, "latest_by": ["cuda"]}, "latest_by implies latest", "leave one of the two"),
    (
        {"latest_by": ["frameworkVersion", "gpu"], "framework": "vllm"},
        "Argument latest_by[1]",
        "give gpu itself a value",
    ),
    ({"filters": [{"a": "x"}]}, 'there is no "a" in it', 'leave out "a"'),
    ({"filters": [{"nmae": "x"}]}, 'there is no "nmae" in it', 'did you mean "name"?'),
    ({"filters": [{"name": "ImageId"}]}, "Argument filters[0].values", "give values"),
    (
        {"filters": [{"name": "ImageId", "values": "a"}]},
        "expected a list, got a string",
        'write ["a"]',
    ),
]
PROVIDERS = [
    ({"site": "mars"}, "there is no such site"),
    ({"protocol": "ftp"}, "there is no such protocol"),
    ({"language": "de"}, "there is no such language"),
    ({"timeout_seconds": 0}, "0 is out of bounds"),
    ({"timeout_seconds": 3601}, "3601 is out of bounds"),
    ({"cache_ttl_seconds": -1}, "-1 is out of bounds"),
    ({"cache_ttl_seconds": 86401}, "86401 is out of bounds"),
    ({"max_requests_per_second": 0}, "0 is out of bounds"),
    ({"max_requests_per_second": 1001}, "1001 is out of bounds"),
    ({"region": "nowhere"}, "this is not the name of a region"),
    ({"profile": 5}, "expected a string, got a number"),
    ({"assume_role": ["x"]}, "expected an object, got a list"),
    ({"assume_role": {"role_ran": "x"}}, 'there is no "role_ran" in it'),
    (
        {"assume_role": {"role_arn": "x", "roleArn": "y"}},
        '"role_arn" and "roleArn" are the same key',
    ),
    ({"endpoints": {"tion": "x"}}, 'did you mean "tione"?'),
    ({"endpoints": {"tione": "https://a/path"}}, "this is not a value that is allowed"),
    ({"endpoints": {"tione": "a:99999"}}, "this is not a value that is allowed"),
    ({"allowed_account_ids": ["me"]}, "this is not a value that is allowed"),
    ({"shared_credentials_dir": JWT}, "the value is a token or key, not a path"),
    ({"profile": "../x"}, "this is not a value that is allowed"),
    ({"secret_id": "two words"}, "this is not a value that is allowed"),
    ({"assume_role": {"role_arn": "a b"}}, "this is not a value that is allowed"),
    ({"assume_role": {"session_duration": 99999}}, "99999 is out of bounds"),
    ({"max_requests_per_second": 1.5}, "1.5 is out of bounds"),
    ({"timeout_seconds": "soon"}, "this is not a number"),
]
PINS_OF_OTHER_SOURCES = [
    (
        "SessionImagePin",
        {"data_engine_id": "D", "framework_type": "pytorch"},
        "this is a framework, not a framework type",
        'write framework_type "machine-learning" and framework "pytorch"',
    ),
    (
        "SessionImagePin",
        {"data_engine_id": "D", "framework_type": "MachineLearning"},
        "are spelled exactly",
        'write "machine-learning"',
    ),
    ("SessionImagePin", {"data_engine_id": "", "framework_type": "python"}, "empty string", "say"),
    ("EngineImageVersionPin", {"engine_type": "spark-sql"}, "spelled exactly", 'write "SparkSQL"'),
    ("EngineImageVersionPin", {"engine_type": "SQL", "version": "^1.1"}, "range", 'write ">=1.1'),
    ("EngineImageVersionPin", {"engine_type": "SQL", "state": "on"}, "no such state", '"online"'),
    ("RayImagePin", {"type": "ray"}, "types are spelled exactly", 'write "Ray"'),
    ("RayImagePin", {"ray_version": "2.5"}, "not a version range", 'write "==2.5"'),
    ("RayImagePin", {"name_regex": "["}, "does not compile", "to find exactly this text"),
    ("RayImagePin", {"latest": True}, "at least one criterion", "for instance device, components"),
    ("PresetImagePin", {"python_version": "~3.10"}, "not a version range", "write"),
    (
        "PlatformImagePin",
        {"framework_type": "pytorch"},
        'no argument "framework_type"',
        "framework",
    ),
]
VALID_PINS: list[dict[str, Any]] = [
    {"latest": True, "framework": "vllm"},
    {"latest": True, "filters": [{"name": "ImageName", "values": ["a"]}]},
    {"latest_by": ["frameworkVersion", "framework_version", "cuda"], "device": "gpu"},
    {"latest": False, "framework": "vllm"},
]
VALID = [
    {"assume_role": {"role_arn": "qcs::cam::uin/1:roleName/a", "session_duration": "900"}},
    {"assume_role": {"roleArn": "qcs::cam::uin/1:roleName/a"}, "endpoints": {"tione": "a:1"}},
    {"assume_role": {"role_arn": "qcs::cam::uin/1:roleName/a", "roleArn": None}},
    {"allowed_account_ids": ["100000000001"], "assume_role": '{"roleArn": "x"}'},
    {"site": "intl", "protocol": "HTTP", "language": "zh-CN", "region": "ap-guangzhou"},
    {"timeout_seconds": 3600, "cache_ttl_seconds": 0, "max_requests_per_second": 1},
    {"timeout_seconds": 0.5, "cache_ttl_seconds": 86400, "max_requests_per_second": 1000},
]


@pytest.mark.parametrize(("arguments", "problem", "fix"), PINS)
def test_invalid_pin_constant_raises_before_registration(
    arguments: dict[str, Any], problem: str, fix: str
) -> None:
    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        tcimages.PlatformImagePin("train", **arguments)

    text = without_location(raised.value)
    assert text.startswith("PlatformImagePin: invalid argument. [invalid-argument]\nArgument ")
    assert problem in text
    assert fix in text


def is_sent(arguments: dict[str, Any]) -> bool:
    """Return whether an argument reaches the plugin as it is in the program.

    In Python, a tuple is sent as a list, and None is left out.
    """
    (value,) = arguments.values()
    try:
        json.dumps(value)
    except (TypeError, ValueError, RecursionError):  # Pulumi cannot serialize it
        return False
    has_none = isinstance(value, dict) and None in value.values()
    return not has_none and not isinstance(value, tuple)


SENT = [arguments for arguments, *_ in INVALID_VALUES if is_sent(arguments)]


@pytest.mark.parametrize("arguments", SENT, ids=[", ".join(case) for case in SENT])
def test_pin_constants_that_the_plugin_rejects_raise_before_registration(
    arguments: dict[str, Any],
) -> None:
    with pytest.raises(tcimages.InvalidArgumentError):
        tcimages.PlatformImagePin("train", **arguments)


@pytest.mark.parametrize(("pin", "arguments", "problem", "fix"), PINS_OF_OTHER_SOURCES)
def test_invalid_constant_of_every_pin_raises_before_registration(
    pin: str, arguments: dict[str, Any], problem: str, fix: str
) -> None:
    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        getattr(tcimages, pin)("train", **arguments)

    text = " ".join(str(raised.value).split())
    assert text.startswith(f"{pin}: invalid argument. [invalid-argument] At ")
    assert problem in text
    assert fix in text


@pytest.mark.parametrize(
    "arguments",
    [
        {"secret_key": "canary canary"},
        {"secret_key": ["canary"]},
        {"assume_role": {"external_id": "canary canary"}},
    ],
)
def test_invalid_provider_secret_raises_without_showing_it(
    arguments: dict[str, Any],
) -> None:
    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        tcimages.Provider("second", **arguments)

    assert "canary" not in str(raised.value)


@pytest.mark.parametrize(("arguments", "problem"), PROVIDERS)
def test_invalid_provider_constant_raises_the_error_of_the_plugin(
    arguments: dict[str, Any], problem: str
) -> None:
    with pytest.raises(tcimages.InvalidArgumentError, match=problem):
        tcimages.Provider("second", **arguments)
    with pytest.raises(ConfigurationError):
        read_configuration(arguments)


@pytest.mark.parametrize("arguments", VALID)
def test_valid_provider_constant_is_accepted_as_by_the_plugin(
    run_program: RunProgram, arguments: dict[str, Any]
) -> None:
    read_configuration(arguments)
    run_program(lambda _: tcimages.Provider("second", **arguments), {})


def test_outputs_are_validated_by_the_plugin(run_program: RunProgram) -> None:
    def program(_: Any) -> None:
        tcimages.PlatformImagePin("train", framework_version=pulumi.Output.secret("^2.5"))

    run_program(program, {})


@pytest.mark.parametrize("arguments", VALID_PINS)
def test_valid_pin_constants_are_registered(
    run_program: RunProgram, arguments: dict[str, Any]
) -> None:
    program_run = run_program(lambda _: tcimages.PlatformImagePin("train", **arguments))

    assert len(program_run.requests) == 1


@pytest.mark.parametrize("value", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: {"shared_credentials_dir": text},
        lambda text: {"assume_role_with_web_identity": {"web_identity_token_file": text}},
    ],
    ids=["folder", "token file"],
)
def test_content_instead_of_a_path_is_not_shown(
    value: str, wrap: Callable[[str], dict[str, Any]]
) -> None:
    with pytest.raises(tcimages.InvalidArgumentError) as caught:
        tcimages.Provider("other", **wrap(value))

    assert "Problem  the value is " in str(caught.value)
    assert not is_shown(str(caught.value), value)


@pytest.mark.parametrize("value", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize("name", ["region", "site", "language", "timeout_seconds"])
def test_token_as_another_setting_is_not_shown(value: str, name: str) -> None:
    arguments: dict[str, Any] = {name: value}

    with pytest.raises(tcimages.InvalidArgumentError) as caught:
        tcimages.Provider("other", **arguments)

    assert not is_shown(str(caught.value), value)
