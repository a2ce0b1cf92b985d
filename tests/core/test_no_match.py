"""Errors without a match: nearest images, suggested changes and the listing command."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
from hypothesis import given

from pulumi_tcimages.core.criteria import predicates_of
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.selection import filter_images
from pulumi_tcimages.core.suggestions.ambiguous import name_of
from pulumi_tcimages.core.suggestions.no_match import build_listing, build_no_match_hints
from pulumi_tcimages.diagnostics import Criterion, Hint, Listing, Miss
from pulumi_tcimages.errors import AmbiguousMatchError, NoMatchError
from pulumi_tcimages.shell_commands import write_listing
from pulumi_tcimages.sources.platform_images import PlatformImage
from tests.core.queries import (
    ENGINE,
    apply_hint,
    build_query,
    images_named,
    no_match,
    outcome,
    session_images_with,
)
from tests.core.strategies import SLOW_EXAMPLES, lookups

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


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        ({"image_type": "CCR"}, Criterion("image_type", '"TCR"')),
        ({"device": "cpu"}, Criterion("device", '"gpu"')),
        ({"support_distributed_deploy": False}, Criterion("support_distributed_deploy", "true")),
        ({"framework_version": "<2"}, Criterion("framework_version", '"<=2.3"')),
        ({"components": {"cuda": ">=13"}}, Criterion("components", '">=12.4"', "cuda")),
    ],
)
def test_failed_criterion_is_changed_to_the_image_value(
    arguments: dict[str, Any], suggestion: Criterion
) -> None:
    images = images_named(
        "torch2.3-py38-cuda12.4",
        framework="PyTorch",
        framework_version="2.3",
        image_type="TCR",
        support_distributed_deploy=True,
    )

    assert no_match(images, **arguments).hints == (Hint((suggestion,), "leaves 1 image"),)


@pytest.mark.parametrize(
    ("arguments", "removal"),
    [
        ({"gpu": "A100"}, Criterion("gpu", "")),
        ({"support_data_pipeline": True}, Criterion("support_data_pipeline", "")),
        ({"framework": "onnx"}, Criterion("framework", "")),
        ({"framework_version": ">=2"}, Criterion("framework_version", "")),
        ({"attributes": {"TrainingModes": "DDP"}}, Criterion("attributes", "", "TrainingModes")),
        ({"components": {"vllm": "*"}}, Criterion("components", "", "vllm")),
    ],
)
def test_criterion_without_replacement_is_removed(
    arguments: dict[str, Any], removal: Criterion
) -> None:
    images = images_named("torch2.3-py38", "torch2.4-py38")

    error = no_match(images, name_regex="torch", **arguments)

    assert error.hints == (Hint((removal,), "leaves 2 images"),)


def test_framework_is_changed_only_to_an_existing_one() -> None:
    images = [
        *images_named("serving", framework="VLLM", image_range=["Inference"]),
        *images_named("trained", framework="TENSORFLOW", image_range=["Train"]),
    ]

    def hints(framework: str) -> list[str]:
        error = no_match(images, framework=framework, image_range="Train").hints
        return [criterion.text(str) for hint in error for criterion in hint.criteria]

    assert hints("vllm") == ["image_range", 'framework "TENSORFLOW"']
    assert hints("火炬") == ["framework"]  # removed
    assert no_match(images, framework="火炬").hints == ()


def test_removing_all_criteria_is_not_suggested() -> None:
    assert no_match(images_named("torch2.3"), gpu="A100", latest=True).hints == ()


def test_value_no_query_accepts_is_not_suggested() -> None:
    images = [
        PlatformImage(image_name="a", framework="x\n"),
        PlatformImage(image_name="b", framework="x" * 300),
    ]

    assert no_match(images, name_regex=".", framework="torch").hints == (
        Hint((Criterion("framework", ""),), "leaves 2 images"),
    )


def test_version_too_long_for_a_range_is_removed() -> None:
    long_version = "1" * 64
    images = [PlatformImage(image_name="a", framework_version=long_version)]

    error = no_match(images, name_regex="a", framework_version="<1")

    assert error.hints == (Hint((Criterion("framework_version", ""),), "leaves 1 image"),)


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


@SLOW_EXAMPLES
@given(lookups)
def test_hints_and_listing_leave_the_stated_images(
    lookup: tuple[list[Image], dict[str, Any]],
) -> None:
    images, arguments = lookup
    error = outcome(images, arguments)
    if not isinstance(error, NoMatchError):
        return

    for hint in error.hints:
        changed = apply_hint(arguments, hint)
        matches = filter_images(images, build_query(changed)).left
        assert matches
        count = f"{len(matches)} image" if len(matches) == 1 else f"{len(matches)} images"
        has_latest = arguments.get("latest") or arguments.get("latest_by")
        chooses_image = len(matches) > 1 or hint.leads_to.startswith("chooses")
        result = outcome(images, changed) if has_latest and chooses_image else None
        if isinstance(result, Image):
            named_image = re.sub(" of [0-9]+ images that tie$", "", hint.leads_to)
            assert named_image == f"chooses {name_of(result)}"
        elif isinstance(result, AmbiguousMatchError):
            tied_count = len(result.candidates)
            share = "which" if tied_count == len(matches) else f"of which {tied_count}"
            assert hint.leads_to == f"leaves {count}, {share} tie"
        else:
            assert hint.leads_to == f"leaves {count}"
    assert error.listing


NEWEST = {"framework": "TensorFlow", "framework_version": "2.15"}
OLDER = {"framework": "TensorFlow", "framework_version": "2.13"}
TIED_IMAGES = [
    *images_named("tf2.15-py3.10-cpu", "tf2.15-py3.10-cuda12.2-gpu", **NEWEST),
    *images_named("tf2.13-py3.10-cpu", **OLDER),
]


def test_hint_that_ties_is_completed_to_choose_one_image() -> None:
    error = no_match(TIED_IMAGES, framework="tensorflow", framework_version=">=3", latest=True)

    version = Criterion("framework_version", '">=2.15"')
    assert error.hints == (
        Hint(
            (version, Criterion("device", '"cpu"')),
            "chooses tf2.15-py3.10-cpu of 2 images that tie",
        ),
        Hint(
            (version, Criterion("device", '"gpu"')),
            "chooses tf2.15-py3.10-cuda12.2-gpu of 2 images that tie",
        ),
    )
    assert 'try frameworkVersion ">=2.15" and device "cpu" (chooses' in error.text()
    assert 'or try frameworkVersion ">=2.15" and device "gpu" (chooses' in error.text()


def test_hint_names_the_image_that_latest_chooses() -> None:
    images = [
        *images_named("tf2.15-py3.10-cpu", **NEWEST),
        *images_named("tf2.13-py3.10-cpu", **OLDER),
    ]
    error = no_match(images, framework="tensorflow", device="gpu", latest=True)

    assert [(hint.criteria, hint.leads_to) for hint in error.hints] == [
        ((Criterion("device", '"cpu"'),), "chooses tf2.15-py3.10-cpu")
    ]


def test_hint_states_a_tie_no_criterion_decides() -> None:
    images = images_named("tf2.15-py3.10-cpu", **NEWEST) * 2
    error = no_match(images, framework="tensorflow", framework_version=">=3", latest=True)

    assert [hint.leads_to for hint in error.hints] == ["leaves 2 images, which tie"]


def test_empty_catalogue_has_no_hints() -> None:
    hints = build_no_match_hints(
        [], build_query({"framework": "torch"}), "ap-tokyo", lambda *_: None
    )

    assert hints == ((), (), Listing("platform-images", "ap-tokyo"), "")


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
