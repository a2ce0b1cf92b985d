"""The emulated action DescribeDataEnginePythonSparkImages of DLC."""

from __future__ import annotations

from pulumi_tcimages.emulator import regions
from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.listing import Listing, Unpaged
from pulumi_tcimages.emulator.messages import VendorError
from pulumi_tcimages.emulator.records import Identifier, Record, Text
from pulumi_tcimages.emulator.selection import read_required
from pulumi_tcimages.emulator.store import Entry, Row


class PythonSparkImage(Record):
    """The type PythonSparkImage in responses of DescribeDataEnginePythonSparkImages."""

    SparkImageId: Identifier
    ChildImageVersionId: Text = None
    SparkImageVersion: Text = None
    Description: Text = None
    CreateTime: Text = None
    UpdateTime: Text = None


def select(context: ActionContext, entries: list[Entry]) -> list[Row]:
    """Return the images of the version in the parameter ChildImageVersionId."""
    (version_id,) = read_required(context, "ChildImageVersionId")
    unknown = (version_id,) not in context.catalogue.groups("python_spark_images")
    if unknown and context.assumptions.unknown_image_version == "refuse":
        raise VendorError("ResourceNotFound.ImageVersionNotFound", value=version_id)
    images = [entry.image for entry in entries]
    return [image for image in images if image.get("ChildImageVersionId") == version_id]


LISTING = Listing(
    action="DescribeDataEnginePythonSparkImages",
    service="dlc",
    version="2021-01-25",
    parameters={"ChildImageVersionId": "string"},
    required=("ChildImageVersionId",),
    regions=regions.DLC,
    name="python_spark_images",
    label="Python Spark image",
    record=PythonSparkImage,
    id_field="SparkImageId",
    group=("ChildImageVersionId",),
    rows="PythonSparkImages",
    paging=Unpaged(),
    empty=None,
    select=select,
)
