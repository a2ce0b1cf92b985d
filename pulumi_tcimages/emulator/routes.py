"""The table of actions, with the service, version, parameters, regions and function of each.

An action's function returns the fields inside `Response`, or raises a VendorError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_tcimages.emulator import regions, sts
from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.listing import Listing
from pulumi_tcimages.emulator.listings import LISTINGS


@dataclass(frozen=True, kw_only=True)
class StsAction:
    """An action of the token service."""

    service: str = "sts"
    version: str = "2018-08-13"
    parameters: Mapping[str, Any]
    """The types of the parameters by name, in the notation of the module `parameters`."""
    required: tuple[str, ...] = ()
    regions: frozenset[str] = regions.ALL
    signed: bool = True
    answer: Callable[[ActionContext], dict[str, Any]]


Route = Listing | StsAction

_ROLE = {"RoleArn": "string", "RoleSessionName": "string", "DurationSeconds": "uint64"}
_STS = {
    "AssumeRole": StsAction(
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
        answer=sts.assume_role,
    ),
    "AssumeRoleWithWebIdentity": StsAction(
        parameters={**_ROLE, "ProviderId": "string", "WebIdentityToken": "string"},
        required=("ProviderId", "WebIdentityToken", "RoleArn", "RoleSessionName"),
        answer=sts.assume_role_with_web_identity,
        signed=False,
    ),
    "GetCallerIdentity": StsAction(parameters={}, answer=sts.get_caller_identity),
}

ROUTES: dict[str, Route] = {**{listing.action: listing for listing in LISTINGS.values()}, **_STS}
"""All actions by name, which are the image listings and the actions of the token service."""
