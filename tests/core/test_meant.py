"""Keys of `latest_by` that no image has: told although another key decides."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.meant import find_unknown_keys
from tests.core.questions import ENGINE, named, question, sessions

IMAGES = named("a-torch2.3-cuda12.4-gpu", "b-torch2.4-cuda11.1-gpu")


@pytest.mark.parametrize(
    ("keys", "told"),
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
    keys: list[str], told: tuple[str, ...]
) -> None:
    asked = question({"device": "gpu", "latest_by": keys})

    assert find_unknown_keys(IMAGES, asked) == told


def test_nothing_is_told_of_a_question_that_ranks_by_no_component() -> None:
    assert find_unknown_keys(IMAGES, question({"device": "gpu", "latest": True})) == ()
    assert find_unknown_keys(sessions("pytorch-v2.5.1"), question({**ENGINE, "latest": True})) == ()
