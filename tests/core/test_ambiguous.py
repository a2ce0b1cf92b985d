"""Errors of ambiguous queries: differing properties, and hints that choose one image."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from pulumi_tcimages.core.images import Image
from pulumi_tcimages.diagnostics import Criterion, Hint
from pulumi_tcimages.errors import AmbiguousMatchError
from pulumi_tcimages.sources.platform_images import PlatformImage
from tests.core.queries import (
    ENGINE,
    ambiguous,
    apply_hint,
    chosen_name,
    images_named,
    outcome,
    session_images_with,
)
from tests.core.strategies import SLOW_EXAMPLES, lookups

TENSORFLOW = [
    image.model_copy(update={"framework": "TENSORFLOW", "framework_version": "2.4"})
    for image in images_named(
        "tf2.4-py3.8-cpu", "tf2.4-py3.8-cuda11.1-gpu", "light3.1.3-tf2.4-py3.8-cuda11.1-gpu"
    )
]
OLDER = [
    PlatformImage(
        image_name=f"tf1.15-py3.{n}-cpu",
        image_id=str(n),
        framework="TENSORFLOW",
        framework_version="1.15",
    )
    for n in (6, 7, 8)
]


def test_tie_error_text() -> None:
    error = ambiguous([*TENSORFLOW, *OLDER], framework="tensorflow", latest=True)

    assert (
        error.text("getPlatformImage")
        == """\
getPlatformImage: 3 images tie for latest. [ambiguous]
Problem  all have the newest version: frameworkVersion 2.4.
Asked    framework "tensorflow"; latest
Where    ap-guangzhou, tione.tencentcloudapi.com
Looked   6 images listed, 6 match, 3 share the newest version:
         tf2.4-py3.8-cpu  2.4
           id id-tf2.4-py3.8-cpu
         tf2.4-py3.8-cuda11.1-gpu  2.4
           id id-tf2.4-py3.8-cuda11.1-gpu
         light3.1.3-tf2.4-py3.8-cuda11.1-gpu  2.4
           id id-light3.1.3-tf2.4-py3.8-cuda11.1-gpu
Differ   device, components.cuda, components.light
Next     add one of these:
           device "cpu"
             -> tf2.4-py3.8-cpu
           device "gpu"; components light "none"
             -> tf2.4-py3.8-cuda11.1-gpu
           imageName "tf2.4-py3.8-cpu"
             -> tf2.4-py3.8-cpu"""
    )


def test_ambiguous_error_text_without_latest() -> None:
    error = ambiguous(
        session_images_with("pytorch-v2.5.1", "pytorch-v2.6.0"), **ENGINE, framework="pytorch"
    )

    assert (
        error.text("tcimages session-image", lambda name: name.replace("_", "-"))
        == """\
tcimages session-image: 2 images match. [ambiguous]
Asked    data-engine-id "DataEngine-b0jt6fvk"; framework-type
         "machine-learning"; framework "pytorch"
Where    ap-guangzhou, tione.tencentcloudapi.com
Looked   2 images listed, 2 match:
         pytorch-v2.5.1  2.5.1  id id-pytorch-v2.5.1
         pytorch-v2.6.0  2.6.0  id id-pytorch-v2.6.0
Differ   framework-version
Next     add one of these:
           latest true                  -> pytorch-v2.6.0
           framework-version "==2.5.1"  -> pytorch-v2.5.1"""
    )


def test_only_ten_candidates_are_listed() -> None:
    error = ambiguous(session_images_with(*(f"pytorch-v2.{n}" for n in range(13))), **ENGINE)

    text = error.text()
    assert "13 images listed, 13 match:" in text
    assert "         pytorch-v2.9  2.9  id id-pytorch-v2.9\n         ... and 3 more\n" in text
    assert "v2.10" not in text.split("Differ")[0]


def test_latest_is_not_suggested_for_several_frameworks() -> None:
    images = images_named("torch2.3", "torch2.4", framework="pytorch", framework_version="2.3")
    newer = PlatformImage(image_name="torch2.5", framework="pytorch", framework_version="2.5")

    assert Criterion("latest", "true") not in {
        criterion for hint in ambiguous([*images, newer]).hints for criterion in hint.criteria
    }
    assert ambiguous([*images, newer], framework="torch").hints[0] == Hint(
        (Criterion("latest", "true"),), "torch2.5"
    )


def test_existing_argument_is_replaced_if_nothing_else_differs() -> None:
    images = session_images_with("pytorch-v2.5.1", "pytorch-v2.6.0", "pytorch-v2.4.0")

    error = ambiguous(images, **ENGINE, framework_version=">=2.5")

    assert Hint((Criterion("framework_version", '"==2.5.1"'),), "pytorch-v2.5.1") in error.hints


def test_replacement_matching_other_images_is_not_suggested() -> None:
    train_and_notebook = PlatformImage(
        image_name="both", image_id="1", image_range=["Train", "Notebook"]
    )
    train = PlatformImage(image_name="train", image_id="2", image_range=["Train"])
    other = PlatformImage(image_name="other", image_id="3", image_range=["Notebook"])

    error = ambiguous([train_and_notebook, train, other], image_range="Train")

    assert [hint.criteria for hint in error.hints] == [
        (Criterion("image_name", '"both"'),),
        (Criterion("image_name", '"train"'),),
    ]


def test_id_is_suggested_for_images_with_equal_names() -> None:
    images = [PlatformImage(image_name="torch2.3", image_id=item) for item in "ab"]

    error = ambiguous(images, name_regex=".")

    assert error.differ == ()
    assert [hint.criteria for hint in error.hints] == [(Criterion("image_id", '"a"'),)]


def test_identical_images_have_no_hints() -> None:
    row = {"image_name": "torch2.3", "image_id": "a"}

    error = ambiguous([PlatformImage(**row), PlatformImage(**row)], name_regex=".")

    assert (error.hints, error.differ) == ((), ())


def test_images_without_name_and_id_are_listed() -> None:
    error = ambiguous([PlatformImage(framework="a"), PlatformImage(framework="b")])

    assert (
        error.text()
        == """\
