"""The security token service: who am I, and temporary keys for a role.

Not faked: trust policies, the session policy's effect, and the web identity's own signature.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

from pulumi_tcimages.emulator.action_context import ActionContext
from pulumi_tcimages.emulator.keys import Key
from pulumi_tcimages.emulator.messages import VendorError

DEFAULT_DURATION_S = 7200
MAX_DURATION_S = 43200
_ROLE_ARN = re.compile(r"qcs::cam::uin/([0-9]{1,20}):role(?:Name)?/([A-Za-z0-9+=,.@_-]{1,128})")
_SESSION_NAME = re.compile(r"[A-Za-z0-9+=,.@_-]{2,128}")


def assume_role(asked: ActionContext) -> dict[str, Any]:
    """Temporary keys for a role, for a caller who has keys."""
    return _issue(asked, asked.text("ExternalId"))


def assume_role_with_web_identity(asked: ActionContext) -> dict[str, Any]:
    """Temporary keys for a role, for the bearer of an identity provider's token."""
    if not asked.text("ProviderId"):
        raise VendorError("InvalidParameter.ParamError", name="ProviderId")
    if not asked.text("WebIdentityToken").strip():
        raise VendorError("InvalidParameter.WebIdentityTokenError")
    return _issue(asked, "")


def get_caller_identity(asked: ActionContext) -> dict[str, Any]:
    """Whose keys signed this call."""
    key = asked.caller
    assert key is not None  # noqa: S101  # the gateway has checked the signature
    if not key.role:
        return {
            "Arn": f"qcs::cam::uin/{key.account_id}:uin/{key.user_id}",
            "AccountId": key.account_id,
            "UserId": key.user_id,
            "PrincipalId": key.user_id,
            "Type": "CAMUser",
        }
    principal = f"46{int(key.account_id):016d}"
    return {
        "Arn": f"qcs::sts:{key.account_id}:assumed-role/{principal}",
        "AccountId": key.account_id,
        "UserId": f"{principal}:{key.session}",
        "PrincipalId": principal,
        "Type": "CAMRole",
    }


def iso_time(key: Key) -> str:
    """When a temporary key ends, as the vendor writes it."""
    end = datetime.fromtimestamp(int(key.expires_at_unix_s or 0), timezone.utc)
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")


def _issue(asked: ActionContext, external_id: str) -> dict[str, Any]:
    arn = _ROLE_ARN.fullmatch(asked.text("RoleArn"))
    if arn is None:
        raise VendorError("InvalidParameter.ParamError", name="RoleArn")
    account_id, name = arn.groups()
    session = asked.text("RoleSessionName")
    if not _SESSION_NAME.fullmatch(session):
        raise VendorError("InvalidParameter.ParamError", name="RoleSessionName")
    duration_s = asked.parameters.get("DurationSeconds", DEFAULT_DURATION_S)
    if not 0 < duration_s <= MAX_DURATION_S:
        raise VendorError("InvalidParameter.OverTimeError")
    role = asked.keys.find_role(name)
    if role is None and asked.choices.unknown_role == "refuse":
        raise VendorError("ResourceNotFound.RoleNotFound")
    if role is not None and role.external_id != external_id:
        raise VendorError("UnauthorizedOperation")
    key = asked.keys.issue(
        asked.now_unix_s + duration_s,
        account_id=account_id,
        role=name,
        session=session,
        policy=asked.text("Policy"),
    )
    return {
        "Credentials": {
            "Token": key.token,
            "TmpSecretId": key.secret_id,
            "TmpSecretKey": key.secret_key,
        },
        "ExpiredTime": int(key.expires_at_unix_s or 0),
        "Expiration": iso_time(key),
    }
