"""Classes to declare an image listing: its parameters, paging and response."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.messages import VendorError
from pulumi_tcimages.emulator.records import Record
from pulumi_tcimages.emulator.store import Entry, Row

Fields = dict[str, Any]
_MOST_DIGITS = 15
_DEFAULT_LIMIT, _DEFAULT_PAGE_SIZE = 100, 10

Select = Callable[[ActionContext, list[Entry]], list[Row]]
"""A function that selects the images that match a request's parameters."""


def select_all(context: ActionContext, entries: list[Entry]) -> list[Row]:  # noqa: ARG001
    return [entry.image for entry in entries]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """An API action that lists images of the catalogue."""

    action: str
    service: str
    version: str
    regions: frozenset[str]
    parameters: Mapping[str, Any]
    """The types of the parameters by name, in the notation of the module `parameters`."""
    required: tuple[str, ...] = ()

    name: str
    """The name of the list in the catalogue, such as `preset_images`."""
    label: str
    """The noun for a single image in messages, such as `preset image`."""
    record: type[Record]
    id_field: str
    """The field of the record that identifies an image."""
    place: tuple[str, ...] = ()
    """The fields of a catalogue entry that are part of an image's key but not of the API's record.

    Those of a session image are `engine` and `framework_type`.
    """
    group: tuple[str, ...] = ()
    """The fields that divide the images into groups, such as the engine.

    A group exists as soon as an image has been added to it.
    """

    rows: str
    """The response field with the images."""
    paging: Unpaged | OffsetPages | NumberedPages
    """Returns the images on the requested page and further response fields such as the total."""
    empty: Any = ()
    """The value of `rows` if there are no images."""
    select: Select = select_all

    signed: ClassVar[bool] = True

    def answer(self, context: ActionContext) -> Fields:
        """Return the fields of the response. Raises: VendorError."""
        entries = context.catalogue.entries(self.name, context.region)
        images = [*context.fault.rows, *self.select(context, entries)]
        page, fields = self.paging.cut(images, context)
        return {**fields, self.rows: list(page) or self.empty}

    def parse_id(self, text: str) -> Any:
        """Convert an id from a URL to the type of the id field.

        Raises: ValueError if the field is a number and the text is not.
        """
        if self.record.model_fields[self.id_field].annotation is not int:
            return text
        if not text.isdecimal() or len(text) > _MOST_DIGITS:
            raise ValueError(f"the id is a number here, not {json.dumps(text[:60])}")
        return int(text)


@dataclass(frozen=True, kw_only=True)
class Unpaged:
    """No pagination: each response contains all images and, if `total` is set, the image count."""

    total: str = ""

    def cut(self, images: Sequence[Any], context: ActionContext) -> tuple[Sequence[Any], Fields]:
        page = images[: context.fault.page_cap or None]
        total = {self.total: _count(images, page, context)} if self.total else {}
        return page, total


class OffsetPages:
    """Pagination with `Offset` and `Limit`."""

    total = "TotalCount"

    def cut(self, images: Sequence[Any], context: ActionContext) -> tuple[Sequence[Any], Fields]:
        limit = _read_size(context, "Limit", _DEFAULT_LIMIT, ".PageLimitExceeded")
        start = context.parameters.get("Offset", 0)
        if context.fault.repeat_page:
            start = max(0, start - limit)
        page = images[start : start + min(limit, context.fault.page_cap or limit)]
        return page, {self.total: _count(images, page, context)}


class NumberedPages:
    """Pagination with `Page`, which starts at 1, and `PageSize`."""

    total = "Total"

    def cut(self, images: Sequence[Any], context: ActionContext) -> tuple[Sequence[Any], Fields]:
        # For a too large PageSize, DLC returns InvalidParameterValue without a suffix.
        size = _read_size(context, "PageSize", _DEFAULT_PAGE_SIZE)
        size = min(size, context.fault.page_cap or size)
        number = context.parameters.get("Page", 1)
        if number == 0:
            raise VendorError("InvalidParameterValue", name="Page", value=number)
        page_number = max(1, number - 1) if context.fault.repeat_page else number
        page = images[(page_number - 1) * size : page_number * size]
        total = _count(images, page, context)
        pages = total if not total else -(-total // size) if size else 0
        return page, {self.total: total, "Page": number, "PageSize": size, "TotalPages": pages}


def _read_size(context: ActionContext, name: str, default: int, too_large: str = "") -> int:
    """Return the requested page size.

    Args:
        too_large: the suffix of the error code for a page size above the maximum.
    """
    size: int = context.parameters.get(name, default)
    limit = context.assumptions.max_limit
    if size > limit:
        raise VendorError(f"InvalidParameterValue{too_large}", name=name, value=size, limit=limit)
    return default if size == 0 and context.assumptions.zero_limit == "default" else size


def _count(images: Sequence[Any], page: Sequence[Any], context: ActionContext) -> int | None:
    """Return the total to report, which is the number of images unless a fault changes it."""
    totals = {"": len(images) + context.fault.drift, "null": None, "zero": 0, "page": len(page)}
    return totals[context.fault.total]
