"""The use cases: list images, find one, explain a lookup, resolve a pin.

    arguments -> core.query (checked, nothing sent) -> cloud.client (listed, once for many lookups)
              -> core.selection (narrowed, sorted, chosen) -> an answer or an error

This module does not know its caller, which may be the provider or the command.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from pulumi_tcimages.core.criteria import wanted_text
from pulumi_tcimages.core.images import Image, to_properties
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.core.selection import Funnel, choose_image, narrow_images
from pulumi_tcimages.core.suggestions.no_match import find_empty_result_reason, find_failures
from pulumi_tcimages.diagnostics import Call, Criterion, EmptyResultReason, PinDrift, Where
from pulumi_tcimages.errors import (
    AmbiguousMatchError,
    ApiError,
    InvalidResponseError,
    NoMatchError,
    TcImagesError,
)
from pulumi_tcimages.sources import find_source_of
from pulumi_tcimages.sources.source import Source


class Listing(Protocol):
    """All images that the cloud lists for one query, as `cloud.client` returns them."""

    @property
    def answers(self) -> dict[Hashable, Any]: ...
    @property
    def images(self) -> Sequence[Image]: ...
    @property
    def total_count(self) -> int: ...
    @property
    def where(self) -> Where: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...
    @property
    def unreadable_ids(self) -> frozenset[str]: ...


class Cloud(Protocol):
    """What a lookup needs of the cloud client."""

    def list_images(
        self, source: Source, *, region: str | None, parameters: Mapping[str, object]
    ) -> Listing: ...


class ImageList(NamedTuple):
    """The images that match, sorted, and how many the cloud listed."""

    images: tuple[Image, ...]
    total_count: int
    region: str
    warnings: tuple[str, ...] = ()
    """What to know beside the answer, with `marked` names."""
    has_ids: bool = True
    """Whether images of this source have ids."""

    def to_properties(self) -> dict[str, Any]:
        """Return the result with the names of schema.json."""
        ids = [image.identifier for image in self.images if image.identifier]
        return {
            "images": [to_properties(image) for image in self.images],
            **({"ids": ids} if self.has_ids else {}),
            "totalCount": self.total_count,
            "region": self.region,
        }


class ImageMatch(NamedTuple):
    """The selected image and its region."""

    image: Image
    region: str
    warnings: tuple[str, ...] = ()
    """What to know beside the answer, with `marked` names."""

    def to_properties(self) -> dict[str, Any]:
        """Return the result with the names of schema.json."""
        return {**to_properties(self.image), "region": self.region}


class Explanation(NamedTuple):
    """The steps of a lookup: what each criterion left, and the selected image or the error."""

    funnel: Funnel[Image]
    where: Where
    choice: Image | TcImagesError
    warnings: tuple[str, ...] = ()
    """What is odd about a question that an image was chosen for."""


def find_images_in(listing: Listing, query: BaseQuery) -> ImageList:
    """Return every image of a listing that satisfies the query."""
    funnel = narrow_images(listing.images, query)
    warnings = (*listing.warnings, *funnel.warnings)
    region, has_ids = listing.where.region, bool(query.image.id_field)
    return ImageList(funnel.left, listing.total_count, region, warnings, has_ids)


def find_image(cloud: Cloud, query: BaseQuery) -> ImageMatch:
    """Return the one image that the query selects. Errors: NoMatchError, AmbiguousMatchError."""
    return find_image_in(list_images(cloud, query), query)


def find_image_in(listing: Listing, query: BaseQuery) -> ImageMatch:
    """Return the image that the query selects from a listing. Errors: as for `find_image`."""
    try:
        choice = choose_image(listing.images, query, listing.where)
    except (NoMatchError, AmbiguousMatchError) as undecided:
        warnings = (*listing.warnings, *undecided.warnings)
        raise replace(undecided, warnings=warnings) from None
    warnings = (*listing.warnings, *choice.warnings)
    return ImageMatch(choice.image, listing.where.region, warnings)


def find_empty_result_reason_in(listing: Listing, query: BaseQuery) -> EmptyResultReason | None:
    """Return why an empty list may be a mistake, or None."""
    return find_empty_result_reason(listing.images, query)


def explain(cloud: Cloud, query: BaseQuery) -> Explanation:
    """Return the steps of a lookup; an error in choosing is part of the result."""
    listing = list_images(cloud, query)
    funnel = narrow_images(listing.images, query)
    try:
        one = find_image_in(listing, query)
    except (NoMatchError, AmbiguousMatchError) as undecided:
        return Explanation(funnel, listing.where, undecided)
    return Explanation(funnel, listing.where, one.image, one.warnings)


def list_images(cloud: Cloud, query: BaseQuery) -> Listing:
    """List the whole catalogue that the query is about."""
    source = find_source_of(query)
    return cloud.list_images(source, region=query.region, parameters=query.parameters())


# Pins keep the answer of a query in the state.


class PinDecision(NamedTuple):
    """The pinned image, or the one selected in its place and the reason."""

    one: ImageMatch
    drift: PinDrift | None
    newer: Image | None = None
    """What the same question would choose now, if the pinned image stays and that is another."""


class PinStatus(NamedTuple):
    """The status of a pinned image in the listing of today."""

    drift: PinDrift | None
    """Why the question would not select it, if so."""
    newer: Image | None
    """What the same question would choose now, if that is another image."""
    refused: ApiError | None = None
    """The cloud's word that what was asked about is gone: an engine, a project."""
    warnings: tuple[str, ...] = ()
    """What to know beside the answer, with `marked` names."""

    @property
    def available(self) -> bool:
        """Return whether the image is still offered."""
        return self.drift is None or bool(self.drift.failed)


