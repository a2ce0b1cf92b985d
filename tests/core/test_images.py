"""Image records: the fields of the API, and the fields derived from them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pulumi_tcimages.core.images import to_fields
from pulumi_tcimages.sources.platform_images import PlatformImage
from pulumi_tcimages.sources.session_images import SessionImage

PLATFORM_ROW = {
    "image_id": "5b2a3b0e-0a9e-4c3c-9a80-7c5b8b7b5b1f",
    "image_name": "tilearn-llm0.9-torch2.3-py3.10-cuda12.4-gpu",
    "image_type": "TCR",
    "image_url": "tione.tencentcloudcr.com/qcloud-ti-platform/llm-train:24.03-gpu-py310-cu124",
    "image_range": ["Train", "Notebook"],
    "framework": "PYTORCH",
    "framework_version": "2.3",
    "registry_region": "",
    "registry_id": "",
    "support_gpu_list": ["A100"],
    "description": "支持的核心库：torch 2.3.0a0+40ec，tilearn.ops 0.2.2\n支持的卡型：A100",
    "extra_attributes": [
        {"type": "List", "key": "TrainingModes", "value": "", "values": ["DDP", "MPI"]},
        {"type": "", "key": "SupportDataPipeline", "value": "True", "values": None},
        {"type": None, "key": "AllowSaveAllContent", "value": "false", "values": []},
        {"type": "List", "key": "Empty", "value": None, "values": None},
        {"type": None, "key": None, "value": "no key", "values": None},
    ],
    "support_distributed_deploy": True,
    "region_scope": "all",
}


def build_image(**row: Any) -> PlatformImage:
    return PlatformImage.model_validate(row)


def test_platform_image_has_every_field() -> None:
    assert to_fields(build_image(**PLATFORM_ROW)) == {
        "image_id": "5b2a3b0e-0a9e-4c3c-9a80-7c5b8b7b5b1f",
        "image_name": "tilearn-llm0.9-torch2.3-py3.10-cuda12.4-gpu",
        "image_type": "TCR",
        "image_url": "tione.tencentcloudcr.com/qcloud-ti-platform/llm-train:24.03-gpu-py310-cu124",
        "image_range": ["Train", "Notebook"],
        "framework": "PYTORCH",
        "framework_version": "2.3",
        "registry_region": "",
        "registry_id": "",
        "support_gpu_list": ["A100"],
        "description": "支持的核心库：torch 2.3.0a0+40ec，tilearn.ops 0.2.2\n支持的卡型：A100",
        "extra_attributes": [
            {"type": "List", "key": "TrainingModes", "value": "", "values": ["DDP", "MPI"]},
            {"type": "", "key": "SupportDataPipeline", "value": "True", "values": []},
            {"type": "", "key": "AllowSaveAllContent", "value": "false", "values": []},
            {"type": "List", "key": "Empty", "value": "", "values": []},
            {"type": "", "key": "", "value": "no key", "values": []},
        ],
        "support_distributed_deploy": True,
        "region_scope": "all",
        "image_tag": "24.03-gpu-py310-cu124",
        "attributes": {
            "TrainingModes": ["DDP", "MPI"],
            "SupportDataPipeline": ["True"],
            "AllowSaveAllContent": ["false"],
            "Empty": [],
        },
        "support_data_pipeline": True,
        "allow_save_all_content": False,
        "training_modes": ["DDP", "MPI"],
        "components": {"tilearn-llm": "0.9", "pytorch": "2.3", "python": "3.10", "cuda": "12.4"},
        "device": "gpu",
        "libraries": {"pytorch": "2.3.0a0+40ec", "tilearn.ops": "0.2.2"},
    }


def test_session_image_has_every_field() -> None:
    image = SessionImage.model_validate(
        {
            "spark_image_id": "1a2b3c4d-5e6f-7g8h-9i0j-1k2l3m4n5o6p",
            "spark_image_tag": "ccr.ccs.tencentyun.com/dlc_cloud/pytorch:dev-v20241218",
            "spark_image_type": 1,
            "spark_image_version": "pytorch-v2.5.1",
        }
    )

    assert to_fields(image) == {
        "spark_image_id": "1a2b3c4d-5e6f-7g8h-9i0j-1k2l3m4n5o6p",
        "spark_image_tag": "ccr.ccs.tencentyun.com/dlc_cloud/pytorch:dev-v20241218",
        "spark_image_type": 1,
        "spark_image_version": "pytorch-v2.5.1",
        "framework": "pytorch",
        "framework_version": "2.5.1",
        "image_tag": "dev-v20241218",
    }
    assert (image.identifier, image.label, image.component_versions) == (
        image.spark_image_id,
        "pytorch-v2.5.1",
        {"pytorch": "2.5.1"},
    )


@pytest.mark.parametrize("missing", ["absent", "null"])
def test_empty_platform_row_has_empty_fields(missing: str) -> None:
    nulls = dict.fromkeys(PlatformImage.model_fields) if missing == "null" else {}

    fields = to_fields(build_image(**nulls))

    lists = {"image_range", "support_gpu_list", "extra_attributes", "training_modes"}
    maps = {"attributes", "components", "libraries"}
    assert {name for name, value in fields.items() if value == []} == lists
    assert {name for name, value in fields.items() if value == {}} == maps
    assert {fields[name] for name in fields.keys() - lists - maps} == {""}
    assert "support_distributed_deploy" not in fields


def test_empty_session_row_has_empty_fields() -> None:
    nulls = dict.fromkeys(SessionImage.model_fields)

    fields = to_fields(SessionImage.model_validate(nulls))

    assert set(fields.values()) == {""}
    assert "spark_image_type" not in fields
    assert to_fields(SessionImage()) == fields


def test_unknown_fields_are_ignored() -> None:
    assert build_image(image_id="a", brand_new={"x": [1]}) == build_image(image_id="a")


@pytest.mark.parametrize(
    "row",
    [
        {"image_id": 7},
        {"image_range": "Train"},
        {"support_distributed_deploy": "true"},
        {"extra_attributes": ["a"]},
    ],
)
def test_undocumented_type_is_rejected(row: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        build_image(**row)


def test_unknown_framework_number_is_preserved() -> None:
    assert SessionImage(spark_image_type=99).spark_image_type == 99


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("PYTORCH", "pytorch"),
        ("PyTorch", "pytorch"),
        ("torch", "pytorch"),
        ("VLLM", "vllm"),
        (None, ""),
        ("", ""),
    ],
)
def test_framework_spellings_are_normalized(sent: str | None, expected: str) -> None:
    assert build_image(framework=sent).family == expected


@pytest.mark.parametrize("value", ["yes", "", "1", None])
def test_invalid_flag_is_none(value: str | None) -> None:
    image = build_image(extra_attributes=[{"key": "supportdatapipeline", "value": value}])

    assert image.support_data_pipeline is None


def test_repeated_attribute_has_the_values_of_both():
    image = build_image(
        extra_attributes=[
            {"key": "TrainingModes", "values": ["DDP"]},
            {"key": "TrainingModes", "value": "MPI"},
        ]
    )

    assert image.training_modes == ["DDP", "MPI"]
    assert image.extra_attributes[0].values == ["DDP"]


def test_attribute_keys_ignore_case() -> None:
    image = build_image(extra_attributes=[{"key": "TRAININGMODES", "values": ["DDP"]}])

    assert image.training_modes == ["DDP"]


def test_derived_fields_do_not_affect_equality() -> None:
    image, unread_image = build_image(**PLATFORM_ROW), build_image(**PLATFORM_ROW)
    to_fields(image)

    assert image == unread_image
