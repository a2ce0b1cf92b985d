"""The emulated action DescribePlatformImages of TIONE."""

from __future__ import annotations

from functools import partial

from pulumi_tcimages.emulator import regions
from pulumi_tcimages.emulator.filters import (
    FILTER,
    FilterFields,
    apply_filters,
    read_attribute,
    read_list,
    read_text,
)
from pulumi_tcimages.emulator.listing import Listing, OffsetPages
from pulumi_tcimages.emulator.records import Attribute, Flag, Identifier, Record, Text, Texts

FILTERS: FilterFields = {
    "ImageId": read_text("ImageId"),
    "ImageName": read_text("ImageName"),
    "ImageRange": read_list("ImageRange"),
    "SupportDataPipeline": read_attribute("SupportDataPipeline"),
    "AllowSaveAllContent": read_attribute("AllowSaveAllContent"),
}


class PlatformImage(Record):
    """The type PlatformImageInfo in responses of DescribePlatformImages."""

    ImageId: Identifier
    ImageName: Text = None
    ImageType: Text = None
    ImageUrl: Text = None
    ImageRange: Texts = None
    Framework: Text = None
    FrameworkVersion: Text = None
    RegistryRegion: Text = None
    RegistryId: Text = None
    SupportGpuList: Texts = None
    Description: Text = None
    ExtraAttributes: list[Attribute] | None = None
    SupportDistributedDeploy: Flag = None
    RegionScope: Text = None


LISTING = Listing(
    action="DescribePlatformImages",
    service="tione",
    version="2021-11-11",
    parameters={
        "TiProjectId": "string",
        "Filters": [FILTER],
        "Offset": "uint64",
        "Limit": "uint64",
    },
    regions=regions.TIONE,
    name="platform_images",
    label="platform image",
    record=PlatformImage,
    id_field="ImageId",
    rows="PlatformImageInfos",
    paging=OffsetPages(),
    select=partial(apply_filters, name="Filters", fields=FILTERS),
)
