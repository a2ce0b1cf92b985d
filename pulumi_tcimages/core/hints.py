"""What helps when nothing matches: near misses, changes that were tried, a list to look at.

Only made when a lookup fails. Every hint has been tried on the catalogue before it is given.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from pulumi_tcimages.core.criteria import NOTHING, Test, build_tests, wanted_text
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import AnyQuery, PlatformImagesQuery
from pulumi_tcimages.core.versions import Range, read_range, read_version
from pulumi_tcimages.errors import Criterion, Hint, Miss
from pulumi_tcimages.layout import count_of

_SHOWN = 3


class NoMatchHints(NamedTuple):
    """What to say when nothing matches."""

    nearest: tuple[Miss, ...]
    hints: tuple[Hint, ...]
    listing: str


def build_no_match_hints(images: Sequence[Image], query: AnyQuery) -> NoMatchHints:
    """The images that failed the fewest criteria, and changes of one criterion that help."""
    tests = build_tests(query.criteria())
    failures = [(image, [test for test in tests if not test.holds(image)]) for image in images]
    distance = _distances(images, tests)
    failures.sort(key=lambda one: (len(one[1]), sum(distance(one[0], test) for test in one[1])))
    nearest = tuple(
        Miss(
            image.name or image.id or "(no name)",
            tuple((test.criterion, test.found(image)) for test in failed),
        )
        for image, failed in failures[:_SHOWN]
    )
    single = [(image, failed[0]) for image, failed in failures if len(failed) == 1]
    hints = dict.fromkeys(_hint(image, test, tests, images) for image, test in single[:20])
    return NoMatchHints(nearest, tuple(hints)[:2], _listing(images, query, tests))


def _distances(images: Sequence[Image], tests: Sequence[Test]) -> Callable[[Image, Test], float]:
    """How far an image is from a test: for a range, how many listed versions lie between."""
    ladders = {}
    for test in tests:
        if isinstance(test.value, Range):
            found = {read_version(test.found(image)) for image in images} - {None}
            ladders[test.criterion] = sorted({*found, test.value.target()})  # type: ignore[type-var]

    def distance(image: Image, test: Test) -> float:
        version = read_version(test.found(image))
        if isinstance(test.value, Range) and version is not None:
            ladder = ladders[test.criterion]
            return abs(ladder.index(version) - ladder.index(test.value.target())) / len(ladder)
        return 2 if test.found(image) == NOTHING else 1

    return distance


def _hint(image: Image, failed: Test, tests: Sequence[Test], images: Sequence[Image]) -> Hint:
    """The failed criterion changed to what this image has, or left out, and what that leaves."""
    instead = _instead(image, failed)
    others = [test for test in tests if test is not failed] + instead
    left = sum(all(test.holds(one) for test in others) for one in images)
    argument, _, key = failed.criterion
    changed = instead[0].criterion if instead else Criterion(argument, "", key)
    return Hint((changed,), f"leaves {count_of(left, 'image')}")


def _instead(image: Image, failed: Test) -> list[Test]:
    argument, _, key = failed.criterion
    found = failed.found(image)
    value: Any = None
    if isinstance(failed.value, Range):
        version = read_version(found)
        if version is not None:
            value = read_range(
                f"{'>=' if version < failed.value.target() else '<='}{version.public}"
            )
    elif isinstance(failed.value, bool):
        value = None if found == NOTHING else not failed.value
    elif argument in ("framework", "image_type", "device"):
        value = getattr(image, argument)
    changed = build_tests({argument: {key: value} if key else value} if value is not None else {})
    return [test for test in changed if test.holds(image)]


def _listing(images: Sequence[Image], query: AnyQuery, tests: Sequence[Test]) -> str:
    """The shell command for as many of the criteria, in their order, as leave something."""
    left, kept = list(images), []
    for test in tests:
        left = [image for image in left if test.holds(image)]
        if not left:
            break
        kept.append(test)
    return build_command(query, kept)


def build_command(query: AnyQuery, tests: Sequence[Test]) -> str:
    """The shell command that lists what these criteria leave."""
    if isinstance(query, PlatformImagesQuery):
        words = ["tcimages", "platform-images"]
        if query.ti_project_id:
            words += ["--ti-project-id", query.ti_project_id]
        for one in query.filters or ():
            words += ["--filters", wanted_text([one])[1:-1]]
    else:
        words = ["tcimages", "session-images", query.data_engine_id]
        words += ["--framework-type", query.framework_type]
    if query.region:
        words += ["--region", query.region]
    return shlex.join(chain(words, *(_flags(test) for test in tests)))


def _flags(test: Test) -> list[str]:
    argument, _, key = test.criterion
    flag = argument.replace("_", "-")
    if isinstance(test.value, bool):
        return [f"--{flag}" if test.value else f"--no-{flag}"]
    text = test.value if isinstance(test.value, str) else test.value.text
    if not key:
        return [f"--{flag}", text]
    return [f"--{flag}", f"{key}{text}" if isinstance(test.value, Range) else f"{key}={text}"]
