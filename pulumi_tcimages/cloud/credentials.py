"""The keys to sign with: found in one place, and what role to take on with them.

    1  configuration   secretId and secretKey, a web identity, a profile, a CVM role
    2  environment     TENCENTCLOUD_SECRET_ID and ..._KEY, with either spelling of the token
    3  profile         ~/.tccli/<profile>.credential
    4  ini file        ~/.tencentcloud/credentials, then /etc/tencentcloud/credentials
    5  lent            environment's CVM role, pod identity, the role of the CVM this runs on
    then               assumeRole, on top of whichever it was

Rules: the first place that has keys is the one; a key is never mixed with the token of
another place; the metadata service is asked only when configured or on a CVM; files are read anew
each time, since somebody may just have logged in again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from pulumi_tcimages.cloud import profiles, roles
from pulumi_tcimages.cloud.budget import Budget, Clock
from pulumi_tcimages.cloud.keyring import Keyring, RenewedKeyring, RoleKeyring, use_keys
from pulumi_tcimages.cloud.sender import Credential, Role, Sender
from pulumi_tcimages.cloud.settings import DEFAULT, Settings, Value
from pulumi_tcimages.cloud.transport import Transport
from pulumi_tcimages.core.configuration_keys import AssumeRole, AssumeRoleWithWebIdentity
from pulumi_tcimages.core.wire import PLAIN, Keys
from pulumi_tcimages.errors import SettingsError

_WEB = "assume_role_with_web_identity"
_MACHINE = Path("/sys/class/dmi/id/sys_vendor")
_VENDOR = "Tencent Cloud"
_INI = Path("/etc/tencentcloud/credentials")
_Look = Callable[[str], Value | None]
"""Reads a setting from one place, or from all."""


def build_keyring(
    settings: Settings, sender: Sender, transport: Transport, clock: Clock
) -> Keyring:
    """Who has the keys for these settings; nothing is looked up before it is asked."""
    search = _Search(settings, sender, transport, clock)
    base = RenewedKeyring(search.find, clock)

    def assume(budget: Budget) -> Credential:
        def send(found: Credential) -> Credential:
            role = found.role
            return roles.send_assume_role(settings, sender, found, role, budget) if role else found

        return use_keys(base, budget, send)

    return RoleKeyring(base, RenewedKeyring(assume, clock))


class _Search:
    """The places, in order."""

    def __init__(
        self, settings: Settings, sender: Sender, transport: Transport, clock: Clock
    ) -> None:
        self._settings = settings
        self._sender = sender
        self._transport = transport
        self._clock = clock

    def find(self, budget: Budget) -> Credential:
        """The keys of the first place that has some, and the role to take on with them.

        Errors: SettingsError when no place has any, with all of them in order; or when the first
        one has half of it.
        """
        found = (
            self._configured(budget)
            or self._static(self._settings.from_environment)
            or self._profile(budget)
            or self._ini()
            or self._lent(budget)
        )
        if found is None:
            raise self._nothing()
        role = self._settings.find("assume_role.role_arn")
        if role and not (found.is_web_identity and role.is_from_environment):
            session_name = self._settings.get("assume_role.session_name") or ""
            return replace(found, role=Role(role.value, session_name))
        if not (role or found.role) and _says_something(self._settings.configuration.assume_role):
            raise SettingsError(
                "there is a role to assume, but not which.",
                looked=self._settings.places("assume_role.role_arn"),
                settings=[("assumeRole.roleArn", "ARN")],
            )
        return found

    def _configured(self, budget: Budget) -> Credential | None:
        settings = self._settings
        if _says_something(settings.configuration.assume_role_with_web_identity):
            return roles.send_web_identity(settings, self._sender, budget)
        if found := self._static(settings.configured):
            return found
        if settings.configured("profile"):
            return self._profile(budget)
        if role := settings.configured("cam_role_name"):
            return roles.send_metadata(settings, self._transport, role, budget)
        return None

    def _web_identity(self, budget: Budget) -> Credential | None:
        look = self._settings.find
        given = look(f"{_WEB}.web_identity_token") or look(f"{_WEB}.web_identity_token_file")
        return roles.send_web_identity(self._settings, self._sender, budget) if given else None

    def _static(self, look: _Look) -> Credential | None:
        parts = [look(name) for name in ("secret_id", "secret_key", "security_token")]
        source = next((one.source for one in parts[:2] if one), "")
        keys = _read_keys(source, *(one.value if one else "" for one in parts))
        return Credential(keys, source) if keys else None

    def _profile(self, budget: Budget) -> Credential | None:
        """The keys of the profile: one that is named must have some.

        Errors: SettingsError.
        """
        settings = self._settings
        found = self._read_profile(budget)
        named = settings.find("profile")
        if found is None and named and named.source != DEFAULT:
            raise SettingsError(
                f"the profile {named.value}, from {named.source}, has no keys.",
                source=str(settings.profile_folder / f"{settings.profile}.credential"),
                fix=f"run tccli configure --profile {settings.profile}",
            )
        return found

    def _read_profile(self, budget: Budget) -> Credential | None:
        settings = self._settings
        found = profiles.read_profile_keys(settings.profile_folder, settings.profile)
        if found is None:
            return None
        if found.kind == "cvm-role":
            its_own = Value("", f"profile {found.source}")
            return roles.send_metadata(settings, self._transport, its_own, budget)
        expires_at = found.expires_at_unix_s
        if expires_at is not None and expires_at <= self._clock.unix_s():
            raise SettingsError(
                f"the login of profile {settings.profile} expired at {_date(expires_at)}.",
                source=found.source,
                fix=f"run tccli auth login --profile {settings.profile}",
            )
        return self._from_file(found, f"profile {found.source}")

    def _ini(self) -> Credential | None:
        for path in self._ini_paths():
            found = profiles.read_ini_keys(path)
            credential = found and self._from_file(found, f"file {path}")
            if credential:
                return credential
        return None

    def _from_file(self, found: profiles.ProfileKeys, source: str) -> Credential | None:
        keys = _read_keys(source, found.secret_id, found.secret_key, found.token)
        if keys is None:
            return None
        role = Role(found.role_arn, found.role_session_name) if found.role_arn else None
        return Credential(keys, source, found.expires_at_unix_s, role)

    def _lent(self, budget: Budget) -> Credential | None:
        settings = self._settings
        if role := settings.from_environment("cam_role_name"):
            return roles.send_metadata(settings, self._transport, role, budget)
        if found := self._web_identity(budget):
            return found
        if _is_vendors_machine():
            return roles.send_metadata(settings, self._transport, Value("", ""), budget)
        return None

    def _ini_paths(self) -> list[Path]:
        given = self._settings.environ.get("TENCENTCLOUD_CREDENTIALS_FILE", "").strip()
        usual = [self._settings.home / ".tencentcloud" / "credentials", _INI]
        return [self._settings.path(given)] if given else usual

    def _nothing(self) -> SettingsError:
        settings = self._settings
        return SettingsError(
            "no credentials were found.",
            looked=[
                "configuration tcimages:secretId and tcimages:secretKey, tcimages:profile,",
                "  tcimages:camRoleName, tcimages:assumeRoleWithWebIdentity",
                "environment TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY",
                f"profile {settings.profile_folder / settings.profile}.credential",
                *(f"file {path}" for path in self._ini_paths()),
                "environment TENCENTCLOUD_CAM_ROLE_NAME",
                "pod identity, environment TKE_WEB_IDENTITY_TOKEN_FILE",
                "the role of this CVM (this is none)",
            ],
            fix="set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, or run tccli configure; "
            "without an account, try tcimages demo.",
        )


def _says_something(section: AssumeRole | AssumeRoleWithWebIdentity | None) -> bool:
    """Whether a role is configured, if only by half: without it the keys' own rights would do."""
    return bool(section and section.model_dump(exclude_none=True))


def _read_keys(source: str, secret_id: str, secret_key: str, token: str) -> Keys | None:
    """The keys of one place, which has both parts or none. Errors: SettingsError."""
    if not secret_id and not secret_key:
        return None
    if not secret_id or not secret_key:
        has, lacks = ("id", "key") if secret_id else ("key", "id")
        raise SettingsError(
            f"there is a secret {has}, but no secret {lacks} beside it.",
            source=source,
            fix="give both in the same place.",
        )
    for name, text in (("secret id", secret_id), ("secret key", secret_key), ("token", token)):
        if text and not re.fullmatch(PLAIN, text):
            raise SettingsError(
                f"the {name} has a blank or another character that no key has.",
                source=source,
                fix="copy it anew, and nothing beside it.",
            )
    return Keys(secret_id, secret_key, token)


def _is_vendors_machine() -> bool:
    try:
        return _VENDOR in _MACHINE.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _date(unix_s: float) -> str:
    return f"{datetime.fromtimestamp(unix_s, timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
