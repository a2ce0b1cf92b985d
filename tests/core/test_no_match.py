"""Errors without a match: nearest images, corrected values and the listing command."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from pulumi_tcimages.core.criteria import predicates_of
from pulumi_tcimages.core.suggestions.no_match import build_listing
from pulumi_tcimages.diagnostics import Criterion, Hint, Miss
from pulumi_tcimages.shell_commands import write_listing
from tests.core.queries import (
    ENGINE,
    build_query,
    images_named,
    no_match,
    session_images_with,
)

VERL = "verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu"
CATALOGUE = [
    *images_named("tf2.4-py3.8-cpu", "notebook-pytorch", image_range=["Notebook"]),
    *images_named(
        VERL, "torch2.3-py3.10-cuda12.4-gpu", "torch1.9-py3.8-cuda11.1-gpu", image_range=["Train"]
    ),
]


def test_no_match_error_text() -> None:
    error = no_match(
        CATALOGUE, image_range="Train", components={"cuda": "==12.*", "torch": ">=2.9"}
    )

    assert (
        error.text("getPlatformImage")
        == f"""\
getPlatformImage: no image matches. [no-match]
Asked    imageRange "Train"; components cuda "==12.*", pytorch ">=2.9"
Where    ap-guangzhou, tione.tencentcloudapi.com
Looked   5 images listed
         3 left by imageRange
         2 left by components.cuda
         0 left by components.pytorch
Nearest  {VERL}
           components.pytorch: wanted ">=2.9", found 2.8
         torch2.3-py3.10-cuda12.4-gpu
           components.pytorch: wanted ">=2.9", found 2.3
         torch1.9-py3.8-cuda11.1-gpu
           components.cuda: wanted "==12.*", found 11.1
           components.pytorch: wanted ">=2.9", found 1.9
Next     try components.pytorch ">=2.8" (leaves 1 image)
         or try components.pytorch ">=2.3" (leaves 2 images)
         or see the list:
           tcimages platform-images --region ap-guangzhou --image-range Train --components 'cuda==12.*'"""  # noqa: E501
    )


def test_nearest_images_fail_fewest_criteria() -> None:
    images = images_named("vllm(0.9.1)", "vllm(0.10.0)", "vllm(0.20.2)", "torch2.3-py38")

    error = no_match(images, components={"vllm": "==0.12.*"})

    assert [miss.name for miss in error.nearest] == ["vllm(0.10.0)", "vllm(0.20.2)", "vllm(0.9.1)"]


def test_image_without_component_is_farther_than_other_version() -> None:
    images = images_named("torch2.3", "vllm(0.1.0)")

    error = no_match(images, components={"vllm": ">=0.12"})

    value = Criterion("components", '">=0.12"', "vllm")
    assert error.nearest == (
        Miss("vllm(0.1.0)", ((value, "0.1.0"),)),
        Miss("torch2.3", ((value, "none"),)),
    )


def test_no_match_error_text_for_session_images() -> None:
    error = no_match(
        session_images_with("pytorch-v2.5.1", "tensorflow-v2.18.0"),
        **ENGINE,
        framework="torch",
        framework_version=">=3",
    )

    assert (
        error.text("tcimages session-image", lambda name: name.replace("_", "-"))
        == """\
tcimages session-image: no image matches. [no-match]
Asked    data-engine-id "DataEngine-b0jt6fvk"; framework-type
         "machine-learning"; framework "torch"; framework-version ">=3"
Where    ap-guangzhou, tione.tencentcloudapi.com
Looked   2 images listed
         1 left by framework
         0 left by framework-version
Nearest  pytorch-v2.5.1
           framework-version: wanted ">=3", found 2.5.1
         tensorflow-v2.18.0
           framework: wanted "torch", found "tensorflow"
           framework-version: wanted ">=3", found 2.18.0
