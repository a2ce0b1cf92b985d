"""The image listings of the fault table: one for each paging style."""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pulumi_tcimages.cloud import Client
from pulumi_tcimages.core.api import to_wire
from pulumi_tcimages.core.listing import Listing
from pulumi_tcimages.emulator import Catalogue
from pulumi_tcimages.emulator.listings import LISTINGS
from pulumi_tcimages.naming import pascal_case
from pulumi_tcimages.sources import SOURCES
from pulumi_tcimages.sources.platform_images import PLATFORM_IMAGES
from pulumi_tcimages.sources.source import Source
from tests.cloud.fakes import REGION
from tests.cloud.faulty_server import Step, reply
from tests.cloud.paged_server import build_row

_ALL = object()


@dataclass(frozen=True, eq=False)
class Target:
    """A source, with requests and responses in its format."""

    source: Source

    def __str__(self) -> str:
        return self.source.name

    @property
    def scope(self) -> dict[str, object]:
        """The required arguments, with any values."""
        return dict.fromkeys(self.source.single_query.required_names(), "any")

    @property
    def rows_field(self) -> str:
        return pascal_case(self.source.action.rows)

    @property
    def total_field(self) -> str:
        """The field of the total, or "" if the source has none."""
        return pascal_case(self.source.action.total)

    @property
    def name_field(self) -> str:
        return pascal_case(self.source.image.name_field)

    @property
    def text_field(self) -> str:
        """A text field of a row other than its id and its name."""
        return self._find_field(str)

    @property
    def list_field(self) -> str:
        """A field with a list of texts, or "" if the source has none."""
        return self._find_field(tuple[str, ...], list[str])

    @property
    def provides(self) -> AbstractSet[str]:
        """Features of this target that cases of the fault table may need."""
        action = self.source.action
        features = {
            "pages": action.paging != "none",
            "total": bool(action.total),
            "lists": bool(self.list_field),
        }
        return {"api", "images", *(name for name, is_supported in features.items() if is_supported)}

    @property
    def row(self) -> dict[str, Any]:
        """A row that is not in the catalogue."""
        return build_row(self.source, 998)

    @property
    def good(self) -> Step:
        return reply(self.page([self.row]))

    @cached_property
    def catalogue(self) -> Catalogue:
        """A catalogue of 205 images: two full pages and part of a third."""
        listing = LISTINGS[f"{self.source.name}s"]
        place = dict(zip(listing.place, self.scope.values(), strict=bool(listing.place)))
        catalogue = Catalogue()
        for number in range(205):
            row = build_row(self.source, number) | ({} if place else to_wire(self.scope))
            catalogue.add(listing.name, row, **place)
        return catalogue

    def page(self, rows: Any, total: Any = _ALL, rows_field: str | None = None) -> bytes:
        """Return the body of a response. The default total is the number of rows."""
        count = len(rows) if isinstance(rows, list) else 0
        fields = {
            self.total_field: count if total is _ALL else total,
            self.rows_field if rows_field is None else rows_field: rows,
        }
        fields.pop("", None)
        return json.dumps({"Response": {**fields, "RequestId": "r-1"}}).encode()

    def reply(self, rows: Any, total: Any = _ALL, rows_field: str | None = None) -> Step:
        return reply(self.page(rows, total, rows_field))

    def list_images(self, client: Client) -> Listing:
        return client.list_images(self.source, region=REGION, parameters=self.scope)

    def _find_field(self, *annotations: object) -> str:
        image = self.source.image
        fields = image.model_fields.items()
        return next(
            (
                pascal_case(name)
                for name, field in fields
                if field.annotation in annotations
                and name not in (image.id_field, image.name_field)
            ),
            "",
        )


def is_first_page(body: dict[str, Any]) -> bool:
    """Return whether a request is for the first page, in any paging style."""
    return body.get("Offset", 0) == 0 and body.get("Page", 1) == 1


PLATFORM = Target(PLATFORM_IMAGES)
_FIRST = {(source.action.paging, bool(source.action.total)): source for source in reversed(SOURCES)}
TARGETS = tuple(map(Target, _FIRST.values()))
"""The first source of each paging style, with a total and without one."""
