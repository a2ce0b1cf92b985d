"""The keys to sign with: found in one place, and what role to take on with them.

    1  configuration   secretId and secretKey, a web identity, a profile, a CVM role
    2  environment     TENCENTCLOUD_SECRET_ID and ..._KEY, with either spelling of the token
    3  profile         ~/.tccli/<profile>.credential
    4  ini file        ~/.tencentcloud/credentials, then /etc/tencentcloud/credentials
    5  lent            the environment's CVM role, its web identity, the pod's identity, the role of
                       the CVM that this runs on
    then               assumeRole, on top of whichever it was

Rules: the first place that has keys is the one; a key is never completed with a key or a token of
another place, nor a role with parts of another; a placeholder is not a key; the metadata service is
asked only when configured or on a CVM; files are read anew each time, since somebody may just have
logged in again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from pulumi_tcimages.cloud import profiles, roles
from pulumi_tcimages.cloud.credential_provider import (
    CachedCredentials,
    CredentialProvider,
    RoleCredentials,
    use_keys,
)
from pulumi_tcimages.cloud.deadline import Clock, Deadline
from pulumi_tcimages.cloud.placeholder_warnings import describe_unfilled, name_in_file
from pulumi_tcimages.cloud.sender import Credential, Role, Sender
from pulumi_tcimages.cloud.setting_sources import ROLE, TOKEN, VARIABLES, WEB_IDENTITY
from pulumi_tcimages.cloud.setting_values import CONFIGURATION, Value
from pulumi_tcimages.cloud.settings import DEFAULT, Settings
from pulumi_tcimages.cloud.variables import find_misspelt
from pulumi_tcimages.core.api import PLAIN, Keys
from pulumi_tcimages.core.placeholders import Placeholder
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.formatting import shell_word
from pulumi_tcimages.naming import camel_path, normalize_name

_ENVIRONMENT = "environment"
_KEYS = ("secret_id", "secret_key")
_KEY_VARIABLES = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")
_MACHINE = Path("/sys/class/dmi/id/sys_vendor")
_VENDOR = "Tencent Cloud"
_Look = Callable[[str], Value | None]
"""Reads a setting from one place, or from all."""


class _Hole(NamedTuple):
    """A place that holds a placeholder instead of a key."""

    name: str
    place: str
    held: Placeholder

    @property
    def fix(self) -> str:
        return f"{self.held.fix} {self.place}"


def build_credential_provider(
    settings: Settings, sender: Sender, clock: Clock
) -> CredentialProvider:
    """Who has the keys for these settings; nothing is looked up before it is asked."""
    search = _Search(settings, sender, clock)
    base = CachedCredentials(search.find, clock)

    def assume(deadline: Deadline) -> Credential:
        def send(found: Credential) -> Credential:
            role = found.role
            if not role:
                return found
            lent = roles.send_assume_role(settings, sender, found, role, deadline)
            return replace(lent, warnings=found.warnings)

        return use_keys(base, deadline, send)

    return RoleCredentials(base, CachedCredentials(assume, clock))


class _Search:
    """The places, in order."""

    def __init__(self, settings: Settings, sender: Sender, clock: Clock) -> None:
        self._settings = settings
        self._sender = sender
        self._clock = clock
        self._holes: dict[str, list[_Hole]] = {}
        self._warnings: list[str] = []

    def find(self, deadline: Deadline) -> Credential:
        """The keys of the first place that has some, and the role to take on with them.

        Errors: ConfigurationError when no place has any, with all of them in order; or when the
        first one has half of it.
        """
        self._holes, self._warnings = {}, []
        role = self._settings.section(ROLE)
        if role and role.family is None:
            roles.read_role(self._settings, role)  # refuse half a role before anything is sent
        found = (
            self._configured(deadline)
            or self._static(_ENVIRONMENT, self._settings.from_environment)
            or self._profile(deadline)
            or self._ini()
            or self._lent(deadline)
        )
        if found is None:
            raise self._nothing("this is none")
        has_role = found.has_used_role_variables or found.has_own_role
        if role and not (role.family and has_role):
            found = replace(found, role=roles.read_role(self._settings, role))
        return replace(found, warnings=tuple(self._warnings))

    def _configured(self, deadline: Deadline) -> Credential | None:
        settings = self._settings
        identity = settings.section(WEB_IDENTITY)
        if identity and identity.family is None:
            return roles.send_web_identity(settings, self._sender, identity, deadline)
        if found := self._static(CONFIGURATION, settings.configured):
            return found
        if settings.configured("profile"):
            return self._profile(deadline)
        if role := settings.configured("cam_role_name"):
            return roles.send_metadata(settings, self._sender, role, deadline)
        if settings.configured("shared_credentials_dir"):
            return self._profile(deadline)
        return None

    def _static(self, place: str, look: _Look) -> Credential | None:
        secret_id, secret_key = (look(name) for name in _KEYS)
        holes = [hole for name in _KEYS for hole in self._find_holes(place, name)]
        self._holes[place] = holes
        found = secret_id or secret_key
        # A token without keys beside it may be left over in an environment: it is not read there.
        token = look(TOKEN) if (secret_id and secret_key) or place == CONFIGURATION else None
        if found is None:
            if token:
                raise _half("token", "secret id", token.source, holes)
            return None
        texts = [one.value if one else "" for one in (secret_id, secret_key, token)]
        keys = _read_keys(found.source, texts[0], texts[1], texts[2], holes)
        token_source = token.source if token else ""
        return Credential(keys, found.source, token_source=token_source) if keys else None

    def _find_holes(self, place: str, name: str) -> Iterator[_Hole]:
        if place == _ENVIRONMENT:
            for variable in VARIABLES[name]:
                if held := self._settings.variables.placeholder(variable):
                    yield _Hole(variable, f"{_ENVIRONMENT} {variable}", held)
        elif held := self._settings.configuration.placeholders.get(name):
            key = f"tcimages:{camel_path(name)}"
            yield _Hole(key, self._settings.configuration.source_of(name), held)

    def _profile(self, deadline: Deadline) -> Credential | None:
        """The keys of the profile: one that is named must have some.

        Errors: ConfigurationError.
        """
        settings = self._settings
        found = self._read_profile(deadline)
        named = settings.find("profile")
        if found is None and named and named.source != DEFAULT:
            path = settings.profile_folder / f"{settings.profile}.credential"
            fixes = [hole.fix for hole in self._holes.get(f"profile {path}", ())]
            kind = profiles.read_login_kind(settings.profile_folder, settings.profile)
            command = _login_command(kind, settings.profile)
            raise ConfigurationError(
                f"the profile {named.value}, from {named.source}, has no keys.",
                source=str(path),
                fix=", or ".join([*fixes[:1], f"run: {command}"]),
            )
        return found

    def _read_profile(self, deadline: Deadline) -> Credential | None:
        settings = self._settings
        found = profiles.read_profile_keys(settings.profile_folder, settings.profile)
        if found is None:
            return None
        self._warnings += describe_unfilled(name_in_file(found))
        if normalize_name(found.kind) == "cvmrole":
            its_own = Value("", f"profile {found.source}")
            return roles.send_metadata(settings, self._sender, its_own, deadline)
        credential = self._from_file(found, f"profile {found.source}")
        expires_at = found.expires_at_unix_s
        if credential and expires_at is not None and expires_at <= self._clock.unix_s():
            raise _expired(settings.profile, found, expires_at)
        return credential

    def _ini(self) -> Credential | None:
        for path in self._settings.ini_paths:
            found = profiles.read_ini_keys(path)
            if found is None:
                continue
            self._warnings += describe_unfilled(name_in_file(found))
            if credential := self._from_file(found, f"file {path}"):
                return credential
        return None

    def _from_file(self, found: profiles.ProfileKeys, source: str) -> Credential | None:
        holes = [
            _Hole(name, f"{name} of {found.source}", held)
            for name, held in found.placeholders.items()
            if normalize_name(name) in ("secretid", "secretkey")
        ]
        self._holes[source] = holes
        keys = _read_keys(source, found.secret_id, found.secret_key, found.token, holes)
        if keys is None:
            return None
        has_own_role = bool(self._settings.configured("profile"))
        other = self._settings.section(ROLE)
        is_overruled = other is not None and not (other.family and has_own_role)
        held = found.placeholders.get("role-arn")
        if held and not held.is_blank and not is_overruled:
            fix = f"{held.fix} role-arn of {found.source}."
            raise ConfigurationError(
                "there is a role to assume, but not which.", source=source, fix=fix
            )
        role = Role(found.role_arn, found.role_session_name) if found.role_arn else None
        has_own_role = has_own_role and role is not None
        return Credential(keys, source, found.expires_at_unix_s, role, has_own_role=has_own_role)

    def _lent(self, deadline: Deadline) -> Credential | None:
        settings = self._settings
        if role := settings.from_environment("cam_role_name"):
            return roles.send_metadata(settings, self._sender, role, deadline)
        if identity := settings.section(WEB_IDENTITY):
            return roles.send_web_identity(settings, self._sender, identity, deadline)
        if _is_vendors_machine():
            found = roles.find_metadata(settings, self._sender, deadline)
            if found is None:
                raise self._nothing("it has none")
            return found
        return None

    def _nothing(self, machine: str) -> ConfigurationError:
        settings = self._settings
        profile = f"profile {settings.profile_folder / settings.profile}.credential"
        misspelt = find_misspelt(settings.environ, _KEY_VARIABLES)
        searched = [
            "configuration tcimages:secretId and tcimages:secretKey, tcimages:profile,",
            "  tcimages:camRoleName, tcimages:assumeRoleWithWebIdentity",
            *self._hole_lines(CONFIGURATION),
            "environment TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY",
            *self._hole_lines(_ENVIRONMENT),
            *(f"  {wrong} is set, which nothing reads" for wrong in misspelt),
            profile,
            *self._hole_lines(profile),
        ]
        for path in self._settings.ini_paths:
            searched += [f"file {path}", *self._hole_lines(f"file {path}")]
        searched += [
            settings.variables.place("TENCENTCLOUD_CAM_ROLE_NAME"),
            f"pod identity, {settings.variables.place('TKE_WEB_IDENTITY_TOKEN_FILE')}",
            f"the role of this CVM ({machine})",
        ]
        fixes = [hole.fix for holes in self._holes.values() for hole in holes]
        fixes += [f"rename {wrong} to {right}" for wrong, right in misspelt.items()]
        ways = [*fixes[:1], "set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY"]
        return ConfigurationError(
            "no credentials were found.",
            searched=searched,
            fix=f"{', or '.join([*ways, 'run tccli configure'])}; without an account, try tcimages "
            "demo.",
        )

    def _hole_lines(self, place: str) -> list[str]:
        """What a place holds instead of keys, to be said under the place."""
        return [f"  {hole.name} {hole.held.holds}" for hole in self._holes.get(place, ())]


def _read_keys(
    source: str, secret_id: str, secret_key: str, token: str, holes: Sequence[_Hole]
) -> Keys | None:
    """The keys of one place, which has both parts or none. Errors: ConfigurationError."""
    if not secret_id and not secret_key:
        return None
    if not secret_key:
        raise _half("secret id", "secret key", source, holes)
    if not secret_id:
        raise _half("secret key", "secret id", source, holes)
    for name, text in (("secret id", secret_id), ("secret key", secret_key), ("token", token)):
        if text and not re.fullmatch(PLAIN, text):
            raise ConfigurationError(
                f"the {name} has a blank or another character that no key has.",
                source=source,
                fix="copy it anew, and nothing beside it.",
            )
    return Keys(secret_id, secret_key, token)


_LOGINS = {"sso": "tccli sso login", "oauth": "tccli auth login"}
_PERMANENT_ID = re.compile(r"[AI]KID[A-Za-z0-9]{32}")


def _login_command(kind: str, profile: str) -> str:
    """Return the command that fills in a profile of this type."""
    command = _LOGINS.get(normalize_name(kind), "tccli configure")
    return f"{command} --profile {shell_word(profile)}"


def _expired(
    profile: str, found: profiles.ProfileKeys, expired_at_unix_s: float
) -> ConfigurationError:
    """Return the error for a login that is over.

    A new login rewrites the file. So it is no advice where the keys in it are permanent.
    """
    ended = _date(expired_at_unix_s)
    if _PERMANENT_ID.fullmatch(found.secret_id):
        return ConfigurationError(
            f"the profile {profile} has permanent keys beside a login that expired at {ended}.",
            source=found.source,
            fix="remove type, token and expiresAt from that file.",
        )
    is_login = normalize_name(found.kind) in _LOGINS
    way = f"run: {_login_command(found.kind, profile)}" if is_login else "get new temporary keys"
    return ConfigurationError(
        f"the login of profile {profile} expired at {ended}.",
        source=found.source,
        fix=f"{way}. If its keys are permanent, remove type, token and expiresAt from that file.",
    )


def _half(has: str, lacks: str, source: str, holes: Sequence[_Hole]) -> ConfigurationError:
    fix = f"{holes[0].fix}." if holes else "give both in the same place."
    return ConfigurationError(
        f"there is a {has}, but no {lacks} beside it.", source=source, fix=fix
    )


def _is_vendors_machine() -> bool:
    try:
        return _VENDOR in _MACHINE.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _date(unix_s: float) -> str:
    return f"{datetime.fromtimestamp(unix_s, timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
