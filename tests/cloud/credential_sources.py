"""All places for keys, in order of precedence."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.cloud.fakes import ROLE

OTHER_ROLE = "qcs::cam::uin/100000000001:roleName/reader"
TERRAFORM_ARN = "TENCENTCLOUD_ASSUME_ROLE_ARN"
TERRAFORM_TOKEN = "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN"


@dataclass(frozen=True)
class Place:
    """A place with its own keys."""

    name: str
    id_prefix: str
    """The beginning of the id of the signing key."""
    configuration: dict[str, object] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    files: dict[str, object] = field(default_factory=dict)
    provider: str = ""
    """The provider of temporary keys, whose ids all look alike."""

    def __str__(self) -> str:
        return self.name


def configured_keys(name: str) -> dict[str, str]:
    return {"secret_id": f"AKID{name}", "secret_key": f"key{name}"}


def profile_keys(name: str) -> dict[str, str]:
    return {"secretId": f"AKID{name}", "secretKey": f"key{name}"}


def ini_keys(name: str) -> str:
    return f"[default]\nsecret_id = AKID{name}\nsecret_key = key{name}\n"


IDENTITY = {"role_arn": ROLE, "web_identity_token": "oidc", "provider_id": "configured"}
TEMPORARY = "AKIDTEMPORARY"
PLACES = (
    Place(
        "configured identity",
        TEMPORARY,
        {"assume_role_with_web_identity": IDENTITY},
        provider="configured",
    ),
    Place("configured keys", "AKIDconfigured", configured_keys("configured")),
    Place(
        "configured profile",
        "AKIDbuild",
        {"profile": "build"},
        files={
            "build.credential": profile_keys("build"),
            "folder/build.credential": profile_keys("build"),
        },
    ),
    Place("configured CVM role", TEMPORARY, {"cam_role_name": "the-cvm-role"}, provider="metadata"),
    Place(
        "configured folder",
        "AKIDfolder",
        {"shared_credentials_dir": "~/folder"},
        files={"folder/default.credential": profile_keys("folder")},
    ),
    Place(
        "environment",
        "AKIDenvironment",
        environ={
            "TENCENTCLOUD_SECRET_ID": "AKIDenvironment",
            "TENCENTCLOUD_SECRET_KEY": "keyenvironment",
        },
    ),
    Place("profile", "AKIDprofile", files={"default.credential": profile_keys("profile")}),
    Place("ini file", "AKIDini", files={".tencentcloud/credentials": ini_keys("ini")}),
    Place(
        "environment's CVM role",
        TEMPORARY,
        environ={"TENCENTCLOUD_CAM_ROLE_NAME": "the-cvm-role"},
        provider="metadata",
    ),
    Place(
        "environment's identity",
        TEMPORARY,
        environ={
            TERRAFORM_ARN: ROLE,
            TERRAFORM_TOKEN: "oidc",
            "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID": "terraform",
        },
        provider="terraform",
    ),
    Place(
        "pod",
        TEMPORARY,
        environ={
            "TKE_PROVIDER_ID": "cls-1",
            "TKE_ROLE_ARN": OTHER_ROLE,
            "TKE_WEB_IDENTITY_TOKEN_FILE": "~/pod-token",
        },
        files={"pod-token": "oidc"},
        provider="cls-1",
    ),
)
"""In order of precedence."""

POD = PLACES[-1]
PROFILE = PLACES[6]
