"""What helps when nothing matches: near misses, changes that were tried, a list to look at.

Only made when a lookup fails. Every hint has been tried on the catalogue before it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from packaging.version import Version

from pulumi_tcimages.core.allowed import is_word
from pulumi_tcimages.core.criteria import NOTHING, Test, build_tests, find_unmet, wanted_text
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.meant import find_meant
from pulumi_tcimages.core.query import AnyQuery, PlatformImagesQuery
from pulumi_tcimages.core.versions import Range, read_version
from pulumi_tcimages.evidence import Criterion, Emptiness, Hint, Miss
from pulumi_tcimages.layout import count_of, shell_word

_SHOWN = 3
_HINTS = 2
_TRIED = 20


class NoMatchHints(NamedTuple):
    """What to say when nothing matches."""

    nearest: tuple[Miss, ...]
    hints: tuple[Hint, ...]
    listing: str


def build_no_match_hints(images: Sequence[Image], query: AnyQuery) -> NoMatchHints:
    """The images that failed the fewest criteria, and changes of one criterion that help."""
    tests = build_tests(query.criteria())
    meant = _meant(images, query)
    failures = [(image, [test for test in tests if not test.holds(image)]) for image in images]
    distance = _distances(images, tests)
    place = {test.criterion: number for number, test in enumerate(tests)}
    failures.sort(
        key=lambda one: (
            len(one[1]),
            -place[one[1][0].criterion],  # the one that came furthest is the nearest
            sum(distance(one[0], test) for test in one[1]),
        )
    )
    nearest = tuple(
        Miss(
            image.name or image.id or "(no name)",
            tuple((test.criterion, test.found(image)) for test in failed),
        )
        for image, failed in failures[:_SHOWN]
    )
    single = [(image, failed[0]) for image, failed in failures if len(failed) == 1]
    is_alone = len(tests) == 1
    unmet = find_unmet(images, tests)
    hints = (
        _hint(
            image,
            test,
            [one for one, its in single if its is test],
            is_alone=is_alone,
            is_unmet=test in unmet,
        )
        for image, test in single[:_TRIED]
    )
    found = [meant] if meant else list(dict.fromkeys(hint for hint in hints if hint))
    return NoMatchHints(nearest, tuple(found[:_HINTS]), _listing(images, query, tests))


def find_emptiness(images: Sequence[Image], query: AnyQuery) -> Emptiness | None:
    """Why a list that came out empty may be a mistake, or None where it is an answer like any.

    A mistake: none is listed at all, or a criterion is one that no image satisfies by itself.
    """
    tests = build_tests(query.criteria())
    unmet = find_unmet(images, tests)
    if images and not unmet:
        return None
    return Emptiness(len(images), tuple(test.criterion for test in unmet), _meant(images, query))


def find_failures(image: Image, query: AnyQuery) -> tuple[tuple[Criterion, str], ...]:
    """The criteria that an image fails, and what it has instead."""
    return tuple(
        (test.criterion, test.found(image))
        for test in build_tests(query.criteria())
        if not test.holds(image)
    )


def _meant(images: Sequence[Image], query: AnyQuery) -> Hint | None:
    """The question with its misspellings corrected, where that leaves something."""
    meant = find_meant(images, query)
    if meant is None:
        return None
    tests = build_tests(meant.query.criteria())
    left = sum(all(test.holds(image) for test in tests) for image in images)
    leads_to = f"leaves {count_of(left, 'image')}"
    return Hint(meant.criteria, leads_to, meant.instead_of) if left else None


def _distances(images: Sequence[Image], tests: Sequence[Test]) -> Callable[[Image, Test], float]:
    """How far an image is from a test, from 0 to 1, and 2 where it has nothing to compare.

    For a range, how many of the listed versions lie between; for a text, how unlike it is.
    """
    ladders: dict[Criterion, dict[Version, int]] = {}
    for test in tests:
        if isinstance(test.value, Range):
            found = {read_version(test.found(image)) for image in images}
            rungs = sorted({test.value.target(), *filter(None, found)})
            ladders[test.criterion] = {version: rung for rung, version in enumerate(rungs)}

    def distance(image: Image, test: Test) -> float:
        version = read_version(test.found(image))
        if isinstance(test.value, Range) and version is not None:
            ladder = ladders[test.criterion]
            return abs(ladder[version] - ladder[test.value.target()]) / len(ladder)
        found = test.found(image)
        if found == NOTHING or not isinstance(test.value, str):
            return 2 if found == NOTHING else 1
        return unlike(test.value.lower(), found.strip('"').lower())

    @cache
    def unlike(wanted: str, found: str) -> float:
        return 1 - SequenceMatcher(None, wanted, found).ratio()

    return distance


def _hint(
    image: Image, failed: Test, alike: Sequence[Image], *, is_alone: bool, is_unmet: bool
) -> Hint | None:
    """The failed criterion changed to what this image has, or left out, and what that leaves.

    Args:
        alike: the images that fail this criterion and no other.
        is_alone: whether there is no other; leaving out all that was asked is no advice.
        is_unmet: whether every image fails it; what is like it has been looked for then.
    """
    is_unlike = is_unmet and failed.criterion.argument == "framework"
    instead = None if is_unlike else _instead(image, failed)
    if instead:
        left = sum(map(instead.holds, alike))
        return Hint((instead.criterion,), f"leaves {count_of(left, 'image')}")
    argument, _, key = failed.criterion
    without = Hint((Criterion(argument, "", key),), f"leaves {count_of(len(alike), 'image')}")
    return None if is_alone else without


def _instead(image: Image, failed: Test) -> Test | None:
    """The criterion as this image would satisfy it, where there is such a thing to ask."""
    argument, _, key = failed.criterion
    found = failed.found(image)
    value: Any = None
    if isinstance(failed.value, Range):
        version = read_version(found)
        value = failed.value.widened(version) if version else None
    elif isinstance(failed.value, bool):
        value = None if found == NOTHING else not failed.value
    elif argument in ("framework", "image_type", "device"):
        text = getattr(image, argument)
        value = text if text and is_word(text) else None
    if value is None:
        return None
    return build_tests({argument: {key: value} if key else value})[0]


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
    return " ".join(map(shell_word, chain(words, *(_flags(test) for test in tests))))


def _flags(test: Test) -> list[str]:
    argument, _, key = test.criterion
    flag = argument.replace("_", "-")
    if isinstance(test.value, bool):
        return [f"--{flag}" if test.value else f"--no-{flag}"]
    text = test.value if isinstance(test.value, str) else test.value.text
    if not key:
        return [f"--{flag}", text]
    return [f"--{flag}", f"{key}{text}" if isinstance(test.value, Range) else f"{key}={text}"]
