"""The gateway's checks that need no state: protocol, action, version, region, permission.

Each returns what it found or nothing, and raises the vendor's refusal.
"""

from __future__ import annotations

import re

from pulumi_tcimages.emulator.actions import ACTIONS, Action
from pulumi_tcimages.emulator.assumptions import Assumptions
from pulumi_tcimages.emulator.call import Call
from pulumi_tcimages.emulator.framing import MAX_BODY_BYTES, Request
from pulumi_tcimages.emulator.keys import Key
from pulumi_tcimages.emulator.messages import VendorError

MAX_QUERY_BYTES = 32 * 1024
_CONTENT_TYPES = {
    "POST": re.compile(r"application/json(;.*)?", re.IGNORECASE),
    "GET": re.compile(r"application/x-www-form-urlencoded(;.*)?", re.IGNORECASE),
}


def check_protocol(request: Request) -> None:
    """Method, path and size."""
    if request.problem == "too large":
        raise VendorError("RequestSizeLimitExceeded", limit=MAX_BODY_BYTES)
    if len(request.query) > MAX_QUERY_BYTES:
        raise VendorError("RequestSizeLimitExceeded", limit=MAX_QUERY_BYTES)
    if request.problem:
        raise VendorError("InvalidRequest", problem="a chunked body is not supported")
    if request.method not in _CONTENT_TYPES or request.path != "/":
        raise VendorError("UnsupportedProtocol")


def find_action(call: Call) -> Action:
    """The action that is called, in the version that it has."""
    for name, value in (("Action", call.action), ("Version", call.version)):
        if not value:
            raise VendorError("MissingParameter", name=name)
    action = ACTIONS.get(call.action)
    if action is None:
        raise VendorError("InvalidAction")
    if call.version != action.version:
        raise VendorError("NoSuchVersion")
    content_type = call.request.headers.get("content-type", "")
    if not _CONTENT_TYPES[call.request.method].fullmatch(content_type):
        raise VendorError("UnsupportedProtocol")
    return action


def check_region(call: Call, action: Action, choices: Assumptions) -> None:
    """A region is given, and the product is there."""
    if not call.region:
        raise VendorError("MissingParameter", name="Region")
    if call.region not in action.regions:
        code = choices.unknown_region
        raise VendorError(code, "region" if code == "InvalidParameterValue" else "")


def check_permission(call: Call, action: Action, caller: Key | None) -> None:
    """The key's policies allow the action."""
    if caller is not None and call.action in caller.denied:
        raise VendorError(
            "AuthFailure.UnauthorizedOperation",
            request_id=call.request_id,
            operation=f"{action.service}:{call.action}",
            service=action.service,
            region=call.region,
            account=caller.account_id,
        )
