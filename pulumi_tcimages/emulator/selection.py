"""The images that the parameters of each listing leave."""

from __future__ import annotations

from typing import Any

from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.filters import (
    FilterFields,
    apply_filters,
    read_attribute,
    read_flag,
    read_list,
    read_text,
)
from pulumi_tcimages.emulator.messages import VendorError
from pulumi_tcimages.emulator.store import Row

PLATFORM_FILTERS: FilterFields = {
    "ImageId": read_text("ImageId"),
    "ImageName": read_text("ImageName"),
    "ImageRange": read_list("ImageRange"),
    "SupportDataPipeline": read_attribute("SupportDataPipeline"),
    "AllowSaveAllContent": read_attribute("AllowSaveAllContent"),
}
PRESET_FILTERS: FilterFields = {
    "ImageName": read_text("ImageName"),
    "ApplicableModule": read_list("ApplicableModuleList"),
}
BUILT_IN_FILTERS: FilterFields = {
    "ImageName": read_text("ImageName"),
    "ImageType": read_text("ImageType"),
    "SupportDataPipeline": read_flag("SupportDataPipeline"),
    "AllowSaveAllContent": read_flag("AllowSaveAllContent"),
}
_ORDER_FIELDS = ("ImageId", "ImageName", "ImageRepo", "CreateTime", "UpdateTime")
_SORT_FIELDS = ("InsertTime", "UpdateTime")


def select_platform_images(context: ActionContext, kind: str) -> list[Row]:
    return _filter(context, kind, "Filters", PLATFORM_FILTERS)


def select_built_in_images(context: ActionContext, kind: str) -> list[Row]:
    return _filter(context, kind, "ImageFilters", BUILT_IN_FILTERS)


def select_preset_images(context: ActionContext, kind: str) -> list[Row]:
    """Filter, then sort by each field of `OrderField` in the direction at its place in `Order`."""
    images = _filter(context, kind, "Filters", PRESET_FILTERS)
    names = context.parameters.get("OrderField", [])
    directions = context.parameters.get("Order", [])
    if len(directions) > len(names):
        raise VendorError("InvalidParameterValue", name="Order", value=directions)
    for index, name in reversed(list(enumerate(names))):
        direction = directions[index] if index < len(directions) else "ASC"
        _require_known("OrderField", name, _ORDER_FIELDS)
        _require_known("Order", direction, ("ASC", "DESC"))
        images = _sort(images, name, descending=direction == "DESC")
    return images


def select_session_images(context: ActionContext, kind: str) -> list[Row]:
    """Select the images of an engine for a framework type."""
    engine, framework_type = _read_required(context, "DataEngineId", "FrameworkType")
    groups = context.catalogue.groups(kind)
    assumptions = context.assumptions
    if assumptions.unknown_engine == "refuse" and engine not in {name for name, _ in groups}:
        raise VendorError("ResourceNotFound.DataEngineNotFound", value=engine)
    if assumptions.unknown_framework_type == "refuse" and (engine, framework_type) not in groups:
        raise VendorError("InvalidParameterValue", name="FrameworkType", value=framework_type)
    place = {"engine": engine, "framework_type": framework_type}
    entries = context.catalogue.entries(kind, context.region)
    return [entry.image for entry in entries if entry.place == place]


def select_engine_image_versions(context: ActionContext, kind: str) -> list[Row]:
    """Select the versions for an engine type, the newest first unless `Sort` and `Asc` differ."""
    (engine_type,) = _read_required(context, "EngineType")
    unknown = (engine_type,) not in context.catalogue.groups(kind)
    if unknown and context.assumptions.unknown_engine_type == "refuse":
        raise VendorError("InvalidParameter.ImageEngineTypeNotMatch", value=engine_type)
    name = context.parameters.get("Sort", "InsertTime")
    _require_known("Sort", name, _SORT_FIELDS)
    images = context.catalogue.images(kind, context.region)
    matches = [image for image in images if image.get("EngineType") == engine_type]
    return _sort(matches, name, descending=not context.parameters.get("Asc", False))


def select_python_spark_images(context: ActionContext, kind: str) -> list[Row]:
    """Select the images of a minor version of an engine's image."""
    (version_id,) = _read_required(context, "ChildImageVersionId")
    unknown = (version_id,) not in context.catalogue.groups(kind)
    if unknown and context.assumptions.unknown_image_version == "refuse":
        raise VendorError("ResourceNotFound.ImageVersionNotFound", value=version_id)
    images = context.catalogue.images(kind, context.region)
    return [image for image in images if image.get("ChildImageVersionId") == version_id]


def select_ray_images(context: ActionContext, kind: str) -> list[Row]:
    """Select by type, and by a keyword in the name or the description."""
    image_type, keyword = context.text("Type"), context.text("Keyword").casefold()

    def matches(image: Row) -> bool:
        texts = (image.get("Name") or "", image.get("Description") or "")
        has_type = not image_type or image.get("Type") == image_type
        return has_type and any(keyword in text.casefold() for text in texts)

    return [image for image in context.catalogue.images(kind, context.region) if matches(image)]


def _filter(context: ActionContext, kind: str, parameter: str, fields: FilterFields) -> list[Row]:
    images = context.catalogue.images(kind, context.region)
    return apply_filters(images, context.parameters, parameter, fields, context.assumptions)


def _read_required(context: ActionContext, *names: str) -> list[str]:
    """Return text parameters that DLC refuses to be empty."""
    for name in names:
        if not context.text(name):
            raise VendorError("InvalidParameter.ParameterNotFoundOrBeNone", name=name)
    return [context.text(name) for name in names]


def _require_known(parameter: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise VendorError("InvalidParameterValue", name=parameter, value=value)


def _sort(images: list[Row], name: str, *, descending: bool) -> list[Row]:
    def key(image: Row) -> Any:
        return image.get(name) or ""

    return sorted(images, key=key, reverse=descending)
