"""The choosing rule: every sentence of it, and that no order, name or question can surprise."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_tcimages.core.choose import choose_image, narrow_images, rank, sort_images
from pulumi_tcimages.core.criteria import build_tests
from pulumi_tcimages.core.images import Image, PlatformImage, SessionImage
from pulumi_tcimages.core.query import PlatformImagesQuery, latest_keys, read_query
from pulumi_tcimages.errors import AmbiguousMatchError, NoMatchError
from pulumi_tcimages.evidence import Criterion
from tests.core.questions import ENGINE, WHERE, chosen, named, outcome, question, sessions
from tests.core.strategies import (
    COSTLY,
    catalogues,
    lookups,
    platform_criteria,
)


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
    assert (found.looked, found.funnel, found.where) == (
        3,
        (
            (Criterion("device", '"cpu"'), 2),
            (Criterion("components", '"*"', "python"), 2),
            (Criterion("components", '">=2.4"', "pytorch"), 0),
        ),
        WHERE,
    )


def test_an_empty_catalogue_is_no_match() -> None:
    assert chosen([], gpu="A10") == chosen([]) == "no image matches."


def test_several_without_latest_are_ambiguous() -> None:
    images = versions("2.3", "2.4")

    assert chosen(images, framework="torch") == chosen(images) == "2 images match."
    assert chosen(images, framework="torch", latest=False) == "2 images match."


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
        "3 images match, and none has a stable version to compare by frameworkVersion."
    )


def test_latest_of_several_frameworks_is_ambiguous_and_none_counts_as_one() -> None:
    images = [
        *versions("2.3"),
        *versions("2.4", framework="TENSORFLOW"),
        PlatformImage(image_name="x", framework_version="9.9"),
    ]
    query = {"name_regex": ".", "latest": True}

    assert str(outcome(images, query)).startswith(
        "3 images match, of 3 frameworks ((none), pytorch, tensorflow): latest compares\n"
        "the versions of one.\n"
    )


def test_more_than_five_frameworks_are_not_all_told() -> None:
    images = [one for name in "gfedcba" for one in versions("1.0", framework=name)]

    assert chosen(images, name_regex=".", latest=True) == (
        "7 images match, of 7 frameworks (a, b, c, d, e, ...): latest compares the"
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
        "2 images match, of 2 frameworks"
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
        "2 images tie for latest (vllm 0.9.1, pytorch 2.1)."
    )


def test_versions_that_are_the_same_number_tie() -> None:
    assert chosen(versions("2.3", "2.3.0"), framework="torch", latest=True) == (
        "2 images tie for latest (frameworkVersion 2.3)."
    )


def test_a_tie_tells_only_the_keys_that_some_version_was_compared_by() -> None:
    images = named("vllm0.9.1-cpu", "vllm0.9.1-gpu")

    assert chosen(images, name_regex=".", latest_by=["vllm", "onnx"]) == (
        "2 images tie for latest (vllm 0.9.1)."
    )


def test_the_newest_session_image() -> None:
    images = sessions("pytorch-v2.5.1", "pytorch-v2.10.0", "tensorflow-v2.18.0")

    assert chosen(images, **ENGINE, framework="torch", latest=True) == "pytorch-v2.10.0"
    assert chosen(images, **ENGINE, latest=True).startswith("3 images match, of 2 frameworks")


def test_a_rank_is_a_version_for_each_key() -> None:
    query = question({"name_regex": ".", "latest_by": ["torch", "onnx"]})
    (image,) = named("torch2.3-py38")

    assert [
        (readable, str(version)) for readable, version in rank(image, query, latest_keys(query))
    ] == [
        (True, "2.3"),
        (False, "0"),
    ]


# Order.


def test_images_are_sorted_by_framework_version_name_id_each_missing_one_last() -> None:
    expected = [
        PlatformImage(framework="PyTorch", framework_version="2.3", image_name="A", image_id="1"),
        PlatformImage(framework="torch", framework_version="2.3", image_name="a", image_id="2"),
        PlatformImage(framework="pytorch", framework_version="2.3", image_name="b", image_id="1"),
        PlatformImage(framework="pytorch", framework_version="2.3", image_name="b"),
        PlatformImage(framework="pytorch", framework_version="2.3", image_id="0"),
        PlatformImage(framework="pytorch", framework_version="2.3.0", image_name="a"),
        PlatformImage(framework="pytorch", framework_version="2.10", image_name="a"),
        PlatformImage(framework="pytorch", framework_version="nightly", image_name="a"),
        PlatformImage(framework="pytorch", image_name="a"),
        PlatformImage(framework="tensorflow", framework_version="1.15", image_name="a"),
        PlatformImage(framework_version="9.9", image_name="a", description="\ud800"),
        PlatformImage(framework_version="9.9", image_name="a", description="a"),
        PlatformImage(framework_version="9.9", image_name="a", description="b"),
    ]
    for seed in range(20):
        shuffled = random.Random(seed).sample(expected, len(expected))
        assert sort_images(shuffled) == expected


@COSTLY
@given(catalogues, st.randoms(use_true_random=False))
def test_a_list_never_depends_on_the_order_of_the_cloud(
    images: list[PlatformImage], shuffler: random.Random
) -> None:
    shuffled = shuffler.sample(images, len(images))

    assert list(map(repr, sort_images(shuffled))) == list(map(repr, sort_images(images)))


@COSTLY
@given(lookups, st.randoms(use_true_random=False))
def test_an_answer_or_error_never_depends_on_the_order_of_the_cloud(
    lookup: tuple[list[Image], dict[str, Any]], shuffler: random.Random
) -> None:
    images, arguments = lookup
    shuffled = shuffler.sample(images, len(images))

    assert repr(outcome(shuffled, arguments)) == repr(outcome(images, arguments))
    assert str(outcome(shuffled, arguments)) == str(outcome(images, arguments))


# What always holds.


@COSTLY
@given(lookups)
def test_what_is_chosen_satisfies_every_criterion(
    lookup: tuple[list[Image], dict[str, Any]],
) -> None:
    images, arguments = lookup
    found = outcome(images, arguments)

    if isinstance(found, (PlatformImage, SessionImage)):
        assert all(test.holds(found) for test in build_tests(question(arguments).criteria()))
        assert any(found is image for image in images)


@COSTLY
@given(catalogues, platform_criteria, platform_criteria)
def test_another_criterion_never_adds_an_image(
    images: list[PlatformImage], some: dict[str, Any], more: dict[str, Any]
) -> None:
    def left(arguments: dict[str, Any]) -> set[int]:
        return {id(image) for image in narrow_images(images, question(arguments)).left}

    assert left({**more, **some}) <= left(some)


@COSTLY
@given(lookups)
def test_the_counts_of_the_funnel_add_up(lookup: tuple[list[Image], dict[str, Any]]) -> None:
    images, arguments = lookup
    tests = build_tests(question(arguments).criteria())
    funnel = narrow_images(images, question(arguments))
    counts = [funnel.looked, *(count for _, count in funnel.steps)]

    assert funnel.looked == len(images)
    assert all(before >= after for before, after in pairwise(counts))
    assert counts[-1] == len(funnel.left)
    for upto, (criterion, count) in enumerate(funnel.steps, start=1):
        assert criterion == tests[upto - 1].criterion
        assert count == sum(all(test.holds(one) for test in tests[:upto]) for one in images)


@COSTLY
@given(lookups)
def test_an_error_tells_the_truth_and_can_be_printed(
    lookup: tuple[list[Image], dict[str, Any]],
) -> None:
    images, arguments = lookup
    found = outcome(images, arguments)

    if isinstance(found, NoMatchError):
        assert (found.looked, found.funnel[-1:] and found.funnel[-1][1]) in (
            (len(images), 0),
            (0, ()),
        )
        found.text().encode()
    elif isinstance(found, AmbiguousMatchError):
        matched = narrow_images(images, question(arguments)).left
        assert (found.looked, found.matched) == (len(images), len(matched))
        assert 2 <= len(found.candidates) <= found.matched
        found.text().encode()