2 images match. [ambiguous]
Where    ap-guangzhou, tione.tencentcloudapi.com
Looked   2 images listed, 2 match:
         (no name)  -
         (no name)  -
Differ   framework
Next     add one of these:
           framework "a"  -> (no name)"""
    )


def test_every_property_can_distinguish_images() -> None:
    kinds: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "image_range": ({"image_range": ["Train"]}, {"image_range": ["Notebook"]}),
        "gpu": ({"support_gpu_list": ["A10"]}, {"support_gpu_list": ["A100"]}),
        "image_type": ({"image_type": "TCR"}, {"image_type": "CCR"}),
        "support_distributed_deploy": (
            {"support_distributed_deploy": True},
            {"support_distributed_deploy": False},
        ),
        "support_data_pipeline": (
            {"extra_attributes": [{"key": "SupportDataPipeline", "value": "true"}]},
            {"extra_attributes": [{"key": "SupportDataPipeline", "value": "false"}]},
        ),
        "allow_save_all_content": (
            {"extra_attributes": [{"key": "AllowSaveAllContent", "value": "true"}]},
            {"extra_attributes": []},
        ),
        "attributes.TrainingModes": (
            {"extra_attributes": [{"key": "TrainingModes", "values": ["DDP", ""]}]},
            {"extra_attributes": [{"key": "TrainingModes", "values": ["Ray"]}]},
        ),
    }
    for path, rows in kinds.items():
        images = [PlatformImage.model_validate({"image_name": "a", **row}) for row in rows]
        error = ambiguous(images)
        assert path in error.differ, path
        assert error.hints, path


def test_values_no_query_accepts_are_not_suggested() -> None:
    images = [
        PlatformImage(image_name=f"a\n{n}", image_id="x" * 300 + n, framework_version="1" * 63 + n)
        for n in "12"
    ]

    assert ambiguous(images).hints == ()


@SLOW_EXAMPLES
@given(lookups)
def test_every_hint_chooses_the_named_image(
    lookup: tuple[list[Image], dict[str, Any]],
) -> None:
    images, arguments = lookup
    error = outcome(images, arguments)
    if not isinstance(error, AmbiguousMatchError):
        return

    for hint in error.hints:
        answer = outcome(images, apply_hint(arguments, hint))
        assert not isinstance(answer, Exception)
        assert (answer.label or answer.identifier or "(no name)") == hint.leads_to
        assert answer.identifier in {candidate.image_id for candidate in error.candidates} | {""}


def test_hints_of_the_error_choose_the_named_image() -> None:
    arguments = {"framework": "tensorflow", "latest": True}
    error = ambiguous([*TENSORFLOW, *OLDER], **arguments)

    assert len(error.hints) == 3
    for hint in error.hints:
        assert chosen_name([*TENSORFLOW, *OLDER], **apply_hint(arguments, hint)) == hint.leads_to


@pytest.mark.parametrize(
    ("names", "leads_to"),
    [
        (("a-cuda12.4-gpu", "b-cuda12.6-gpu"), "chooses b-cuda12.6-gpu"),
        (("a-cuda12.4-gpu", "b-cuda12.6-gpu", "c-cuda12.6-gpu"), "leaves 2 images"),
    ],
)
def test_misspelled_latest_by_component_is_corrected(names: tuple[str, ...], leads_to: str) -> None:
    error = ambiguous(images_named(*names), device="gpu", latest_by=["cudaa"])

    hint = Hint((Criterion("latest_by", '["cuda"]'),), leads_to, ("latest_by",))
    assert error.hints[0] == hint
    assert f'Next     did you mean latestBy ["cuda"]? ({leads_to})\n' in f"{error.text()}\n"


def test_misspelled_latest_by_version_is_corrected() -> None:
    images = [
        *images_named("a", framework="PYTORCH", framework_version="2.3"),
        *images_named("b", framework="PYTORCH", framework_version="2.4"),
    ]

    error = ambiguous(images, framework="torch", latest_by=["framewrokVersion"])

    assert error.hints[0].criteria == (Criterion("latest_by", '["frameworkVersion"]'),)


def test_hints_for_the_simplest_image_come_first() -> None:
    error = ambiguous(images_named("a-gpu", "b-gpu", "c-cpu"), name_regex=".")

    assert [hint.criteria[0].argument for hint in error.hints] == [
        "image_name",
        "image_name",
        "device",
    ]
