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
"""

from pulumi_tcimages.emulator.catalogue import Catalogue
from pulumi_tcimages.emulator.choices import Choices
from pulumi_tcimages.emulator.emulator import Emulator
from pulumi_tcimages.emulator.faults import Fault, Faults
from pulumi_tcimages.emulator.journal import Journal, Received
from pulumi_tcimages.emulator.keys import Key, Keys
from pulumi_tcimages.emulator.shelf import CatalogueError

__all__ = [
    "Catalogue",
    "CatalogueError",
    "Choices",
    "Emulator",
    "Fault",
    "Faults",
    "Journal",
    "Key",
    "Keys",
    "Received",
]
