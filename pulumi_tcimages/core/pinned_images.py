"""Compare the image in a pin's state with the listed images that have its id."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery, latest_keys
from pulumi_tcimages.core.unreadable import is_unranked
from pulumi_tcimages.diagnostics import Criterion
from pulumi_tcimages.naming import camel

_EMPTY: tuple[object, ...] = (None, "", [], {})


class PinnedImage(NamedTuple):
    """A pinned image, as listed now and as stored in the pin's state."""

    listed: Image
    stored: Image
    failed: tuple[tuple[Criterion, str], ...]
    """The criteria that the listed image does not satisfy, each with the image's own value."""
    changed: tuple[str, ...]
    """The names of the fields that have changed since the image was stored."""


def find_pinned(
    images: Iterable[Image], query: BaseQuery, image_id: str, stored: Mapping[str, Any]
) -> PinnedImage | None:
    """Return the listed image with an id, compared with its query and with the stored image.

    If several images have the id, their order does not matter. An unchanged image comes first,
    then one that satisfies the query.

    Args:
        stored: the image in the state; {} if it is not compared.
    """
    candidates = [
        _compare(image, query, stored) for image in images if image.identifier == image_id
    ]
    return min(candidates, key=_rank, default=None)


def find_changed_fields(stored: Mapping[str, Any], listed: Image) -> tuple[str, ...]:
    """Return the names of the fields that Tencent Cloud changed since an image was stored.

    The order of lists does not matter. Descriptions, dates and the other incidental fields are not
    compared.
    """
    return _find_differences(_restore(stored, listed), listed, _ignored_fields(listed))


def has_unranked(images: Iterable[Image], query: BaseQuery, image_id: str) -> bool:
    """Return whether a listed image with an id has a version or date that cannot be compared."""
    keys = latest_keys(query)
    return any(
        is_unranked(image, key) for image in images if image.identifier == image_id for key in keys
    )


def _compare(image: Image, query: BaseQuery, stored: Mapping[str, Any]) -> PinnedImage:
    # Import this here, because it takes 1 ms and only pins need it.
    from pulumi_tcimages.core.suggestions.no_match import find_failures

    failed = find_failures(image, query)
    if not stored:
        return PinnedImage(image, image, failed, ())
    old = _restore(stored, image)
    changed = _find_differences(old, image, _ignored_fields(image))
    if not failed and not changed and find_failures(old, query):
        # Only an ignored field differs, such as the description that lists the GPU models.
        changed = _find_differences(old, image, ())
    return PinnedImage(image, old, failed, changed)


def _restore(stored: Mapping[str, Any], listed: Image) -> Image:
    """Build an image from its properties in the state.

    A field that is missing, empty or unreadable in the state gets the value of the listed image,
    because another version of this package may have written the state. For the same reason,
    computed fields are computed again.
    """
    model = type(listed)
    fields = {name: getattr(listed, name) for name in model.model_fields}
    for name in model.model_fields:
        value = stored.get(camel(name))
        if value not in _EMPTY:
            with contextlib.suppress(ValidationError):
                fields[name] = getattr(model.model_validate({name: value}), name)
    return model.model_validate(fields)


def _ignored_fields(image: Image) -> tuple[str, ...]:
    return (*image.incidental_fields, *image.time_fields)


def _find_differences(old: Image, new: Image, ignored: Collection[str]) -> tuple[str, ...]:
    model = type(new)
    return tuple(
        name
        for name in (*model.model_fields, *model.model_computed_fields)
        if name not in ignored and _freeze(getattr(old, name)) != _freeze(getattr(new, name))
    )


def _rank(pinned: PinnedImage) -> tuple[bool, int, int, str]:
    fields = repr(pinned.listed)
    return bool(pinned.changed), len(pinned.failed), len(pinned.changed), fields


def _freeze(value: Any) -> Any:
    """Convert a value so that lists and maps are equal regardless of their order."""
    if isinstance(value, BaseModel):
        return _freeze(value.model_dump())
    if isinstance(value, Mapping):
        return frozenset((name, _freeze(part)) for name, part in value.items())
    if isinstance(value, list):
        return frozenset(map(_freeze, value))
    return value
