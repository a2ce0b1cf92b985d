"""The emulated action DescribeSessionImageVersion of DLC."""

from __future__ import annotations

from pulumi_tcimages.emulator import regions
from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.listing import Listing, Unpaged
from pulumi_tcimages.emulator.messages import VendorError
from pulumi_tcimages.emulator.records import Identifier, Number, Record, Text
from pulumi_tcimages.emulator.selection import read_required
from pulumi_tcimages.emulator.store import Entry, Row


class SessionImage(Record):
    """The type EngineSessionImage in responses of DescribeSessionImageVersion."""

    SparkImageId: Identifier
    SparkImageTag: Text = None
    SparkImageType: Number = None
    SparkImageVersion: Text = None


def select(context: ActionContext, entries: list[Entry]) -> list[Row]:
    """Return the images of a data engine for a framework type."""
    engine, framework_type = read_required(context, "DataEngineId", "FrameworkType")
    groups = context.catalogue.groups("session_images")
    assumptions = context.assumptions
    if assumptions.unknown_engine == "refuse" and engine not in {name for name, _ in groups}:
        raise VendorError("ResourceNotFound.DataEngineNotFound", value=engine)
    if assumptions.unknown_framework_type == "refuse" and (engine, framework_type) not in groups:
        raise VendorError("InvalidParameterValue", name="FrameworkType", value=framework_type)
    place = {"engine": engine, "framework_type": framework_type}
    return [entry.image for entry in entries if entry.place == place]


LISTING = Listing(
    action="DescribeSessionImageVersion",
    service="dlc",
    version="2021-01-25",
    parameters={"DataEngineId": "string", "FrameworkType": "string"},
    required=("DataEngineId", "FrameworkType"),
    regions=regions.DLC,
    name="session_images",
    label="session image",
    record=SessionImage,
    id_field="SparkImageId",
    place=("engine", "framework_type"),
    group=("engine", "framework_type"),
    rows="EngineSessionImages",
    paging=Unpaged(),
    empty=None,
    select=select,
)
