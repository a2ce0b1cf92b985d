"""Where each value comes from: configuration, then environment, then the tccli profile.

Rules: a value is looked up when it is needed, so that neither a wrong variable nor a
broken file disturbs a lookup without it; every value remembers its source; a missing one is None,
and whoever needs it says so with every place that was looked at. The environment is handed in or
read once, here. Keys are chosen in `credentials`, always together from one source.

Source: both spellings of each variable, as the vendor's Terraform provider and its shell read them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pulumi_tcimages.cloud import profiles
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.errors import SettingsError
from pulumi_tcimages.layout import camel_path

VARIABLES: Mapping[str, tuple[str, ...]] = {
    "region": ("TENCENTCLOUD_REGION",),
    "secret_id": ("TENCENTCLOUD_SECRET_ID",),
    "secret_key": ("TENCENTCLOUD_SECRET_KEY",),
    "security_token": ("TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_TOKEN"),
    "profile": ("TENCENTCLOUD_PROFILE", "TCCLI_PROFILE"),
    "shared_credentials_dir": ("TENCENTCLOUD_SHARED_CREDENTIALS_DIR",),
    "cam_role_name": ("TENCENTCLOUD_CAM_ROLE_NAME",),
    "assume_role.role_arn": ("TENCENTCLOUD_ASSUME_ROLE_ARN", "TENCENTCLOUD_ROLE_ARN"),
    "assume_role.session_name": (
        "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME",
        "TENCENTCLOUD_ROLE_SESSION_NAME",
    ),
    "assume_role.session_duration": ("TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION",),
    "assume_role.external_id": ("TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID",),
    "assume_role_with_web_identity.provider_id": (
        "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID",
        "TKE_PROVIDER_ID",
    ),
    "assume_role_with_web_identity.role_arn": ("TENCENTCLOUD_ASSUME_ROLE_ARN", "TKE_ROLE_ARN"),
    "assume_role_with_web_identity.session_name": ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME",),
    "assume_role_with_web_identity.session_duration": (
        "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION",
    ),
    "assume_role_with_web_identity.web_identity_token": (
        "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN",
    ),
    "assume_role_with_web_identity.web_identity_token_file": (
        "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE",
        "TKE_WEB_IDENTITY_TOKEN_FILE",
    ),
    "endpoints.dlc": ("TCIMAGES_ENDPOINT_DLC",),
    "endpoints.tione": ("TCIMAGES_ENDPOINT_TIONE",),
    "endpoints.sts": ("TCIMAGES_ENDPOINT_STS",),
    "endpoints.metadata": ("TCIMAGES_ENDPOINT_METADATA",),
    "protocol": ("TENCENTCLOUD_PROTOCOL",),
}
"""The environment variables of each setting, the first counting most."""
_POD_REGION = "TKE_REGION"
_IN_PROFILE = ("region", "endpoints.dlc", "endpoints.tione", "endpoints.sts")
USUAL_TIMEOUT_S = 60.0
_DEFAULTS: Mapping[str, Any] = {
    "profile": "default",
    "site": "china",
    "protocol": "https",
    "language": "en-US",
    "timeout_seconds": USUAL_TIMEOUT_S,
    "cache_ttl_seconds": 300.0,
    "max_requests_per_second": 15,
}
DEFAULT = "the default"
CONFIGURATION = "configuration"
_ENVIRONMENT = "environment "


class Value(NamedTuple):
    """A value and where it came from."""

    value: Any
    source: str

    @property
    def is_from_environment(self) -> bool:
        return self.source.startswith(_ENVIRONMENT)


class Settings:
    """Every setting, on demand, with its source."""

    def __init__(
        self, configuration: Configuration, environ: Mapping[str, str], home: Path
    ) -> None:
        self.configuration = configuration
        self.environ = environ
        self.home = home
        self._found: dict[str, Value | None] = {}

    def find(self, name: str) -> Value | None:
        """The value of a dotted name, or None.

        Errors: SettingsError for a variable or file that is used here and cannot be right.
        """
        # Kept: every lookup asks for eight, and reading them anew was a sixth of its time.
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def _find(self, name: str) -> Value | None:
        return (
            self.configured(name)
            or self.from_environment(name)
            or self._from_profile(name)
            or self._from_pod(name)
            or (Value(_DEFAULTS[name], DEFAULT) if name in _DEFAULTS else None)
        )

    def get(self, name: str) -> Any:
        """The value of a dotted name, or None, without its source."""
        found = self.find(name)
        return found.value if found else None

    def configured(self, name: str) -> Value | None:
        """The value that the user configured."""
        value = _at(self.configuration, name)
        if value is None:
            return None
        return Value(value, f"{CONFIGURATION} tcimages:{camel_path(name)}")

    def from_environment(self, name: str) -> Value | None:
        """The value of the first of the name's variables that is set and not empty."""
        for variable in VARIABLES.get(name, ()):
            if text := self.environ.get(variable, "").strip():
                return _read(name, text, f"{_ENVIRONMENT}{variable}")
        return None

    def source_of(self, name: str) -> str:
        """Where the value comes from, or an empty string when there is none."""
        found = self.find(name)
        return found.source if found else ""

    def places(self, name: str) -> list[str]:
        """Every place where the value is looked for, in order."""
        variables = [f"{_ENVIRONMENT}{one}" for one in VARIABLES.get(name, ())]
        places = [f"{CONFIGURATION} tcimages:{camel_path(name)}", *variables]
        if name in _IN_PROFILE:
            places.append(self._profile_source)
        return [*places, f"{_ENVIRONMENT}{_POD_REGION}"] if name == "region" else places

    @property
    def profile(self) -> str:
        return str(self.get("profile"))

    @property
    def profile_folder(self) -> Path:
        found = self.find("shared_credentials_dir")
        return self.path(found.value) if found else self.home / ".tccli"

    def path(self, text: str) -> Path:
        """The path that a text names; `~/` is the home of these settings."""
        return self.home / text[2:] if text.startswith("~/") else Path(text)

    def _from_profile(self, name: str) -> Value | None:
        text = self._profile_settings.get(name) if name in _IN_PROFILE else None
        return _read(name, text, self._profile_source) if text else None

    def _from_pod(self, name: str) -> Value | None:
        text = self.environ.get(_POD_REGION, "").strip() if name == "region" else ""
        return _read(name, text, f"{_ENVIRONMENT}{_POD_REGION}") if text else None

    @property
    def _profile_source(self) -> str:
        return f"profile {self.profile_folder / self.profile}.configure"

    @cached_property
    def _profile_settings(self) -> Mapping[str, str]:
        return profiles.read_profile_settings(self.profile_folder, self.profile)


