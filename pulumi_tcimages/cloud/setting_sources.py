"""The environment variables for each setting, and the groups of variables that describe a role.

Tencent Cloud's Terraform provider and command line use the same names. A TKE cluster sets the TKE_
variables in its pods.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

ROLE = "assume_role"
WEB_IDENTITY = "assume_role_with_web_identity"


class VariableGroup(NamedTuple):
    """A group of environment variables that describe a role. Variables of different groups are
    never combined.
    """

    section: str
    variables: Mapping[str, str]
    """The name of the variable for each field of the role."""
    essential: tuple[str, ...]
    """Fields of the role. If none of them is set, the group describes no role."""
    dependent: tuple[str, ...] = ()
    """Fields that mean nothing without the essential ones. If only these are set, an error says
    what is missing, unless a role from another place is used.
    """
    is_pod: bool = False


_TERRAFORM_SESSION = {
    "role_arn": "TENCENTCLOUD_ASSUME_ROLE_ARN",
    "session_name": "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME",
    "session_duration": "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION",
}
VARIABLE_GROUPS = (
    VariableGroup(
        ROLE,
        {**_TERRAFORM_SESSION, "external_id": "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID"},
        essential=("role_arn",),
        dependent=("session_name", "session_duration", "external_id"),
    ),
    VariableGroup(
        ROLE,
        {"role_arn": "TENCENTCLOUD_ROLE_ARN", "session_name": "TENCENTCLOUD_ROLE_SESSION_NAME"},
        essential=("role_arn",),
        dependent=("session_name",),
    ),
    VariableGroup(
        WEB_IDENTITY,
        {
            "provider_id": "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID",
            **_TERRAFORM_SESSION,
            "web_identity_token": "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN",
            "web_identity_token_file": "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE",
        },
        essential=("web_identity_token", "web_identity_token_file"),
        # The other fields may belong to a role to assume with keys.
        dependent=("provider_id",),
    ),
    VariableGroup(
        WEB_IDENTITY,
        {
            "provider_id": "TKE_PROVIDER_ID",
            "role_arn": "TKE_ROLE_ARN",
            "web_identity_token_file": "TKE_WEB_IDENTITY_TOKEN_FILE",
        },
        essential=("role_arn", "web_identity_token_file"),
        is_pod=True,
    ),
)
"""The groups of variables that describe a role to assume, highest precedence first."""


def _collect_group_variables() -> dict[str, tuple[str, ...]]:
    by_path: dict[str, tuple[str, ...]] = {}
    for group in VARIABLE_GROUPS:
        for part, variable in group.variables.items():
            path = f"{group.section}.{part}"
            by_path[path] = (*by_path.get(path, ()), variable)
    return by_path


TOKEN = "security_token"  # noqa: S105 (the name of a setting)
DOMAIN = "TENCENTCLOUD_DOMAIN"
POD_REGION = "TKE_REGION"
CREDENTIALS_FILE = "TENCENTCLOUD_CREDENTIALS_FILE"
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "region": ("TENCENTCLOUD_REGION", POD_REGION),
    "secret_id": ("TENCENTCLOUD_SECRET_ID",),
    "secret_key": ("TENCENTCLOUD_SECRET_KEY",),
    TOKEN: ("TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_TOKEN"),
    "profile": ("TENCENTCLOUD_PROFILE", "TCCLI_PROFILE"),
    "shared_credentials_dir": ("TENCENTCLOUD_SHARED_CREDENTIALS_DIR",),
    "cam_role_name": ("TENCENTCLOUD_CAM_ROLE_NAME",),
    **_collect_group_variables(),
    "site": (DOMAIN,),
    "endpoints.dlc": ("TCIMAGES_ENDPOINT_DLC",),
    "endpoints.tione": ("TCIMAGES_ENDPOINT_TIONE",),
    "endpoints.sts": ("TCIMAGES_ENDPOINT_STS",),
    "endpoints.metadata": ("TCIMAGES_ENDPOINT_METADATA",),
    "protocol": ("TENCENTCLOUD_PROTOCOL",),
}
"""The environment variables for each setting, highest precedence first."""
LAST_VARIABLES = (POD_REGION,)
"""Variables that have lower precedence than the profile."""
IN_PROFILE = ("region", "endpoints.dlc", "endpoints.tione", "endpoints.sts")
MUST_AGREE = (TOKEN,)
"""Settings whose variables must be equal if several are set. Otherwise one of them must be
outdated, which is an error.
"""
