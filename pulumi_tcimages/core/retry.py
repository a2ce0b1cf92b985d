"""Decide whether to retry a failed request, and how long to wait before the retry.

    the whole code    ResourceUnavailable.BalanceInsufficient -> never
    then its prefix   ResourceUnavailable.AnythingElse        -> a few more attempts
    else              never

The policy is looked up by the whole error code, then by its prefix. All requests are read-only, so
retries are harmless. But most errors are permanent, and a retry would only delay the message.

Source: Tencent Cloud's documentation of common error codes and of each action's error codes.
Tencent Cloud's own clients retry more: if an account has no balance, they retry for three minutes.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Cause(Enum):
    """The cause of a failed request. It determines the retry policy and the advice."""

    THROTTLE = "throttle"
    TRANSIENT = "transient"
    CLOCK = "clock"
    KEYS = "keys"
    PERMISSION = "permission"
    FINAL = "final"


class RetryPolicy(NamedTuple):
    """The retry policy for a failed request."""

    cause: Cause
    tries: int | None = 1
    """The maximum number of attempts, or None to retry until the deadline."""

    @property
    def is_retried(self) -> bool:
        return self.tries != 1


_THROTTLE = RetryPolicy(Cause.THROTTLE, None)
_TRANSIENT = RetryPolicy(Cause.TRANSIENT, 5)
_DOUBTFUL = RetryPolicy(Cause.TRANSIENT, 3)
_ONCE_MORE = RetryPolicy(Cause.TRANSIENT, 2)
_KEYS = RetryPolicy(Cause.KEYS)
_PERMISSION = RetryPolicy(Cause.PERMISSION)
_FINAL = RetryPolicy(Cause.FINAL)

_BY_CODE = {
    "LimitExceeded.RateLimitExceeded": _THROTTLE,
    "AuthFailure.SignatureExpire": RetryPolicy(Cause.CLOCK),
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
"""The retry policy for connections that are refused, reset, cut off or timed out."""
GARBLED = _DOUBTFUL
"""The retry policy for incomplete responses, and for those not from the API, such as a proxy's
error page.
"""
UNTRUSTED = _FINAL
"""The retry policy for invalid certificates, redirects and oversized responses: no retry."""

_BASE_S = 0.25
_MAX_WAIT_S = 5.0
_NEXT_SECOND_S = 0.5
_SPREAD_S = 1.0
_MAX_SPREAD_S = 2.5


def choose_retry_policy(code: str) -> RetryPolicy:
    """Return the retry policy for an API error code."""
    return _BY_CODE.get(code) or _BY_PREFIX.get(code.partition(".")[0], _FINAL)


def choose_status_policy(status: int) -> RetryPolicy:
    """Return the retry policy for a response without an error code, by its HTTP status."""
    if status == 429:
        return _THROTTLE
    return _TRANSIENT if status >= 500 else GARBLED if status == 200 else _FINAL


def choose_wait_s(
    retry_policy: RetryPolicy, tries: int, chance: float, retry_after_s: float | None = None
) -> float | None:
    """Return the seconds to wait before the next attempt, or None to give up.

    A throttled request waits for 0.5 s plus a random time of up to 2.5 s, so that clients that were
    throttled together do not retry together. Other requests use exponential backoff with full
    jitter.

    Args:
        tries: the number of attempts so far.
        chance: a random number from 0 to 1.
        retry_after_s: the value of the header Retry-After. The wait is not shorter.
    """
    if retry_policy.tries is not None and tries >= retry_policy.tries:
        return None
    if retry_policy.cause is Cause.THROTTLE:
        spread_s = min(_SPREAD_S + tries * _BASE_S, _MAX_SPREAD_S)
        wait_s = _NEXT_SECOND_S + chance * spread_s
    else:
        wait_s = chance * min(_MAX_WAIT_S, _BASE_S * 2**tries)
    return max(wait_s, retry_after_s or 0.0)
