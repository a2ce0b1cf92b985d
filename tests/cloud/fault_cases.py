"""One row of the fault table: what goes wrong, and what comes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pulumi_tcimages.emulator import Fault
from pulumi_tcimages.errors import TcImagesError
from tests.cloud.faulty_server import Step, reply

FOREVER = 300
CANARY = {
    "secret_id": "AKIDcanaryIDcanaryIDcanaryIDcanary01",
    "secret_key": "canaryKEYcanaryKEYcanaryKEYcanary",
    "security_token": "canaryTOKENcanaryTOKENcanaryTOKEN/==",
}
PAGE = {"Response": {"TotalCount": 1, "PlatformImageInfos": [{"ImageId": "a"}], "RequestId": "r-1"}}
GOOD = reply(json.dumps(PAGE).encode())


def response(**fields: object) -> Step:
    return reply(json.dumps({"Response": {"RequestId": "r-1", **fields}}).encode())


@dataclass(frozen=True)
class Row:
    """What goes wrong, and what comes of it; without an error, the images come."""

    name: str
    steps: tuple[Step, ...] | tuple[Fault, ...]
    error: type[TcImagesError] | None
    requests: int
    text: str = ""
    timeout_seconds: float = 60
    attempts: int = 0
    """What the error says, where that is not all requests."""
    images: int = 0
    """How many images come, where that is the point."""