def decide_pin(cloud: Cloud, query: BaseQuery, image_id: str) -> PinDecision:
    """Return the pinned image if it is offered and satisfies the query, else the one selected
    today.

    A pinned image need not be the newest: not to move is what a pin is for.

    Errors: as for `find_image`; InvalidResponseError if the pinned image's row cannot be read.
    """
    listing = list_images(cloud, query)
    if image_id in listing.unreadable_ids:
        raise _build_unreadable(listing, query, image_id)
    pinned = _with_id(listing.images, image_id)
    if pinned and not find_failures(pinned, query):
        newer, warnings = _find_newer(listing, query, image_id)
        return PinDecision(ImageMatch(pinned, listing.where.region, warnings), None, newer)
    one = find_image_in(listing, query)
    return PinDecision(one, _find_drift(cloud, query, listing, image_id))


def find_pin_status(cloud: Cloud, query: BaseQuery, image_id: str) -> PinStatus:
    """Return whether a pinned image is still offered, and which image would be selected instead.

    If its engine or project is gone, so are its images. That is no error, or a stack that pins one
    of them could be neither refreshed nor destroyed.
    """
    try:
        listing = list_images(cloud, query)
    except ApiError as refused:
        if not _is_gone(refused, find_source_of(query)):
            raise
        return PinStatus(PinDrift(refused.call.region, ()), None, refused)
    newer, warnings = _find_newer(listing, query, image_id)
    if image_id in listing.unreadable_ids:  # still offered, and nothing says what it fails
        return PinStatus(None, newer, warnings=warnings)
    drift = _find_drift(cloud, query, listing, image_id)
    return PinStatus(drift, newer, warnings=warnings)


def _is_gone(refused: ApiError, source: Source) -> bool:
    """Return whether the scope of a query does not exist; a missing role is another matter."""
    is_listing = refused.call.action == source.action.action.name
    return is_listing and refused.cloud_code in source.gone_codes


def _build_unreadable(listing: Listing, query: BaseQuery, image_id: str) -> InvalidResponseError:
    """Return the error for a pinned image that cannot be compared with changed criteria."""
    action = find_source_of(query).action.action
    return InvalidResponseError(
        f"the pinned image {image_id} is listed, but its entry cannot be read. Whether it "
        "satisfies the changed criteria is unknown.",
        call=Call(action.service, action.name, *listing.where),
        came=" ".join(listing.warnings),
        fix="try again later, or change a trigger to choose another image now.",
    )


def _find_newer(
    listing: Listing, query: BaseQuery, image_id: str
) -> tuple[Image | None, tuple[str, ...]]:
    """Return the image that the query would choose now, if it is another, and the warnings."""
    try:
        choice = choose_image(listing.images, query, listing.where)
    except (NoMatchError, AmbiguousMatchError) as undecided:
        return None, (*listing.warnings, *undecided.warnings)
    newer = choice.image if choice.image.identifier != image_id else None
    return newer, (*listing.warnings, *choice.warnings)


def _find_drift(cloud: Cloud, query: BaseQuery, listing: Listing, image_id: str) -> PinDrift | None:
    region = listing.where.region
    if image := _with_id(listing.images, image_id):
        failed = find_failures(image, query)
        return PinDrift(region, failed) if failed else None
    if names := query.optional_api_arguments():
        whole = list_images(cloud, query.model_copy(update=dict.fromkeys(names)))
        if _with_id(whole.images, image_id) or image_id in whole.unreadable_ids:
            sent = (Criterion(name, wanted_text(getattr(query, name))) for name in names)
            return PinDrift(region, tuple((criterion, "") for criterion in sent))
    return PinDrift(region, ())


def _with_id(images: Sequence[Image], image_id: str) -> Image | None:
    return next((image for image in images if image.identifier == image_id), None)
