"""Verify signatures and find the key that signed a request.

`core.signing` computes signatures. This module checks the signed headers, the age of the request,
and that the key has not expired and the token belongs to it.
"""

from __future__ import annotations

import hmac
import re
from typing import NamedTuple

from pulumi_tcimages.core import signing
from pulumi_tcimages.emulator.assumptions import Assumptions
from pulumi_tcimages.emulator.framing import HttpRequest
from pulumi_tcimages.emulator.keys import Key, Keys
from pulumi_tcimages.emulator.messages import VendorError

_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 +Credential=([^/,\s]{1,128})/([0-9]{4}-[0-9]{2}-[0-9]{2})/([a-z0-9_-]{1,64})"
    r"/tc3_request, *SignedHeaders=([a-z0-9;_-]{1,1024}), *Signature=([0-9a-f]{64})"
)
_COMPULSORY = {"content-type", "host"}


class Claim(NamedTuple):
    """The unverified content of an Authorization header."""

    secret_id: str
    date: str
    service: str
    signed_headers: list[str]
    signature: str


def read_claim(authorization: str) -> Claim | None:
    """Parse an Authorization header. Return None if it is not in the vendor's format."""
    match = _AUTHORIZATION.fullmatch(authorization)
    if match is None:
        return None
    secret_id, date, service, names, signature = match.groups()
    return Claim(secret_id, date, service, names.split(";"), signature)


def authenticate(
    request: HttpRequest, service: str, keys: Keys, now_unix_s: float, assumptions: Assumptions
) -> Key:
    """Return the key that signed a request. Raises: VendorError."""
    authorization = request.headers.get("authorization", "")
    if not authorization:
        raise VendorError("MissingParameter", name="SecretId")
    claim = read_claim(authorization)
    if claim is None or not _COMPULSORY <= set(claim.signed_headers) <= request.headers.keys():
        raise VendorError("AuthFailure.InvalidAuthorization")
    sent_at_unix_s = _read_timestamp(request)
    key = keys.find(claim.secret_id)
    if key is None:
        raise VendorError("AuthFailure.SecretIdNotFound")
    if abs(now_unix_s - sent_at_unix_s) > assumptions.clock_window_s:
        raise VendorError("AuthFailure.SignatureExpire")
    if not _is_signed_by(key, claim, request, service, sent_at_unix_s):
        raise VendorError("AuthFailure.SignatureFailure")
    if not hmac.compare_digest(key.token.encode(), request.headers.get("x-tc-token", "").encode()):
        raise VendorError("AuthFailure.TokenFailure")
    if key.expires_at_unix_s is not None and now_unix_s >= key.expires_at_unix_s:
        raise VendorError(assumptions.expired_key)
    return key


def _read_timestamp(request: HttpRequest) -> int:
    text = request.headers.get("x-tc-timestamp", "")
    if not text:
        raise VendorError("MissingParameter", name="Timestamp")
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise VendorError("InvalidParameter", name="Timestamp", kind="uint64")
    return int(text)


def _is_signed_by(
    key: Key, claim: Claim, request: HttpRequest, service: str, sent_at_unix_s: int
) -> bool:
    scope = f"{claim.date}/{claim.service}/tc3_request"
    if scope != signing.build_scope(claim.service, sent_at_unix_s):
        return False
    host = request.headers["host"]
    # Some clients use the host's first label as the service, which is "127" for 127.0.0.1.
    if claim.service not in (service, re.split(r"[.:]", host.lower())[0]):
        return False
    # Accept the host without its port too, because the vendor's Node client does not sign the port.
    return any(
        hmac.compare_digest(
            claim.signature, _build_signature(key, claim, request, signed_host, sent_at_unix_s)
        )
        for signed_host in dict.fromkeys([host, host.partition(":")[0]])
    )


def _build_signature(
    key: Key, claim: Claim, request: HttpRequest, signed_host: str, sent_at_unix_s: int
) -> str:
    payload = request.body
    if request.headers.get("x-tc-content-sha256") == signing.UNSIGNED_PAYLOAD:
        payload = signing.UNSIGNED_PAYLOAD.encode()
    canonical = signing.build_canonical_request(
        request.method,
        request.query,
        {**request.headers, "host": signed_host},
        claim.signed_headers,
        payload,
    )
    to_sign = signing.build_string_to_sign(canonical, claim.service, sent_at_unix_s)
    return signing.sign(key.secret_key, claim.service, sent_at_unix_s, to_sign)
