"""A listing: all images of a data source in a region."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from pulumi_tcimages.core.images import Image
from pulumi_tcimages.diagnostics import Where


@dataclass(eq=False)
class Listing:
    """All images of a data source, with the region and the endpoint that returned them."""

    images: tuple[Image, ...]
    total_count: int
    where: Where
    warnings: tuple[str, ...] = ()
    """Warnings about missing or omitted rows."""
    unreadable_ids: frozenset[str] = frozenset()
    """The ids of rows that are missing from `images` because they could not be parsed."""
    size_bytes: int = 0
    """The estimated memory of the listing."""
    answers: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    """A cache for the results of lookups in this listing, by their arguments. The plugin limits its
    size.
    """
