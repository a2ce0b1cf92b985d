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
PATHS = {
    "shared_credentials_dir": "the path of a folder",
    "assume_role_with_web_identity.web_identity_token_file": (
        "the path of a file with the OIDC token"
    ),
}
"""The settings that are paths, with a description of their values."""
_TOKEN = re.compile(
    r"(?:^|\s)(?:e(?:y[A-DIJ]|wo)[\w-]{8,}(?:\.[\w-]*){2,4}|[AI]KID[A-Za-z0-9]{32})$", re.ASCII
)
"""Matches a JWT, which begins with an encoded `{`, and a secret id."""
_CONTENT = re.compile(r"[\r\n]|^\s*(?:\{\s*[\"'}]|\[default\]|-----BEGIN )")
_LONGEST_NAME = 255
"""Maximum length of the name of a file, in bytes, on the usual file systems."""
_LONGEST_SHOWN = 32
"""A name of this length without a dot or slash may be a token."""


def is_endpoint(text: str) -> bool:
    """Return whether a string is a host, host:port or URL without a path."""
    match = re.fullmatch(ENDPOINT, text)
    return match is not None and 0 < int(match["port"] or 443) < 65536


def find_path_problem(text: str) -> str:
    """Return why a string cannot be a path, as a verb phrase, or "" if it may be one.

    The string may be a secret, because people confuse a file with its content.
    """
    text = text.strip()
    if _TOKEN.search(text):
        return "is a token or key, not a path"
    if _CONTENT.search(text):
        return "is the content of a file, not its path"
    names = re.split(r"[/\\]", text)
    if any(len(name.encode(errors="replace")) > _LONGEST_NAME for name in names):
        return "is too long for a path"
    return ""


def may_be_secret(text: str) -> bool:
    """Return whether a string may be a token, a key or the content of a file with them."""
    return bool(find_path_problem(text))


def name_file(path: str) -> str:
    """Return a file's name for messages, without a path that may be a token."""
    is_shown = len(path) < _LONGEST_SHOWN or set(path) & set("./\\")
    return f"the file {path}" if is_shown else "the file that it names"


def is_setting_text(path: str, text: str) -> bool:
    """Return whether a string is valid for a setting, or for an item if the setting is a list.

    Args:
        path: the setting in snake_case, for instance `assume_role.role_arn`.
    """
    if path.startswith(_ENDPOINTS):
        return is_endpoint(text)
    pattern = _PATTERNS.get(path.rpartition(".")[2], "")
    return re.fullmatch(pattern, text) is not None if pattern else True
