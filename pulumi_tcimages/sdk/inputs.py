"""What goes in beside plain values: dictionaries with known keys, which type checkers check.

Each is written as a call or as a plain dictionary: `PlatformImageFilterArgs(name="ImageRange",
values=["Train"])` is `{"name": "ImageRange", "values": ["Train"]}`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import pulumi


class _FilterNeeds(TypedDict):
    name: pulumi.Input[str]
    """The name of the filter: `ImageId`, `ImageName`, `SupportDataPipeline`, `AllowSaveAllContent`
    or `ImageRange`."""
    values: pulumi.Input[Sequence[pulumi.Input[str]]]
    """The values, any of which matches; booleans as `"true"`."""


class PlatformImageFilterArgs(_FilterNeeds, total=False):
    """A filter that the cloud applies, passed on as it is."""

    negative: pulumi.Input[bool]
    """Whether to keep what does not match."""
    fuzzy: pulumi.Input[bool]
    """Whether a part of the value is enough."""


class AssumeRoleArgs(TypedDict, total=False):
    """A role to take on, on top of whatever credentials were found."""

    role_arn: pulumi.Input[str]
    """The role to assume, for instance `qcs::cam::uin/100000000001:roleName/build`."""
    session_name: pulumi.Input[str]
    """The session's name in the cloud's audit trail; default `pulumi-tcimages`."""
    session_duration: pulumi.Input[int]
    """How long the role is held, in seconds, at most 43200; default 7200."""
    policy: pulumi.Input[str]
    """A CAM policy, as JSON, that narrows what the role may do."""
    external_id: pulumi.Input[str]
    """The external id that the role's trust policy asks for."""


class AssumeRoleWithWebIdentityArgs(TypedDict, total=False):
    """A role to take on with an OIDC token instead of keys."""

    provider_id: pulumi.Input[str]
    """The identity provider's name in CAM; default `OIDC`."""
    role_arn: pulumi.Input[str]
    """The role to assume, for instance `qcs::cam::uin/100000000001:roleName/ci`."""
    session_name: pulumi.Input[str]
    """The session's name in the cloud's audit trail; default `pulumi-tcimages`."""
    session_duration: pulumi.Input[int]
    """How long the role is held, in seconds, at most 43200; default 7200."""
    web_identity_token: pulumi.Input[str]
    """The OIDC token itself; `web_identity_token_file` keeps it out of the stack."""
    web_identity_token_file: pulumi.Input[str]
    """A file with the OIDC token: as it is, or as JSON with `web_identity_token`."""


class EndpointsArgs(TypedDict, total=False):
    """Where requests go instead of the vendor's address."""

    dlc: pulumi.Input[str]
    """The address for DLC: a host, host:port or URL without a path."""
    tione: pulumi.Input[str]
    """The address for TIONE: a host, host:port or URL without a path."""
    sts: pulumi.Input[str]
    """The address for STS: a host, host:port or URL without a path."""
    metadata: pulumi.Input[str]
    """The address of the metadata service that a CVM's role is read from."""
