"""The choosing rule, sentence by sentence."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.query import latest_keys, read_query
from pulumi_tcimages.core.selection import choose_image, rank
from pulumi_tcimages.diagnostics import Criterion
from pulumi_tcimages.errors import AmbiguousMatchError, NoMatchError
from pulumi_tcimages.sources.platform_images import (
    PlatformImage,
    PlatformImageQuery,
    PlatformImagesQuery,
)
from tests.core.queries import ENGINE, WHERE, chosen, named, outcome, question, sessions


def versions(*texts: str | None, framework: str = "PyTorch") -> list[PlatformImage]:
    return [
        PlatformImage(
            image_name=f"v{text}",
            image_id=f"id-{text}",
            framework=framework,
            framework_version=text,
        )
        for text in texts
    ]


# One, none, several.


def test_one_match_is_the_answer_even_without_a_readable_version() -> None:
    images = named("notebook-pytorch", "vllm(0.9.1)")

    assert chosen(images, image_name="Notebook-PyTorch", latest=True) == "notebook-pytorch"
    assert chosen(images, image_name="Notebook-PyTorch") == "notebook-pytorch"


def test_none_is_an_error_that_tells_what_each_criterion_left() -> None:
    images = named("tf2.4-py3.8-cpu", "torch2.3-py3.10-cuda12.4-gpu", "torch2.3-py3.10-cpu")

    found = outcome(images, {"device": "cpu", "components": {"pytorch": ">=2.4", "python": "*"}})

    assert isinstance(found, NoMatchError)
    assert (found.listed_count, found.funnel, found.where) == (
        3,
        (
            (Criterion("device", '"cpu"'), 2),
            (Criterion("components", '"*"', "python"), 2),
            (Criterion("components", '">=2.4"', "pytorch"), 0),
        ),
        WHERE,
    )


def test_an_empty_catalogue_is_no_match() -> None:
    assert chosen([], gpu="A10") == chosen([]) == "no image matches. [no-match]"


def test_several_without_latest_are_ambiguous() -> None:
    images = versions("2.3", "2.4")

    assert chosen(images, framework="torch") == chosen(images) == "2 images match. [ambiguous]"
    assert chosen(images, framework="torch", latest=False) == "2 images match. [ambiguous]"


def test_a_question_for_many_is_ambiguous_too_when_it_is_explained() -> None:
    query = read_query(PlatformImagesQuery, {"framework": "torch"})

    with pytest.raises(AmbiguousMatchError):
        choose_image(versions("2.3", "2.4"), query, WHERE)


# Latest.


def test_latest_compares_versions_and_not_texts() -> None:
    assert (
        chosen(versions("0.9.1", "0.20.2", "0.10.0"), framework="torch", latest=True) == "v0.20.2"
    )


def test_a_post_release_is_stable_and_newer() -> None:
    assert (
        chosen(versions("0.5.6", "0.5.6.post2"), framework="torch", latest=True) == "v0.5.6.post2"
    )


def test_a_prerelease_does_not_win_latest() -> None:
    assert chosen(versions("2.3", "2.4.0a0", "2.5.dev0"), framework="torch", latest=True) == "v2.3"


def test_a_prerelease_wins_latest_where_the_range_names_one() -> None:
    images = versions("2.3", "2.4.0a0")

    assert chosen(images, framework_version=">=2.3.0a0", latest=True) == "v2.4.0a0"
    assert chosen(images, framework_version=">=2.3", latest=True) == "v2.3"


def test_a_prerelease_of_a_component_wins_where_its_range_names_one() -> None:
    images = named("torch2.3-py38", "torch2.4.0rc1-py38")

    assert chosen(images, components={"torch": "*"}, latest_by=["torch"]) == "torch2.3-py38"
    assert (
        chosen(images, components={"torch": ">=2.3rc1"}, latest_by=["torch"])
        == "torch2.4.0rc1-py38"
    )


def test_an_unreadable_version_never_wins_latest() -> None:
    assert chosen(versions("nightly", "1.0", None), framework="torch", latest=True) == "v1.0"


def test_latest_of_versions_that_none_can_read_is_ambiguous() -> None:
    images = versions("nightly", None, "2.4a0")

    assert chosen(images, framework="torch", latest=True) == (
        "3 images match. [ambiguous] none has a stable version to compare by frameworkVersion."
    )


def test_latest_of_several_frameworks_is_ambiguous_and_none_counts_as_one() -> None:
    images = [
        *versions("2.3"),
        *versions("2.4", framework="TENSORFLOW"),
        PlatformImage(image_name="x", framework_version="9.9"),
    ]

    assert chosen(images, name_regex=".", latest=True) == (
        "3 images match. [ambiguous] latest compares the versions of one framework, and these are "
        "3: (none), pytorch, tensorflow."
    )


def test_more_than_five_frameworks_are_not_all_told() -> None:
    images = [item for name in "gfedcba" for item in versions("1.0", framework=name)]

    assert chosen(images, name_regex=".", latest=True) == (
        "7 images match. [ambiguous] latest compares the versions of one framework, and these are "
        "7: a, b, c, d, e, ...."
    )


def test_spellings_of_one_framework_are_one() -> None:
    images = [
        *versions("2.3"),
        *versions("2.4", framework="torch"),
        *versions("2.5", framework="PYTORCH"),
    ]

    assert chosen(images, name_regex=".", latest=True) == "v2.5"


def test_a_component_first_in_latest_by_lifts_the_one_framework_rule() -> None:
    images = [
        PlatformImage(image_name="tilearn-llm0.9-torch2.3", framework="pytorch"),
        PlatformImage(image_name="tilearn-llm1.0-tf2.4", framework="tensorflow"),
    ]

    assert chosen(images, components={"tilearn-llm": "*"}, latest_by=["tilearn-llm"]) == (
        "tilearn-llm1.0-tf2.4"
    )
    assert chosen(images, name_regex=".", latest_by=["frameworkVersion", "tilearn-llm"]).startswith(
        "2 images match. [ambiguous] latest compares the versions of one framework"
    )


def test_a_component_that_no_candidate_has_does_not_lift_the_one_framework_rule() -> None:
    images = [
        PlatformImage(image_name="torch2.3", framework="pytorch", framework_version="2.3"),
        PlatformImage(image_name="tf2.18", framework="tensorflow", framework_version="2.18"),
    ]

    assert chosen(images, name_regex=".", latest_by=["tilearn-lm", "frameworkVersion"]).startswith(
        "2 images match. [ambiguous] latest compares the versions of one framework"
    )


def test_the_keys_of_latest_by_rank_left_to_right() -> None:
    images = named(
        "tilearn-llm0.9-torch2.3-cuda12.4",
        "tilearn-llm1.0-torch2.1-cuda12.1",
        "tilearn-llm1.0-torch2.1-cuda12.4",
    )

    def newest(*keys: str) -> str:
        return chosen(images, components={"cuda": "*"}, latest_by=list(keys))

    assert newest("tilearn-llm", "cuda") == "tilearn-llm1.0-torch2.1-cuda12.4"
    assert newest("torch", "tilearn-llm") == "tilearn-llm0.9-torch2.3-cuda12.4"


def test_a_missing_key_of_latest_by_ranks_last() -> None:
    images = named("vllm0.9.1-torch2.1", "vllm0.9.1-py38", "torch9.9")

    assert chosen(images, name_regex=".", latest_by=["vllm", "torch"]) == "vllm0.9.1-torch2.1"


def test_a_tie_on_every_key_is_ambiguous() -> None:
    images = named("vllm0.9.1-torch2.1-cpu", "vllm0.9.1-torch2.1-gpu", "vllm0.8-torch2.1")

    assert chosen(images, name_regex=".", latest_by=["vllm", "torch"]) == (
        "2 images tie for latest. [ambiguous] both have the newest version: vllm 0.9.1, "
        "pytorch 2.1."
    )


def test_versions_that_are_the_same_number_tie() -> None:
    assert chosen(versions("2.3", "2.3.0"), framework="torch", latest=True) == (
        "2 images tie for latest. [ambiguous] both have the newest version: frameworkVersion 2.3."
    )


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        (["vllm", "onnx"], "both have the newest version: vllm 0.9.1."),
        (["onnx"], "none has a stable version to compare by onnx."),
        (["vlm"], "none has a stable version to compare by vlm."),
    ],
)
def test_a_tie_tells_by_what_some_version_was_compared_and_what_no_image_has(
    keys: list[str], problem: str
) -> None:
    query = read_query(PlatformImageQuery, {"name_regex": ".", "latest_by": keys})

    with pytest.raises(AmbiguousMatchError) as raised:
        choose_image(named("vllm0.9.1-cpu", "vllm0.9.1-gpu"), query, WHERE)

    unknown = f'`latest_by` "{keys[-1]}" ranks nothing: of 2 images none has this component.'
    assert raised.value.problem == f"{problem} {unknown}"


def test_the_newest_session_image() -> None:
    images = sessions("pytorch-v2.5.1", "pytorch-v2.10.0", "tensorflow-v2.18.0")

    assert chosen(images, **ENGINE, framework="torch", latest=True) == "pytorch-v2.10.0"
    assert chosen(images, **ENGINE, latest=True).startswith("3 images match. [ambiguous] latest")


def test_a_rank_is_a_version_for_each_key() -> None:
    query = question({"name_regex": ".", "latest_by": ["torch", "onnx"]})
    (image,) = named("torch2.3-py38")

    assert [
        (readable, str(version)) for readable, version in rank(image, query, latest_keys(query))
    ] == [
        (True, "2.3"),
        (False, "0"),
    ]
