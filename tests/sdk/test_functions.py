"""The functions: the requests that they send, and the results that they return."""

from __future__ import annotations

import contextvars
import importlib.machinery
import inspect
import sys
import types
from typing import Any

import pulumi
import pytest

import pulumi_tcimages as tcimages
from tests.sdk.conftest import PLATFORM, RunProgram, without_location

SESSION = {
    "sparkImageId": "image-1",
    "sparkImageTag": "registry/pytorch:v2.5.1",
    "sparkImageType": 3,
    "sparkImageVersion": "pytorch-v2.5.1",
    "framework": "pytorch",
    "frameworkVersion": "2.5.1",
    "imageTag": "v2.5.1",
}


def test_arguments_are_sent_in_camel_case_without_omitted_ones(run_program: RunProgram) -> None:
    program_run = run_program(
        lambda _: tcimages.get_platform_images(
            image_range="Train",
            support_data_pipeline=False,
            filters=[
                tcimages.PlatformImageFilterArgs(name="ImageId", values=["a"], fuzzy=True),
                {"name": "ImageName", "values": ["b"]},
            ],
            components={"tilearn_llm": "*"},
            attributes={"TrainingModes": "DDP"},
        ),
        {},
    )

    assert [request.tok for request in program_run.requests] == ["tcimages:index:getPlatformImages"]
    assert program_run.sent() == [
        {
            "imageRange": "Train",
            "supportDataPipeline": False,
            "filters": [
                {"name": "ImageId", "values": ["a"], "fuzzy": True},
                {"name": "ImageName", "values": ["b"]},
            ],
            "components": {"tilearn_llm": "*"},
            "attributes": {"TrainingModes": "DDP"},
        }
    ]


@pytest.mark.parametrize("form", ["", "_output"])
@pytest.mark.parametrize(
    ("name", "token", "value"),
    [
        ("get_session_images", "getSessionImages", {"data_engine_id": "e", "framework_type": "f"}),
        ("get_session_image", "getSessionImage", {"data_engine_id": "e", "framework_type": "f"}),
        ("get_platform_images", "getPlatformImages", {}),
        ("get_platform_image", "getPlatformImage", {}),
    ],
)
def test_every_function_sends_its_own_token(
    run_program: RunProgram, name: str, token: str, value: dict[str, str], form: str
) -> None:
    program_run = run_program(lambda _: getattr(tcimages, name + form)(**value), {})

    assert [request.tok for request in program_run.requests] == [f"tcimages:index:{token}"]


def test_list_result_is_typed_including_nested_fields(run_program: RunProgram) -> None:
    response = {"images": [SESSION], "ids": ["image-1"], "totalCount": 7, "region": "ap-guangzhou"}

    program_run = run_program(
        lambda record: record(
            tcimages.get_session_images(data_engine_id="engine", framework_type="python")
        ),
        response,
    )

    assert program_run.recorded == [
        tcimages.AwaitableGetSessionImagesResult(
            images=[
                tcimages.SessionImage(
                    spark_image_id="image-1",
                    spark_image_tag="registry/pytorch:v2.5.1",
                    spark_image_type=3,
                    spark_image_version="pytorch-v2.5.1",
                    framework="pytorch",
                    framework_version="2.5.1",
                    image_tag="v2.5.1",
                )
            ],
            ids=["image-1"],
            total_count=7,
            region="ap-guangzhou",
        )
    ]
    assert isinstance(program_run.recorded[0].total_count, int)
    assert isinstance(program_run.recorded[0].images[0].spark_image_type, int)


def test_single_image_result_has_the_image_and_region(run_program: RunProgram) -> None:
    program_run = run_program(
        lambda record: record(tcimages.get_platform_image(image_id="image-2")),
        {**PLATFORM, "region": "ap-guangzhou"},
    )

    (image,) = program_run.recorded
    assert repr(image) == (
        "AwaitableGetPlatformImageResult(image_id='image-2', image_range=['Train'], "
        "extra_attributes=[PlatformImageExtraAttribute(type='List', key='TrainingModes', "
        "values=['DDP'])], components={'tilearn-llm': '0.9'}, "
        "attributes={'TrainingModes': ['DDP']}, support_data_pipeline=False, "
        "region='ap-guangzhou')"
    )


def test_every_request_names_the_version_of_the_package(run_program: RunProgram) -> None:
    def program(_: Any) -> None:
        tcimages.get_session_image(data_engine_id="e", framework_type="python")
        tcimages.get_session_image_output(
            data_engine_id="e",
            framework_type="python",
            opts=pulumi.InvokeOutputOptions(depends_on=[]),
        )

    program_run = run_program(program, SESSION)

    assert [request.version for request in program_run.requests] == [tcimages.__version__] * 2


def test_provider_option_is_sent_in_both_forms(run_program: RunProgram) -> None:
    def program(_: Any) -> None:
        opts = pulumi.InvokeOptions(provider=tcimages.Provider("other", region="ap-shanghai"))
        tcimages.get_platform_image(image_id="a", opts=opts)
        tcimages.get_platform_image_output(image_id="a", opts=opts)

    program_run = run_program(program, PLATFORM)

    references = [request.provider for request in program_run.requests if hasattr(request, "tok")]
    assert len(references) == 2
    assert all(
        reference.endswith("pulumi:providers:tcimages::other::other-id") for reference in references
    )


def test_plain_form_can_be_awaited(run_program: RunProgram) -> None:
    async def program(record: Any) -> None:
        record(await tcimages.get_platform_image(image_id="a"))

    assert run_program(program, PLATFORM).recorded[0].image_id == "image-2"


def test_awaited_result_is_not_awaitable(run_program: RunProgram) -> None:
    # Pulumi awaits a value until it is not awaitable, so an always awaitable result would hang.
    async def program(record: Any) -> None:
        result = tcimages.get_platform_image(image_id="a")
        awaited = await result
        record((type(awaited), inspect.isawaitable(awaited), vars(awaited) == vars(result)))

    assert run_program(program, PLATFORM).recorded == [
        (tcimages.GetPlatformImageResult, False, True)
    ]


def test_call_outside_a_pulumi_program_raises_with_a_fix() -> None:
    def program() -> None:
        pulumi.runtime.configure(pulumi.runtime.Settings(project="p", stack="s"))
        tcimages.get_platform_image(image_id="a")

    with pytest.raises(tcimages.ConfigurationError) as raised:
        contextvars.copy_context().run(program)

    assert without_location(raised.value) == (
        "configuration error. [configuration]\n"
        "Problem  this program is not run by Pulumi, so no engine answers.\n"
        "Next     run it with `pulumi up`, or without the CLI with\n"
        "         pulumi_tcimages.testing.run"
    )


def test_lookup_in_a_dynamic_provider_raises_with_a_fix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    main = types.ModuleType("__main__")
    main.__spec__ = importlib.machinery.ModuleSpec("pulumi.dynamic.__main__", None)
    monkeypatch.setitem(sys.modules, "__main__", main)

    def program() -> None:
        pulumi.runtime.configure(pulumi.runtime.Settings(project="p", stack="s"))
        tcimages.get_platform_image(image_id="a")

    with pytest.raises(tcimages.ConfigurationError, match="a dynamic provider cannot look up"):
        contextvars.copy_context().run(program)
