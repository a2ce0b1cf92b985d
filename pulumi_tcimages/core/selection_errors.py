"""Build the errors for lookups that select no image, with suggestions.

`core.selection` imports this module only when a lookup fails.
"""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_tcimages.core.criteria import list_arguments
from pulumi_tcimages.core.image_order import sort_images
from pulumi_tcimages.core.images import Image, ImageT
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.core.selection import Steps, Undecided, decide
from pulumi_tcimages.core.suggestions.ambiguous import (
    build_ambiguous_hints,
    differing,
    measure_plainness,
)
from pulumi_tcimages.core.suggestions.corrections import describe_unknown_keys
from pulumi_tcimages.core.suggestions.no_match import build_no_match_hints
from pulumi_tcimages.core.unreadable import warn_of_unread
from pulumi_tcimages.diagnostics import Candidate, Unread, Where
from pulumi_tcimages.errors import AmbiguousMatchError, NoMatchError


def build_no_match(
    images: Sequence[Image],
    query: BaseQuery,
    where: Where,
    steps: Steps,
    unread: Sequence[Unread],
) -> NoMatchError:
    hints = build_no_match_hints(sort_images(images), query, where.region, decide)
    return NoMatchError(
        arguments=list_arguments(query),
        where=where,
        listed_count=len(images),
        funnel=steps,
        warnings=warn_of_unread(unread),
        nearest=hints.nearest,
        hints=hints.hints,
        listing=hints.listing,
        note=hints.note,
        sent=query.sent_names(),
    )


def build_ambiguous(
    images: Sequence[ImageT],
    query: BaseQuery,
    where: Where,
    undecided: Undecided[ImageT],
    matched: int,
    unread: Sequence[Unread],
) -> AmbiguousMatchError:
    """Build the error for a query that several images satisfy.

    Args:
        matched: the number of images that satisfy all criteria, including those that are not tied.
    """
    tied = tuple(sorted(sort_images(undecided.tied), key=measure_plainness))
    return AmbiguousMatchError(
        " ".join(filter(None, [undecided.problem, *describe_unknown_keys(images, query)])),
        is_tie=undecided.is_tie,
        arguments=list_arguments(query),
        where=where,
        listed_count=len(images),
        matched=matched,
        warnings=warn_of_unread(unread),
        candidates=[_build_candidate(image) for image in tied],
        differ=differing(query, tied),
        hints=build_ambiguous_hints(images, tied, query, decide),
    )


def _build_candidate(image: Image) -> Candidate:
    return Candidate(image.identifier, image.label or "(no name)", image.compared_version or "-")
