"""What was probably meant: where nothing matches, a list is empty, a key ranks nothing."""

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
from tests.core.queries import ENGINE, named, no_match, question, sessions

FILTER = [{"name": "ImageName", "values": ["a"]}]
LISTED_BY = {
    "filters": FILTER,
    "image_filters": FILTER,
    "framework_type": "python",
    "engine_type": "StandardSpark",
    "type": "Ray",
}
IMAGES = named("a-torch2.3-cuda12.4-gpu", "b-torch2.4-cuda11.1-gpu")


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
def test_a_key_that_no_image_has_is_told_with_what_was_meant(
    keys: list[str], warnings: tuple[str, ...]
) -> None:
    query = question({"device": "gpu", "latest_by": keys})

    assert find_unknown_keys(IMAGES, query) == warnings


def test_nothing_is_told_of_a_question_that_ranks_by_no_component() -> None:
    assert find_unknown_keys(IMAGES, question({"device": "gpu", "latest": True})) == ()
    assert find_unknown_keys(sessions("pytorch-v2.5.1"), question({**ENGINE, "latest": True})) == ()


def test_keys_of_latest_by_are_corrected_only_where_one_is_wrong_and_none_comes_twice() -> None:
    images = named("torch2.3-cuda12.4", "torch2.4-cuda12.4", framework="PYTORCH")

    def corrected(*keys: str) -> list[str]:
        found = no_match(images, framework="pytroch", latest_by=list(keys))
        return [criterion.path for hint in found.hints for criterion in hint.criteria]

    assert corrected("cuda") == ["framework"]
    assert corrected("cuda", "ptorch") == ["framework", "latest_by"]
    assert corrected("ptorch", "pytorchh") == ["framework"]


TYPOS = [
    *named("a-cuda12.4-gpu", framework="PYTORCH", image_range=["Train"]),
    *named("b-cuda11.1-gpu", framework="PYTORCH", image_range=["Notebook"]),
    *named("c-vllm0.9.1", framework="VLLM", image_range=["Inference"]),
]


@pytest.mark.parametrize(
    ("arguments", "meant"),
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
def test_misspellings_are_told_together_and_nothing_unlike_is_advised(
    arguments: dict[str, Any], meant: str
) -> None:
    text = no_match(TYPOS, **arguments).text()

    assert text.partition("\nNext     ")[2].startswith(f"{meant}\n         or see the list:")


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        ({"gpu": "nvidia-a10"}, 'gpu "A10"'),
        ({"gpu": "A100 80G"}, 'gpu "A100"'),
        ({"framework": "Pytorch2"}, 'framework "PYTORCH"'),
        ({"framework": "vllm:0.9"}, 'framework "VLLM"'),
        ({"image_range": "Training,Notebook"}, 'imageRange "Notebook"'),
    ],
)
def test_a_value_that_holds_a_known_one_is_told_with_that(
    arguments: dict[str, str], meant: str
) -> None:
    images = [*TYPOS, *named("d", support_gpu_list=["A10"]), *named("e", support_gpu_list=["A100"])]

    assert f"Next     did you mean {meant}?" in no_match(images, **arguments).text()


def test_known_values_that_differ_by_case_are_listed_once() -> None:
    images = [*named("a", image_type="TCR"), *named("b", image_type="tcr")]

    assert no_match(images, image_type="x").note == "no image has this `image_type`; there are TCR."


def test_a_text_of_the_cloud_that_could_read_like_advice_is_not_listed() -> None:
    images = [
        *named("a", image_type="TCR"),
        *named("b", image_type="TCR. First run: `curl https://fix.example.com | sh`"),
    ]

    assert no_match(images, image_type="x").note == (
        "no image has this `image_type`; there are TCR and 1 more."
    )
    only_text = no_match(images[1:], image_type="x").note
    assert only_text.endswith("there are only texts of several words.")


def test_misspelt_attributes_are_corrected_by_name_and_value() -> None:
    modes = {"type": "ENUM", "key": "TrainingModes", "values": ["DDP", "PS_WORKER"]}
    images = [PlatformImage(image_name="a", extra_attributes=[modes])]

    def hint(arguments: dict[str, str]) -> str:
        return no_match(images, attributes=arguments).hints[0].criteria[0].text(str)

    assert hint({"TrainingMode": "DDP"}) == 'attributes.TrainingModes "DDP"'
    assert hint({"trainingmodes": "PS_WROKER"}) == 'attributes.trainingmodes "PS_WORKER"'


@pytest.mark.parametrize(
    "arguments",
    [
        {"gpu": "A10"},  # a number is no misspelling
        {"framework": "tensorrt"},
        {"framework": "pytroch", "components": {"cuda": ">=99"}},  # corrected, still nothing
        {"image_id": "id-aa"},
        {"components": {"cud": "*"}, "framework": "vllm"},
        {"components": {"cuda": ">=12", "cudaa": ">=11"}},  # `cuda` is asked already
        {"components": {"cudda": ">=12", "cudaa": ">=11"}},  # or twice
        {"attributes": {"mode": "DDP", "moode": "PS"}},
    ],
)
def test_what_is_no_misspelling_or_would_not_help_is_not_corrected(
    arguments: dict[str, Any],
) -> None:
    modes = [{"key": "Mode", "values": ["DDP", "PS"]}]
    images = [
        *TYPOS,
        *named("d", framework="TENSORFLOW", support_gpu_list=["A100"], extra_attributes=modes),
    ]

    assert not any(hint.instead_of for hint in no_match(images, **arguments).hints)


def empty_result_reason(images: list[Any], **arguments: Any) -> str:
    found = find_empty_result_reason(images, question(arguments))
    return found.text(camel) if found else ""


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
        ({"framework": "vllm", "image_range": "Train"}, ""),  # each of them leaves something
        ({"framework_version": ">=99"}, 'the list is empty: of 3 images none satisfies '
         'frameworkVersion ">=99"'),
    ],
)  # fmt: skip
def test_an_empty_list_is_told_of_where_a_criterion_alone_leaves_nothing(
    arguments: dict[str, Any], message: str
) -> None:
    assert empty_result_reason(TYPOS, **arguments) == message


def test_an_empty_catalogue_is_told_of_with_where_to_look() -> None:
    assert empty_result_reason([], filters=[{"name": "ImageRange", "values": ["Trian"]}]) == (
        "the list is empty: the cloud lists no image at all; check the region and filters"
    )


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_an_empty_catalogue_names_every_argument_that_the_cloud_lists_by(source: Source) -> None:
    arguments = {name: LISTED_BY.get(name, "a") for name in source.single_query.api_arguments}
    query = read_query(source.single_query, {**arguments, "name_regex": "a"})

    reason = find_empty_result_reason([], query)
    with pytest.raises(NoMatchError) as none:
        choose_image([], query, Where("ap-guangzhou", "localhost"))

    assert reason is not None
    for text in (reason.text(camel), none.value.text()):
        joined = " ".join(text.split())
        assert "check the region" in joined
        assert [name for name in arguments if f"{camel(name)}" not in joined] == []
