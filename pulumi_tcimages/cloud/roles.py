"""Keys that are lent: by STS for a role, for an OIDC token, by the metadata service of a CVM."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar
from urllib.parse import quote

from pulumi_tcimages.cloud.deadline import Deadline
from pulumi_tcimages.cloud.endpoints import choose_endpoint, choose_metadata_endpoint
from pulumi_tcimages.cloud.profiles import read_text, why_unreadable
from pulumi_tcimages.cloud.sender import ApiRequest, Credential, MetadataRequest, Role, Sender
from pulumi_tcimages.cloud.setting_groups import Section
from pulumi_tcimages.cloud.setting_values import Value
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.core import api, responses
from pulumi_tcimages.core.placeholders import find_placeholder
from pulumi_tcimages.errors import ApiError, ConfigurationError, InvalidResponseError, NetworkError
from pulumi_tcimages.naming import camel_path

_STS_REGION = "ap-guangzhou"
_SESSION_NAME = "pulumi-tcimages"
_DURATION_S = 7200
_ROLE_NAME = r"[\w+=,.@-]{1,128}"
_SHOWN = 5
_OTHER_KEYS = "try again, or use other keys."
_NOT_A_CVM = "use other keys, or run this on a CVM that has a CAM role."
_PROVIDER = "OIDC"
_Read = TypeVar("_Read")


def read_role(settings: Settings, section: Section) -> Role:
    """Return the role that one place describes. Errors: ConfigurationError for half of one."""
    arn = section.get("role_arn")
    if not arn:
        problem = "there is a role to assume, but not which."
        raise _half_of(settings, section, ["role_arn"], problem)
    return Role(
        arn,
        section.get("session_name") or "",
        section.get("session_duration"),
        section.get("policy") or "",
        section.get("external_id") or "",
    )


def send_assume_role(
    settings: Settings, sender: Sender, found: Credential, role: Role, deadline: Deadline
) -> Credential:
    """The keys of a role, asked for with the keys that were found."""
    parameters = {
        "role_arn": role.arn,
        "role_session_name": role.session_name or _SESSION_NAME,
        "duration_seconds": role.session_duration_s or _DURATION_S,
        # The vendor wants the policy URL-encoded inside the JSON.
        "policy": quote(role.policy, safe="") if role.policy else None,
        "external_id": role.external_id or None,
    }
    errand = _sts_errand(settings, api.ASSUME_ROLE, parameters, found)
    lent = sender.send(replace(errand, secret=role.external_id), deadline)
    source = f"the role {role.arn}, assumed with keys from {found.source}"
    return Credential(lent.keys, source, lent.expires_at_unix_s)


def send_web_identity(
    settings: Settings, sender: Sender, section: Section, deadline: Deadline
) -> Credential:
    """The keys of a role, asked for with an OIDC token and no keys at all.

    Errors: ConfigurationError for half of an identity, and for a token that cannot be read.
    """
    role = section.values.get("role_arn")
    if role is None:
        problem = "there is a web identity, but no role to take on with it."
        raise _half_of(settings, section, ["role_arn"], problem)
    is_pod = section.family is not None and section.family.is_pod
    provider = section.get("provider_id")
    if is_pod and not provider:
        problem = "there is a pod identity, but not its provider."
        raise _half_of(settings, section, ["provider_id"], problem)
    token = _read_web_identity(settings, section)
    parameters = {
        "provider_id": provider or _PROVIDER,
        "web_identity_token": token,
        "role_arn": role.value,
        "role_session_name": section.get("session_name") or _SESSION_NAME,
        "duration_seconds": section.get("session_duration") or _DURATION_S,
    }
    errand = _sts_errand(settings, api.ASSUME_ROLE_WITH_WEB_IDENTITY, parameters, None)
    lent = sender.send(replace(errand, secret=token), deadline)
    source = f"the role {role.value}, assumed with a web identity ({role.source})"
    return Credential(lent.keys, source, lent.expires_at_unix_s, has_used_role_variables=not is_pod)


def _read_web_identity(settings: Settings, section: Section) -> str:
    """The OIDC token, given or in a file; a file may wrap it in JSON."""
    if given := section.get("web_identity_token"):
        return str(given)
    found = section.values.get("web_identity_token_file")
    if found is None:
        problem = "there is a web identity, but no token of it."
        parts = ["web_identity_token", "web_identity_token_file"]
        raise _half_of(settings, section, parts, problem)
    path, source = found
    try:
        text = read_text(settings.path(path)).strip()
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"the file {path} {why_unreadable(error)}.", source=source
        ) from None
    try:
        content = json.loads(text) if text.startswith("{") else {"web_identity_token": text}
        token = content["web_identity_token"]
    except (ValueError, KeyError, RecursionError):
        token = None
    if not isinstance(token, str) or find_placeholder(token):
        raise ConfigurationError(f"there is no web identity token in {path}.", source=source)
    return token


def _half_of(
    settings: Settings, section: Section, parts: Sequence[str], problem: str
) -> ConfigurationError:
    """The error for a role or identity that lacks these parts in the place that has the rest."""
    paths = [f"{section.name}.{part}" for part in parts]
    elsewhere = [one.source for path in paths for one in settings.find_all(path)]
    fix = ""
    if elsewhere:
        fix = f"give all parts in one place: {elsewhere[0]} is not added."
    elif section.family:
        fix = f"set {section.family.variables[parts[-1]]}, or unset all variables of that role."
    return ConfigurationError(
        problem,
        searched=[section.places[part] for part in parts if part in section.places],
        fix=fix,
        settings=() if fix else [(camel_path(paths[-1]), "VALUE")],
    )


def send_metadata(
    settings: Settings, sender: Sender, role: Value, deadline: Deadline
) -> Credential:
    """Return the keys of a CAM role of this CVM; where none is named, of the one that it has.

    Errors: ConfigurationError for a role that it does not have, with those that it has.
    """
    found, names = _fetch_keys(settings, sender, role.value, deadline)
    if found is None:
        raise _refuse_role(role, names)
    return found


def find_metadata(settings: Settings, sender: Sender, deadline: Deadline) -> Credential | None:
    """Return the keys of the CAM role of this CVM, None where it has no role."""
    return _fetch_keys(settings, sender, "", deadline)[0]


def _fetch_keys(
    settings: Settings, sender: Sender, name: str, deadline: Deadline
) -> tuple[Credential | None, list[str]]:
    """Return the keys of a role, and the roles that the CVM has where they were listed."""
    names = [] if name else _list_roles(settings, sender, deadline)
    name = name or next(iter(names), "")
    if not name:
        return None, names
    lent = _fetch(settings, sender, name, responses.read_metadata_keys, deadline)
    if lent is None:
        names = names or _names_if_told(settings, sender, deadline)
        if name not in names:
            return None, names
        # The role is there, so its keys are only late: the machine may have just been given it.
        lent = _fetch(settings, sender, name, responses.read_metadata_keys, deadline)
    if lent is None:
        problem = f"this CVM has the CAM role {name}, but no keys of it."
        raise ConfigurationError(problem, fix=_OTHER_KEYS)
    return Credential(lent.keys, f"the CVM role {name}", lent.expires_at_unix_s), names


def _list_roles(settings: Settings, sender: Sender, deadline: Deadline) -> list[str]:
    return _fetch(settings, sender, "", _read_roles, deadline) or []


def _fetch(
    settings: Settings,
    sender: Sender,
    name: str,
    read: Callable[[bytes], _Read | api.Unreadable],
    deadline: Deadline,
) -> _Read | None:
    path = api.ROLE_PATH + quote(name, safe="")
    endpoint = choose_metadata_endpoint(settings)
    return sender.fetch(MetadataRequest(path, endpoint, read, _NOT_A_CVM, _OTHER_KEYS), deadline)


def _read_roles(body: bytes) -> list[str] | api.Unreadable:
    names = body.decode("utf-8", "replace").split()
    if all(re.fullmatch(_ROLE_NAME, one) for one in names):
        return names
    return api.Unreadable("the metadata service's reply is not the name of a role.")


def _names_if_told(settings: Settings, sender: Sender, deadline: Deadline) -> list[str]:
    """The names that help to correct one; none where the service does not tell them."""
    try:
        return _list_roles(settings, sender, deadline)
    except (NetworkError, InvalidResponseError, ApiError):
        return []


def _refuse_role(role: Value, names: Sequence[str]) -> ConfigurationError:
    if not role.value:
        fix = "give it one, or use other keys."
        return ConfigurationError("this CVM has no CAM role.", source=role.source, fix=fix)
    return ConfigurationError(
        f"this CVM has no CAM role {role.value}.",
        key="cam_role_name",
        source=role.source,
        allowed=", ".join(names[:_SHOWN]),
        fix=f"write {names[0]}." if names else "give this CVM that role, or use other keys.",
    )


def _sts_errand(
    settings: Settings,
    action: api.Action,
    parameters: dict[str, object],
    credential: Credential | None,
) -> ApiRequest[responses.TemporaryKeys]:
    region = settings.get("region") or _STS_REGION
    endpoint = choose_endpoint(settings, "sts", region)
    return ApiRequest(
        action,
        parameters,
        endpoint,
        region,
        credential,
        responses.read_assumed_role,
        is_confidential=True,
    )
