"""The result of listing a source's images, which lookups choose from."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_tcimages.core.images import Image
from pulumi_tcimages.diagnostics import Where


@dataclass(eq=False)
class Listing:
    """All images that the cloud listed, and from where: region and endpoint."""

    images: tuple[Image, ...]
    total_count: int
    where: Where
    warnings: tuple[str, ...] = ()
    """Warnings about missing or omitted rows."""
    unreadable_ids: frozenset[str] = frozenset()
    """The ids of the omitted rows whose id can be parsed."""
    size_bytes: int = 0
    """The estimated memory of the listing."""
    fresh_until_s: float = 0.0
    """When the listing expires, in seconds of the client's monotonic clock."""
