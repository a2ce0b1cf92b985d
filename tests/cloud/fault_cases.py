"""Cases of the fault table: a fault and the expected result."""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pulumi_tcimages.emulator import Fault
from pulumi_tcimages.errors import TcImagesError
from pulumi_tcimages.naming import camel
from pulumi_tcimages.sources.source import Source
from tests.cloud.faulty_server import Peer, Step, reply

FOREVER = 300
CANARY = {
    "secret_id": "AKIDcanaryIDcanaryIDcanaryIDcanary01",
    "secret_key": "canaryKEYcanaryKEYcanaryKEYcanary",
    "security_token": "canaryTOKENcanaryTOKENcanaryTOKEN/==",
}
PERMISSION = "{permission}"
"""Stands for the CAM action of the request in the text of a case."""


def good(_: Peer) -> None:
    """Placeholder of the target's good response, which `steps_for` inserts."""
    raise NotImplementedError


def response(**fields: object) -> Step:
    return reply(json.dumps({"Response": {"RequestId": "r-1", **fields}}).encode())


@dataclass(frozen=True)
class FaultCase:
    """A fault and the expected error. Without an error, the images are listed."""

    name: str
    steps: tuple[Step, ...] | tuple[Fault, ...]
    error: type[TcImagesError] | None
    requests: int
    text: str = ""
    timeout_seconds: float = 60
    attempts: int = 0
    """Attempts in the error, if fewer than all requests."""
    images: int = 0
    """Number of listed images, if the case is about it."""
    code: str = ""
    """The error code of all responses, if the case is about one."""
    needs: AbstractSet[str] = frozenset()
    """Features that a target needs for the case: `images`, `pages`, `total`, `lists`, or `api`, the
    signed envelope of the API."""

    def steps_for(self, good_reply: Step) -> list[Step | Fault]:
        return [good_reply if step is good else step for step in self.steps]

    def text_for(self, source: Source) -> str:
        """Return the expected part of the error message."""
        if self.code in source.scope_fixes:  # these codes are about the required arguments
            return f"check {camel(source.single_query.required_names()[0])}:"
        return self.text.replace(PERMISSION, source.action.action.permission)
