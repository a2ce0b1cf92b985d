"""Warn about images that fail a criterion only because a version or name cannot be parsed.

The user may be looking for such an image.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from pulumi_tcimages.core.criteria import Predicate, is_gap
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import time_keys, version_key
from pulumi_tcimages.core.versions import read_version
from pulumi_tcimages.diagnostics import Unread
from pulumi_tcimages.formatting import printable, quote
from pulumi_tcimages.naming import snake

_SHOWN = 3
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T :]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?)?"
    r" ?(?:Z|([+-][0-9]{2}):?([0-9]{2}))?"
)
"""Matches a date, such as `2026-06-15T03:58:16Z`, `2020-01-01:00:00:00` or `2026-06-15`."""


def describe_doubtful(
    images: Iterable[Image], predicates: Sequence[Predicate]
) -> tuple[Unread, ...]:
    """Return the criteria that cannot be evaluated for each image, with the unreadable values."""
    return tuple(
        Unread(
            _name(image),
            tuple(
                (predicate.criterion.path, _describe_unread(predicate, image))
                for predicate in predicates
                if predicate.is_unread(image)
            ),
        )
        for image in images
    )


def _describe_unread(predicate: Predicate, image: Image) -> str:
    if predicate.criterion.argument == "device":
        return "is not in its name"
    return _shown(predicate.read(image))


def describe_unranked(image: Image, key: str) -> Unread:
    """Describe an image that cannot be ranked by a `latest_by` key, with its unreadable value."""
    text = version_text(image, key)
    if is_field_key(image, key):
        return Unread(_name(image), ((snake(key), _shown(text)),))
    value = image.gap_in("components") or _shown(text)
    return Unread(_name(image), ((f"components.{key}", value),))


def is_field_key(image: Image, key: str) -> bool:
    """Return whether a `latest_by` key is an image field rather than a component."""
    return key == version_key(type(image)) or key in time_keys(type(image))


def is_unranked(image: Image, key: str) -> bool:
    """Return whether an image's value for a `latest_by` key cannot be parsed.

    A component counts as unreadable, rather than absent, if the image has no name to parse.
    """
    text = version_text(image, key)
    may_have_one = text is not None or is_field_key(image, key) or not image.label
    if key in time_keys(type(image)):
        can_compare = text is not None and read_time(text) is not None
    else:
        can_compare = read_version(text) is not None
    return may_have_one and not can_compare


def read_time(text: str) -> float | None:
    """Parse a date, or milliseconds since 1970. Return seconds since 1970, or None if invalid.

    A date without a time zone is in UTC.
    """
    if re.fullmatch("[0-9]{13}", text):
        return int(text) / 1000
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    date, time, fraction, hours, minutes = found.groups()
    zone = f"{hours}:{minutes}" if hours else "+00:00"
    try:
        seconds = datetime.fromisoformat(f"{date}T{time or '00:00:00'}{zone}").timestamp()
    except ValueError:
        return None
    return seconds + float(fraction or 0)


def version_text(image: Image, key: str) -> str | None:
    """Return an image's value for a `latest_by` key, or None if it is missing."""
    model = type(image)
    if key == version_key(model):
        return image.checked_version or None
    if field := time_keys(model).get(key):
        return str(getattr(image, field) or "") or None
    return image.component_versions.get(key)


def warn_of_unread(unread: Sequence[Unread]) -> tuple[str, ...]:
    """Return a warning that lists images and their unreadable values; () without images."""
    if not unread:
        return ()
    names = [
        f"{printable(image.name)} ({', '.join(_mark(path, found) for path, found in image.found)})"
        for image in unread[:_SHOWN]
    ]
    more = [f"and {len(unread) - _SHOWN} more"] if len(unread) > _SHOWN else []
    return (f"not considered, because it cannot be read: {', '.join([*names, *more])}",)


def _mark(path: str, value: str) -> str:
    argument, _, key = path.partition(".")
    return " ".join(filter(None, [f"`{argument}`", key, printable(value)]))


def _shown(text: str | None) -> str:
    if text is None:
        return "is missing"
    return quote(text) if text and not is_gap(text) else text or "has no readable version"


def _name(image: Image) -> str:
    return image.label or image.identifier or "(no name)"
