"""The gateway's stateless checks. Each function raises a VendorError to reject a request."""

from __future__ import annotations

import re

from pulumi_tcimages.emulator.api_call import ApiCall
from pulumi_tcimages.emulator.assumptions import Assumptions
from pulumi_tcimages.emulator.framing import MAX_BODY_BYTES, HttpRequest
from pulumi_tcimages.emulator.keys import Key
from pulumi_tcimages.emulator.messages import VendorError
from pulumi_tcimages.emulator.routes import ROUTES, Route

MAX_QUERY_BYTES = 32 * 1024
_CONTENT_TYPES = {
    "POST": re.compile(r"application/json(;.*)?", re.IGNORECASE),
    "GET": re.compile(r"application/x-www-form-urlencoded(;.*)?", re.IGNORECASE),
}


def check_protocol(request: HttpRequest) -> None:
    """Check the method, the path and the size of a request."""
    if request.problem == "too large":
        raise VendorError("RequestSizeLimitExceeded", limit=MAX_BODY_BYTES)
    if len(request.query) > MAX_QUERY_BYTES:
        raise VendorError("RequestSizeLimitExceeded", limit=MAX_QUERY_BYTES)
    if request.problem:
        raise VendorError("InvalidRequest", problem="a chunked body is not supported")
    if request.method not in _CONTENT_TYPES or request.path != "/":
        raise VendorError("UnsupportedProtocol")


def find_route(call: ApiCall) -> Route:
    """Return the route for a call's action and version."""
    for name, value in (("Action", call.action), ("Version", call.version)):
        if not value:
            raise VendorError("MissingParameter", name=name)
    route = ROUTES.get(call.action)
    if route is None:
        raise VendorError("InvalidAction")
    if call.version != route.version:
        raise VendorError("NoSuchVersion")
    content_type = call.request.headers.get("content-type", "")
    if not _CONTENT_TYPES[call.request.method].fullmatch(content_type):
        raise VendorError("UnsupportedProtocol")
    return route


def check_region(call: ApiCall, route: Route, assumptions: Assumptions) -> None:
    """Check that the product is available in the call's region."""
    if not call.region:
        raise VendorError("MissingParameter", name="Region")
    if call.region not in route.regions:
        code = assumptions.unknown_region
        raise VendorError(code, "region" if code == "InvalidParameterValue" else "")


def check_permission(call: ApiCall, route: Route, caller: Key | None) -> None:
    """Check that the caller's key may use the action."""
    if caller is not None and call.action in caller.denied:
        raise VendorError(
            "AuthFailure.UnauthorizedOperation",
            request_id=call.request_id,
            operation=f"{route.service}:{call.action}",
            service=route.service,
            region=call.region,
            account=caller.account_id,
        )
