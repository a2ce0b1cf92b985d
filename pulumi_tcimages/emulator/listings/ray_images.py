"""The emulated action ListImages of DLC."""

from __future__ import annotations

from pulumi_tcimages.emulator import regions
from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.listing import Listing, NumberedPages
from pulumi_tcimages.emulator.records import Number, Record, Text
from pulumi_tcimages.emulator.store import Entry, Row


class RayImage(Record):
    """The type ImageDto in responses of ListImages."""

    Id: int
    Name: Text = None
    Url: Text = None
    Description: Text = None
    Type: Text = None
    RayVersion: Text = None
    CreateTime: Number = None
    UpdateTime: Number = None


def select(context: ActionContext, entries: list[Entry]) -> list[Row]:
    """Return the images of a type whose name or description contains a keyword."""
    image_type, keyword = context.text("Type"), context.text("Keyword").casefold()

    def matches(image: Row) -> bool:
        texts = (image.get("Name") or "", image.get("Description") or "")
        has_type = not image_type or image.get("Type") == image_type
        return has_type and any(keyword in text.casefold() for text in texts)

    return [entry.image for entry in entries if matches(entry.image)]


LISTING = Listing(
    action="ListImages",
    service="dlc",
    version="2021-01-25",
    parameters={"Keyword": "string", "Type": "string", "Page": "uint64", "PageSize": "uint64"},
    regions=regions.DLC_RAY,
    name="ray_images",
    label="Ray image",
    record=RayImage,
    id_field="Id",
    rows="Items",
    paging=NumberedPages(),
    select=select,
)
