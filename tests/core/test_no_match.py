"""What is said when nothing matches: near misses, changes that do what they say, a list."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
from hypothesis import given

from pulumi_tcimages.core.criteria import predicates_of
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.selection import narrow_images
from pulumi_tcimages.core.suggestions.ambiguous import name_of
from pulumi_tcimages.core.suggestions.no_match import build_listing, build_no_match_hints
from pulumi_tcimages.diagnostics import Criterion, Hint, Listing, Miss
from pulumi_tcimages.errors import AmbiguousMatchError, NoMatchError
from pulumi_tcimages.shell_commands import write_listing
from pulumi_tcimages.sources.platform_images import PlatformImage
from tests.core.queries import ENGINE, named, no_match, outcome, question, sessions, take
from tests.core.strategies import COSTLY, lookups

VERL = "verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu"
CATALOGUE = [
    *named("tf2.4-py3.8-cpu", "notebook-pytorch", image_range=["Notebook"]),
    *named(
        VERL, "torch2.3-py3.10-cuda12.4-gpu", "torch1.9-py3.8-cuda11.1-gpu", image_range=["Train"]
    ),
]


def test_the_message_for_no_match_word_for_word() -> None:
    found = no_match(
        CATALOGUE, image_range="Train", components={"cuda": "==12.*", "torch": ">=2.9"}
    )

    assert (
        found.text("getPlatformImage")
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


def test_the_nearest_failed_the_fewest_criteria_and_by_the_least() -> None:
    images = named("vllm(0.9.1)", "vllm(0.10.0)", "vllm(0.20.2)", "torch2.3-py38")

    found = no_match(images, components={"vllm": "==0.12.*"})

    assert [miss.name for miss in found.nearest] == ["vllm(0.10.0)", "vllm(0.20.2)", "vllm(0.9.1)"]


def test_an_image_without_the_component_is_farther_than_one_with_another_version() -> None:
    images = named("torch2.3", "vllm(0.1.0)")

    found = no_match(images, components={"vllm": ">=0.12"})

    value = Criterion("components", '">=0.12"', "vllm")
    assert found.nearest == (
        Miss("vllm(0.1.0)", ((value, "0.1.0"),)),
        Miss("torch2.3", ((value, "none"),)),
    )


@pytest.mark.parametrize(
    ("arguments", "changed"),
    [
        ({"image_type": "CCR"}, Criterion("image_type", '"TCR"')),
        ({"device": "cpu"}, Criterion("device", '"gpu"')),
        ({"support_distributed_deploy": False}, Criterion("support_distributed_deploy", "true")),
        ({"framework_version": "<2"}, Criterion("framework_version", '"<=2.3"')),
        ({"components": {"cuda": ">=13"}}, Criterion("components", '">=12.4"', "cuda")),
    ],
)
def test_a_failed_criterion_is_changed_to_what_the_image_has(
    arguments: dict[str, Any], changed: Criterion
) -> None:
    images = named(
        "torch2.3-py38-cuda12.4",
        framework="PyTorch",
        framework_version="2.3",
        image_type="TCR",
        support_distributed_deploy=True,
    )

    assert no_match(images, **arguments).hints == (Hint((changed,), "leaves 1 image"),)


@pytest.mark.parametrize(
    ("arguments", "without"),
    [
        ({"gpu": "A100"}, Criterion("gpu", "")),
        ({"support_data_pipeline": True}, Criterion("support_data_pipeline", "")),
        ({"framework": "onnx"}, Criterion("framework", "")),
        ({"framework_version": ">=2"}, Criterion("framework_version", "")),
        ({"attributes": {"TrainingModes": "DDP"}}, Criterion("attributes", "", "TrainingModes")),
        ({"components": {"vllm": "*"}}, Criterion("components", "", "vllm")),
    ],
)
def test_a_criterion_that_cannot_be_changed_is_left_out(
    arguments: dict[str, Any], without: Criterion
) -> None:
    images = named("torch2.3-py38", "torch2.4-py38")

    found = no_match(images, name_regex="torch", **arguments)

    assert found.hints == (Hint((without,), "leaves 2 images"),)


def test_a_framework_is_changed_only_if_some_image_has_it() -> None:
    images = [
        *named("serving", framework="VLLM", image_range=["Inference"]),
        *named("trained", framework="TENSORFLOW", image_range=["Train"]),
    ]

    def hints(framework: str) -> list[str]:
        found = no_match(images, framework=framework, image_range="Train").hints
        return [criterion.text(str) for hint in found for criterion in hint.criteria]

    assert hints("vllm") == ["image_range", 'framework "TENSORFLOW"']
    assert hints("火炬") == ["framework"]  # left out
    assert no_match(images, framework="火炬").hints == ()


def test_leaving_out_all_that_was_asked_is_no_advice() -> None:
    assert no_match(named("torch2.3"), gpu="A100", latest=True).hints == ()


def test_a_text_that_no_question_can_hold_is_not_advised() -> None:
    images = [
        PlatformImage(image_name="a", framework="x\n"),
        PlatformImage(image_name="b", framework="x" * 300),
    ]

    assert no_match(images, name_regex=".", framework="torch").hints == (
        Hint((Criterion("framework", ""),), "leaves 2 images"),
    )


def test_a_version_too_long_for_a_range_is_left_out_instead() -> None:
    long = "1" * 64
    images = [PlatformImage(image_name="a", framework_version=long)]

    found = no_match(images, name_regex="a", framework_version="<1")

    assert found.hints == (Hint((Criterion("framework_version", ""),), "leaves 1 image"),)


def test_a_session_lookup_that_finds_nothing_word_for_word() -> None:
    found = no_match(
        sessions("pytorch-v2.5.1", "tensorflow-v2.18.0"),
        **ENGINE,
        framework="torch",
        framework_version=">=3",
    )

    assert (
        found.text("tcimages session-image", lambda name: name.replace("_", "-"))
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


def test_the_listing_command_has_every_kind_of_criterion() -> None:
    query = question(
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


@COSTLY
@given(lookups)
def test_every_hint_leaves_what_it_says_and_the_listing_leaves_something(
    lookup: tuple[list[Image], dict[str, Any]],
) -> None:
    images, arguments = lookup
    found = outcome(images, arguments)
    if not isinstance(found, NoMatchError):
        return

    for hint in found.hints:
        changed = take(arguments, hint)
        left = narrow_images(images, question(changed)).left
        assert left
        count = f"{len(left)} image" if len(left) == 1 else f"{len(left)} images"
        has_latest = arguments.get("latest") or arguments.get("latest_by")
        is_choice = len(left) > 1 or hint.leads_to.startswith("chooses")
        result = outcome(images, changed) if has_latest and is_choice else None
        if isinstance(result, Image):
            choice = re.sub(" of [0-9]+ images that tie$", "", hint.leads_to)
            assert choice == f"chooses {name_of(result)}"
        elif isinstance(result, AmbiguousMatchError):
            tied = len(result.candidates)
            of_them = "which" if tied == len(left) else f"of which {tied}"
            assert hint.leads_to == f"leaves {count}, {of_them} tie"
        else:
            assert hint.leads_to == f"leaves {count}"
    assert found.listing


NEWEST = {"framework": "TensorFlow", "framework_version": "2.15"}
OLDER = {"framework": "TensorFlow", "framework_version": "2.13"}
TIED = [
    *named("tf2.15-py3.10-cpu", "tf2.15-py3.10-cuda12.2-gpu", **NEWEST),
    *named("tf2.13-py3.10-cpu", **OLDER),
]


def test_a_change_after_which_latest_ties_is_completed_by_what_decides_the_tie() -> None:
    found = no_match(TIED, framework="tensorflow", framework_version=">=3", latest=True)

    version = Criterion("framework_version", '">=2.15"')
    assert found.hints == (
        Hint(
            (version, Criterion("device", '"cpu"')),
            "chooses tf2.15-py3.10-cpu of 2 images that tie",
        ),
        Hint(
            (version, Criterion("device", '"gpu"')),
            "chooses tf2.15-py3.10-cuda12.2-gpu of 2 images that tie",
        ),
    )
    assert 'try frameworkVersion ">=2.15" and device "cpu" (chooses' in found.text()
    assert 'or try frameworkVersion ">=2.15" and device "gpu" (chooses' in found.text()


def test_a_change_after_which_latest_decides_names_the_image() -> None:
    images = [*named("tf2.15-py3.10-cpu", **NEWEST), *named("tf2.13-py3.10-cpu", **OLDER)]
    found = no_match(images, framework="tensorflow", device="gpu", latest=True)

    assert [(hint.criteria, hint.leads_to) for hint in found.hints] == [
        ((Criterion("device", '"cpu"'),), "chooses tf2.15-py3.10-cpu")
    ]


def test_a_change_after_which_latest_ties_says_so_if_no_criterion_decides() -> None:
    images = named("tf2.15-py3.10-cpu", **NEWEST) * 2
    found = no_match(images, framework="tensorflow", framework_version=">=3", latest=True)

    assert [hint.leads_to for hint in found.hints] == ["leaves 2 images, which tie"]


def test_no_hints_of_an_empty_catalogue() -> None:
    hints = build_no_match_hints([], question({"framework": "torch"}), "ap-tokyo", lambda *_: None)

    assert hints == ((), (), Listing("platform-images", "ap-tokyo"), "")


def test_a_misspelt_text_is_nearest_to_what_it_is_most_like() -> None:
    images = [
        *named("a", framework="MINDSPORE"),
        *named("b", framework="PYTORCH"),
        *named("c", framework="PADDLEPADDLE"),
    ]

    found = no_match(images, framework="pytroch")

    assert found.nearest[0].name == "b"
    meant = Hint((Criterion("framework", '"PYTORCH"'),), "leaves 1 image", ("framework",))
    assert found.hints == (meant,)


def test_of_images_that_fail_one_criterion_the_one_that_came_furthest_is_nearest() -> None:
    images = [
        *named("trained", framework="TENSORFLOW", image_range=["Train"]),
        *named("serving", framework="VLLM", image_range=["Inference"]),
    ]

    found = no_match(images, framework="vllm", image_range="Train")

    assert [miss.name for miss in found.nearest] == ["serving", "trained"]


VLLM = named("vllm(0.20.2)-cu130", "vllm(0.9.2)", "pytorch2.5-gpu", framework="vllm")


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
def test_a_pattern_name_or_id_in_the_place_of_another_is_told(
    arguments: dict[str, str], criterion: Criterion
) -> None:
    (hint,) = no_match(VLLM, **arguments).hints

    assert (hint.criteria, hint.leads_to) == ((criterion,), "leaves 1 image")


def test_an_unknown_id_has_no_neighbours_and_a_reason() -> None:
    error = no_match(VLLM, image_id="cd123d0d-3f5f")

    assert error.nearest == ()
    assert "withdrawn, or be of another region or project" in error.note
    assert "\nNext     no image has this imageId: it may be withdrawn" in str(error)


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        ({"framework": "nope"}, "no image has this `framework`; there are vllm."),
        ({"components": {"nope": "*"}}, "no image has nope in its `components`; there are cuda,"),
        ({"device": "npu"}, "no image has this `device`; there are gpu."),
    ],
)
def test_known_values_are_listed_where_no_image_has_the_value(
    arguments: dict[str, Any], note: str
) -> None:
    assert no_match(VLLM, **arguments).note.startswith(note)


def test_many_criteria_are_not_all_listed() -> None:
    components = {f"part{number}": "*" for number in range(500)}

    text = str(no_match(VLLM, components=components))

    assert len(text.splitlines()) < 50
    assert "... and 480 more" in text
    assert "more criteria" in text


@pytest.mark.parametrize(
    ("gpu", "meant"), [("A1OO", "A100"), ("a1oo", "A100"), ("Hl00", "H100"), ("L2O", "L20")]
)
def test_a_letter_that_looks_like_a_digit_is_corrected(gpu: str, meant: str) -> None:
    images = named("a", "b", support_gpu_list=["A100", "H100", "L20", "A10"])

    (hint,) = no_match(images, gpu=gpu).hints

    assert hint == Hint((Criterion("gpu", f'"{meant}"'),), "leaves 2 images", ("gpu",))


def test_the_known_frameworks_are_listed_once_each() -> None:
    images = [
        image.model_copy(update={"framework": framework})
        for framework in ("PYTORCH", "PyTorch", "pytorch", "VLLM")
        for image in named("a")
    ]

    note = no_match(images, framework="nope").note

    assert note == "no image has this `framework`; there are pytorch, vllm."
