"""The metadata service of a CVM, which returns the name of its role and temporary keys for it.

As on a CVM, requests are GETs without a signature. The service returns the same keys until shortly
before they expire.
"""

from __future__ import annotations

import json
import threading

from pulumi_tcimages.emulator.framing import HttpReply
from pulumi_tcimages.emulator.keys import Key, Keys
from pulumi_tcimages.emulator.sts import DEFAULT_DURATION_S, format_expiration

ACTION = "metadata"
"""The name of metadata requests in fault scripts and in the journal."""
PREFIX = "/latest/meta-data/"
_ROLES = f"{PREFIX}cam/security-credentials/"
_RENEW_S = 600


class Metadata:
    """Handles requests to paths under /latest/meta-data."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._lock = threading.Lock()
        self._issued: dict[str, Key] = {}

    def answer(self, method: str, path: str, now_unix_s: float) -> HttpReply:
        role = self._keys.cvm_role
        if method != "GET" or not role or not f"{path}/".startswith(_ROLES):
            return _not_found()
        name = path[len(_ROLES) :]
        if not name:
            return HttpReply(role.encode(), content_type="text/plain")
        if name != role:
            return _not_found()
        return HttpReply(json.dumps(self._credentials(role, now_unix_s)).encode())

    def _credentials(self, role: str, now_unix_s: float) -> dict[str, object]:
        with self._lock:
            key = self._issued.get(role)
            if key is None or (key.expires_at_unix_s or 0) - now_unix_s < _RENEW_S:
                end = now_unix_s + DEFAULT_DURATION_S
                key = self._issued[role] = self._keys.issue(end, role=role, session="cvm")
        return {
            "TmpSecretId": key.secret_id,
            "TmpSecretKey": key.secret_key,
            "ExpiredTime": int(key.expires_at_unix_s or 0),
            "Expiration": format_expiration(key),
            "Token": key.token,
            "Code": "Success",
        }


def _not_found() -> HttpReply:
    page = "<html><head><title>404 Not Found</title></head><body>404 Not Found</body></html>"
    return HttpReply(page.encode(), status=404, content_type="text/html")
