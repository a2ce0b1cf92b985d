"""The use cases: list images, find an image, explain a lookup, check a pin.

    arguments -> core.query: checks them, sends nothing
              -> cloud.client: lists the images, or returns them from the cache
              -> core.selection: filters and sorts the images, and chooses one
              -> a result or an error

The provider and the command line both call this module, which depends on neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from pulumi_tcimages.core.criteria import value_text
from pulumi_tcimages.core.images import Image, to_properties
from pulumi_tcimages.core.listing import Listing
from pulumi_tcimages.core.pinned_images import find_pinned, has_unranked
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.core.selection import FilteredImages, choose_image, filter_images
from pulumi_tcimages.diagnostics import Call, Criterion, PinDrift, Where
from pulumi_tcimages.errors import (
    AmbiguousMatchError,
    ApiError,
    InvalidResponseError,
    NoMatchError,
    TcImagesError,
)
from pulumi_tcimages.sources import find_source_of
from pulumi_tcimages.sources.source import Source


class Cloud(Protocol):
    """The interface of the cloud client that lookups use."""

    def list_images(
        self, source: Source, *, region: str | None, parameters: Mapping[str, object]
    ) -> Listing: ...


class ImageList(NamedTuple):
    """The images that match, and the number of all listed images."""

    images: tuple[Image, ...]
    total_count: int
    region: str
    warnings: tuple[str, ...] = ()
    """Warnings for the user, with argument names in backticks."""
    has_ids: bool = True

    def to_properties(self) -> dict[str, Any]:
        """Convert the result to the properties of the Pulumi function."""
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
    """Warnings for the user, with argument names in backticks."""

    def to_properties(self) -> dict[str, Any]:
        """Convert the result to the properties of the Pulumi function."""
        return {**to_properties(self.image), "region": self.region}


class Explanation(NamedTuple):
    """The criteria of a lookup, each with the number of images left, and the result."""

    images: FilteredImages[Image]
    where: Where
    choice: Image | TcImagesError
    """The selected image, or the error if no single image can be selected."""
    warnings: tuple[str, ...] = ()


def find_images_in(listing: Listing, query: BaseQuery) -> ImageList:
    """Return all images of a listing that satisfy the query."""
    filtered = filter_images(listing.images, query)
    warnings = (*listing.warnings, *filtered.warnings)
    region, has_ids = listing.where.region, bool(query.image.id_field)
    return ImageList(filtered.left, listing.total_count, region, warnings, has_ids)


def find_image(cloud: Cloud, query: BaseQuery) -> ImageMatch:
    """List the images and return the one that the query selects.

    Raises: NoMatchError, AmbiguousMatchError; the errors of `list_images`.
    """
    return find_image_in(list_images(cloud, query), query)


def find_image_in(listing: Listing, query: BaseQuery) -> ImageMatch:
    """Return the image that the query selects from a listing.

    Raises: NoMatchError, AmbiguousMatchError.
    """
    try:
        choice = choose_image(listing.images, query, listing.where)
    except (NoMatchError, AmbiguousMatchError) as error:
        warnings = (*listing.warnings, *error.warnings)
        raise replace(error, warnings=warnings) from None
    warnings = (*listing.warnings, *choice.warnings)
    return ImageMatch(choice.image, listing.where.region, warnings)


def explain(cloud: Cloud, query: BaseQuery) -> Explanation:
    """List the images, and explain which image the query selects.

    A NoMatchError or AmbiguousMatchError is returned in the result.
    """
    listing = list_images(cloud, query)
    filtered = filter_images(listing.images, query)
    try:
        match = find_image_in(listing, query)
    except (NoMatchError, AmbiguousMatchError) as error:
        return Explanation(filtered, listing.where, error)
    return Explanation(filtered, listing.where, match.image, match.warnings)


def list_images(cloud: Cloud, query: BaseQuery) -> Listing:
    """List all images of the query's data source in its region.

    Only the query's API arguments are applied, not its criteria.

    Raises: ApiError, NetworkError, InvalidResponseError, ConfigurationError, CancelledError.
    """
    source = find_source_of(query)
    return cloud.list_images(source, region=query.region, parameters=query.parameters())


# The rest of this module is about pins: Pulumi resources that keep the selected image in the state.

_NOT_STORED: Mapping[str, Any] = MappingProxyType({})
"""The stored image if a caller does not have it. The listed image then counts as unchanged."""


class PinDecision(NamedTuple):
    """The result of checking a pin: the image that it keeps or gets, and why it changes."""

    match: ImageMatch
    """The pinned image if it still matches, else the image that the query selects now."""
    drift: PinDrift | None
    """The reason why the pin gets another image, or None if it keeps its image."""
    newer: Image | None = None
    """The image that the query would select now, or None if that is the pinned image."""
    changed: tuple[str, ...] = ()
    """The fields of the kept image that Tencent Cloud changed. `match` has the new values."""


class PinStatus(NamedTuple):
    """The status of a pinned image in the current listing."""

    drift: PinDrift | None
    """The reason why the pinned image no longer matches the query, or None if it matches."""
    newer: Image | None
    """The image that the query would select now, or None if that is the pinned image.

    It is also None if the pinned image cannot be read, so that the two cannot be compared.
    """
    refused: ApiError | None = None
    """The API's error if the engine or project of the images no longer exists."""
    warnings: tuple[str, ...] = ()
    """Warnings for the user, with argument names in backticks."""
    changed: tuple[str, ...] = ()
    """The fields of the pinned image that Tencent Cloud changed under the same id."""
    is_unreadable: bool = False
    """Whether the pinned image is listed, but its row cannot be parsed."""

    @property
    def available(self) -> bool:
        """Whether the pinned image is still listed."""
        return self.drift is None or bool(self.drift.failed)


