"""The order of images in a list: by framework, version, name and id."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.version import Version

from pulumi_tcimages.core.images import Image, ImageT
from pulumi_tcimages.core.versions import comparable_version

_LOWEST = Version("0")


def sort_images(images: Iterable[ImageT]) -> list[ImageT]:
    """Sort images by framework, version, name and id, with missing values last."""
    return sorted(images, key=_order)


def _order(image: Image) -> tuple[object, ...]:
    version = comparable_version(image.checked_version)
    return (
        _last_if_empty(image.family),
        version is None,
        version or _LOWEST,
        _last_if_empty(image.compared_version or ""),
        _last_if_empty(image.label),
        _last_if_empty(image.identifier),
        _WholeImage(image),
    )


def _last_if_empty(text: str) -> tuple[bool, str]:
    return text == "", text.lower()


class _WholeImage:
    """A sort key that compares images by their repr, as the last tie-breaker.

    The slow repr is computed only if all other sort keys are equal.
    """

    __slots__ = ("image",)

    def __init__(self, image: Image) -> None:
        self.image = image

    def __lt__(self, other: _WholeImage) -> bool:
        return repr(self.image) < repr(other.image)
