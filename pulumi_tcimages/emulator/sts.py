"""The security token service, which issues temporary keys and reports the caller's identity.

Trust policies and session policies have no effect, and the signature of a web identity token is not
verified.
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


def assume_role(context: ActionContext) -> dict[str, Any]:
    """Issue temporary keys for a role. The request must be signed."""
    return _issue(context, context.text("ExternalId"))


def assume_role_with_web_identity(context: ActionContext) -> dict[str, Any]:
    """Issue temporary keys for a role. The request contains an OIDC token and is not signed."""
    if not context.text("ProviderId"):
        raise VendorError("InvalidParameter.ParamError", name="ProviderId")
    if not context.text("WebIdentityToken").strip():
        raise VendorError("InvalidParameter.WebIdentityTokenError")
    return _issue(context, "")


def get_caller_identity(context: ActionContext) -> dict[str, Any]:
    """Return the account and the user or role of the key that signed the call."""
    key = context.caller
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


def format_expiration(key: Key) -> str:
    """Format the time at which a temporary key expires."""
    end = datetime.fromtimestamp(int(key.expires_at_unix_s or 0), timezone.utc)
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")


def _issue(context: ActionContext, external_id: str) -> dict[str, Any]:
    arn = _ROLE_ARN.fullmatch(context.text("RoleArn"))
    if arn is None:
        raise VendorError("InvalidParameter.ParamError", name="RoleArn")
    account_id, name = arn.groups()
    session = context.text("RoleSessionName")
    if not _SESSION_NAME.fullmatch(session):
        raise VendorError("InvalidParameter.ParamError", name="RoleSessionName")
    duration_s = context.parameters.get("DurationSeconds", DEFAULT_DURATION_S)
    if not 0 < duration_s <= MAX_DURATION_S:
        raise VendorError("InvalidParameter.OverTimeError")
    expected_id = context.keys.find_external_id(name)
    if expected_id is None and context.assumptions.unknown_role == "refuse":
        raise VendorError("ResourceNotFound.RoleNotFound")
    if expected_id not in (None, external_id):
        raise VendorError("UnauthorizedOperation")
    key = context.keys.issue(
        context.now_unix_s + duration_s,
        account_id=account_id,
        role=name,
        session=session,
        policy=context.text("Policy"),
    )
    return {
        "Credentials": {
            "Token": key.token,
            "TmpSecretId": key.secret_id,
            "TmpSecretKey": key.secret_key,
        },
        "ExpiredTime": int(key.expires_at_unix_s or 0),
        "Expiration": format_expiration(key),
    }
