"""Build the errors that occur while searching for credentials."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from pulumi_tcimages.advice import Advice, Command, SettingChange
from pulumi_tcimages.cloud.placeholder_warnings import WITHOUT_ACCOUNT
from pulumi_tcimages.cloud.profiles import KEYS_FORM, SESSION_FORM, ProfileKeys, can_rewrite
from pulumi_tcimages.cloud.setting_values import CONFIGURATION
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.cloud.variables import find_misspelt
from pulumi_tcimages.core.placeholders import Placeholder
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.formatting import shell_word
from pulumi_tcimages.naming import camel, mark, normalize_name
from pulumi_tcimages.user_files import is_same_path

KEYS_IN_ENVIRONMENT = "environment"
_KEY_VARIABLES = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")
_CONFIGURE = "tccli configure"
_LOGINS = {"sso": "tccli sso login", "oauth": "tccli auth login"}
_PERMANENT_ID = re.compile(r"[AI]KID[A-Za-z0-9]{32}")


class KeyPlaceholder(NamedTuple):
    """A placeholder that was found instead of a key.

    Args:
        name: the name of the variable or setting.
        place: the name with its source, such as `environment TENCENTCLOUD_SECRET_ID`.
    """

    name: str
    place: str
    placeholder: Placeholder

    @property
    def fix(self) -> str:
        return f"{self.placeholder.fix} {self.place}"


def build_not_found(
    settings: Settings, placeholders: Mapping[str, Sequence[KeyPlaceholder]], cvm: str
) -> ConfigurationError:
    """Build the error for missing credentials, which lists every place that was searched.

    Args:
        placeholders: the placeholders that were found, by place.
        cvm: a clause that says why no CVM role was used, such as `this machine is not a CVM`.
    """
    misspelt = find_misspelt_keys(settings)

    def list_placeholders(place: str) -> list[str]:
        return [f"  {key.name} {key.placeholder.holds}" for key in placeholders.get(place, ())]

    searched = [
        *_list_configuration_places(settings),
        *list_placeholders(CONFIGURATION),
        "environment TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY",
        *list_placeholders(KEYS_IN_ENVIRONMENT),
        *(f"  {wrong} is set, which nothing reads" for wrong in misspelt),
    ]
    path = settings.profile_folder / f"{settings.profile}.credential"
    profile = f"profile {path}"
    for place in (profile, *(f"file {path}" for path in settings.ini_paths)):
        searched += [place, *list_placeholders(place)]
    searched += [
        settings.variables.place("TENCENTCLOUD_CAM_ROLE_NAME"),
        f"pod identity, {settings.variables.place('TKE_WEB_IDENTITY_TOKEN_FILE')}",
        f"the role of a CVM ({cvm})",
    ]
    fixes = [key.fix for by_place in placeholders.values() for key in by_place]
    fixes += [f"rename {wrong} to {right}" for wrong, right in misspelt.items()]
    ways = ", or ".join([*fixes[:1], "set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY"])
    if _is_writable(path, settings.tccli_folder):
        fix = Advice(Command(_CONFIGURE, f"{ways}, or run:"), WITHOUT_ACCOUNT)
    else:
        fix = Advice(f"{ways}, or write a profile: {path} with {KEYS_FORM}.", WITHOUT_ACCOUNT)
    return ConfigurationError("no credentials were found.", searched=searched, fix=fix)


def _list_configuration_places(settings: Settings) -> list[str]:
    """Return two lines that list the searched settings of the stack or an explicit provider."""
    if place := _find_provider(settings.configuration.source_of("secret_id")):
        return [
            "`secret_id` and `secret_key`, `profile`, `cam_role_name`,",
            f"  `assume_role_with_web_identity`{place}",
        ]
    return [
        "configuration tcimages:secretId and secretKey, tcimages:profile,",
        "  tcimages:camRoleName, tcimages:assumeRoleWithWebIdentity",
    ]


def _find_provider(source: str) -> str:
    """Return the end of a source that names a provider, such as ` of the provider eu`."""
    _, of_provider, name = source.partition(" of the provider ")
    return f"{of_provider}{name}"


def find_misspelt_keys(settings: Settings) -> dict[str, str]:
    """Map misspelled names of key variables in the environment to the correct names."""
    return find_misspelt(settings.environ, _KEY_VARIABLES)


def build_incomplete(
    has: str,
    lacks: str,
    source: str,
    placeholders: Sequence[KeyPlaceholder],
    misspelt: Mapping[str, str],
) -> ConfigurationError:
    """Build the error for a source that has only one of secret id and secret key.

    Args:
        has: the part that is set, such as `secret id`.
        lacks: the part that is missing, such as `secret key`.
        misspelt: maps misspelled environment variables to the correct names.
    """
    variable = f"TENCENTCLOUD_{lacks.replace(' ', '_').upper()}"
    fixes = [key.fix for key in placeholders]
    fixes += [
        f"rename {wrong} to {right}" for wrong, right in misspelt.items() if right == variable
    ]
    fix = Advice(f"{fixes[0]}.") if fixes else _advise_half(lacks, variable, source)
    return ConfigurationError(
        f"there is a {has}, but no {lacks} beside it.", source=source, fix=fix
    )


def _advise_half(lacks: str, variable: str, source: str) -> Advice:
    """Return the advice to set the missing secret id or secret key where the other one is set."""
    if source.startswith(KEYS_IN_ENVIRONMENT):
        return Advice(
            f"give both in the same place: set {variable} too, or unset the other variable."
        )
    if source.startswith(CONFIGURATION):
        key = camel(lacks.replace(" ", "_"))
        lead = f"give both in the same place: set its {lacks} too, which asks for the value; run:"
        return Advice(SettingChange((key,), lead=lead, is_secret=True))
    if place := _find_provider(source):
        name = mark(lacks.replace(" ", "_"))
        return Advice(f"give both in the same place: set {name}{place} too.")
    kind, _, _ = source.partition(" ")
    if kind == "profile":
        field = camel(lacks.replace(" ", "_"))
        return Advice(f'add "{field}" to that file.')
    if kind == "file":
        field = lacks.replace(" ", "_")
        return Advice(f"add a line {field} = VALUE to that file, below the line [default].")
    return Advice(f"give both in the same place: add the {lacks} to {source}.")


def advise_login(kind: str, path: Path, tccli_folder: Path, lead: str) -> Advice:
    """Return the advice to log in again, for instance with `tccli sso login`."""
    command = _LOGINS.get(normalize_name(kind), _CONFIGURE)
    return advise_tccli(command, path, tccli_folder, lead)


def advise_tccli(command: str, path: Path, tccli_folder: Path, lead: str) -> Advice:
    """Return the advice to write a profile: with a tccli command, or else by hand.

    tccli writes only to `~/.tccli`. For a profile in another folder, the command would overwrite
    the profile of the same name in `~/.tccli`.

    Args:
        path: the `.credential` file of the profile.
        lead: the text before the command, which ends with `run:`.
    """
    if not _is_writable(path, tccli_folder):
        return Advice(f"{lead.removesuffix('run:')}write this to that file: {KEYS_FORM}")
    name = shell_word(path.stem)
    separator = "=" if name.startswith("-") else " "
    return Advice(Command(f"{command} --profile{separator}{name}", lead))


def _is_writable(path: Path, tccli_folder: Path) -> bool:
    """Return whether tccli can write a profile's file: it is in `~/.tccli` and not damaged."""
    return is_same_path(path.parent, tccli_folder) and can_rewrite(tccli_folder, path.stem)


