"""Build the configuration for checking a pin from flags and the settings in a stack export.

Flags override the settings of the pin's provider in the export. An export may come from somebody
else, so addresses, file paths and credentials in it are not used: an address could receive session
tokens or the content of a private file, and a CVM's role would be requested over plain http. The
user can supply these settings with `--config`, the environment or a profile.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pulumi_tcimages.cloud import read_settings
from pulumi_tcimages.cloud.profiles import is_vendor_host
from pulumi_tcimages.cloud.proxies import METADATA_HOST
from pulumi_tcimages.cloud.setting_sources import WEB_IDENTITY
from pulumi_tcimages.cloud.setting_values import read_path
from pulumi_tcimages.cloud.settings import DEFAULT, Settings
from pulumi_tcimages.core.configuration import field_names
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.naming import camel_path
from pulumi_tcimages.plugin.stack_export import StackPin

_HARMLESS = frozenset(
    {
        *("region", "site", "profile", "language"),
        *("timeout_seconds", "cache_ttl_seconds", "max_requests_per_second"),
        *("allowed_account_ids", "forbidden_account_ids"),
        *(f"assume_role.{part}" for part in ("role_arn", "session_name", "session_duration")),
        *("assume_role.policy", "assume_role.external_id"),
        *(f"{WEB_IDENTITY}.{part}" for part in ("provider_id", "role_arn", "session_name")),
        f"{WEB_IDENTITY}.session_duration",
    }
)
"""Settings that are safe to use from an export: no file path, address or credentials."""
_CREDENTIALS = ("cam_role_name", f"{WEB_IDENTITY}.web_identity_token")
_ENDPOINTS = "endpoints"
_SHARED_ENDPOINTS = ("sts", "metadata")
_WEB_IDENTITY_FLAGS = (
    "assumeRoleWithWebIdentity.roleArn=ARN",
    "assumeRoleWithWebIdentity.webIdentityTokenFile=FILE",
)
_FLAGS = {
    "protocol": ("protocol=http",),
    "shared_credentials_dir": ("sharedCredentialsDir=FOLDER",),
    "cam_role_name": ("camRoleName=NAME",),
    f"{WEB_IDENTITY}.web_identity_token_file": _WEB_IDENTITY_FLAGS,
    # Suggest a file for the token, because other users can see the values of flags.
    f"{WEB_IDENTITY}.web_identity_token": _WEB_IDENTITY_FLAGS,
}
"""The `--config` values to give for each setting that is not used from an export.

All fields of a role must have the same source, so the values include the role's ARN.
"""
_CHECKED = tuple(path for path in field_names() if path not in _HARMLESS)


def configure_pin(pin: StackPin, flags: Configuration) -> Configuration:
    """Return the configuration for checking a pin.

    Raises: ConfigurationError for an invalid setting, or if the lookup needs an address, a file
    path or credentials that only the export contains.
    """
    overriding = {
        name: value
        for name in flags.model_fields_set
        if (value := getattr(flags, name)) is not None
    }
    own = pin.read_configuration(overriding.keys())
    refused = list(_find_refused(own))
    safe = _without(own, refused)
    if safe.endpoints and flags.endpoints:
        addresses = flags.endpoints.model_dump(exclude_none=True)
        overriding[_ENDPOINTS] = safe.endpoints.model_copy(update=addresses)
    combined = safe.model_copy(update=overriding)
    used = (*_SHARED_ENDPOINTS, pin.pin.source.action.action.service)
    needed = [
        path
        for path in refused
        if not path.startswith(f"{_ENDPOINTS}.") or path.partition(".")[2] in used
        if not (path in _CREDENTIALS and "profile" in overriding)
    ]
    if needed:
        settings = read_settings(combined)
        if missing := [path for path in needed if not _is_given(settings, path)]:
            raise ConfigurationError(
                "an export may not choose addresses, files and credentials; give the provider's "
                "yourself: "
                + " ".join(f"--config {flag}" for path in missing for flag in _list_flags(path))
            )
    return combined


def _find_refused(configuration: Configuration) -> Iterator[str]:
    """Yield the dotted paths of settings that are not safe to use from an export."""
    for path in _CHECKED:
        value = read_path(configuration, path)
        if value is not None and not _is_vendors(path, value):
            yield path


def _is_vendors(path: str, value: str) -> bool:
    """Return whether a setting is an address of the vendor or the protocol https."""
    if path == "protocol":
        return value == "https"
    if not path.startswith(f"{_ENDPOINTS}."):
        return False
    parts = urlsplit(value if "://" in value else f"//{value}")
    if path == "endpoints.metadata":
        return parts.hostname == METADATA_HOST and parts.port in (None, 80)
    return is_vendor_host(parts.hostname or "")


def _without(configuration: Configuration, paths: list[str]) -> Configuration:
    """Return a copy of the configuration without the settings in `paths`.

    A role or web identity is removed as a whole.
    """
    names = {path.partition(".")[0] for path in paths} - {_ENDPOINTS}
    update: dict[str, Any] = dict.fromkeys(names)
    if configuration.endpoints:
        addresses = [path.partition(".")[2] for path in paths if path.startswith(f"{_ENDPOINTS}.")]
        update[_ENDPOINTS] = configuration.endpoints.model_copy(update=dict.fromkeys(addresses))
    return configuration.model_copy(update=update)


def _is_given(settings: Settings, path: str) -> bool:
    """Return whether a flag, the environment or a profile supplies the setting."""
    try:
        if path.startswith(f"{WEB_IDENTITY}."):
            return settings.section(WEB_IDENTITY) is not None
        setting = settings.find(path)
    except ConfigurationError:
        return True  # The lookup reports an invalid setting itself.
    return setting is not None and setting.source != DEFAULT


def _list_flags(path: str) -> tuple[str, ...]:
    return _FLAGS.get(path, (f"{camel_path(path)}=ADDRESS",))
