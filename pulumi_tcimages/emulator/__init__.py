"""A stand-in for the cloud: both image APIs, the token service, a machine's metadata; on loopback.

    with Emulator() as cloud:
        ...                                 # a client at cloud.endpoint, with cloud.secret_id/_key
        cloud.faults.add("DescribePlatformImages", Fault(status=502))
        cloud.catalogue.withdraw_platform_image(image_id)
        assert cloud.requests[-1].action == "DescribePlatformImages"

The way of a request: server (sockets) -> framing (HTTP) -> gateway (every check, the envelope) ->
actions and sts (the answers) -> catalogue and keys (the state); faults stand beside all of it.
Imports nothing but the standard library and core's signer. What it does where the vendor is silent
is in `choices`.

Names are loaded when they are first used: every pytest run of every user imports this package, for
the fixture beside it.
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
