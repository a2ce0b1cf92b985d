"""What is said when several match: in what they differ, and ways to ask that choose one."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given

from pulumi_tcimages.core import criteria
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.core.suggestions.ambiguous import build_ambiguous_hints
from pulumi_tcimages.diagnostics import Criterion, Hint
from pulumi_tcimages.errors import AmbiguousMatchError
from pulumi_tcimages.sources.platform_images import PlatformImage
from pulumi_tcimages.sources.tione import PlatformImageExtraAttribute
from tests.core.queries import ENGINE, chosen, named, outcome, question, sessions, take
from tests.core.strategies import COSTLY, lookups
from tests.timeouts import PATIENCE_S


def ambiguous(images: list[Any], **arguments: Any) -> AmbiguousMatchError:
    found = outcome(images, arguments)
    assert isinstance(found, AmbiguousMatchError)
    return found


TENSORFLOW = [
    image.model_copy(update={"framework": "TENSORFLOW", "framework_version": "2.4"})
    for image in named(
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


def test_the_message_for_a_tie_word_for_word() -> None:
    found = ambiguous([*TENSORFLOW, *OLDER], framework="tensorflow", latest=True)

    assert (
        found.text("getPlatformImage")
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


def test_the_message_without_latest_word_for_word() -> None:
    found = ambiguous(sessions("pytorch-v2.5.1", "pytorch-v2.6.0"), **ENGINE, framework="pytorch")

    assert (
        found.text("tcimages session-image", lambda name: name.replace("_", "-"))
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


def test_more_than_ten_candidates_are_not_all_told() -> None:
    found = ambiguous(sessions(*(f"pytorch-v2.{n}" for n in range(13))), **ENGINE)

    text = found.text()
    assert "13 images listed, 13 match:" in text
    assert "         pytorch-v2.9  2.9  id id-pytorch-v2.9\n         ... and 3 more\n" in text
    assert "v2.10" not in text.split("Differ")[0]


def test_latest_is_not_advised_where_it_would_be_refused() -> None:
    images = named("torch2.3", "torch2.4", framework="pytorch", framework_version="2.3")
    newer = PlatformImage(image_name="torch2.5", framework="pytorch", framework_version="2.5")

    assert Criterion("latest", "true") not in {
        criterion for hint in ambiguous([*images, newer]).hints for criterion in hint.criteria
    }
    assert ambiguous([*images, newer], framework="torch").hints[0] == Hint(
        (Criterion("latest", "true"),), "torch2.5"
    )


def test_an_argument_in_use_is_replaced_where_nothing_else_tells_apart() -> None:
    images = sessions("pytorch-v2.5.1", "pytorch-v2.6.0", "pytorch-v2.4.0")

    found = ambiguous(images, **ENGINE, framework_version=">=2.5")

    assert Hint((Criterion("framework_version", '"==2.5.1"'),), "pytorch-v2.5.1") in found.hints


def test_a_replacement_that_would_let_others_in_is_not_advised() -> None:
    both = PlatformImage(image_name="both", image_id="1", image_range=["Train", "Notebook"])
    train = PlatformImage(image_name="train", image_id="2", image_range=["Train"])
    other = PlatformImage(image_name="other", image_id="3", image_range=["Notebook"])

    found = ambiguous([both, train, other], image_range="Train")

    assert [hint.criteria for hint in found.hints] == [
        (Criterion("image_name", '"both"'),),
        (Criterion("image_name", '"train"'),),
    ]


def test_names_come_after_everything_else_and_ids_after_names() -> None:
    same = [PlatformImage(image_name="torch2.3", image_id=item) for item in "ab"]

    found = ambiguous(same, name_regex=".")

    assert found.differ == ()
    assert [hint.criteria for hint in found.hints] == [(Criterion("image_id", '"a"'),)]


def test_rows_that_are_alike_in_everything_have_no_hint() -> None:
    row = {"image_name": "torch2.3", "image_id": "a"}

    found = ambiguous([PlatformImage(**row), PlatformImage(**row)], name_regex=".")

    assert (found.hints, found.differ) == ((), ())


def test_images_without_name_and_id_are_told_as_such() -> None:
    found = ambiguous([PlatformImage(framework="a"), PlatformImage(framework="b")])

    assert (
        found.text()
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


def test_every_kind_of_trait_can_tell_apart() -> None:
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
        found = ambiguous(images)
        assert path in found.differ, path
        assert found.hints, path


def test_what_no_question_can_hold_is_not_advised() -> None:
    images = [
        PlatformImage(image_name=f"a\n{n}", image_id="x" * 300 + n, framework_version="1" * 63 + n)
        for n in "12"
    ]

    assert ambiguous(images).hints == ()


def test_many_candidates_are_told_apart_in_good_time() -> None:
    images = named(*(f"torch2.{n}-py38-cuda12.{n % 7}" for n in range(3000)), framework="pytorch")
    begun = time.perf_counter()

    found = ambiguous(images, framework="pytorch")

    assert time.perf_counter() - begun < PATIENCE_S
    assert len(found.candidates) == 3000


def test_images_with_long_attributes_are_told_apart_with_few_comparisons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = 0
    read = criteria.find_attribute

    def count(attributes: Mapping[str, list[str]], key: str) -> list[str]:
        nonlocal compared
        compared += 1
        return read(attributes, key)

    monkeypatch.setattr(criteria, "find_attribute", count)
    images = [
        PlatformImage(
            image_name=f"torch2.0-{number}",
            image_id=str(number),
            extra_attributes=[
                PlatformImageExtraAttribute(key="k", values=[f"v{at}" for at in range(99)])
            ],
        )
        for number in range(40)
    ]

    found = ambiguous(images, name_regex="torch")

    assert found.hints
    assert 0 < compared < 50_000


def test_images_with_thousands_of_gpus_in_their_descriptions_are_told_apart_in_good_time() -> None:
    images = [
        PlatformImage(
            image_name=f"torch2.{number}",
            image_id=f"id-{number}",
            framework="PyTorch",
            description="支持的卡型:"
            + " ".join(f"G{number * 34_000 + at}" for at in range(34_000)),
        )
        for number in range(30)
    ]
    begun = time.perf_counter()

    found = ambiguous(images, framework="pytorch")

    assert time.perf_counter() - begun < PATIENCE_S
    assert len(found.candidates) == 30


def test_of_all_that_is_true_of_an_image_only_the_first_criteria_are_paired() -> None:
    images = [
        PlatformImage(image_name="a", image_id="a", support_gpu_list=[f"g{n}", *more])
        for n in range(12)
        for more in [[f"{n % 2}-{gpu}" for gpu in range(150)]]
    ]
    tried = 0

    def decide_nothing(_images: Sequence[Any], _query: BaseQuery) -> None:
        nonlocal tried
        tried += 1

    build_ambiguous_hints(
        images, images, question({"image_name": "a", "latest": True}), decide_nothing
    )

    assert 0 < tried < 10_000


@COSTLY
@given(lookups)
def test_every_hint_chooses_exactly_the_image_that_it_says(
    lookup: tuple[list[Image], dict[str, Any]],
) -> None:
    images, arguments = lookup
    found = outcome(images, arguments)
    if not isinstance(found, AmbiguousMatchError):
        return

    for hint in found.hints:
        answer = outcome(images, take(arguments, hint))
        assert not isinstance(answer, Exception)
        assert (answer.label or answer.identifier or "(no name)") == hint.leads_to
        assert answer.identifier in {candidate.image_id for candidate in found.candidates} | {""}


def test_a_hint_of_the_message_can_be_taken_at_its_word() -> None:
    arguments = {"framework": "tensorflow", "latest": True}
    found = ambiguous([*TENSORFLOW, *OLDER], **arguments)

    assert len(found.hints) == 3
    for hint in found.hints:
        assert chosen([*TENSORFLOW, *OLDER], **take(arguments, hint)) == hint.leads_to


@pytest.mark.parametrize(
    ("names", "leads_to"),
    [
        (("a-cuda12.4-gpu", "b-cuda12.6-gpu"), "chooses b-cuda12.6-gpu"),
        (("a-cuda12.4-gpu", "b-cuda12.6-gpu", "c-cuda12.6-gpu"), "leaves 2 images"),
    ],
)
def test_a_misspelt_component_to_compare_by_is_corrected(
    names: tuple[str, ...], leads_to: str
) -> None:
    found = ambiguous(named(*names), device="gpu", latest_by=["cudaa"])

    meant = Hint((Criterion("latest_by", '["cuda"]'),), leads_to, ("latest_by",))
    assert found.hints[0] == meant
    assert f'Next     did you mean latestBy ["cuda"]? ({leads_to})\n' in f"{found.text()}\n"


def test_the_version_to_compare_by_may_be_misspelt_too() -> None:
    images = [
        *named("a", framework="PYTORCH", framework_version="2.3"),
        *named("b", framework="PYTORCH", framework_version="2.4"),
    ]

    found = ambiguous(images, framework="torch", latest_by=["framewrokVersion"])

    assert found.hints[0].criteria == (Criterion("latest_by", '["frameworkVersion"]'),)


def test_hints_for_the_plainest_images_come_first_and_one_has_a_name() -> None:
    found = ambiguous(named("a-gpu", "b-gpu", "c-cpu"), name_regex=".")

    assert [hint.criteria[0].argument for hint in found.hints] == [
        "image_name",
        "image_name",
        "device",
    ]
