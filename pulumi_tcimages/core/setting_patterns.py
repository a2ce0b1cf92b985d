"""Regular expressions for the provider's settings. The configuration and the SDK use them."""

from __future__ import annotations

import re

PLAIN = r"^[!-~]+$"
"""Printable ASCII without blanks, as in keys, tokens and ARNs."""
PROFILE = r"^[^/\\\x00-\x1f]{1,128}$"
# The pattern uses `+` instead of `{1,128}`, because the regex engine takes 50 ms to compile a
# Unicode class with a count.
ROLE_NAME = r"^[\w+=,.@-]+$"
ACCOUNT_ID = r"^[0-9]{1,20}$"
ENDPOINT = (
    r"(?i)(?:(?P<scheme>https?)://)?(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?/?"
)
_PATTERNS = {
    **dict.fromkeys(("secret_id", "secret_key", "security_token"), PLAIN),
    **dict.fromkeys(("role_arn", "session_name", "external_id", "provider_id"), PLAIN),
    "web_identity_token": PLAIN,
    "profile": PROFILE,
    "cam_role_name": ROLE_NAME,
    **dict.fromkeys(("allowed_account_ids", "forbidden_account_ids"), ACCOUNT_ID),
}
_ENDPOINTS = "endpoints."


def is_endpoint(text: str) -> bool:
    """Return whether a string is a host, host:port or URL without a path."""
    match = re.fullmatch(ENDPOINT, text)
    return match is not None and 0 < int(match["port"] or 443) < 65536


def is_setting_text(path: str, text: str) -> bool:
    """Return whether a string is valid for a setting, or for an item if the setting is a list.

    Args:
        path: the setting in snake_case, for instance `assume_role.role_arn`.
    """
    if path.startswith(_ENDPOINTS):
        return is_endpoint(text)
    pattern = _PATTERNS.get(path.rpartition(".")[2], "")
    return re.fullmatch(pattern, text) is not None if pattern else True
