"""The table of actions: service, version, parameters, regions, and the function to call.

A function returns the fields inside `Response`, or raises a VendorError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_tcimages.emulator import regions, sts
from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.listings import LISTINGS


@dataclass(frozen=True, kw_only=True)
class Route:
    """An action in one version of a product's API."""

    service: str
    version: str
    parameters: Mapping[str, Any]
    """Parameter types by name, as defined in `parameters`."""
    required: tuple[str, ...] = ()
    regions: frozenset[str]
    answer: Callable[[ActionContext], dict[str, Any]]
    """The function to call: a Listing, or a function of `sts`."""
    signed: bool = True


_ROLE = {"RoleArn": "string", "RoleSessionName": "string", "DurationSeconds": "uint64"}
_STS = {
    "AssumeRole": Route(
        service="sts",
        version="2018-08-13",
        parameters={
            **_ROLE,
            "Policy": "string",
            "ExternalId": "string",
            "Tags": [{"Key": "string", "Value": "string"}],
            "SourceIdentity": "string",
            "SerialNumber": "string",
            "TokenCode": "string",
        },
        required=("RoleArn", "RoleSessionName"),
        regions=regions.ALL,
        answer=sts.assume_role,
    ),
    "AssumeRoleWithWebIdentity": Route(
        service="sts",
        version="2018-08-13",
        parameters={**_ROLE, "ProviderId": "string", "WebIdentityToken": "string"},
        required=("ProviderId", "WebIdentityToken", "RoleArn", "RoleSessionName"),
        regions=regions.ALL,
        answer=sts.assume_role_with_web_identity,
        signed=False,
    ),
    "GetCallerIdentity": Route(
        service="sts",
        version="2018-08-13",
        parameters={},
        regions=regions.ALL,
        answer=sts.get_caller_identity,
    ),
}

ROUTES = {
    **{
        listing.action: Route(
            service=listing.service,
            version=listing.version,
            parameters=listing.parameters,
            required=listing.required,
            regions=listing.regions,
            answer=listing,
        )
        for listing in LISTINGS.values()
    },
    **_STS,
}
"""All actions by name: the image listings, and the actions of the token service."""
