"""Request temporary keys: from STS with other keys or an OIDC token, or from a CVM's metadata."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from pulumi_tcimages.advice import Advice
from pulumi_tcimages.cloud.api_requests import ApiRequest, Credential, MetadataRequest, Role
from pulumi_tcimages.cloud.deadline import Deadline
from pulumi_tcimages.cloud.endpoints import choose_endpoint, choose_metadata_endpoint
from pulumi_tcimages.cloud.profiles import read_text, why_unreadable
from pulumi_tcimages.cloud.sender import Sender
from pulumi_tcimages.cloud.setting_values import CONFIGURATION, Section, Value
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.cloud.variables import ENVIRONMENT
from pulumi_tcimages.core import api
from pulumi_tcimages.core.placeholders import find_placeholder
from pulumi_tcimages.core.setting_advice import PROVIDER, advise_value, if_object
from pulumi_tcimages.core.setting_patterns import name_file
from pulumi_tcimages.errors import ApiError, ConfigurationError, InvalidResponseError, NetworkError
from pulumi_tcimages.naming import camel
from pulumi_tcimages.resource_limits import find_limit

if TYPE_CHECKING:
    from pulumi_tcimages.core.key_responses import TemporaryKeys

_STS_REGION = "ap-guangzhou"
_SESSION_NAME = "pulumi-tcimages"
_DURATION_S = 7200
_ROLE_NAME = r"[\w+=,.@-]{1,128}"
_MAX_SHOWN = 5
_OTHER_KEYS = "try again, or use other keys."
_NOT_A_CVM = "use other keys, or run this on a CVM that has a CAM role."
_PROVIDER = "OIDC"
_Read = TypeVar("_Read")
_TOKEN_FILE = "web_identity_token_file"  # noqa: S105 (the name of a setting)
_LACKS = {
    "role_arn": "no role ARN",
    "provider_id": "no provider",
    _TOKEN_FILE: "no token",
}
_WRITE_FILE = "write the OIDC token to that file, or name another file there."
NO_ROLE_ARN = "the role to assume has no ARN."


def read_role(settings: Settings, section: Section) -> Role:
    """Build a role from the settings or variables that describe it.

    Raises: ConfigurationError if the ARN is missing.
    """
    arn = section.get("role_arn")
    if not arn:
        raise _build_incomplete(settings, section, ["role_arn"], NO_ROLE_ARN)
    return Role(
        arn,
        section.get("session_name") or "",
        section.get("session_duration"),
        section.get("policy") or "",
        section.get("external_id") or "",
    )


def send_assume_role(
    settings: Settings, sender: Sender, credential: Credential, role: Role, deadline: Deadline
) -> Credential:
    """Request temporary keys for a role with the STS action AssumeRole."""
    parameters = {
        "role_arn": role.arn,
        "role_session_name": role.session_name or _SESSION_NAME,
        "duration_seconds": role.session_duration_s or _DURATION_S,
        # The API expects a URL-encoded policy, although the body is JSON.
        "policy": quote(role.policy, safe="") if role.policy else None,
        "external_id": role.external_id or None,
    }
    request = _build_sts_request(settings, api.ASSUME_ROLE, parameters, credential)
    request = replace(request, secret=role.external_id)
    temporary = sender.send(request, deadline)
    source = f"the role {role.arn}, assumed with keys from {credential.source}"
    return Credential(
        temporary.keys, source, temporary.expires_at_unix_s, sent_secrets=request.secrets
    )


def send_web_identity(
    settings: Settings, sender: Sender, section: Section, deadline: Deadline
) -> Credential:
    """Request temporary keys for a role with an OIDC token instead of keys.

    Raises: ConfigurationError if a required setting is missing or the token cannot be read.
    """
    is_pod = section.variable_group is not None and section.variable_group.is_pod
    if missing := _find_missing(section, is_pod=is_pod):
        identity = "pod" if "provider_id" in missing else "web"
        lacks = " and ".join(_LACKS[part] for part in missing)
        problem = f"the {identity} identity has {lacks}."
        raise _build_incomplete(settings, section, missing, problem)
    role = section.values["role_arn"]
    token = _read_web_identity(settings, section)
    parameters = {
        "provider_id": section.get("provider_id") or _PROVIDER,
        "web_identity_token": token,
        "role_arn": role.value,
        "role_session_name": section.get("session_name") or _SESSION_NAME,
        "duration_seconds": section.get("session_duration") or _DURATION_S,
    }
    request = _build_sts_request(settings, api.ASSUME_ROLE_WITH_WEB_IDENTITY, parameters, None)
    request = replace(request, secret=token)
    temporary = sender.send(request, deadline)
    source = f"the role {role.value}, assumed with a web identity ({role.source})"
    return Credential(
        temporary.keys,
        source,
        temporary.expires_at_unix_s,
        has_used_role_variables=not is_pod,
        is_of_role=True,
        sent_secrets=request.secrets,
    )


def _read_web_identity(settings: Settings, section: Section) -> str:
    """Return the OIDC token from a setting or a file. The file may contain JSON."""
    if token := section.get("web_identity_token"):
        return str(token)
    path, source = section.values[_TOKEN_FILE]
    try:
        text = read_text(settings.path(path)).strip()
    except (OSError, ValueError) as error:
        limit = find_limit(error)
        fix = limit.fix if limit else _WRITE_FILE
        problem = f"{name_file(path)} {why_unreadable(error)}."
        raise ConfigurationError(problem, source=source, fix=fix) from None
    try:
        content = json.loads(text) if text.startswith("{") else {"web_identity_token": text}
        token = content["web_identity_token"]
    except (ValueError, KeyError, RecursionError):
        token = None
    if not isinstance(token, str) or find_placeholder(token):
        problem = f"there is no web identity token in {name_file(path)}."
        raise ConfigurationError(problem, source=source, fix=_WRITE_FILE)
    return token


def _find_missing(section: Section, *, is_pod: bool) -> list[str]:
    needed = ["role_arn", *(["provider_id"] if is_pod else [])]
    if not section.get("web_identity_token"):
        needed.append(_TOKEN_FILE)
    return [part for part in needed if not section.get(part)]


def _build_incomplete(
    settings: Settings, section: Section, missing: Sequence[str], problem: str
) -> ConfigurationError:
    """Build the error for a role or web identity with missing fields."""
    looked = [part for part in missing if part != _TOKEN_FILE]
    looked += ["web_identity_token", _TOKEN_FILE] if _TOKEN_FILE in missing else []
    paths = [f"{section.name}.{part}" for part in looked]
    elsewhere = [value.source for path in paths for value in settings.find_all(path)]
    if elsewhere:
        fix = Advice(f"give all parts in one place: {elsewhere[0]} is not added.")
    else:
        lead = ""
        if section.variable_group:
            lead = "set what is missing, or unset all variables of that role:"
        elif settings.configuration.source_of(paths[0]).startswith(f"{CONFIGURATION} "):
            lead = f"set what is missing. {if_object(camel(section.name))}"
        fix = Advice(lead, *(_advise_part(settings, section, part) for part in missing))
    variables = section.variable_group.variables if section.variable_group else {}
    set_variables = [name for part, name in variables.items() if part in section.values]
    places = (section.places[part] for part in looked if part in section.places)
    return ConfigurationError(
        problem,
        source=f"{ENVIRONMENT}{' and '.join(set_variables)}" if set_variables else "",
        searched=[*dict.fromkeys(places)],
        fix=fix,
    )


def _advise_part(settings: Settings, section: Section, part: str) -> Advice:
    """Return the advice to add a missing field of a role to the source of its other fields."""
    path = f"{section.name}.{part}"
    if section.variable_group:
        return advise_value(path, "", f"environment {section.variable_group.variables[part]}")
    source = settings.configuration.source_of(path)
    is_in_program = PROVIDER in source
    keys = tuple(settings.configuration.spelling_of(path).split("."))
    return advise_value(path, "", PROVIDER if is_in_program else source, keys)


def send_metadata(
    settings: Settings, sender: Sender, role: Value, deadline: Deadline
) -> Credential:
    """Request the keys of this CVM's CAM role.

    Args:
        role: the configured role; with an empty name, the CVM's first role is used.

    Raises: ConfigurationError if the CVM does not have the role.
    """
    credential, names = _fetch_keys(settings, sender, role.value, deadline)
    if credential is None:
        raise _refuse_role(role, names)
    return credential


def find_metadata(settings: Settings, sender: Sender, deadline: Deadline) -> Credential | None:
    """Request the keys of this CVM's CAM role. Return None if it has no role."""
    return _fetch_keys(settings, sender, "", deadline)[0]


