"""Keys that are lent: by STS for a role, for an OIDC token, by the metadata service of a CVM."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from pulumi_tcimages.cloud.budget import Budget
from pulumi_tcimages.cloud.endpoints import choose_endpoint, choose_metadata_endpoint
from pulumi_tcimages.cloud.profiles import read_text, why_unreadable
from pulumi_tcimages.cloud.sender import Credential, Errand, Role, Sender
from pulumi_tcimages.cloud.settings import Settings, Value
from pulumi_tcimages.cloud.transport import Answer, Transport, TransportError
from pulumi_tcimages.core import replies, wire
from pulumi_tcimages.errors import NetworkError, ReplyError, SettingsError
from pulumi_tcimages.evidence import Call

_STS_REGION = "ap-guangzhou"
_SESSION_NAME = "pulumi-tcimages"
_DURATION_S = 7200
_METADATA_S = 2.0
_ROLE_NAME = r"[\w+=,.@-]{1,128}"
_SHOWN = 5
_OTHER_KEYS = "try again, or use other keys."
_WEB = "assume_role_with_web_identity"


def send_assume_role(
    settings: Settings, sender: Sender, found: Credential, role: Role, budget: Budget
) -> Credential:
    """The keys of a role, asked for with the keys that were found."""
    policy = settings.get("assume_role.policy")
    external_id = settings.get("assume_role.external_id")
    parameters = {
        "role_arn": role.arn,
        "role_session_name": role.session_name or _SESSION_NAME,
        "duration_seconds": settings.get("assume_role.session_duration") or _DURATION_S,
        # The vendor wants the policy URL-encoded inside the JSON.
        "policy": quote(policy, safe="") if policy else None,
        "external_id": external_id,
    }
    errand = _sts_errand(settings, wire.ASSUME_ROLE, parameters, found)
    lent = sender.send(replace(errand, secret=external_id or ""), budget)
    source = f"the role {role.arn}, assumed with keys from {found.source}"
    return Credential(lent.keys, source, lent.expires_at_unix_s)


def send_web_identity(settings: Settings, sender: Sender, budget: Budget) -> Credential:
    """The keys of a role, asked for with an OIDC token and no keys at all."""
    role = settings.find(f"{_WEB}.role_arn")
    if role is None:
        raise SettingsError(
            "there is a web identity, but no role to take on with it.",
            looked=settings.places(f"{_WEB}.role_arn"),
        )
    token = _read_web_identity(settings)
    parameters = {
        "provider_id": settings.get(f"{_WEB}.provider_id") or "OIDC",
        "web_identity_token": token,
        "role_arn": role.value,
        "role_session_name": settings.get(f"{_WEB}.session_name") or _SESSION_NAME,
        "duration_seconds": settings.get(f"{_WEB}.session_duration") or _DURATION_S,
    }
    errand = _sts_errand(settings, wire.ASSUME_ROLE_WITH_WEB_IDENTITY, parameters, None)
    lent = sender.send(replace(errand, secret=token), budget)
    source = f"the role {role.value}, assumed with a web identity ({role.source})"
    return Credential(lent.keys, source, lent.expires_at_unix_s, is_web_identity=True)


def _read_web_identity(settings: Settings) -> str:
    """The OIDC token, given or in a file; a file may wrap it in JSON."""
    given = settings.find(f"{_WEB}.web_identity_token")
    is_outdone = settings.configured(f"{_WEB}.web_identity_token_file")
    if given and not (given.is_from_environment and is_outdone):
        return str(given.value)
    path, source = settings.find(f"{_WEB}.web_identity_token_file") or ("", "")
    if not path:
        parts = ("web_identity_token", "web_identity_token_file")
        raise SettingsError(
            "there is a web identity, but no token of it.",
            looked=[place for part in parts for place in settings.places(f"{_WEB}.{part}")],
        )
    try:
        text = read_text(settings.path(path)).strip()
    except (OSError, ValueError) as error:
        raise SettingsError(f"the file {path} {why_unreadable(error)}.", source=source) from None
    try:
        content = json.loads(text) if text.startswith("{") else {"web_identity_token": text}
        token = content["web_identity_token"]
    except (ValueError, KeyError, RecursionError):
        token = None
    if not isinstance(token, str) or not token:
        raise SettingsError(f"there is no web identity token in {path}.", source=source)
    return token


def send_metadata(
    settings: Settings, transport: Transport, role: Value, budget: Budget
) -> Credential:
    """The keys of the role of the CVM that this runs on; where none is named, of the one it has.

    Errors: SettingsError for a role that it does not have, with those that it has.
    """
    endpoint = choose_metadata_endpoint(settings)

    def call() -> Call:
        return Call("metadata", "role keys", "", endpoint.host, elapsed_s=budget.elapsed_s)

    def get(path: str) -> bytes:
        """What is there; nothing for what there is not."""
        timeout_s = min(_METADATA_S, budget.remaining_s)
        try:
            answer = transport.send("GET", endpoint.url + path, {}, timeout_s=timeout_s)
        except TransportError as error:
            fix = "use other keys, or run this on a CVM that has a CAM role."
            raise NetworkError(error.problem, call=call(), fix=fix) from None
        return _read_found(answer, call())

    def list_roles() -> list[str]:
        names = get(wire.ROLE_PATH).decode("utf-8", "replace").split()
        return names if all(re.fullmatch(_ROLE_NAME, one) for one in names) else []

    name = role.value or next(iter(list_roles()), "")
    found = get(wire.ROLE_PATH + quote(name, safe="")) if name else b""
    if not found:
        raise _refuse_role(role, list_roles() if role.value else [])
    lent = replies.read_metadata_keys(found)
    if isinstance(lent, wire.Unreadable):
        raise ReplyError(lent.problem, call=call(), fix=_OTHER_KEYS)
    return Credential(lent.keys, f"the CVM role {name}", lent.expires_at_unix_s)


def _read_found(answer: Answer, call: Call) -> bytes:
    if answer.status == 404:
        return b""
    if answer.status != 200:
        raise ReplyError(
            "the metadata service does not say which keys this CVM has.",
            call=call,
            came=f"HTTP {answer.status}",
            fix=_OTHER_KEYS,
        )
    return answer.body.strip()


def _refuse_role(role: Value, names: Sequence[str]) -> SettingsError:
    if not role.value:
        fix = "give it one, or use other keys."
        return SettingsError("this CVM has no CAM role.", source=role.source, fix=fix)
    return SettingsError(
        f"this CVM has no CAM role {role.value}.",
        key="cam_role_name",
        source=role.source,
        allowed=", ".join(names[:_SHOWN]),
        fix=f"write {names[0]}." if names else "give this CVM that role, or use other keys.",
    )


def _sts_errand(
    settings: Settings,
    action: wire.Action,
    parameters: dict[str, object],
    credential: Credential | None,
) -> Errand[replies.TemporaryKeys]:
    region = settings.get("region") or _STS_REGION
    endpoint = choose_endpoint(settings, "sts", region)
    return Errand(
        action,
        parameters,
        endpoint,
        region,
        credential,
        replies.read_assumed_role,
        is_confidential=True,
    )
