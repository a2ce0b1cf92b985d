"""The two kinds of image: what the vendor sends, what is read out of it, what is normal input."""

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


def platform(**row: Any) -> PlatformImage:
    return PlatformImage.model_validate(row)


def test_a_platform_image_has_every_field_of_the_table() -> None:
    assert to_fields(platform(**PLATFORM_ROW)) == {
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


def test_a_session_image_has_every_field_of_the_table() -> None:
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
def test_a_row_without_values_has_empty_texts_lists_and_maps(missing: str) -> None:
    nulls = dict.fromkeys(PlatformImage.model_fields) if missing == "null" else {}

    fields = to_fields(platform(**nulls))

    lists = {"image_range", "support_gpu_list", "extra_attributes", "training_modes"}
    maps = {"attributes", "components", "libraries"}
    assert {name for name, value in fields.items() if value == []} == lists
    assert {name for name, value in fields.items() if value == {}} == maps
    assert {fields[name] for name in fields.keys() - lists - maps} == {""}
    assert "support_distributed_deploy" not in fields


def test_a_session_row_without_values_has_empty_texts() -> None:
    nulls = dict.fromkeys(SessionImage.model_fields)

    fields = to_fields(SessionImage.model_validate(nulls))

    assert set(fields.values()) == {""}
    assert "spark_image_type" not in fields
    assert to_fields(SessionImage()) == fields


def test_fields_that_are_not_known_yet_are_ignored() -> None:
    assert platform(image_id="a", brand_new={"x": [1]}) == platform(image_id="a")


@pytest.mark.parametrize(
    "row",
    [
        {"image_id": 7},
        {"image_range": "Train"},
        {"support_distributed_deploy": "true"},
        {"extra_attributes": ["a"]},
    ],
)
def test_another_type_than_documented_is_refused_and_never_guessed_at(row: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        platform(**row)


def test_an_unknown_framework_number_is_kept() -> None:
    assert SessionImage(spark_image_type=99).spark_image_type == 99


@pytest.mark.parametrize(
    ("sent", "same"),
    [
        ("PYTORCH", "pytorch"),
        ("PyTorch", "pytorch"),
        ("torch", "pytorch"),
        ("VLLM", "vllm"),
        (None, ""),
        ("", ""),
    ],
)
def test_frameworks_are_compared_in_one_spelling(sent: str | None, same: str) -> None:
    assert platform(framework=sent).family == same


@pytest.mark.parametrize("value", ["yes", "", "1", None])
def test_a_flag_that_says_neither_true_nor_false_says_nothing(value: str | None) -> None:
    image = platform(extra_attributes=[{"key": "supportdatapipeline", "value": value}])

    assert image.support_data_pipeline is None


def test_an_attribute_that_comes_twice_has_the_values_of_both():
    image = platform(
        extra_attributes=[
            {"key": "TrainingModes", "values": ["DDP"]},
            {"key": "TrainingModes", "value": "MPI"},
        ]
    )

    assert image.training_modes == ["DDP", "MPI"]
    assert image.extra_attributes[0].values == ["DDP"]


def test_an_attribute_is_found_whatever_the_case_of_its_key() -> None:
    image = platform(extra_attributes=[{"key": "TRAININGMODES", "values": ["DDP"]}])

    assert image.training_modes == ["DDP"]


def test_the_fields_that_were_read_out_do_not_change_what_an_image_equals() -> None:
    read, fresh = platform(**PLATFORM_ROW), platform(**PLATFORM_ROW)
    to_fields(read)

    assert read == fresh
