"""Values that people write where a setting takes a path: tokens, keys and contents of files."""

from __future__ import annotations

# Joined, so that no source line of a traceback contains the token.
_PARTS = ("eyJhbGciOiJSUzI1NiJ9", "eyJzdWIiOiJjYW5hcnkifQ", "Y2FuYXJ5LXNpZ25hdHVyZQ")
JWT = ".".join(_PARTS)
TOKENS = {
    "a JWT": JWT,
    "a JWT without a signature": ".".join([*_PARTS[:2], ""]),
    "a JWT with its scheme": f"Bearer {JWT}",
    "a long JWT": ".".join([*_PARTS[:2], "canary" * 60]),
    "an encrypted JWT": ".".join([_PARTS[0], "", *_PARTS[1:], "Y2FuYXJ5"]),
    "a long opaque token": "canary" * 50,
    "a secret id": "AKID" + "canary00" * 4,
}
CONTENTS = {
    "JSON of a token": f'{{"web_identity_token": "{JWT}"}}',
    "JSON of keys": '{ "secretId": "canary", "secretKey": "canary" }',
    "ini": "[default]\nsecret_id = canary\nsecret_key = canary",
    "PEM": "-----BEGIN PRIVATE KEY-----\ncanary",
    "PEM on one line": "-----BEGIN CERTIFICATE-----canary",
}
MISTAKES = {**TOKENS, **CONTENTS}
PATHS = [
    "token",
    "./token.prod.jwt",
    "/var/run/secrets/tke.cloud.tencent.com/serviceaccount/token",
    "~/tokens/my-web-identity.production-environment.token-file",
    "eyes.of.file",
    "C:\\Users\\me\\token",
    "/long" * 200,
    "ключ/токен",
]


def is_shown(text: str, value: str) -> bool:
    """Return whether a text contains a value, or a part of it that could be a secret."""
    return value in text or "canary" in text or any(part in text for part in _PARTS)