def read_settings(
    configuration: Configuration,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
) -> Settings:
    """The settings of a configuration in an environment; nothing is looked up yet."""
    environ = dict(os.environ if environ is None else environ)
    return Settings(configuration, environ, home or _find_home(environ))


def _find_home(environ: Mapping[str, str]) -> Path:
    if folder := environ.get("HOME") or environ.get("USERPROFILE"):
        return Path(folder)
    try:
        return Path.home()
    except RuntimeError:  # a container may run as a user whom nobody knows
        return Path("/")


def missing_region(settings: Settings) -> SettingsError:
    """What to say when no region is anywhere: there is no silent default."""
    return SettingsError(
        "no region was found, and there is no default.",
        key="region",
        looked=settings.places("region"),
        fix="give `region`, set TENCENTCLOUD_REGION, or run: pulumi config set tcimages:region "
        "ap-guangzhou",
    )


def _read(name: str, text: str, source: str) -> Value:
    """A text as the setting of this name, or SettingsError."""
    section, dot, part = name.partition(".")
    read = read_configuration({section: {part: text}} if dot else {name: text}, source)
    return Value(_at(read, name), source)


def _at(configuration: Configuration, name: str) -> Any:
    value: Any = configuration
    for part in name.split("."):
        value = None if value is None else getattr(value, part)
    return value
