"""Criteria: the images that match them, and the value that an image has instead."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_tcimages.core.criteria import keep_all, list_arguments, predicates_of, value_text
from pulumi_tcimages.core.query import read_query
from pulumi_tcimages.diagnostics import Criterion
from pulumi_tcimages.sources.platform_images import (
    PlatformImage,
    PlatformImageQuery,
    PlatformImagesQuery,
)
from pulumi_tcimages.sources.session_images import SessionImage, SessionImageQuery
from tests.core.queries import ENGINE, images_named

IMAGE = PlatformImage.model_validate(
    {
        "image_id": "5B2A",
        "image_name": "tilearn-llm0.9-torch2.3-py3.10-cuda12.4-gpu",
        "image_type": "TCR",
        "image_url": "tione.tencentcloudcr.com/qcloud-ti-platform/llm-train:24.03-gpu",
        "image_range": ["Train", "Notebook"],
        "framework": "PYTORCH",
        "framework_version": "2.3",
        "support_gpu_list": ["A100", "V100"],
        "extra_attributes": [
            {"type": "List", "key": "TrainingModes", "values": ["DDP", "MPI"]},
            {"key": "SupportDataPipeline", "value": "true"},
        ],
        "support_distributed_deploy": False,
    }
)
EMPTY_IMAGE = PlatformImage()
SESSION = SessionImage(
    spark_image_id="1a2b",
    spark_image_version="pytorch-v2.5.1",
    spark_image_tag="ccr.ccs.tencentyun.com/dlc_cloud/pytorch:dev-v20241218",
)


def matches(image: Any, **arguments: Any) -> bool:
    if isinstance(image, SessionImage):
        query = read_query(SessionImageQuery, {**ENGINE, **arguments})
    else:
        query = read_query(PlatformImageQuery, arguments)
    return all(predicate.matches(image) for predicate in predicates_of(query))


CRITERIA = [
    # argument, matching values, other values, and the image's value in an error
    ("image_id", ["5B2A", "5b2a"], ["5B2", "b2a"], '"5B2A"'),
    (
        "image_name",
        ["Tilearn-LLM0.9-torch2.3-py3.10-cuda12.4-gpu"],
        ["tilearn-llm0.9"],
        '"tilearn-llm0.9-torch2.3-py3.10-cuda12.4-gpu"',
    ),
    (
        "name_regex",
        ["torch2", "^tile", "(?i)TORCH"],
        ["TORCH", "^torch"],
        '"tilearn-llm0.9-torch2.3-py3.10-cuda12.4-gpu"',
    ),
    ("tag_regex", [r"^24\.", "gpu$"], ["llm"], '"24.03-gpu"'),
    ("framework", ["pytorch", "PyTorch", "torch"], ["tensorflow", "py"], '"PYTORCH"'),
    ("framework_version", [">=2.3", "==2.3.0"], ["<2.3"], "2.3"),
    ("image_range", ["train", "Notebook"], ["Inference", "Tra"], "Train, Notebook"),
    ("gpu", ["a100"], ["A10", "A100,V100"], "A100, V100"),
    ("device", ["gpu", "GPU"], ["cpu"], '"gpu"'),
    ("image_type", ["tcr"], ["CCR"], '"TCR"'),
    ("support_data_pipeline", [True], [False], "true"),
    ("support_distributed_deploy", [False], [True], "false"),
    (
        "attributes",
        [{"trainingmodes": "ddp"}, {"TrainingModes": "MPI"}],
        [{"TrainingModes": "Ray"}],
        "DDP, MPI",
    ),
    (
        "components",
        [{"cuda": "==12.*", "torch": "*", "vllm": "none"}, {"py": ">=3.9"}],
        [{"cuda": ">=12.5"}],
        "12.4",
    ),
]


@pytest.mark.parametrize(
    ("argument", "matching", "other", "image_value"), CRITERIA, ids=[case[0] for case in CRITERIA]
)
def test_criterion_matches_and_shows_the_image_value(
    argument: str, matching: list[Any], other: list[Any], image_value: str
) -> None:
    assert [value for value in matching if not matches(IMAGE, **{argument: value})] == []
    assert [value for value in other if matches(IMAGE, **{argument: value})] == []
    query = read_query(PlatformImageQuery, {argument: other[0]})
    assert [predicate.found(IMAGE) for predicate in predicates_of(query)] == [image_value]


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        *((argument, matching[0]) for argument, matching, *_ in CRITERIA),
        ("support_data_pipeline", False),
        ("allow_save_all_content", True),
        ("allow_save_all_content", False),
        ("support_distributed_deploy", True),
        ("components", {"cuda": "*"}),
    ],
)
def test_image_without_a_value_matches_no_criterion(argument: str, value: Any) -> None:
    query = read_query(PlatformImageQuery, {argument: value})

    assert not matches(EMPTY_IMAGE, **{argument: value})
    image_values = {predicate.found(EMPTY_IMAGE) for predicate in predicates_of(query)}
    assert image_values <= {"none", "(no name)"}


def test_none_matches_images_without_the_component() -> None:
    assert matches(IMAGE, components={"vllm": "none"})
    assert not matches(IMAGE, components={"torch": "none"})
    assert matches(images_named("detectron2-py38")[0], components={"torch": "none"})


def test_image_without_name_matches_no_component_criterion() -> None:
    assert not matches(EMPTY_IMAGE, components={"torch": "none"})
    assert not matches(EMPTY_IMAGE, components={"torch": "*"})
    assert not matches(EMPTY_IMAGE, components={"torch": ">=2"})


def test_component_without_version_matches_no_range() -> None:
    (image,) = images_named("notebook-pytorch")

    assert matches(image, components={"torch": "*"})
    assert not matches(image, components={"torch": "none"})
    assert not matches(image, components={"torch": "!=1.0"})


def test_component_with_unreadable_version_matches_no_range() -> None:
    image = PlatformImage(image_name=f"torch2.{'9' * 70}-py38")

    assert matches(image, components={"torch": "*"})
    assert not matches(image, components={"torch": "!=1.0"})


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"framework": "Torch"}, True),
        ({"framework": "tensorflow"}, False),
        ({"framework_version": ">=2.5,<3"}, True),
        ({"framework_version": "<2.5"}, False),
        ({"name_regex": "v2"}, True),
        ({"tag_regex": "^dev"}, True),
        ({"tag_regex": "ccr"}, False),
        ({"spark_image_id": "1A2B"}, True),
        ({"spark_image_id": "1a2"}, False),
    ],
)
def test_criteria_match_session_images(arguments: dict[str, Any], expected: bool) -> None:
    assert matches(SESSION, **arguments) is expected


@pytest.mark.parametrize(
    ("row", "gpus"),
    [
        ({"support_gpu_list": ["A10"], "description": "支持的卡型：V100"}, ["A10"]),
        ({"description": "支持的卡型：A100,\nA800\nV100"}, ["A100", "A800"]),
        ({"description": "支持的卡型：A100,A800(不支持V100)"}, ["A100", "A800"]),
        ({"description": "支持的卡型：除A100外"}, []),
        ({"description": "不支持的卡型：A100"}, []),
        (
            {"description": "first\n支持的卡型：A10、A100，V100;T4/L20\nlast"},
            ["A10", "A100", "V100", "T4", "L20"],
        ),
        ({"description": "支持的卡型: PNV5b HCC-P800"}, ["PNV5b", "HCC-P800"]),
        ({"description": "支持的卡型："}, []),
        ({"description": "a general text about A100"}, []),
        ({}, []),
    ],
)
def test_gpus_come_from_the_list_or_the_description(row: dict[str, Any], gpus: list[str]) -> None:
    assert PlatformImage.model_validate(row).gpus == gpus


def test_gpu_of_the_description_matches_as_a_whole() -> None:
    image = PlatformImage(description="支持的卡型：A100、V100")

    assert matches(image, gpu="a100")
    assert not matches(image, gpu="A10")


def test_arguments_are_listed_in_declared_order() -> None:
    query = read_query(
        PlatformImageQuery,
        {
            "components": {"torch": ">=2.1", "vllm": "none"},
            "latest_by": ["pytorch", "frameworkVersion"],
            "latest": True,
            "support_data_pipeline": False,
            "attributes": {"TrainingModes": "DDP"},
            "name_regex": r"torch\d",
            "filters": [{"name": "ImageName", "values": ["镜像"], "fuzzy": True}],
            "region": "ap-guangzhou",
            "ti_project_id": "7",
        },
    )

    assert list_arguments(query) == [
        Criterion("filters", '[{"name": "ImageName", "values": ["镜像"], "fuzzy": true}]'),
        Criterion("ti_project_id", '"7"'),
        Criterion("name_regex", r'"torch\d"'),
        Criterion("support_data_pipeline", "false"),
        Criterion("components", '">=2.1"', "pytorch"),
        Criterion("components", '"none"', "vllm"),
        Criterion("attributes", '"DDP"', "TrainingModes"),
        Criterion("latest", ""),
        Criterion("latest_by", '["pytorch", "frameworkVersion"]'),
    ]


def test_latest_false_is_not_listed() -> None:
    assert list_arguments(read_query(PlatformImageQuery, {"latest": False})) == []


def test_long_value_is_not_shortened() -> None:
    assert value_text("x" * 256) == f'"{"x" * 256}"'


@pytest.mark.parametrize(
    "line",
    ["支持的卡型：A10。", "支持的卡型 : A10(24G)", "支持的卡型:Ａ１０|T4",
     "支持的卡型：\nA10及以上", "支持的卡型：V100、A10等", "支持的卡型：**A10**",
     "支持的卡型:[A10]"],
)  # fmt: skip
@pytest.mark.parametrize("listed", [[], [""], [" "]])
def test_gpu_in_description_matches_if_none_is_listed(line: str, listed: list[str]) -> None:
    image = PlatformImage(support_gpu_list=listed, description=f"支持的核心库:x 1\n{line}\n其他")

    assert matches(image, gpu="a10")
    assert not matches(image, gpu="A100")


def test_spaces_around_a_listed_gpu_are_ignored() -> None:
    assert matches(PlatformImage(support_gpu_list=["A10 "]), gpu="A10")


@pytest.mark.parametrize(
    ("version", "is_in_range"),
    [("8.5.0", True), ("8.5.rc1", True), ("8.5.0.alpha001", False), ("8.5.0.beta1", False)],
)
def test_only_candidates_of_cann_count_as_releases(version: str, is_in_range: bool) -> None:
    image = PlatformImage(image_id="i", image_name=f"torch2.9-cann{version}-npu", framework="T")
    query = read_query(PlatformImagesQuery, {"components": {"cann": ">=8"}})

    assert bool(keep_all([image], predicates_of(query))) is is_in_range