Next     try framework-version ">=2.5.1" (leaves 1 image)
         or see the list:
           tcimages session-images DataEngine-b0jt6fvk --framework-type machine-learning --region ap-guangzhou --framework torch"""  # noqa: E501
    )


def test_listing_command_has_all_criteria() -> None:
    query = build_query(
        {
            "ti_project_id": "7",
            "filters": [{"name": "ImageName", "values": ["a b"], "fuzzy": True}],
            "name_regex": "torch$",
            "framework": "PyTorch",
            "framework_version": ">=2",
            "support_data_pipeline": True,
            "allow_save_all_content": False,
            "attributes": {"TrainingModes": "DDP"},
            "components": {"torch": ">=2.1,<3", "cuda": "*", "vllm": "none"},
            "libraries": {"transformers": ">=4.50"},
        }
    )

    criteria = [predicate.criterion for predicate in predicates_of(query)]
    command = write_listing(build_listing(query, criteria, "ap-guangzhou"))

    assert shlex.split(command) == [
        *("tcimages", "platform-images"),
        *("--filters", '{"name": "ImageName", "values": ["a b"], "fuzzy": true}'),
        *("--ti-project-id", "7"),
        *("--region", "ap-guangzhou", "--name-regex", "torch$", "--framework", "PyTorch"),
        *("--framework-version", ">=2", "--support-data-pipeline", "--no-allow-save-all-content"),
        *("--components", "cuda=*", "--components", "pytorch>=2.1,<3"),
        *("--components", "vllm=none", "--attributes", "TrainingModes=DDP"),
        *("--libraries", "transformers>=4.50"),
    ]


OLDER = {"framework": "TensorFlow", "framework_version": "2.13"}


def test_image_with_similar_text_is_nearest() -> None:
    images = [
        *images_named("a", framework="MINDSPORE"),
        *images_named("b", framework="PYTORCH"),
        *images_named("c", framework="PADDLEPADDLE"),
    ]

    error = no_match(images, framework="pytroch")

    assert error.nearest[0].name == "b"
    expected = Hint((Criterion("framework", '"PYTORCH"'),), "leaves 1 image", ("framework",))
    assert error.hints == (expected,)


def test_image_failing_a_later_criterion_is_nearest() -> None:
    images = [
        *images_named("trained", framework="TENSORFLOW", image_range=["Train"]),
        *images_named("serving", framework="VLLM", image_range=["Inference"]),
    ]

    error = no_match(images, framework="vllm", image_range="Train")

    assert [miss.name for miss in error.nearest] == ["serving", "trained"]


VLLM = images_named("vllm(0.20.2)-cu130", "vllm(0.9.2)", "pytorch2.5-gpu", framework="vllm")


@pytest.mark.parametrize(
    ("arguments", "criterion"),
    [
        ({"name_regex": "vllm(0.20.2)"}, Criterion("name_regex", r'"vllm\(0\.20\.2\)"')),
        ({"name_regex": "VLLM(0.9.2)"}, Criterion("image_name", '"vllm(0.9.2)"')),
        ({"name_regex": "pytorch2?5*gpu"}, Criterion("name_regex", r'"pytorch2.5.*gpu"')),
        ({"name_regex": "^PyTorch"}, Criterion("name_regex", '"(?i)^PyTorch"')),
        ({"name_regex": "PYTORCH*GPU"}, Criterion("name_regex", '"(?i)PYTORCH.*GPU"')),
        ({"image_id": "vllm(0.9.2)"}, Criterion("image_id", '"id-vllm(0.9.2)"')),
        ({"image_name": "ID-pytorch2.5-gpu"}, Criterion("image_name", '"pytorch2.5-gpu"')),
    ],
)
def test_pattern_name_or_id_in_wrong_argument_is_corrected(
    arguments: dict[str, str], criterion: Criterion
) -> None:
    (hint,) = no_match(VLLM, **arguments).hints

    assert (hint.criteria, hint.leads_to) == ((criterion,), "leaves 1 image")


def test_unknown_id_has_a_reason_and_no_nearest_images() -> None:
    error = no_match(VLLM, image_id="cd123d0d-3f5f")

    assert error.nearest == ()
    assert "withdrawn, or be of another region or project" in error.note
    assert "\nNext     no image has this imageId: it may be withdrawn" in str(error)


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        ({"framework": "nope"}, "no image has this `framework`; there are vllm"),
        ({"components": {"nope": "*"}}, "no image has nope in its `components`; there are cuda,"),
        ({"device": "npu"}, "no image has this `device`; there are gpu"),
    ],
)
def test_known_values_are_listed_for_an_unknown_value(arguments: dict[str, Any], note: str) -> None:
    assert no_match(VLLM, **arguments).note.startswith(note)


def test_many_criteria_are_shortened() -> None:
    components = {f"part{number}": "*" for number in range(500)}

    text = str(no_match(VLLM, components=components))

    assert len(text.splitlines()) < 50
    assert "... and 480 more" in text
    assert "more criteria" in text


@pytest.mark.parametrize(
    ("gpu", "corrected"), [("A1OO", "A100"), ("a1oo", "A100"), ("Hl00", "H100"), ("L2O", "L20")]
)
def test_letter_resembling_a_digit_is_corrected(gpu: str, corrected: str) -> None:
    images = images_named("a", "b", support_gpu_list=["A100", "H100", "L20", "A10"])

    (hint,) = no_match(images, gpu=gpu).hints

    assert hint == Hint((Criterion("gpu", f'"{corrected}"'),), "leaves 2 images", ("gpu",))


def test_known_frameworks_are_listed_once() -> None:
    images = [
        image.model_copy(update={"framework": framework})
        for framework in ("PYTORCH", "PyTorch", "pytorch", "VLLM")
        for image in images_named("a")
    ]

    note = no_match(images, framework="nope").note

    assert note == "no image has this `framework`; there are pytorch, vllm"
