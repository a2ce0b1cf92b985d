"""A loopback emulator of the cloud's image APIs, its token service and a CVM's metadata service.

    with Emulator() as cloud:
        # Use a client with cloud.endpoint, cloud.secret_id, cloud.secret_key.
        ...
        cloud.faults.add("DescribePlatformImages", Fault(status=502))
        cloud.catalogue.withdraw("platform_images", image_id)
        assert cloud.requests[-1].action == "DescribePlatformImages"

A request passes through `server` (sockets), `framing` (HTTP) and `gateway` (checks, and the format
of responses) to its route in `routes`, which is an image listing or a function of `sts`. Each
module of `listings` declares one listing: its action, parameters, paging, and the format of its
images. To add a listing, add a module there, and images to `catalogue.json`. `assumptions` lists
the behaviour that the vendor does not document.

The package shares only the signing code with the client that it tests. Its modules are imported on
first use, because every pytest run imports this package for its fixture.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_tcimages.emulator.assumptions import Assumptions
    from pulumi_tcimages.emulator.catalogue import Catalogue
    from pulumi_tcimages.emulator.emulator import Emulator
    from pulumi_tcimages.emulator.fault_script import Faults
    from pulumi_tcimages.emulator.faults import Fault
    from pulumi_tcimages.emulator.journal import Journal, RecordedRequest
    from pulumi_tcimages.emulator.keys import Key, Keys
    from pulumi_tcimages.emulator.store import CatalogueError

_MODULES = {
    "Catalogue": "catalogue",
    "CatalogueError": "store",
    "Assumptions": "assumptions",
    "Emulator": "emulator",
    "Fault": "faults",
    "Faults": "fault_script",
    "Journal": "journal",
    "Key": "keys",
    "Keys": "keys",
    "RecordedRequest": "journal",
}

__all__ = [
    "Assumptions",
    "Catalogue",
    "CatalogueError",
    "Emulator",
    "Fault",
    "Faults",
    "Journal",
    "Key",
    "Keys",
    "RecordedRequest",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