def decide_pin(
    cloud: Cloud,
    query: BaseQuery,
    image_id: str,
    image_name: str = "",
    stored: Mapping[str, Any] = _NOT_STORED,
) -> PinDecision:
    """Return the pinned image if it is still listed and matches the query, else another image.

    The pin keeps its image even if a newer image matches. If Tencent Cloud changed the image, the
    result has the listed values, which are those that match the query.

    Args:
        image_name: the pinned image's name for error messages; by default its id.
        stored: the pinned image in the state, by camelCase names.

    Raises: those of `find_image`; InvalidResponseError if the pinned image's row cannot be parsed.
    """
    listing = list_images(cloud, query)
    if image_id in listing.unreadable_ids:
        raise _build_unreadable(listing, query, image_name or image_id)
    pinned = find_pinned(listing.images, query, image_id, stored)
    if pinned and not pinned.failed:
        newer, warnings = _find_newer(listing, query, image_id)
        image = pinned.listed if pinned.changed else pinned.stored
        match = ImageMatch(image, listing.where.region, warnings)
        return PinDecision(match, None, newer, pinned.changed)
    match = find_image_in(listing, query)
    drift, _ = _compare_pinned(cloud, query, listing, image_id, stored)
    return PinDecision(match, drift)


def find_pin_status(
    cloud: Cloud, query: BaseQuery, image_id: str, stored: Mapping[str, Any] = _NOT_STORED
) -> PinStatus:
    """Compare a pinned image with its query and the current listing.

    If the engine or project no longer exists, the image counts as withdrawn. This is not an error,
    so that the pin's stack can still be refreshed and destroyed.

    Args:
        stored: the pinned image in the state, by camelCase names.
    """
    try:
        listing = list_images(cloud, query)
    except ApiError as refused:
        if not _is_gone(refused, find_source_of(query)):
            raise
        return PinStatus(PinDrift(refused.call.region, ()), None, refused)
    newer, warnings = _find_newer(listing, query, image_id)
    # The image is still listed. Neither drift nor a newer image is reported, because unreadable
    # fields cannot be compared.
    if image_id in listing.unreadable_ids:
        return PinStatus(None, None, warnings=warnings, is_unreadable=True)
    drift, changed = _compare_pinned(cloud, query, listing, image_id, stored)
    return PinStatus(drift, newer, warnings=warnings, changed=changed)


def _is_gone(refused: ApiError, source: Source) -> bool:
    """Return whether an error means that the engine or project no longer exists."""
    is_listing = refused.call.action == source.action.action.name
    return is_listing and refused.cloud_code in source.gone_codes


def _build_unreadable(listing: Listing, query: BaseQuery, pinned: str) -> InvalidResponseError:
    """Build the error for a pinned image whose row in the listing cannot be parsed."""
    action = find_source_of(query).action.action
    return InvalidResponseError(
        f"the pinned image {pinned} is listed, but its entry cannot be read. Whether it "
        "satisfies the changed criteria is unknown.",
        call=Call(action.service, action.name, *listing.where),
        came=" ".join(listing.warnings),
        fix="try again later, or change a trigger to choose another image now.",
    )


def _find_newer(
    listing: Listing, query: BaseQuery, image_id: str
) -> tuple[Image | None, tuple[str, ...]]:
    """Return the image that the query would select instead of the pinned image, and warnings.

    The image is None if the query selects the pinned image, or no single image, or if the pinned
    image is listed but cannot be compared.
    """
    try:
        choice = choose_image(listing.images, query, listing.where)
    except (NoMatchError, AmbiguousMatchError) as error:
        return None, (*listing.warnings, *error.warnings)
    warnings = (*listing.warnings, *choice.warnings)
    is_pinned = choice.image.identifier == image_id
    if is_pinned or has_unranked(listing.images, query, image_id):
        return None, warnings
    return choice.image, warnings


def _compare_pinned(
    cloud: Cloud, query: BaseQuery, listing: Listing, image_id: str, stored: Mapping[str, Any]
) -> tuple[PinDrift | None, tuple[str, ...]]:
    """Return why a pinned image no longer matches, and its changed fields."""
    region = listing.where.region
    if pinned := find_pinned(listing.images, query, image_id, stored):
        drift = PinDrift(region, pinned.failed) if pinned.failed else None
        return drift, pinned.changed
    if names := query.optional_api_arguments():
        whole = list_images(cloud, query.model_copy(update=dict.fromkeys(names)))
        pinned = find_pinned(whole.images, query, image_id, stored)
        if pinned or image_id in whole.unreadable_ids:
            sent = (Criterion(name, value_text(getattr(query, name))) for name in names)
            drift = PinDrift(region, tuple((criterion, "") for criterion in sent))
            return drift, pinned.changed if pinned else ()
    return PinDrift(region, ()), ()
