"""The places of every setting, in order of precedence.

Each place has the configuration, variables and files that set the value there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_tcimages.cloud.settings import Settings, read_settings
from pulumi_tcimages.core.configuration import read_configuration
from tests.cloud.fakes import write_file

_ARN = "qcs::cam::uin/100000000001:roleName/{}"


@dataclass(frozen=True)
class Place:
    """A place that sets a value."""

    name: str
    """The name in messages, with `~` for the home folder."""
    value: Any = None
    """The value of the setting, or all parts of a section."""
    configuration: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def in_configuration(key: str, value: Any, *, in_section: str = "") -> Place:
    name, _, part = key.partition(".")
    arguments = {name: {part: value}} if part else {name: value}
    return Place(f"configuration tcimages:{in_section or key}", value, configuration=arguments)


def in_environment(name: str, text: str, value: Any = None) -> Place:
    return Place(f"environment {name}", text if value is None else value, environ={name: text})


def in_profile(setting: str, text: str, *, name: str = "default") -> Place:
    service = setting.partition(".")[2]
    content = {service: {"endpoint": text}} if service else {"_sys_param": {"region": text}}
    files = {f".tccli/{name}.configure": content}
    arguments = {} if name == "default" else {"profile": name}
    return Place(f"profile ~/.tccli/{name}.configure", text, configuration=arguments, files=files)


def by_default(value: Any) -> Place:
    return Place("the default", value)


def endpoint_places(service: str) -> tuple[Place, ...]:
    setting = f"endpoints.{service}"
    return (
        in_configuration(setting, "configured.example"),
        in_profile(setting, "named.example", name="build"),
        in_environment(f"TCIMAGES_ENDPOINT_{service.upper()}", "environment.example"),
        in_profile(setting, "profile.example"),
    )


SINGLE: Mapping[str, tuple[Place, ...]] = {
    "region": (
        in_configuration("region", "ap-configured"),
        in_profile("region", "ap-named", name="build"),
        in_environment("TENCENTCLOUD_REGION", "ap-environment"),
        in_profile("region", "ap-profile"),
        in_environment("TKE_REGION", "ap-pod"),
    ),
    "profile": (
        in_configuration("profile", "configured"),
        in_environment("TENCENTCLOUD_PROFILE", "terraform"),
        in_environment("TCCLI_PROFILE", "shell"),
        by_default("default"),
    ),
    "shared_credentials_dir": (
        Place(
            "configuration tcimages:sharedCredentialsDir",
            "/configured",
            {"shared_credentials_dir": "/configured"},
        ),
        in_environment("TENCENTCLOUD_SHARED_CREDENTIALS_DIR", "/environment"),
    ),
    "cam_role_name": (
        Place("configuration tcimages:camRoleName", "configured", {"cam_role_name": "configured"}),
        in_environment("TENCENTCLOUD_CAM_ROLE_NAME", "environment"),
    ),
    "secret_id": (
        Place("configuration tcimages:secretId", "configured", {"secret_id": "configured"}),
        in_environment("TENCENTCLOUD_SECRET_ID", "environment"),
    ),
    "secret_key": (
        Place("configuration tcimages:secretKey", "configured", {"secret_key": "configured"}),
        in_environment("TENCENTCLOUD_SECRET_KEY", "environment"),
    ),
    "security_token": (
        Place(
            "configuration tcimages:securityToken", "configured", {"security_token": "configured"}
        ),
        # Tokens in both variables must agree, which another test checks.
        in_environment("TENCENTCLOUD_SECURITY_TOKEN", "environment"),
    ),
    "site": (
        in_configuration("site", "china"),
        in_environment("TENCENTCLOUD_DOMAIN", "intl.tencentcloudapi.com", "intl"),
        by_default("china"),
    ),
    "endpoints.dlc": endpoint_places("dlc"),
    "endpoints.tione": endpoint_places("tione"),
    "endpoints.sts": endpoint_places("sts"),
    "endpoints.metadata": (
        in_configuration("endpoints.metadata", "configured.example"),
        in_environment("TCIMAGES_ENDPOINT_METADATA", "environment.example"),
    ),
    "protocol": (
        in_configuration("protocol", "https"),
        in_environment("TENCENTCLOUD_PROTOCOL", "HTTP", "http"),
        by_default("https"),
    ),
    "language": (in_configuration("language", "zh-CN"), by_default("en-US")),
    "timeout_seconds": (
        Place("configuration tcimages:timeoutSeconds", 5.0, {"timeout_seconds": 5}),
        by_default(60.0),
    ),
    "cache_ttl_seconds": (
        Place("configuration tcimages:cacheTtlSeconds", 0.0, {"cache_ttl_seconds": 0}),
        by_default(300.0),
    ),
    "max_requests_per_second": (
        Place("configuration tcimages:maxRequestsPerSecond", 3, {"max_requests_per_second": 3}),
        by_default(15),
    ),
    "allowed_account_ids": (
        Place(
            "configuration tcimages:allowedAccountIds",
            ["100000000001"],
            {"allowed_account_ids": ["100000000001"]},
        ),
    ),
    "forbidden_account_ids": (
        Place(
            "configuration tcimages:forbiddenAccountIds",
            ["100000000002"],
            {"forbidden_account_ids": ["100000000002"]},
        ),
    ),
}
"""Settings with a single value."""


def in_section(name: str, label: str, **parts: Any) -> Place:
    return Place(label, parts, configuration={name: parts})


def in_variables(label: str, variables: Mapping[str, str], **parts: Any) -> Place:
    environ = {variables[part]: str(value) for part, value in parts.items()}
    return Place(label, parts, environ=environ)


TERRAFORM = {
    "role_arn": "TENCENTCLOUD_ASSUME_ROLE_ARN",
    "session_name": "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME",
    "session_duration": "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION",
    "external_id": "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID",
    "provider_id": "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID",
    "web_identity_token": "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN",
    "web_identity_token_file": "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE",
}
SHELL = {
    "role_arn": "TENCENTCLOUD_ROLE_ARN",
    "session_name": "TENCENTCLOUD_ROLE_SESSION_NAME",
}
POD = {
    "provider_id": "TKE_PROVIDER_ID",
    "role_arn": "TKE_ROLE_ARN",
    "web_identity_token_file": "TKE_WEB_IDENTITY_TOKEN_FILE",
}
SECTIONS: Mapping[str, tuple[Place, ...]] = {
    "assume_role": (
        in_section("assume_role", "configuration", role_arn=_ARN.format("configured"), policy="{}"),
        in_variables(
            "terraform's variables",
            TERRAFORM,
            role_arn=_ARN.format("terraform"),
            session_name="terraform",
            session_duration=900,
            external_id="terraform",
        ),
        in_variables(
            "the shell's variables", SHELL, role_arn=_ARN.format("shell"), session_name="shell"
        ),
    ),
    "assume_role_with_web_identity": (
        in_section(
            "assume_role_with_web_identity",
            "configuration",
            role_arn=_ARN.format("configured"),
            web_identity_token_file="/configured",
        ),
        in_variables(
            "terraform's variables",
            TERRAFORM,
            role_arn=_ARN.format("terraform"),
            session_name="terraform",
            session_duration=900,
            provider_id="terraform",
            web_identity_token="terraform",
        ),
        in_variables(
            "the pod's variables",
            POD,
            role_arn=_ARN.format("pod"),
            provider_id="pod",
            web_identity_token_file="/pod",
        ),
    ),
}
"""Settings of a role, whose parts come from one place."""


def build_settings(home: Path, *places: Place) -> Settings:
    """Read the settings with values in several places."""
    configuration: dict[str, Any] = {}
    environ: dict[str, str] = {}
    for place in places:
        configuration.update(place.configuration)
        environ.update(place.environ)
        for name, content in place.files.items():
            write_file(home, name, content)
    return read_settings(read_configuration(configuration), environ, home)
