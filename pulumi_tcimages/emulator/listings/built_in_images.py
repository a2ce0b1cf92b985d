"""The emulated action DescribeBuildInImages of TIONE."""

from __future__ import annotations

from functools import partial

from pulumi_tcimages.emulator import regions
from pulumi_tcimages.emulator.filters import (
    IMAGE_FILTER,
    FilterFields,
    apply_filters,
    read_flag,
    read_text,
)
from pulumi_tcimages.emulator.listing import Listing, Unpaged
from pulumi_tcimages.emulator.records import Flag, Identifier, Record, Text

FILTERS: FilterFields = {
    "ImageName": read_text("ImageName"),
    "ImageType": read_text("ImageType"),
    "SupportDataPipeline": read_flag("SupportDataPipeline"),
    "AllowSaveAllContent": read_flag("AllowSaveAllContent"),
}


class RegistrySecret(Record):
    """The type ImageSecret of the TIONE API: credentials of a registry."""

    KeyId: Text = None
    Username: Text = None
    Password: Text = None
    SecretId: Text = None


class BuiltInImage(Record):
    """The type ImageInfo in responses of DescribeBuildInImages. It has no id."""

    ImageName: Identifier
    ImageType: Text = None
    ImageUrl: Text = None
    RegistryRegion: Text = None
    RegistryId: Text = None
    AllowSaveAllContent: Flag = None
    SupportDataPipeline: Flag = None
    ImageSecret: RegistrySecret | None = None


LISTING = Listing(
    action="DescribeBuildInImages",
    service="tione",
    version="2021-11-11",
    parameters={"ImageFilters": [IMAGE_FILTER]},
    regions=regions.TIONE,
    name="built_in_images",
    label="built-in image",
    record=BuiltInImage,
    id_field="ImageName",
    rows="BuildInImageInfos",
    paging=Unpaged(),
    select=partial(apply_filters, name="ImageFilters", fields=FILTERS),
)
