"""Suggest near misses, changes and a `tcimages` command for a query that matches no image.

Each change is tested on all listed images.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from packaging.version import Version

from pulumi_tcimages.core.criteria import (
    Predicate,
    find_unmet,
    keep_all,
    list_arguments,
    predicates_of,
)
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery, latest_keys
from pulumi_tcimages.core.suggestions.ambiguous import Decide
from pulumi_tcimages.core.suggestions.changes import (
    Failure,
    describe_choice,
    describe_count,
    hint_changes,
)
from pulumi_tcimages.core.suggestions.corrections import correct_query, describe_known_values
from pulumi_tcimages.core.versions import Range, read_version
from pulumi_tcimages.diagnostics import NOTHING, Criterion, EmptyResultReason, Hint, Listing, Miss
from pulumi_tcimages.naming import command_name

_SHOWN = 3


class NoMatchHints(NamedTuple):
    """The suggestions in a NoMatchError."""

    nearest: tuple[Miss, ...]
    hints: tuple[Hint, ...]
    listing: Listing
    note: str
    """A clause about a criterion that no image satisfies, such as "no image has this `device`;
    there are cpu and gpu".
    """


def build_no_match_hints(
    images: Sequence[Image], query: BaseQuery, region: str, decide: Decide
) -> NoMatchHints:
    """Find the nearest images, and changes to the query after which images match.

    Args:
        region: the region of the images. The suggested command contains it, because `tcimages` does
            not read the stack's configuration.
        decide: returns the image that a changed query with `latest` selects.
    """
    predicates = predicates_of(query)
    failures = _nearest_first(images, predicates)
    is_id = any(
        query.field_of(predicate.criterion.argument) == query.image.id_field
        for predicate in find_unmet(images, predicates)
    )
    nearest = (
        ()
        if is_id
        else tuple(  # A similar id is not a near miss, because ids are random.
            Miss(image.label or image.identifier or "(no name)", _found_instead(image, failed))
            for image, failed in failures[:_SHOWN]
        )
    )
    corrected = _hint_correction(images, query, decide)
    hints = [corrected] if corrected else hint_changes(images, query, failures, decide)
    note = "" if corrected else describe_known_values(images, query)
    listing = _choose_listing(images, query, predicates, region)
    return NoMatchHints(nearest, tuple(hints), listing, note)


def find_empty_result_reason(images: Sequence[Image], query: BaseQuery) -> EmptyResultReason | None:
    """Return the probable reason why no image matches, or None.

    The reason is an empty listing, or a criterion that no image satisfies.
    """
    predicates = predicates_of(query)
    unmet = find_unmet(images, predicates)
    if images and not unmet:
        return None
    criteria = tuple(predicate.criterion for predicate in unmet)
    meant = _hint_correction(images, query)
    return EmptyResultReason(len(images), criteria, meant, query.sent_names())


def find_failures(image: Image, query: BaseQuery) -> tuple[tuple[Criterion, str], ...]:
    """Return the criteria that an image does not satisfy, each with the image's own value."""
    return _found_instead(image, _failed(image, predicates_of(query)))


def _failed(image: Image, predicates: Sequence[Predicate]) -> list[Predicate]:
    return [predicate for predicate in predicates if not predicate.matches(image)]


def _found_instead(image: Image, failed: Sequence[Predicate]) -> tuple[tuple[Criterion, str], ...]:
    return tuple((predicate.criterion, predicate.found(image)) for predicate in failed)


def _nearest_first(images: Sequence[Image], predicates: Sequence[Predicate]) -> list[Failure]:
    """Return all images with the criteria that they fail, nearest image first."""
    distance = _distances(images, predicates)
    place = {predicate.criterion: number for number, predicate in enumerate(predicates)}

    def farness(failure: Failure) -> tuple[int, int, float]:
        image, failed = failure
        # Prefer images that fail few criteria, and among those, images that satisfy the first
        # criteria of the query.
        first = place[failed[0].criterion]
        return len(failed), -first, sum(distance(image, predicate) for predicate in failed)

    return sorted(((image, _failed(image, predicates)) for image in images), key=farness)


def _hint_correction(
    images: Sequence[Image], query: BaseQuery, decide: Decide | None = None
) -> Hint | None:
    """Return a hint with spelling corrections if the corrected query matches an image."""
    corrected = correct_query(images, query)
    if corrected is None:
        return None
    predicates = predicates_of(corrected.query)
    left = len(keep_all(images, predicates))
    if not left:
        return None
    chosen = decide(images, corrected.query) if decide and latest_keys(query) else None
    leads_to = describe_choice(left, chosen) if chosen else describe_count(left)
    return Hint(corrected.criteria, leads_to, corrected.instead_of)


def _distances(
    images: Sequence[Image], predicates: Sequence[Predicate]
) -> Callable[[Image, Predicate], float]:
    """Return a function that measures the distance of an image from a criterion.

    The distance is a number from 0 to 1. For a range, it is the share of all listed versions that
    lie between the image's version and the range. For a string, it is the dissimilarity. An image
    without a value has the distance 2.
    """
    ladders: dict[Criterion, dict[Version, int]] = {}
    for predicate in predicates:
        if isinstance(predicate.value, Range):
            versions = {read_version(predicate.found(image)) for image in images}
            rungs = sorted({predicate.value.target(), *filter(None, versions)})
            ladders[predicate.criterion] = {version: rung for rung, version in enumerate(rungs)}

    def distance(image: Image, predicate: Predicate) -> float:
        actual = predicate.found(image)
        version = read_version(actual)
        if isinstance(predicate.value, Range) and version is not None:
            ladder = ladders[predicate.criterion]
            return abs(ladder[version] - ladder[predicate.value.target()]) / len(ladder)
        if actual == NOTHING:
            return 2
        if not isinstance(predicate.value, str):
            return 1
        return unlike(predicate.value.lower(), actual.strip('"').lower())

    @cache
    def unlike(value: str, actual: str) -> float:
        return 1 - difflib.SequenceMatcher(None, value, actual).ratio()

    return distance


def _choose_listing(
    images: Sequence[Image], query: BaseQuery, predicates: Sequence[Predicate], region: str
) -> Listing:
    """Build a list command without the criteria after which no image is left."""
    left, helpful = list(images), []
    for predicate in predicates:
        left = predicate.filter(left)
        if not left:
            break
        helpful.append(predicate.criterion)
    return build_listing(query, helpful, region)


def build_listing(query: BaseQuery, criteria: Iterable[Criterion], region: str) -> Listing:
    """Build the list command for a query, with only the criteria in `criteria`."""
    first = query.required_names()[:1]
    sent = [
        criterion
        for criterion in list_arguments(query)
        if criterion.argument in query.api_arguments
    ]
    return Listing(
        command_name(query.source_name),
        region,
        tuple(str(getattr(query, name)) for name in first),
        tuple(criterion for criterion in sent if criterion.argument not in first),
        tuple(criteria),
    )
