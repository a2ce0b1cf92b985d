"""The image listings. Each module in this folder declares a listing as `LISTING`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from pulumi_tcimages.emulator.listing import Listing


def _load() -> Mapping[str, Listing]:
    modules = [f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__)]
    listings: list[Listing] = [importlib.import_module(module).LISTING for module in modules]
    return {listing.name: listing for listing in listings}


LISTINGS = _load()
"""The listings by the name of their list in the catalogue, such as `preset_images`."""
