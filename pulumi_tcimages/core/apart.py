"""What tells images apart: where several match, the arguments that would have chosen one of them.

Only made when a lookup is ambiguous. Every hint has been tried on the candidates before it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, combinations
from typing import Any

from pulumi_tcimages.core.criteria import Test, build_tests, supported_gpus
from pulumi_tcimages.core.images import Image, PlatformImage, framework_of
from pulumi_tcimages.core.query import ABSENT, PRESENT, AnyQuery, latest_keys
from pulumi_tcimages.core.versions import read_range, read_version
from pulumi_tcimages.errors import Criterion, Hint

Pick = Callable[[Sequence[Any], AnyQuery], object]
"""The rule that could not decide between all: an image where it can decide between fewer."""

_EASY = ("latest", "framework", "device", "framework_version", "components")
_HINTS = 3
_TRIED = 10
_PAIRS_UP_TO = 40
"""Above so many candidates, pairs of criteria are not tried: it would take long and read badly."""


def differing(images: Sequence[Image]) -> tuple[str, ...]:
    """The arguments, as paths, that some of the images satisfy and others do not; ids aside."""
    paths: dict[str, None] = {}
    for image in images[:_PAIRS_UP_TO]:
        for test in _traits(image, images):
            if not all(test.holds(one) for one in images):
                paths[test.criterion.path] = None
    return tuple(paths)


def build_ambiguous_hints(tied: Sequence[Image], query: AnyQuery, pick: Pick) -> tuple[Hint, ...]:
    """Up to three ways to ask that choose one of the tied images, the shortest first."""
    hints: dict[str, Hint] = {}
    if "latest" in type(query).model_fields and not latest_keys(query):
        newest = pick(tied, query.model_copy(update={"latest": True}))
        if isinstance(newest, type(tied[0])):
            hints[_name(newest)] = Hint((Criterion("latest", "true"),), _name(newest))
    for image in tied[:_TRIED]:
        found = _single_out(image, tied, query, pick)
        if found:
            hints.setdefault(found.leads_to, found)
    return tuple(sorted(hints.values(), key=_ease)[:_HINTS])


def _ease(hint: Hint) -> tuple[bool, int, int]:
    """How readily people would add it: anything before names and ids, and few before many."""
    first = hint.criteria[0].argument
    known = first in _EASY
    return not known, len(hint.criteria), _EASY.index(first) if known else 0


def _single_out(image: Image, tied: Sequence[Image], query: AnyQuery, pick: Pick) -> Hint | None:
    """The fewest criteria, preferably on arguments not used yet, that choose this image."""
    traits = [test for test in _traits(image, tied) if not all(map(test.holds, tied))]
    traits.sort(key=lambda test: getattr(query, test.criterion.argument) is not None)
    pairs = combinations(traits, 2) if len(tied) <= _PAIRS_UP_TO else ()
    ones: Iterator[tuple[Test, ...]] = ((test,) for test in traits)
    identity = ((test,) for test in _identity(image))
    for tests in chain(ones, pairs, identity):
        left = [one for one in tied if all(test.holds(one) for test in tests)]
        if left and pick(left, query) is image:
            return Hint(tuple(test.criterion for test in tests), _name(image))
    return None


def _traits(image: Image, others: Sequence[Image]) -> list[Test]:
    """What is true of an image, as criteria; the ones people think of first come first."""
    criteria: list[tuple[str, Any]] = []
    if isinstance(image, PlatformImage):
        criteria += [("device", image.device)]
    criteria += [("framework", framework_of(image))]
    if read_version(image.framework_version):
        criteria += [("framework_version", read_range(f"=={image.framework_version}"))]
    if isinstance(image, PlatformImage):
        criteria += _platform_traits(image, others)
    return list(
        chain.from_iterable(
            build_tests({name: value}) for name, value in criteria if value is not None
        )
    )


def _platform_traits(image: PlatformImage, others: Sequence[Image]) -> Iterator[tuple[str, Any]]:
    for name in sorted({name for one in others for name in one.components}):
        version = image.components.get(name)
        yield "components", {name: ABSENT if version is None else PRESENT}
        if read_version(version):
            yield "components", {name: read_range(f"=={version}")}
    for one in image.image_range:
        yield "image_range", one
    yield "support_data_pipeline", image.support_data_pipeline
    yield "allow_save_all_content", image.allow_save_all_content
    yield "support_distributed_deploy", image.support_distributed_deploy
    for key, values in image.attributes.items():
        for value in values:
            yield "attributes", {key: value}
    for gpu in supported_gpus(image):
        yield "gpu", gpu
    yield "image_type", image.image_type


def _identity(image: Image) -> list[Test]:
    if isinstance(image, PlatformImage):
        wanted = {"image_name": image.image_name, "image_id": image.image_id}
    else:
        wanted = {"spark_image_id": image.spark_image_id}
    return build_tests({name: value for name, value in wanted.items() if value is not None})


def _name(image: Image) -> str:
    return image.name or image.id or "(no name)"
