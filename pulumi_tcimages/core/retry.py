"""Decide whether to retry a failed request, and how long to wait before the retry.

    the whole code    ResourceUnavailable.BalanceInsufficient -> never
    then its prefix   ResourceUnavailable.AnythingElse        -> a few more attempts
    else              never

The error code is looked up as a whole, then by its prefix. All requests are read-only, so retries
are harmless. But most errors are permanent, and a retry would only delay the message.

Source: the vendor's list of common codes and the codes of each action. The vendor's own clients
retry too often: if an account has no balance, they keep trying for three minutes.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Cause(Enum):
    """The cause of a failed request, which determines whether and how it is retried."""

    THROTTLE = "throttle"
    TRANSIENT = "transient"
    CLOCK = "clock"
    KEYS = "keys"
    PERMISSION = "permission"
    FINAL = "final"


class Remedy(NamedTuple):
    """When and how often a failed request is retried."""

    cause: Cause
    tries: int | None = 1
    """The maximum number of attempts. None means to retry until the deadline."""

    @property
    def is_retried(self) -> bool:
        return self.tries != 1


_THROTTLE = Remedy(Cause.THROTTLE, None)
_TRANSIENT = Remedy(Cause.TRANSIENT, 5)
_DOUBTFUL = Remedy(Cause.TRANSIENT, 3)
_ONCE_MORE = Remedy(Cause.TRANSIENT, 2)
_KEYS = Remedy(Cause.KEYS)
_PERMISSION = Remedy(Cause.PERMISSION)
_FINAL = Remedy(Cause.FINAL)

_BY_CODE = {
    "LimitExceeded.RateLimitExceeded": _THROTTLE,
    "AuthFailure.SignatureExpire": Remedy(Cause.CLOCK),
    "AuthFailure.UnauthorizedOperation": _PERMISSION,
    "AuthFailure.CamException": _PERMISSION,
    "AuthFailure.NoPermission": _PERMISSION,
    "InternalError.NoPermission": _PERMISSION,
    "InternalError.NotAllow": _PERMISSION,
    "FailedOperation.NoPermission": _PERMISSION,
    "FailedOperation.NoPermissionToUseTheDataEngine": _PERMISSION,
    "FailedOperation.NotAllow": _PERMISSION,
    "FailedOperation": _ONCE_MORE,
    "FailedOperation.ApiGatewayQueryFailed": _DOUBTFUL,
    "FailedOperation.StsQueryFailed": _DOUBTFUL,
    "FailedOperation.Processing": _DOUBTFUL,
    "FailedOperation.OtherException": _DOUBTFUL,
    "FailedOperation.GetUserInfoFailed": _DOUBTFUL,
    "ResourceUnavailable.BalanceInsufficient": _FINAL,
    "ResourceUnavailable.WhiteListFunction": _FINAL,
}
_BY_PREFIX = {
    "RequestLimitExceeded": _THROTTLE,
    "InternalError": _DOUBTFUL,
    "ServiceUnavailable": _TRANSIENT,
    "ResourceUnavailable": _TRANSIENT,
    "ResourceInUse": _TRANSIENT,
    "AuthFailure": _KEYS,
    "UnauthorizedOperation": _PERMISSION,
}

NETWORK = _TRANSIENT
"""The policy for a connection that is refused, reset or cut off, or that times out."""
GARBLED = _DOUBTFUL
"""The policy for a response that is incomplete or not from the API, such as a proxy's error page.
"""
UNTRUSTED = _FINAL
"""The policy for an invalid certificate, a redirect or an oversized response. No retry can help."""

_BASE_S = 0.25
_MAX_WAIT_S = 5.0
_NEXT_SECOND_S = 0.5
_SPREAD_S = 1.0
_MAX_SPREAD_S = 2.5


def choose_remedy(code: str) -> Remedy:
    """Return the retry policy for an API error code."""
    return _BY_CODE.get(code) or _BY_PREFIX.get(code.partition(".")[0], _FINAL)


def choose_status_remedy(status: int) -> Remedy:
    """Return the retry policy for a response without an error code, by its HTTP status."""
    if status == 429:
        return _THROTTLE
    return _TRANSIENT if status >= 500 else GARBLED if status == 200 else _FINAL


def choose_wait_s(
    remedy: Remedy, tries: int, chance: float, retry_after_s: float | None = None
) -> float | None:
    """Return the seconds to wait before the next attempt, or None to give up.

    A throttled request waits for a random time of more than a second, so that clients that were
    throttled together do not retry together. Other waits use exponential backoff with full jitter.

    Args:
        tries: the number of attempts so far.
        chance: a random number from 0 to 1.
        retry_after_s: the server's Retry-After, if it sent one.
    """
    if remedy.tries is not None and tries >= remedy.tries:
        return None
    if remedy.cause is Cause.THROTTLE:
        spread_s = min(_SPREAD_S + tries * _BASE_S, _MAX_SPREAD_S)
        wait_s = _NEXT_SECOND_S + chance * spread_s
    else:
        wait_s = chance * min(_MAX_WAIT_S, _BASE_S * 2**tries)
    return max(wait_s, retry_after_s or 0.0)
