"""Properties of the selection that hold for any catalogue, in any order."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pulumi_tcimages.core.criteria import predicates_of
from pulumi_tcimages.core.image_order import sort_images
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.selection import filter_images
from pulumi_tcimages.errors import AmbiguousMatchError, NoMatchError
from pulumi_tcimages.sources.platform_images import PlatformImage
from pulumi_tcimages.sources.session_images import SessionImage
from tests.core.queries import build_query, outcome
from tests.core.strategies import (
    SLOW_EXAMPLES,
    catalogues,
    lookups,
    platform_criteria,
)


def test_images_are_sorted_and_missing_values_come_last() -> None:
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


@SLOW_EXAMPLES
@given(catalogues, st.randoms(use_true_random=False))
def test_list_does_not_depend_on_catalogue_order(
    images: list[PlatformImage], randomizer: random.Random
) -> None:
    shuffled = randomizer.sample(images, len(images))

    assert list(map(repr, sort_images(shuffled))) == list(map(repr, sort_images(images)))


@SLOW_EXAMPLES
@given(lookups, st.randoms(use_true_random=False))
def test_result_does_not_depend_on_catalogue_order(
    lookup: tuple[list[Image], dict[str, Any]], randomizer: random.Random
) -> None:
    images, arguments = lookup
    shuffled = randomizer.sample(images, len(images))

    assert repr(outcome(shuffled, arguments)) == repr(outcome(images, arguments))
    assert str(outcome(shuffled, arguments)) == str(outcome(images, arguments))


@SLOW_EXAMPLES
@given(lookups)
def test_chosen_image_matches_every_criterion(
    lookup: tuple[list[Image], dict[str, Any]],
) -> None:
    images, arguments = lookup
    result = outcome(images, arguments)

    if isinstance(result, (PlatformImage, SessionImage)):
        assert all(predicate.matches(result) for predicate in predicates_of(build_query(arguments)))
        assert any(result is image for image in images)


@SLOW_EXAMPLES
@given(catalogues, platform_criteria, platform_criteria)
def test_additional_criterion_never_adds_an_image(
    images: list[PlatformImage], criteria: dict[str, Any], more_criteria: dict[str, Any]
) -> None:
    def matching_ids(arguments: dict[str, Any]) -> set[int]:
        return {id(image) for image in filter_images(images, build_query(arguments)).left}

    assert matching_ids({**more_criteria, **criteria}) <= matching_ids(criteria)


@SLOW_EXAMPLES
@given(lookups)
def test_filter_counts_match_the_criteria(lookup: tuple[list[Image], dict[str, Any]]) -> None:
    images, arguments = lookup
    predicates = predicates_of(build_query(arguments))
    filtered = filter_images(images, build_query(arguments))
    counts = [filtered.listed_count, *(count for _, count in filtered.steps)]

    assert filtered.listed_count == len(images)
    assert all(before >= after for before, after in pairwise(counts))
    assert counts[-1] == len(filtered.left)
    for length, (criterion, count) in enumerate(filtered.steps, start=1):
        assert criterion == predicates[length - 1].criterion
        assert count == sum(
            all(predicate.matches(image) for predicate in predicates[:length]) for image in images
        )


@SLOW_EXAMPLES
@given(lookups)
def test_error_counts_are_correct_and_text_is_encodable(
    lookup: tuple[list[Image], dict[str, Any]],
) -> None:
    images, arguments = lookup
    result = outcome(images, arguments)

    if isinstance(result, NoMatchError):
        assert (result.listed_count, result.funnel[-1:] and result.funnel[-1][1]) in (
            (len(images), 0),
            (0, ()),
        )
        result.text().encode()
    elif isinstance(result, AmbiguousMatchError):
        matched = filter_images(images, build_query(arguments)).left
        assert (result.listed_count, result.matched) == (len(images), len(matched))
        assert 2 <= len(result.candidates) <= result.matched
        result.text().encode()
