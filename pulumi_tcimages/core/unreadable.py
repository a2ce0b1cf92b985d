"""Name the images that lose only because a version or a name cannot be read.

Such an image may well be the right one, so it is never passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pulumi_tcimages.core.criteria import NAMELESS, Predicate
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.validators import FRAMEWORK_VERSION
from pulumi_tcimages.core.versions import read_version
from pulumi_tcimages.diagnostics import Unread
from pulumi_tcimages.formatting import printable, quote

_SHOWN = 3


def describe_doubtful(
    images: Iterable[Image], predicates: Sequence[Predicate]
) -> tuple[Unread, ...]:
    """Return, for each image, the criteria that cannot be decided, and why."""
    return tuple(
        Unread(
            _name(image),
            tuple(
                (predicate.criterion.path, _shown(predicate.read(image)))
                for predicate in predicates
                if predicate.is_unread(image)
            ),
        )
        for image in images
    )


def describe_unranked(image: Image, key: str) -> Unread:
    """Return why an image cannot be compared by a key of `latest_by`."""
    if key == FRAMEWORK_VERSION:
        return Unread(_name(image), (("framework_version", _shown(image.framework_version)),))
    found = _shown(image.components.get(key)) if image.name else NAMELESS
    return Unread(_name(image), ((f"components.{key}", found),))


def is_unranked(image: Image, key: str) -> bool:
    """Return whether an image has something to compare by a key, but nothing that can be read.

    A component that the name does not mention is no such case: the image does not have it.
    """
    text = version_text(image, key)
    may_have_one = text is not None or key == FRAMEWORK_VERSION or not image.name
    return may_have_one and read_version(text) is None


def version_text(image: Image, key: str) -> str | None:
    """Return the version that a key of `latest_by` compares, as the cloud sent it."""
    return image.framework_version if key == FRAMEWORK_VERSION else image.components.get(key)


def warn_of_unread(unread: Sequence[Unread]) -> tuple[str, ...]:
    """Return one warning that names the images and what cannot be read of them, or none."""
    if not unread:
        return ()
    names = [
        f"{printable(one.name)} ({', '.join(_mark(path, found) for path, found in one.found)})"
        for one in unread[:_SHOWN]
    ]
    more = [f"and {len(unread) - _SHOWN} more"] if len(unread) > _SHOWN else []
    return (f"not considered, because it cannot be read: {', '.join([*names, *more])}",)


def _mark(path: str, found: str) -> str:
    argument, _, key = path.partition(".")
    return " ".join(filter(None, [f"`{argument}`", key, printable(found)]))


def _shown(text: str | None) -> str:
    if text is None:
        return "is missing"
    return quote(text) if text and text != NAMELESS else text or "has no readable version"


def _name(image: Image) -> str:
    return image.name or image.id or "(no name)"
