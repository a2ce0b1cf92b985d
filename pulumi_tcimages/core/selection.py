"""Select images: filter them by criteria, then choose a single image or raise an error.

The rules, in order (for users: docs/guide.md, "How an image is chosen"):

1. The criteria are applied one after another. Errors show the number of images left after each.
2. If a single image remains, it is the result. If none remains, a NoMatchError is raised. If
   several remain and `latest` is not set, an AmbiguousMatchError is raised.
3. `latest` chooses the image with the newest version. It compares images of one framework only,
   unless `latest_by` starts with a component that at least one image has. A missing or unreadable
   version ranks last. So does a pre-release, unless the criterion for that version names a
   pre-release. A tie raises an AmbiguousMatchError.

The result never depends on the order of the images in the response.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Generic

from packaging.version import Version

from pulumi_tcimages.core.components import RELEASED_AS_CANDIDATES
from pulumi_tcimages.core.criteria import Predicate, keep_all, predicates_of
from pulumi_tcimages.core.image_order import sort_images
from pulumi_tcimages.core.images import Image, ImageT
from pulumi_tcimages.core.query import BaseQuery, latest_keys, time_keys, version_key
from pulumi_tcimages.core.suggestions.corrections import find_empty_exclusions, find_unknown_keys
from pulumi_tcimages.core.unreadable import (
    describe_doubtful,
    describe_unranked,
    is_unranked,
    read_time,
    version_text,
    warn_of_unread,
)
from pulumi_tcimages.core.versions import Range, comparable_version, is_candidate
from pulumi_tcimages.diagnostics import Criterion, Unread, Where
from pulumi_tcimages.formatting import printable
from pulumi_tcimages.naming import snake

Steps = tuple[tuple[Criterion, int], ...]
Rank = tuple[tuple[bool, Any], ...]
_NO_VERSION = (False, Version("0"))


@dataclass
class FilteredImages(Generic[ImageT]):
    """The images that match, and how many images were left after each criterion."""

    listed_count: int
    steps: Steps
    """The criteria in order of application, each with the number of images left after it."""
    left: tuple[ImageT, ...]
    """The images that match, sorted by framework, version, name and id."""
    warnings: tuple[str, ...] = ()
    """Warnings, with argument names in backticks."""


@dataclass
class Choice(Generic[ImageT]):
    """The image that a query selects, and warnings with argument names in backticks."""

    image: ImageT
    warnings: tuple[str, ...]


def filter_images(images: Sequence[ImageT], query: BaseQuery) -> FilteredImages[ImageT]:
    """Return the images that match, and how many images were left after each criterion."""
    predicates = predicates_of(query)
    steps, left, doubtful = _filter(images, predicates)
    unread = describe_doubtful(sort_images(doubtful), predicates)
    warnings = (*find_empty_exclusions(images, query), *warn_of_unread(unread))
    return FilteredImages(len(images), steps, tuple(sort_images(left)), warnings)


def _filter(
    images: Sequence[ImageT], predicates: Sequence[Predicate]
) -> tuple[Steps, list[ImageT], list[ImageT]]:
    """Return the number of images left after each criterion, the matches, and the doubtful images.

    The matches are in the order of `images`. An image is doubtful if it fails a criterion only
    because its value cannot be parsed.
    """
    left = list(images)
    doubtful: list[ImageT] = []
    steps = []
    for predicate in predicates:
        passing = predicate.filter(left)
        if doubtful or len(passing) < len(left):
            doubtful = [
                image
                for image in doubtful
                if predicate.matches(image) or predicate.is_unread(image)
            ]
            doubtful += filter(predicate.is_unread, left if predicate.cannot_read else ())
        left = passing
        steps.append((predicate.criterion, len(left)))
    return tuple(steps), left, doubtful


def choose_image(images: Sequence[ImageT], query: BaseQuery, where: Where) -> Choice[ImageT]:
    """Return the image that the query selects.

    Raises: NoMatchError and AmbiguousMatchError, with suggestions.
    """
    predicates = predicates_of(query)
    steps, left, doubtful = _filter(images, predicates)
    if not left:
        # Import this only if the lookup fails, because the import takes 2 ms.
        from pulumi_tcimages.core.selection_errors import build_no_match

        unread = describe_doubtful(sort_images(doubtful), predicates)
        raise build_no_match(images, query, where, steps, unread)
    choice = _choose(left, query)
    if isinstance(choice, Decided):
        doubtful = [image for image in doubtful if _may_win(image, choice.image, query)]
    newest_first = sort_images(doubtful)[::-1]
    unread = describe_doubtful(newest_first, predicates) + choice.unread
    if isinstance(choice, Undecided):
        from pulumi_tcimages.core.selection_errors import build_ambiguous

        raise build_ambiguous(images, query, where, choice, len(left), unread)
    warnings = (
        *find_unknown_keys(images, query),
        *find_empty_exclusions(images, query),
        *_warn_of_unstable(choice.image, left, query),
        *warn_of_unread(unread),
    )
    return Choice(choice.image, warnings)


def _warn_of_unstable(selected: Image, images: Sequence[Image], query: BaseQuery) -> list[str]:
    """Warn if a date selected an image without a stable version, though another image has one."""
    key, dates = version_key(query.image), time_keys(query.image)
    if not key or not dates.keys() & {*latest_keys(query)}:
        return []
    is_stable = [
        _rank(key, version_text(image, key), query) != _NO_VERSION for image in (selected, *images)
    ]
    if is_stable[0] or not any(is_stable):
        return []
    return [
        f"{printable(selected.label)} has no stable version, and other images that match have one: "
        "`latest_by` compares dates"
    ]


@dataclass(eq=False)
class Undecided(Generic[ImageT]):
    """Images that all match the query, with the reason why no rule prefers one of them."""

    problem: str
    tied: tuple[ImageT, ...]
    unread: tuple[Unread, ...] = ()
    is_tie: bool = False


@dataclass(eq=False)
class Decided(Generic[ImageT]):
    """The selected image, and images that could not be ranked because a value cannot be parsed."""

    image: ImageT
    unread: tuple[Unread, ...] = ()


def decide(images: Sequence[Image], query: BaseQuery) -> Image | Undecided[Image] | None:
    """Return the selected image, the tied images, or None if no image matches."""
    left = keep_all(images, predicates_of(query))
    if not left:
        return None
    choice = _choose(left, query)
    return choice.image if isinstance(choice, Decided) else choice


def _choose(images: Sequence[ImageT], query: BaseQuery) -> Decided[ImageT] | Undecided[ImageT]:
    """Apply `latest` and `latest_by` to the images that satisfy all criteria."""
    if len(images) == 1:
        return Decided(images[0])
    keys = latest_keys(query)
    everything = tuple(images)
    if not keys:
        return Undecided("", everything)
    frameworks = {image.family or "(none)" for image in images}
    family = query.image.family_field.replace("_", " ")
    if len(frameworks) > 1 and _ranks_by_version(keys, images, query):
        names = ", ".join(sorted(frameworks)[:5]) + (", ..." if len(frameworks) > 5 else "")
        return Undecided(
            f"`latest` compares the versions of one {family}, and these are {len(frameworks)}: "
            f"{names}.",
            everything,
        )
    first, shared, unread = list(images), [], []
    # Rank by one key at a time, because the first key already excludes most images.
    for key in keys:
        ranks = [_rank(key, version_text(image, key), query) for image in first]
        best = max(ranks)
        if best != _NO_VERSION:
            unread += [
                describe_unranked(image, key)
                for image, rank in zip(first, ranks, strict=True)
                if is_unranked(image, key) or _may_exceed(rank, best)
            ]
        first = [image for image, rank in zip(first, ranks, strict=True) if rank == best]
        if best != _NO_VERSION:
            shared.append(f"{_render_keys([key], query.image)} {_common_version(first, key)}")
    if not shared:
        named = _render_keys(keys, query.image)
        return Undecided(f"none has a stable version to compare by {named}.", everything)
    if len(first) == 1:
        return Decided(first[0], tuple(sorted(unread)))
    return Undecided(
        f"{'both' if len(first) == 2 else 'all'} have the newest version: {', '.join(shared)}.",
        tuple(first),
        tuple(sorted(unread)),
        is_tie=True,
    )


def _may_win(image: Image, selected: Image, query: BaseQuery) -> bool:
    """Return whether an image could be newer than the selected one, or tie with it.

    Images of different frameworks, and versions that cannot be parsed, have no order.
    """
    if image.family != selected.family:
        return True
    for key in latest_keys(query):
        if is_unranked(image, key):
            return True
        rank, best = (_rank(key, version_text(each, key), query) for each in (image, selected))
        if rank != best:
            return rank > best
    return True


def _common_version(images: Sequence[Image], key: str) -> str:
    """Return the version that the images share, without a local label such as `+cu118`."""
    texts = (version_text(image, key) or "" for image in images)
    return min((text.partition("+")[0] for text in texts), key=lambda text: (len(text), text))


def _ranks_by_version(keys: Sequence[str], images: Sequence[Image], query: BaseQuery) -> bool:
    """Return whether images are ranked by their own version first, rather than by a component."""
    version = version_key(query.image)
    leading = takewhile(lambda key: key != version, keys)
    is_ranked = any(
        _rank(key, version_text(image, key), query) != _NO_VERSION
        for key in leading
        for image in images
    )
    return version in keys and not is_ranked


def rank(image: Image, query: BaseQuery, keys: Sequence[str]) -> Rank:
    """Return a sort key for an image, with one item per `latest_by` key. Newer images sort last.

    Missing values sort first.
    """
    return tuple(_rank(key, version_text(image, key), query) for key in keys)


def _rank(key: str, text: str | None, query: BaseQuery) -> tuple[bool, Any]:
    if key in time_keys(query.image):
        time = read_time(text) if text else None
        return _NO_VERSION if time is None else (True, time)
    if key == version_key(query.image):
        criterion = getattr(query, query.image.version_field, None)
    else:
        criterion = (getattr(query, "components", None) or {}).get(key)
    version = comparable_version(text)
    if version is None:
        return _NO_VERSION
    admits = isinstance(criterion, Range) and criterion.admits_prereleases
    is_release = key in RELEASED_AS_CANDIDATES and is_candidate(version)
    if version.is_prerelease and not (admits or is_release):
        return _NO_VERSION
    return True, version


def _may_exceed(rank: tuple[bool, Any], best: tuple[bool, Any]) -> bool:
    """Return whether a version is a series that may contain a newer one than the best.

    For instance, the 12 in `cu12` may be newer than 12.4.
    """
    has_version, version = rank
    return (
        has_version
        and isinstance(version, Version)
        and len(version.release) == 1
        and version < best[1]
        and version.major == best[1].major
    )


def _render_keys(keys: Sequence[str], image: type[Image]) -> str:
    fields = (version_key(image), *time_keys(image))
    return ", ".join(f"`{snake(key)}`" if key in fields else key for key in keys)
