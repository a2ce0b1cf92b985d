"""The emulated action DescribeDataEngineImageVersions of DLC."""

from __future__ import annotations

from pulumi_tcimages.emulator import regions
from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.listing import Listing, Unpaged
from pulumi_tcimages.emulator.messages import VendorError
from pulumi_tcimages.emulator.records import Identifier, Number, Record, Text
from pulumi_tcimages.emulator.selection import read_required, require_known, sort_images
from pulumi_tcimages.emulator.store import Entry, Row


class EngineImageVersion(Record):
    """The type DataEngineImageVersion in responses of DescribeDataEngineImageVersions."""

    ImageVersionId: Identifier
    ImageVersion: Text = None
    Description: Text = None
    IsPublic: Number = None
    EngineType: Text = None
    IsSharedEngine: Number = None
    State: Number = None
    InsertTime: Text = None
    UpdateTime: Text = None


def select(context: ActionContext, entries: list[Entry]) -> list[Row]:
    """Return the versions for an engine type, by default newest first."""
    (engine_type,) = read_required(context, "EngineType")
    unknown = (engine_type,) not in context.catalogue.groups("engine_image_versions")
    if unknown and context.assumptions.unknown_engine_type == "refuse":
        raise VendorError("InvalidParameter.ImageEngineTypeNotMatch", value=engine_type)
    name = context.parameters.get("Sort", "InsertTime")
    require_known("Sort", name, ("InsertTime", "UpdateTime"))
    images = [entry.image for entry in entries if entry.image.get("EngineType") == engine_type]
    return sort_images(images, name, descending=not context.parameters.get("Asc", False))


LISTING = Listing(
    action="DescribeDataEngineImageVersions",
    service="dlc",
    version="2021-01-25",
    parameters={"EngineType": "string", "Sort": "string", "Asc": "boolean"},
    required=("EngineType",),
    regions=regions.DLC,
    name="engine_image_versions",
    label="engine image version",
    record=EngineImageVersion,
    id_field="ImageVersionId",
    group=("EngineType",),
    rows="ImageParentVersions",
    paging=Unpaged(total="Total"),
    empty=None,
    select=select,
)
