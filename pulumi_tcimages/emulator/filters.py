"""The filters of DescribePlatformImages: all of them must hold, and any value of one is enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pulumi_tcimages.emulator.assumptions import Assumptions
from pulumi_tcimages.emulator.messages import VendorError
from pulumi_tcimages.emulator.store import Row

Filter = dict[str, Any]


def choose(images: list[Row], filters: list[Filter] | None, choices: Assumptions) -> list[Row]:
    """The images that every filter leaves, in their order; refused when a filter cannot be."""
    if filters is None:
        return images
    if not filters and choices.empty_filters == "refuse":
        raise VendorError("InvalidParameterValue", name="Filters", value="[]")
    if len(filters) > choices.max_filters:
        raise _refuse("Filters")
    tests = [_build_test(one, choices) for one in filters]
    return [image for image in images if all(test(image) for test in tests)]


def _build_test(one: Filter, choices: Assumptions) -> Callable[[Row], bool]:
    name, wanted = one.get("Name", ""), one.get("Values", [])
    read = _FIELDS.get(name)
    if read is None:
        if choices.unknown_filter == "refuse":
            raise _refuse(name)
        return lambda image: True  # noqa: ARG005
    if not wanted or len(wanted) > choices.max_filter_values:
        raise _refuse(name)
    fuzzy = one.get("Fuzzy", False) and (len(wanted) == 1 or choices.fuzzy_many_values == "fuzzy")
    exact = set(wanted).__contains__
    matches = _build_fuzzy(wanted, choices.fuzzy_ignores_case) if fuzzy else exact
    negative = one.get("Negative", False)
    return lambda image: any(map(matches, read(image))) != negative


def _build_fuzzy(wanted: list[str], ignore_case: bool) -> Callable[[str], bool]:
    def fold(text: str) -> str:
        return text.casefold() if ignore_case else text

    parts = [fold(part) for part in wanted]
    return lambda text: any(part in fold(text) for part in parts)


def _refuse(name: str) -> VendorError:
    return VendorError("InvalidParameterValue.InvalidFilter", name=name)


def _read_field(name: str) -> Callable[[Row], list[str]]:
    return lambda image: [value] if (value := image.get(name)) else []


def _read_list(name: str) -> Callable[[Row], list[str]]:
    return lambda image: image.get(name) or []


def _read_attribute(name: str) -> Callable[[Row], list[str]]:
    def read(image: Row) -> list[str]:
        found = (one for one in image.get("ExtraAttributes") or [] if one.get("Key") == name)
        return [value.lower() for one in found if (value := one.get("Value"))]

    return read


_FIELDS = {
    "ImageId": _read_field("ImageId"),
    "ImageName": _read_field("ImageName"),
    "ImageRange": _read_list("ImageRange"),
    "SupportDataPipeline": _read_attribute("SupportDataPipeline"),
    "AllowSaveAllContent": _read_attribute("AllowSaveAllContent"),
}
