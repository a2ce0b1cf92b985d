"""Suggest near misses, changes to the query and a list command for a query without matches.

This runs only after a failed lookup. Every change is tested against the catalogue.
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
    """The suggestions of a NoMatchError."""

    nearest: tuple[Miss, ...]
    hints: tuple[Hint, ...]
    listing: Listing
    note: str
    """A remark about a criterion that no image satisfies, for instance the available values."""


def build_no_match_hints(
    images: Sequence[Image], query: BaseQuery, region: str, decide: Decide
) -> NoMatchHints:
    """Find the images that fail the fewest criteria, and changes of one criterion that help.

    Args:
        region: the listing's region. The suggested command states it, because a command in a shell
            does not read the stack's configuration.
        decide: applies a changed query to the catalogue, to find out what `latest` would choose.
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
        else tuple(  # Ids are opaque, so a similar id is no near miss.
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
    """Return the probable reason for an empty list, or None.

    There is a reason if the catalogue is empty, or if no image satisfies one of the criteria.
    """
    predicates = predicates_of(query)
    unmet = find_unmet(images, predicates)
    if images and not unmet:
        return None
    criteria = tuple(predicate.criterion for predicate in unmet)
    meant = _hint_correction(images, query)
    return EmptyResultReason(len(images), criteria, meant, query.sent_names())


def find_failures(image: Image, query: BaseQuery) -> tuple[tuple[Criterion, str], ...]:
    """Return the criteria that an image fails, each with the image's actual value."""
    return _found_instead(image, _failed(image, predicates_of(query)))


def _failed(image: Image, predicates: Sequence[Predicate]) -> list[Predicate]:
    return [predicate for predicate in predicates if not predicate.matches(image)]


def _found_instead(image: Image, failed: Sequence[Predicate]) -> tuple[tuple[Criterion, str], ...]:
    return tuple((predicate.criterion, predicate.found(image)) for predicate in failed)


def _nearest_first(images: Sequence[Image], predicates: Sequence[Predicate]) -> list[Failure]:
    """Return the images with their failed criteria, nearest image first."""
    distance = _distances(images, predicates)
    place = {predicate.criterion: number for number, predicate in enumerate(predicates)}

    def farness(failure: Failure) -> tuple[int, int, float]:
        image, failed = failure
        # If two images fail the same number of criteria, the one whose first failed criterion comes
        # later in the query is nearer.
        first = place[failed[0].criterion]
        return len(failed), -first, sum(distance(image, predicate) for predicate in failed)

    return sorted(((image, _failed(image, predicates)) for image in images), key=farness)


def _hint_correction(
    images: Sequence[Image], query: BaseQuery, decide: Decide | None = None
) -> Hint | None:
    """Return the query's spelling corrections if the corrected query matches any image."""
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
    """Return a function that measures how far an image is from satisfying a criterion.

    The distance is from 0 to 1. For a range, it is the share of listed versions between the image's
    version and the range. For a string, it is the dissimilarity. An image without a value has
    distance 2.
    """
    ladders: dict[Criterion, dict[Version, int]] = {}
    for predicate in predicates:
        if isinstance(predicate.value, Range):
            found = {read_version(predicate.found(image)) for image in images}
            rungs = sorted({predicate.value.target(), *filter(None, found)})
            ladders[predicate.criterion] = {version: rung for rung, version in enumerate(rungs)}

    def distance(image: Image, predicate: Predicate) -> float:
        found = predicate.found(image)
        version = read_version(found)
        if isinstance(predicate.value, Range) and version is not None:
            ladder = ladders[predicate.criterion]
            return abs(ladder[version] - ladder[predicate.value.target()]) / len(ladder)
        if found == NOTHING:
            return 2
        if not isinstance(predicate.value, str):
            return 1
        return unlike(predicate.value.lower(), found.strip('"').lower())

    @cache
    def unlike(value: str, found: str) -> float:
        return 1 - difflib.SequenceMatcher(None, value, found).ratio()

    return distance


def _choose_listing(
    images: Sequence[Image], query: BaseQuery, predicates: Sequence[Predicate], region: str
) -> Listing:
    """Build a list command with all criteria before the first one that leaves no image."""
    left, helpful = list(images), []
    for predicate in predicates:
        left = predicate.filter(left)
        if not left:
            break
        helpful.append(predicate.criterion)
    return build_listing(query, helpful, region)


def build_listing(query: BaseQuery, criteria: Iterable[Criterion], region: str) -> Listing:
    """Build the list command for a query with some of its criteria."""
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