def build_expired(
    settings: Settings, keys: ProfileKeys, expired_at_unix_s: float
) -> ConfigurationError:
    """Build the error for an expired login of a profile.

    A new login would overwrite the file. So the error does not suggest a login if the file contains
    permanent keys.
    """
    expired_at = datetime.fromtimestamp(expired_at_unix_s, timezone.utc)
    ended = f"{expired_at:%Y-%m-%d %H:%M:%S} UTC"
    if _PERMANENT_ID.fullmatch(keys.secret_id):
        return ConfigurationError(
            f"the profile {settings.profile} has permanent keys beside a login that expired at "
            f"{ended}.",
            source=keys.source,
            fix="remove type, token and expiresAt from that file.",
        )
    path, tccli_folder = Path(keys.source), settings.tccli_folder
    renewal: str | Advice = "get new temporary keys"
    if normalize_name(keys.kind) in _LOGINS:
        renewal = f"get new keys, and write this to that file: {SESSION_FORM}."
        if _is_writable(path, tccli_folder):
            renewal = advise_login(keys.kind, path, tccli_folder, "run:")
    return ConfigurationError(
        f"the login of profile {settings.profile} expired at {ended}.",
        source=keys.source,
        fix=Advice(
            renewal, "If its keys are permanent, remove type, token and expiresAt from that file."
        ),
    )
