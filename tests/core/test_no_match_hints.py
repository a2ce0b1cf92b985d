"""Errors without a match: criteria to change or remove, and the images that are left then."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given

from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.selection import filter_images
from pulumi_tcimages.core.suggestions.ambiguous import name_of
from pulumi_tcimages.core.suggestions.no_match import build_no_match_hints
from pulumi_tcimages.diagnostics import Criterion, Hint, Listing
from pulumi_tcimages.errors import AmbiguousMatchError, NoMatchError
from pulumi_tcimages.sources.platform_images import PlatformImage
from tests.core.queries import (
    apply_hint,
    build_query,
    images_named,
    no_match,
    outcome,
)
from tests.core.strategies import SLOW_EXAMPLES, lookups
from tests.core.test_no_match import OLDER


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
