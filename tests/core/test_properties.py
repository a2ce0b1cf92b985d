"""What always holds when images are chosen, in whatever order the cloud lists them."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pulumi_tcimages.core.criteria import predicates_of
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.selection import narrow_images, sort_images
from pulumi_tcimages.errors import AmbiguousMatchError, NoMatchError
from pulumi_tcimages.sources.platform_images import PlatformImage
from pulumi_tcimages.sources.session_images import SessionImage
from tests.core.queries import outcome, question
from tests.core.strategies import (
    COSTLY,
    catalogues,
    lookups,
    platform_criteria,
)


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


@COSTLY
@given(lookups)
def test_what_is_chosen_satisfies_every_criterion(
    lookup: tuple[list[Image], dict[str, Any]],
) -> None:
    images, arguments = lookup
    found = outcome(images, arguments)

    if isinstance(found, (PlatformImage, SessionImage)):
        assert all(predicate.matches(found) for predicate in predicates_of(question(arguments)))
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
    tests = predicates_of(question(arguments))
    funnel = narrow_images(images, question(arguments))
    counts = [funnel.listed_count, *(count for _, count in funnel.steps)]

    assert funnel.listed_count == len(images)
    assert all(before >= after for before, after in pairwise(counts))
    assert counts[-1] == len(funnel.left)
    for upto, (criterion, count) in enumerate(funnel.steps, start=1):
        assert criterion == tests[upto - 1].criterion
        assert count == sum(
            all(predicate.matches(image) for predicate in tests[:upto]) for image in images
        )


@COSTLY
@given(lookups)
def test_an_error_tells_the_truth_and_can_be_printed(
    lookup: tuple[list[Image], dict[str, Any]],
) -> None:
    images, arguments = lookup
    found = outcome(images, arguments)

    if isinstance(found, NoMatchError):
        assert (found.listed_count, found.funnel[-1:] and found.funnel[-1][1]) in (
            (len(images), 0),
            (0, ()),
        )
        found.text().encode()
    elif isinstance(found, AmbiguousMatchError):
        matched = narrow_images(images, question(arguments)).left
        assert (found.listed_count, found.matched) == (len(images), len(matched))
        assert 2 <= len(found.candidates) <= found.matched
        found.text().encode()
