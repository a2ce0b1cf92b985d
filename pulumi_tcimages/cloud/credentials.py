"""Find credentials: keys from one place, and possibly a role to assume with them.

    1  configuration   secretId and secretKey, a web identity, a profile, a CVM role
    2  environment     TENCENTCLOUD_SECRET_ID and ..._KEY, and a token from one of its two variables
    3  profile         ~/.tccli/<profile>.credential
    4  ini file        ~/.tencentcloud/credentials, then /etc/tencentcloud/credentials
    5  temporary       the environment's CVM role or web identity, the pod's identity, the role of
                       the CVM that this runs on
    then               assumeRole, using the keys from above

The first place with keys wins. Keys, tokens and role fields from different places are never
combined. A placeholder does not count as a key. The metadata service is contacted only if it is
configured, or on a CVM. Each search reads the files again, because the user may have logged in
since the last search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pulumi_tcimages.cloud import profiles, roles
from pulumi_tcimages.cloud.api_requests import Credential, Role
from pulumi_tcimages.cloud.credential_errors import (
    KEYS_IN_ENVIRONMENT,
    KeyPlaceholder,
    advise_login,
    build_expired,
    build_incomplete,
    build_not_found,
    find_misspelt_keys,
)
from pulumi_tcimages.cloud.credential_provider import (
    CachedCredentials,
    CredentialProvider,
    use_keys,
)
from pulumi_tcimages.cloud.deadline import Clock, Deadline
from pulumi_tcimages.cloud.placeholder_warnings import describe_unfilled, name_in_file
from pulumi_tcimages.cloud.sender import Sender
from pulumi_tcimages.cloud.setting_sources import ROLE, TOKEN, VARIABLES, WEB_IDENTITY
from pulumi_tcimages.cloud.setting_values import CONFIGURATION, Value, find_partial
from pulumi_tcimages.cloud.settings import DEFAULT, Settings
from pulumi_tcimages.core.api import Keys
from pulumi_tcimages.core.setting_patterns import PLAIN
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.naming import camel_path, normalize_name

_KEYS = ("secret_id", "secret_key")
_MACHINE = Path("/sys/class/dmi/id/sys_vendor")
_VENDOR = "Tencent Cloud"


def build_credential_provider(
    settings: Settings, sender: Sender, clock: Clock
) -> CredentialProvider:
    """Create a credential provider. It searches for keys on first use."""
    base = CachedCredentials(_Search(settings, sender, clock).find, clock)

    def assume(deadline: Deadline) -> Credential:
        def send(base: Credential) -> Credential:
            if not base.role:
                return base
            assumed = roles.send_assume_role(settings, sender, base, base.role, deadline)
            return assumed._replace(warnings=base.warnings)

        return use_keys(base, deadline, send)

    return CredentialProvider(base, CachedCredentials(assume, clock))


class _Search:
    """The search for credentials in the configuration, the environment, files and services."""

    def __init__(self, settings: Settings, sender: Sender, clock: Clock) -> None:
        self._settings = settings
        self._sender = sender
        self._clock = clock
        self._placeholders: dict[str, list[KeyPlaceholder]] = {}
        self._warnings: list[str] = []

    def find(self, deadline: Deadline) -> Credential:
        """Return the keys from the first source that has any, and the role to assume with them.

        Raises: ConfigurationError if no source has keys, or if the first that has any lacks the
        secret id or the secret key.
        """
        self._placeholders, self._warnings = {}, []
        role = self._settings.section(ROLE)
        if role and role.variable_group is None:
            # Check the configured role first, so that an incomplete role is reported before any
            # request is sent.
            roles.read_role(self._settings, role)
        credential = (
            self._find_configured(deadline)
            or self._read_static(KEYS_IN_ENVIRONMENT, self._settings.from_environment)
            or self._find_in_profile(deadline)
            or self._read_ini_files()
            or self._fetch_temporary(deadline)
        )
        if credential is None:
            raise build_not_found(self._settings, self._placeholders, "this machine is not a CVM")
        has_role = credential.has_used_role_variables or credential.has_own_role
        if not (role or credential.role or credential.is_of_role):
            role = find_partial(ROLE, self._settings.variables)
        if role and not (role.variable_group and has_role):
            credential = credential._replace(role=roles.read_role(self._settings, role))
        return credential._replace(warnings=tuple(self._warnings))

    def _find_configured(self, deadline: Deadline) -> Credential | None:
        settings = self._settings
        identity = settings.section(WEB_IDENTITY)
        if identity and identity.variable_group is None:
            return roles.send_web_identity(settings, self._sender, identity, deadline)
        if credential := self._read_static(CONFIGURATION, settings.configured):
            return credential
        if settings.configured("profile"):
            return self._find_in_profile(deadline)
        if role := settings.configured("cam_role_name"):
            return roles.send_metadata(settings, self._sender, role, deadline)
        if settings.configured("shared_credentials_dir"):
            return self._find_in_profile(deadline)
        return None

    def _read_static(self, place: str, read: Callable[[str], Value | None]) -> Credential | None:
        """Return the keys from the configuration or the environment."""
        secret_id, secret_key = (read(name) for name in _KEYS)
        placeholders = [found for name in _KEYS for found in self._find_placeholders(place, name)]
        self._placeholders[place] = placeholders
        misspelt = find_misspelt_keys(self._settings) if place == KEYS_IN_ENVIRONMENT else {}
        found = secret_id or secret_key
        # An environment variable may hold an old token, so ignore a token without keys.
        token = read(TOKEN) if (secret_id and secret_key) or place == CONFIGURATION else None
        if found is None:
            if token:
                raise build_incomplete("token", "secret id", token.source, placeholders, misspelt)
            return None
        id_text, key_text, token_text = (
            part.value if part else "" for part in (secret_id, secret_key, token)
        )
        keys = _read_keys(found.source, id_text, key_text, token_text, placeholders, misspelt)
        token_source = token.source if token else ""
        return Credential(keys, found.source, token_source=token_source) if keys else None

    def _find_placeholders(self, place: str, name: str) -> Iterator[KeyPlaceholder]:
        if place == KEYS_IN_ENVIRONMENT:
            for variable in VARIABLES[name]:
                if placeholder := self._settings.variables.placeholder(variable):
                    yield KeyPlaceholder(variable, f"{place} {variable}", placeholder)
        elif placeholder := self._settings.configuration.placeholders.get(name):
            key = f"tcimages:{camel_path(name)}"
            yield KeyPlaceholder(key, self._settings.configuration.source_of(name), placeholder)

    def _find_in_profile(self, deadline: Deadline) -> Credential | None:
        """Return the keys in the tccli profile, or None if it has no keys.

        Raises: ConfigurationError if a profile that the user chose has no keys.
        """
        settings = self._settings
        credential = self._read_profile(deadline)
        named = settings.find("profile")
        if credential is None and named and named.source != DEFAULT:
            path = settings.profile_folder / f"{settings.profile}.credential"
            fixes = [key.fix for key in self._placeholders.get(f"profile {path}", ())]
            keys = profiles.read_profile_keys(settings.profile_folder, settings.profile)
            lead = ", or ".join([*fixes[:1], "run:"])
            raise ConfigurationError(
                f"the profile {named.value}, from {named.source}, has no keys.",
                source=str(path),
                fix=advise_login(keys.kind if keys else "", path, settings.tccli_folder, lead),
            )
        return credential

    def _read_profile(self, deadline: Deadline) -> Credential | None:
        settings = self._settings
        keys = profiles.read_profile_keys(settings.profile_folder, settings.profile)
        if keys is None:
            return None
        self._warnings += describe_unfilled(name_in_file(keys))
        if normalize_name(keys.kind) == "cvmrole":
            any_role = Value("", f"profile {keys.source}")
            return roles.send_metadata(settings, self._sender, any_role, deadline)
        credential = self._read_file(keys, f"profile {keys.source}")
        expires_at = keys.expires_at_unix_s
        if credential and expires_at is not None and expires_at <= self._clock.unix_s():
            raise build_expired(settings, keys, expires_at)
        return credential

    def _read_ini_files(self) -> Credential | None:
        for path in self._settings.ini_paths:
            keys = profiles.read_ini_keys(path)
            if keys is None:
                continue
            self._warnings += describe_unfilled(name_in_file(keys))
            if credential := self._read_file(keys, f"file {path}"):
                return credential
        return None

    def _read_file(self, profile: profiles.ProfileKeys, source: str) -> Credential | None:
        placeholders = [
            KeyPlaceholder(name, f"{name} of {profile.source}", placeholder)
            for name, placeholder in profile.placeholders.items()
            if normalize_name(name) in ("secretid", "secretkey")
        ]
        self._placeholders[source] = placeholders
        parts = (profile.secret_id, profile.secret_key, profile.token)
        keys = _read_keys(source, *parts, placeholders, misspelt={})
        if keys is None:
            return None
        is_configured = bool(self._settings.configured("profile"))
        other = self._settings.section(ROLE)
        is_overruled = other is not None and not (other.variable_group and is_configured)
        placeholder = profile.placeholders.get("role-arn")
        if placeholder and not placeholder.is_blank and not is_overruled:
            fix = f"{placeholder.fix} role-arn of {profile.source}."
            raise ConfigurationError(roles.NO_ROLE_ARN, source=source, fix=fix)
        if profile.role_session_name and not (profile.role_arn or is_overruled):
            fix = f"add role-arn to {profile.source}, or remove role-session-name there."
            raise ConfigurationError(roles.NO_ROLE_ARN, source=source, fix=fix)
        role = Role(profile.role_arn, profile.role_session_name) if profile.role_arn else None
        has_own_role = is_configured and role is not None
        return Credential(keys, source, profile.expires_at_unix_s, role, has_own_role=has_own_role)

    def _fetch_temporary(self, deadline: Deadline) -> Credential | None:
        settings = self._settings
        if role := settings.from_environment("cam_role_name"):
            return roles.send_metadata(settings, self._sender, role, deadline)
        identity = settings.section(WEB_IDENTITY) or find_partial(WEB_IDENTITY, settings.variables)
        if identity:
            return roles.send_web_identity(settings, self._sender, identity, deadline)
        if _is_cvm():
            credential = roles.find_metadata(settings, self._sender, deadline)
            if credential is None:
                raise build_not_found(settings, self._placeholders, "this one has no role")
            return credential
        return None


def _read_keys(
    source: str,
    secret_id: str,
    secret_key: str,
    token: str,
    placeholders: Sequence[KeyPlaceholder],
    misspelt: Mapping[str, str],
) -> Keys | None:
    """Build keys from the parts of one source, or return None if all parts are missing.

    Raises: ConfigurationError if only one of secret id and secret key is set, or if a part contains
    an invalid character.
    """
    if not secret_id and not secret_key:
        return None
    if not secret_key:
        raise build_incomplete("secret id", "secret key", source, placeholders, misspelt)
    if not secret_id:
        raise build_incomplete("secret key", "secret id", source, placeholders, misspelt)
    for name, text in (("secret id", secret_id), ("secret key", secret_key), ("token", token)):
        if text and not re.fullmatch(PLAIN, text):
            raise ConfigurationError(
                f"the {name} has a blank or another character that no key has.",
                source=source,
                fix="copy it anew, and nothing beside it.",
            )
    return Keys(secret_id, secret_key, token)


def _is_cvm() -> bool:
    try:
        return _VENDOR in _MACHINE.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
