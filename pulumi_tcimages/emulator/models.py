"""Pydantic models for catalogue files, built from the records of the listings."""

from __future__ import annotations

from types import GenericAlias
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from pulumi_tcimages.emulator.listing import Listing
from pulumi_tcimages.emulator.listings import LISTINGS
from pulumi_tcimages.emulator.records import Identifier


class CatalogueEntry(BaseModel):
    """An image with the data that the emulator needs in addition to the vendor's fields."""

    model_config = ConfigDict(strict=True, extra="forbid")

    provenance: Literal["vendor", "vendor name", "invented"] = Field(
        default="invented",
        description="The origin of the image. vendor: Tencent Cloud published every field. vendor "
        "name: Tencent Cloud published the name and its versions; other values are invented. "
        "invented: every value is invented.",
    )
    regions: list[Identifier] = Field(
        default=[], description="The regions where the image is available. Defaults to all regions."
    )


class _Document(BaseModel):
    """A catalogue for the tcimages emulator.

    Images are served exactly as they are written here, nulls and unknown fields included.
    """

    model_config = ConfigDict(strict=True, extra="forbid")

    schema_address: str = Field(default="", alias="$schema")
    about: str = ""


def _build_entry_model(listing: Listing) -> type[CatalogueEntry]:
    fields: dict[str, Any] = dict.fromkeys(listing.place, (Identifier, ...))
    fields["image"] = (listing.record, ...)
    name = listing.record.__name__.removesuffix("Image")
    return create_model(f"{name}Entry", __base__=CatalogueEntry, **fields)


def _build_document_model() -> type[BaseModel]:
    fields: dict[str, Any] = {
        name: (GenericAlias(list, (entry,)), []) for name, entry in ENTRIES.items()
    }
    doc = _Document.__doc__  # Pass it on, because pydantic models do not inherit it.
    return create_model("CatalogueDocument", __base__=_Document, __doc__=doc, **fields)


ENTRIES = {name: _build_entry_model(listing) for name, listing in LISTINGS.items()}
"""The models for the entries of each list in the catalogue, by list name."""
CatalogueDocument = _build_document_model()
