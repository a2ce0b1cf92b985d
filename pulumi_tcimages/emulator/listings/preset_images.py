"""The emulated action DescribePresetImageList of TIONE."""

from __future__ import annotations

from pulumi_tcimages.emulator import regions
from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.filters import (
    FILTER,
    FilterFields,
    apply_filters,
    read_list,
    read_text,
)
from pulumi_tcimages.emulator.listing import Listing, OffsetPages
from pulumi_tcimages.emulator.messages import VendorError
from pulumi_tcimages.emulator.records import (
    Attribute,
    Flag,
    Identifier,
    Number,
    Record,
    Text,
    Texts,
)
from pulumi_tcimages.emulator.selection import require_known, sort_images
from pulumi_tcimages.emulator.store import Entry, Row

FILTERS: FilterFields = {
    "ImageName": read_text("ImageName"),
    "ApplicableModule": read_list("ApplicableModuleList"),
}
ORDER_FIELDS = ("ImageId", "ImageName", "ImageRepo", "CreateTime", "UpdateTime")


class RuntimeLib(Record):
    """The type RuntimeLib of the TIONE API."""

    Name: Text = None
    Version: Text = None


class PresetImage(Record):
    """The type PresetImageInfo in responses of DescribePresetImageList."""

    ImageId: Identifier
    ImageName: Text = None
    ImageRepo: Text = None
    ImageTag: Text = None
    ImageUrl: Text = None
    ImageType: Text = None
    ImageSize: Text = None
    Description: Text = None
    ApplicableModuleList: Texts = None
    ChipTypeList: Texts = None
    SupportGpuList: Texts = None
    Scenario: Text = None
    Framework: Text = None
    FrameworkVersion: Text = None
    ComputeLibVersion: Text = None
    PythonVersion: Text = None
    OS: Text = None
    RuntimeLibList: list[RuntimeLib] | None = None
    ExtraAttributeList: list[Attribute] | None = None
    SupportDistributedDeploy: Flag = None
    IsLatestStable: Flag = None
    Version: Number = None
    CreateTime: Text = None
    UpdateTime: Text = None


def select(context: ActionContext, entries: list[Entry]) -> list[Row]:
    """Filter the images, then sort them by the fields in the parameter `OrderField`.

    The parameter `Order` contains the sort direction of each field.
    """
    images = apply_filters(context, entries, "Filters", FILTERS)
    names = context.parameters.get("OrderField", [])
    directions = context.parameters.get("Order", [])
    if len(directions) > len(names):
        raise VendorError("InvalidParameterValue", name="Order", value=directions)
    for index, name in reversed(list(enumerate(names))):
        direction = directions[index] if index < len(directions) else "ASC"
        require_known("OrderField", name, ORDER_FIELDS)
        require_known("Order", direction, ("ASC", "DESC"))
        images = sort_images(images, name, descending=direction == "DESC")
    return images


LISTING = Listing(
    action="DescribePresetImageList",
    service="tione",
    version="2021-11-11",
    parameters={
        "TiProjectId": "string",
        "Filters": [FILTER],
        "Offset": "uint64",
        "Limit": "uint64",
        "OrderField": ["string"],
        "Order": ["string"],
    },
    regions=regions.TIONE,
    name="preset_images",
    label="preset image",
    record=PresetImage,
    id_field="ImageId",
    rows="PresetImageList",
    paging=OffsetPages(),
    select=select,
)