def _fetch_keys(
    settings: Settings, sender: Sender, name: str, deadline: Deadline
) -> tuple[Credential | None, list[str]]:
    """Request the keys of a CVM's role.

    Return the keys or None, and the names of the CVM's roles, or [] if these were not requested.
    """
    from pulumi_tcimages.core.key_responses import read_metadata_keys

    names = [] if name else _list_roles(settings, sender, deadline)
    name = name or next(iter(names), "")
    if not name:
        return None, names
    temporary = _fetch(settings, sender, name, read_metadata_keys, deadline)
    if temporary is None:
        names = names or _try_list_roles(settings, sender, deadline)
        if name not in names:
            return None, names
        # Try again: keys may be missing for a moment after a role is attached to the CVM.
        temporary = _fetch(settings, sender, name, read_metadata_keys, deadline)
    if temporary is None:
        problem = f"this CVM has the CAM role {name}, but no keys of it."
        raise ConfigurationError(problem, fix=_OTHER_KEYS)
    return Credential(temporary.keys, f"the CVM role {name}", temporary.expires_at_unix_s), names


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
    if all(re.fullmatch(_ROLE_NAME, name) for name in names):
        return names
    return api.Unreadable("the metadata service's reply is not the name of a role.")


def _try_list_roles(settings: Settings, sender: Sender, deadline: Deadline) -> list[str]:
    """List the CVM's roles for an error message. Return [] if that fails."""
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
        allowed=", ".join(names[:_MAX_SHOWN]),
        fix=f"write {names[0]}." if names else "give this CVM that role, or use other keys.",
    )


def _build_sts_request(
    settings: Settings,
    action: api.Action,
    parameters: dict[str, object],
    credential: Credential | None,
) -> ApiRequest[TemporaryKeys]:
    from pulumi_tcimages.core.key_responses import read_assumed_role

    region = settings.get("region") or _STS_REGION
    endpoint = choose_endpoint(settings, "sts", region)
    return ApiRequest(
        action, parameters, endpoint, region, credential, read_assumed_role, is_confidential=True
    )
