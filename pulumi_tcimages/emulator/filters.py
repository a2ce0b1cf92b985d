"""Filters for TIONE's listings. An image matches a filter if one of the filter's values matches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.assumptions import Assumptions
from pulumi_tcimages.emulator.messages import VendorError
from pulumi_tcimages.emulator.store import Entry, Row

Filter = Mapping[str, Any]
ReadValues = Callable[[Row], list[str]]
FilterFields = Mapping[str, ReadValues]
"""The allowed filter names, each with a function that reads an image's values for the filter."""


IMAGE_FILTER = {"Name": "string", "Values": ["string"], "Negative": "boolean"}
FILTER = {**IMAGE_FILTER, "Fuzzy": "boolean"}


def apply_filters(
    context: ActionContext, entries: list[Entry], name: str, fields: FilterFields
) -> list[Row]:
    """Return the images that match all filters, in catalogue order.

    Args:
        name: the name of the request parameter that contains the filters.
        fields: the allowed filter names, with functions that read an image's values.
    """
    images = [entry.image for entry in entries]
    assumptions = context.assumptions
    filters: list[Filter] | None = context.parameters.get(name)
    if filters is None:
        return images
    if not filters and assumptions.empty_filters == "refuse":
        raise VendorError("InvalidParameterValue", name=name, value="[]")
    if len(filters) > assumptions.max_filters:
        raise _refuse(name)
    predicates = [_build_predicate(condition, fields, assumptions) for condition in filters]
    return [image for image in images if all(matches(image) for matches in predicates)]


def _build_predicate(
    condition: Filter, fields: FilterFields, assumptions: Assumptions
) -> Callable[[Row], bool]:
    name, values = condition.get("Name", ""), condition.get("Values", [])
    read = fields.get(name)
    if read is None:
        if assumptions.unknown_filter == "refuse":
            raise _refuse(name)
        return lambda image: True  # noqa: ARG005
    if not values or len(values) > assumptions.max_filter_values:
        raise _refuse(name)
    fuzzy = condition.get("Fuzzy", False) and (
        len(values) == 1 or assumptions.fuzzy_many_values == "fuzzy"
    )
    exact = set(values).__contains__
    matches = _build_fuzzy(values, assumptions.fuzzy_ignores_case) if fuzzy else exact
    negative = condition.get("Negative", False)
    return lambda image: any(map(matches, read(image))) != negative


def _build_fuzzy(values: list[str], ignore_case: bool) -> Callable[[str], bool]:
    def fold(text: str) -> str:
        return text.casefold() if ignore_case else text

    parts = [fold(value) for value in values]
    return lambda text: any(part in fold(text) for part in parts)


def _refuse(name: str) -> VendorError:
    return VendorError("InvalidParameterValue.InvalidFilter", name=name)


def read_text(name: str) -> ReadValues:
    return lambda image: [value] if (value := image.get(name)) else []


def read_list(name: str) -> ReadValues:
    return lambda image: image.get(name) or []


def read_flag(name: str) -> ReadValues:
    """Return a function that reads a boolean field as the filter value "true" or "false"."""
    return lambda image: [str(value).lower()] if (value := image.get(name)) is not None else []


def read_attribute(name: str) -> ReadValues:
    """Return a function that reads an attribute from `ExtraAttributes`, in lower case."""

    def read(image: Row) -> list[str]:
        attributes = image.get("ExtraAttributes") or []
        values = [item.get("Value") for item in attributes if item.get("Key") == name]
        return [value.lower() for value in values if value]

    return read
