"""The result of listing a source's images, which lookups choose from."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from pulumi_tcimages.core.images import Image
from pulumi_tcimages.diagnostics import Where


@dataclass(eq=False)
class Listing:
    """All images that the cloud listed, with the region and the endpoint that they come from."""

    images: tuple[Image, ...]
    total_count: int
    where: Where
    warnings: tuple[str, ...] = ()
    """Warnings about missing or omitted rows."""
    unreadable_ids: frozenset[str] = frozenset()
    """The ids of the rows that were omitted because another field could not be parsed."""
    size_bytes: int = 0
    """The estimated memory of the listing."""
    answers: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    """Results of lookups in this listing, cached by the lookups' arguments. The lookup code limits
    their number.
    """
