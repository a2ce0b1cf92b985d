"""Queries: parsed arguments, rejected arguments and warnings."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_tcimages.core.patterns import read_pattern
from pulumi_tcimages.core.query import BaseQuery, latest_keys, read_query
from pulumi_tcimages.core.value_checks import ABSENT, PRESENT
from pulumi_tcimages.core.versions import read_range
from pulumi_tcimages.naming import camel
from pulumi_tcimages.sources.platform_images import PlatformImageQuery, PlatformImagesQuery
from pulumi_tcimages.sources.session_images import SessionImageQuery, SessionImagesQuery
from pulumi_tcimages.sources.tione import PlatformImageFilter
from tests.core.queries import ENGINE, catch_error


def session_query(**arguments: Any) -> BaseQuery:
    return read_query(SessionImageQuery, {**ENGINE, **arguments})


def platform_query(**arguments: Any) -> BaseQuery:
    return read_query(PlatformImageQuery, arguments)


def test_platform_image_arguments_are_read() -> None:
    arguments = {
        "region": "ap-guangzhou",
        "filters": [{"name": "ImageRange", "values": ["Train"], "negative": False, "fuzzy": True}],
        "tiProjectId": "0",
        "imageId": "sglang-v0.5.6",
        "imageName": "Torch",
        "nameRegex": "torch",
        "tagRegex": "gpu$",
        "framework": "PyTorch",
        "frameworkVersion": ">=2.1",
        "imageRange": "Train",
        "gpu": "A100",
        "device": "GPU",
        "imageType": "TCR",
        "supportDataPipeline": True,
        "allowSaveAllContent": False,
        "supportDistributedDeploy": True,
        "attributes": {"TrainingModes": "DDP"},
        "components": {"Torch": ">=2.1", "cu": "*", "vLLM": "None"},
        "libraries": {"Triton Server": ">=2", "tilearn.ops": "*"},
        "latest": True,
        "latestBy": ["framework_version", "torch"],
    }

    query = read_query(PlatformImageQuery, arguments, camel)

    assert query == PlatformImageQuery.model_construct(
        region="ap-guangzhou",
        filters=[
            PlatformImageFilter(name="ImageRange", values=["Train"], negative=False, fuzzy=True)
        ],
        ti_project_id="0",
        image_id="sglang-v0.5.6",
        image_name="Torch",
        name_regex=read_pattern("torch"),
        tag_regex=read_pattern("gpu$"),
        framework="PyTorch",
        framework_version=read_range(">=2.1"),
        image_range="Train",
        gpu="A100",
        device="gpu",
        image_type="TCR",
        support_data_pipeline=True,
        allow_save_all_content=False,
        support_distributed_deploy=True,
        attributes={"TrainingModes": "DDP"},
        components={"pytorch": read_range(">=2.1"), "cuda": PRESENT, "vllm": ABSENT},
        libraries={"tilearn.ops": PRESENT, "triton server": read_range(">=2")},
        latest=True,
        latest_by=["frameworkVersion", "pytorch"],
    )


def test_session_image_arguments_are_read() -> None:
    arguments = {
        "region": "ap-guangzhou",
        "dataEngineId": "DataEngine-b0jt6fvk",
        "frameworkType": "machine-learning",
        "framework": "pytorch",
        "frameworkVersion": ">=2.5,<3",
        "nameRegex": "v2",
        "tagRegex": "dev",
        "sparkImageId": "1a2b3c4d-5e6f-7g8h",
        "latest": True,
    }

    query = read_query(SessionImageQuery, arguments, camel)

    assert query == SessionImageQuery.model_construct(
        region="ap-guangzhou",
        data_engine_id="DataEngine-b0jt6fvk",
        framework_type="machine-learning",
        framework="pytorch",
        framework_version=read_range(">=2.5,<3"),
        name_regex=read_pattern("v2"),
        tag_regex=read_pattern("dev"),
        spark_image_id="1a2b3c4d-5e6f-7g8h",
        latest=True,
    )
    assert set(arguments) == set(map(camel, SessionImageQuery.model_fields))


@pytest.mark.parametrize(
    ("list_query", "selection_arguments"),
    [(PlatformImagesQuery, {"latest", "latest_by"}), (SessionImagesQuery, {"latest"})],
)
def test_single_query_has_selection_arguments_in_addition(
    list_query: type[BaseQuery], selection_arguments: set[str]
) -> None:
    single_query = PlatformImageQuery if list_query is PlatformImagesQuery else SessionImageQuery

    assert set(single_query.model_fields) - set(list_query.model_fields) == selection_arguments


def test_every_argument_has_a_description() -> None:
    for model in (PlatformImageQuery, SessionImageQuery, PlatformImageFilter):
        for name, field in model.model_fields.items():
            assert (field.description or "").endswith("."), name


def test_criteria_exclude_api_and_selection_arguments() -> None:
    query = platform_query(
        region="ap-guangzhou",
        filters=[{"name": "ImageRange", "values": ["Train"]}],
        ti_project_id="0",
        components={"cuda": "*"},
        support_data_pipeline=False,
        image_id="a",
        latest=True,
    )

    assert list(query.criteria()) == ["image_id", "support_data_pipeline", "components"]


@pytest.mark.parametrize(
    "arguments",
    [{}, {"region": "ap-guangzhou"}, {"ti_project_id": "0"}],
    ids=["no arguments", "region", "project"],
)
def test_latest_without_criteria_is_rejected(arguments: dict[str, Any]) -> None:
    error = catch_error(PlatformImageQuery, {**arguments, "latest": True})

    assert error.text("getPlatformImage") == (
        "getPlatformImage: invalid argument. [invalid-argument]\n"
        "Argument latest true\n"
        "Problem  latest needs at least one criterion\n"
        "Next     add a criterion, for instance framework, imageRange, device"
    )


def test_latest_by_without_criteria_is_rejected() -> None:
    error = catch_error(PlatformImageQuery, {"latest_by": ["Torch"]})

    assert (error.argument, error.value) == ("latest_by", '["Torch"]')


@pytest.mark.parametrize(
    "arguments",
    [
        {"filters": [{"name": "ImageRange", "values": ["Train"]}]},
        {"components": {"vllm": "none"}},
        {"support_data_pipeline": False},
    ],
    ids=["filters", "components", "false flag"],
)
def test_latest_with_criteria_is_accepted(arguments: dict[str, Any]) -> None:
    assert latest_keys(platform_query(**arguments, latest=True)) == ("frameworkVersion",)


def test_latest_for_engine_and_framework_type_is_accepted() -> None:
    query = session_query(latest=True)

    assert query.narrows()
    assert latest_keys(query) == ("frameworkVersion",)


@pytest.mark.parametrize("key", ["frameworkVersion", "framework_version", "framework-version"])
def test_latest_by_accepts_any_spelling_of_framework_version(
    key: str,
) -> None:
    assert latest_keys(platform_query(gpu="A10", latest_by=["cuda", key])) == (
        "cuda",
        "frameworkVersion",
    )


def test_latest_by_implies_latest() -> None:
    assert latest_keys(platform_query(gpu="A10", latest_by=["cuda", "frameworkVersion"])) == (
        "cuda",
        "frameworkVersion",
    )


def test_latest_false_disables_latest() -> None:
    assert latest_keys(platform_query(latest=False)) == latest_keys(platform_query()) == ()
    assert latest_keys(read_query(SessionImagesQuery, ENGINE)) == ()


def test_latest_by_with_latest_false_is_rejected() -> None:
    error = catch_error(PlatformImageQuery, {"gpu": "A10", "latest": False, "latest_by": ["cuda"]})

    assert error.text() == (
        "invalid argument. [invalid-argument]\n"
        "Argument latest false\n"
        "Problem  latestBy implies latest, which is false here\n"
        "Next     leave one of the two out"
    )


def test_known_values_have_no_warning() -> None:
    assert session_query().warnings() == []
    assert (
        platform_query(
            image_range="train", filters=[{"name": "imagename", "values": ["x"]}]
        ).warnings()
        == []
    )


def test_unknown_values_have_a_warning() -> None:
    not_listed = "is not on the known list"
    query = platform_query(image_range="Serving", filters=[{"name": "Framework", "values": ["x"]}])

    assert query.warnings() == [
        f'`image_range` "Serving" {not_listed} (Train, Inference, Notebook); asked anyway',
        f'`filters.name` "Framework" {not_listed} '
        "(ImageId, ImageName, SupportDataPipeline, AllowSaveAllContent, ImageRange); asked anyway",
    ]
    assert platform_query(image_range="Trian").warnings() == [
        f'`image_range` "Trian" {not_listed} (Train, Inference, Notebook); asked anyway; '
        'did you mean "Train"?'
    ]
    assert (
        session_query(framework_type="machine-lerning")
        .warnings()[0]
        .endswith('; asked anyway; did you mean "machine-learning"?')
    )
    assert session_query(framework_type="ray").warnings() == [
        f'`framework_type` "ray" {not_listed} (machine-learning, python, spark-ml); asked anyway'
    ]


@pytest.mark.parametrize("key", ["image_id", "imageId", "image-id"])
def test_argument_name_in_latest_by_is_rejected(key: str) -> None:
    error = catch_error(PlatformImageQuery, {"device": "gpu", "latest_by": ["torch", key]})

    assert error.text("getPlatformImage") == (
        "getPlatformImage: invalid argument. [invalid-argument]\n"
        f'Argument latestBy[1] "{key}"\n'
        "Problem  imageId is an argument, not a component with a version to compare\n"
        "Allowed  frameworkVersion and names of components, such as pytorch or cuda\n"
        "Next     leave it out here and give imageId itself a value"
    )
