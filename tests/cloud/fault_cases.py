"""One row of the fault table: what goes wrong, and what comes of it."""

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
"""In a row's text: the CAM action of the request."""


def good(_: Peer) -> None:
    """Stand for the target's good reply; `Row.steps_for` puts it there."""
    raise NotImplementedError


def response(**fields: object) -> Step:
    return reply(json.dumps({"Response": {"RequestId": "r-1", **fields}}).encode())


@dataclass(frozen=True)
class FaultCase:
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
    code: str = ""
    """The code that the cloud always refuses with, if the row is about one."""
    needs: AbstractSet[str] = frozenset()
    """The features of a target without which the row does not apply: `images`, `pages`, `total`,
    `lists`, or `api`, the signed envelope of the cloud's API."""

    def steps_for(self, good_reply: Step) -> list[Step | Fault]:
        return [good_reply if step is good else step for step in self.steps]

    def text_for(self, source: Source) -> str:
        """Return the part of the message that the fault must lead to."""
        if self.code in source.scope_fixes:  # the code is about the required arguments
            return f"check {camel(source.single_query.required_names()[0])}:"
        return self.text.replace(PERMISSION, source.action.action.permission)
