"""The plain form accepts only plain values: no outputs, resources or awaitables."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import pulumi_tcimages as tcimages
from tests.sdk.conftest import PLATFORM, RunProgram, without_location

REQUIRED: dict[str, dict[str, Any]] = {
    "get_session_image": {"data_engine_id": "e", "framework_type": "python"},
    "get_session_images": {"data_engine_id": "e", "framework_type": "python"},
    "get_platform_image": {},
    "get_platform_images": {},
}


def secret(value: object = "canary") -> Any:
    return pulumi.Output.secret(value)


def unknown() -> Any:
    return pulumi.Output.from_input("").apply(lambda _: pulumi.UNKNOWN)


def future() -> Any:
    future_result = asyncio.get_event_loop().create_future()
    future_result.set_result("canary")
    return future_result


class Awaitable:
    def __await__(self) -> Any:
        yield


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("make", [secret, unknown, lambda: pulumi.Output.from_input("known")])
def test_output_argument_in_plain_form_raises_and_names_the_output_form(
    run_program: RunProgram, name: str, preview: bool, make: Callable[[], Any]
) -> None:
    def program(_: Any) -> None:
        getattr(tcimages, name)(**{**REQUIRED[name], "framework": make()})

    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        run_program(program, PLATFORM, preview=preview)

    assert " ".join(without_location(raised.value).split()) == (
        f"{name}: invalid argument. [invalid-argument] Argument framework "
        f"Problem {name} takes plain values, and this is an output "
        f"Next call {name}_output: it waits for outputs and keeps secrets secret"
    )


@pytest.mark.parametrize(
    ("argument", "make", "path"),
    [
        ("components", lambda: {"cuda": secret(">=12"), "python": "*"}, "components.cuda"),
        ("components", lambda: secret({"cuda": ">=12"}), "components"),
        ("attributes", lambda: {"TrainingModes": secret()}, "attributes.TrainingModes"),
        ("latest_by", lambda: ["cuda", secret()], "latest_by[1]"),
        ("latest_by", lambda: ("cuda", secret()), "latest_by[1]"),
        (
            "filters",
            lambda: [{"name": "ImageId", "values": ["a", secret()]}],
            "filters[0].values[1]",
        ),
        ("filters", lambda: [{"name": "ImageId", "fuzzy": secret(True)}], "filters[0].fuzzy"),
        ("filters", lambda: [secret({"name": "ImageId", "values": ["a"]})], "filters[0]"),
        ("latest", lambda: secret(True), "latest"),
        ("region", lambda: secret("ap-beijing"), "region"),
        ("opts", lambda: pulumi.InvokeOptions(version=secret("1.0.0")), "opts.version"),
        ("opts", lambda: pulumi.InvokeOptions(provider=secret()), "opts.provider"),
        ("opts", lambda: pulumi.InvokeOutputOptions(depends_on=[secret()]), "opts.depends_on[0]"),
    ],
)
def test_nested_output_in_plain_form_raises_with_its_path(
    run_program: RunProgram, argument: str, make: Callable[[], Any], path: str
) -> None:
    sent: list[Any] = []

    def program(record: Any) -> None:
        with pytest.raises(tcimages.InvalidArgumentError) as raised:
            tcimages.get_platform_image(**{"framework": "vllm", argument: make()})
        record((raised.value.argument, raised.value.problem))

    program_run = run_program(program, PLATFORM)

    problem = "get_platform_image takes plain values, and this is an output"
    assert program_run.recorded == [(path, problem)]
    assert program_run.requests == sent


@pytest.mark.parametrize(
    ("make", "noun"),
    [
        (future, "an awaitable"),
        (Awaitable, "an awaitable"),
        (lambda: tcimages.PlatformImagePin("pin", image_range="Train"), "a resource"),
    ],
)
def test_awaitable_or_resource_in_plain_form_raises(
    run_program: RunProgram, make: Callable[[], Any], noun: str
) -> None:
    with pytest.raises(tcimages.InvalidArgumentError, match=f"this is {noun}"):
        run_program(lambda _: tcimages.get_platform_image(image_id=make()), PLATFORM)


def test_plain_form_accepts_provider_and_parent_options(run_program: RunProgram) -> None:
    def program(record: Any) -> None:
        other = tcimages.Provider("other", region="ap-shanghai")
        parent = pulumi.ComponentResource("my:index:Part", "part")
        opts = pulumi.InvokeOptions(provider=other, parent=parent)
        record(tcimages.get_platform_image(image_id="a", opts=opts).image_id)

    assert run_program(program, PLATFORM).recorded == ["image-2"]


def test_plain_form_accepts_the_result_of_another_lookup(run_program: RunProgram) -> None:
    def program(record: Any) -> None:
        image = tcimages.get_platform_image(image_id="a")
        record(tcimages.get_platform_image(components=image.components).image_id)

    assert run_program(program, PLATFORM).recorded == ["image-2"]
