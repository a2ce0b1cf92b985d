"""The four steps of TC3-HMAC-SHA256, Tencent Cloud's request signature.

`core.api` signs requests with these functions, and the emulator verifies signatures with them.

Source: https://cloud.tencent.com/document/api/213/30654 (signature method v3).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from functools import lru_cache

ALGORITHM = "TC3-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"


def build_canonical_request(
    method: str,
    query: str,
    headers: Mapping[str, str],
    signed_headers: Sequence[str],
    payload: bytes,
) -> str:
    """Build the canonical request, whose hash is signed.

    It consists of the method, path, query, one `name:value` line per signed header, a blank line,
    the header names and the payload's hash. `headers` must have lower-case names. As in Tencent
    Cloud's SDKs, values are stripped, and the value of x-tc-action is lower-cased.
    """
    names = sorted(signed_headers)
    lines = "".join(f"{name}:{_canonical_value(name, headers[name])}\n" for name in names)
    payload_hash = hashlib.sha256(payload).hexdigest()
    return "\n".join([method, "/", query, lines, ";".join(names), payload_hash])


def build_string_to_sign(canonical_request: str, service: str, sent_at_unix_s: int) -> str:
    """Build the string to sign: algorithm, time, scope and the canonical request's hash."""
    request_hash = hashlib.sha256(canonical_request.encode()).hexdigest()
    scope = build_scope(service, sent_at_unix_s)
    return "\n".join([ALGORITHM, str(sent_at_unix_s), scope, request_hash])


def build_scope(service: str, sent_at_unix_s: int) -> str:
    """Build the scope of a signature: the request's UTC date and the service."""
    return f"{_utc_date(sent_at_unix_s)}/{service}/tc3_request"


def sign(secret_key: str, service: str, sent_at_unix_s: int, string_to_sign: str) -> str:
    """Compute the signature in lower-case hexadecimal."""
    key = _signing_key(secret_key, _utc_date(sent_at_unix_s), service)
    return _hmac(key, string_to_sign).hex()


def build_authorization(
    secret_id: str, service: str, sent_at_unix_s: int, signed_headers: Sequence[str], signature: str
) -> str:
    """Build the value of the Authorization header."""
    return (
        f"{ALGORITHM} Credential={secret_id}/{build_scope(service, sent_at_unix_s)}, "
        f"SignedHeaders={';'.join(sorted(signed_headers))}, Signature={signature}"
    )


def _canonical_value(name: str, value: str) -> str:
    value = value.strip()
    return value.lower() if name == "x-tc-action" else value


def _utc_date(unix_s: int) -> str:
    return datetime.fromtimestamp(unix_s, timezone.utc).date().isoformat()


@lru_cache(maxsize=8)
def _signing_key(secret_key: str, date: str, service: str) -> bytes:
    """Derive the signing key for a UTC date. Caching saves three of the four HMACs per request."""
    return _hmac(_hmac(_hmac(f"TC3{secret_key}".encode(), date), service), "tc3_request")


def _hmac(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode(), hashlib.sha256).digest()
