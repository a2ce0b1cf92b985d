"""Decide whether to retry a failed request, and how long to wait before.

    the whole code    ResourceUnavailable.BalanceInsufficient -> never
    then its prefix   ResourceUnavailable.AnythingElse        -> a few more attempts
    else              never

All requests are read-only, so retries are harmless. But most errors are permanent, and then a retry
only delays the message.

Source: the vendor's list of common codes and the codes of each action. The vendor's own clients
retry too often: they wait three minutes for an account without balance.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple


class Cause(Enum):
    """Why a request failed. This determines whether and when it is retried."""

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
"""For a connection that was refused or reset, timed out, or ended within a response."""
GARBLED = _DOUBTFUL
"""For a response that is incomplete or not from the API, such as a proxy's error page."""
UNTRUSTED = _FINAL
"""For an invalid certificate, a redirect or an oversized response. A retry cannot help."""

_BASE_S = 0.25
_MAX_WAIT_S = 5.0
_NEXT_SECOND_S = 0.5
_SPREAD_S = 1.0
_MAX_SPREAD_S = 2.5


_PAGE_CODE_PART = re.compile(r"ResponseSizeLimitExceeded|Page(Size|Limit)\w*")
_OFFSET_CODES = re.compile(
    r"(Invalid(Parameter(Value)?|Request|Offset|Page\w*)|OutOfRange|(Resource)?NotFound|LimitExceeded"
    r"|FailedOperation|UnsupportedOperation|OperationDenied|PageLimitExceeded)(\..*)?"
)
_LIMIT_CODES = re.compile(r"(Invalid\w*\.(Invalid)?|Invalid)Limit\w*(\..*)?")
_CODES_OF_PAGES = re.compile(
    r"(Invalid(Parameter(Value)?|Request)|OutOfRange|FailedOperation|UnsupportedOperation"
    r"|OperationDenied)(\..*)?|LimitExceeded"
)
_NAMES_LIMIT = re.compile(
    r"(?<![A-Za-z.])(Limit|PageSize)(?![A-Za-z])"
    r"|\b[Ll]imit[`'\"]? (is )?(too|out of|greater|larger|higher|more|over|not valid|invalid)\b"
    r"|\blimit[`'\"]? (must|should|can|cannot|may|exceeds)\b|\binvalid limit\b"
    r"|(?<![A-Za-z])limit[`'\"]? ?(?=[\u4e00-\u9fff])"
    r"|(?i:\bpag(e|ing|ination)[ _-]?(size|limit)\b|\bper page\b)"
    r"|分页|每页|单页|页面?大小"
)
_NAMES_ANOTHER = re.compile(r"Filter|Values|Name|Project|Offset|offset|偏移|过滤")


def is_page_too_large(code: str, message: str) -> bool:
    """Return whether an error means that a smaller page may succeed.

    Either the code says so, or the message contains `Limit` or "page", in English or Chinese.
    `LimitExceeded` (a quota) and `RequestLimitExceeded` (the rate limit) do not count.
    """
    if any(map(_PAGE_CODE_PART.fullmatch, code.split("."))):
        return True
    if _NAMES_ANOTHER.search(message):
        return False
    names_limit = _CODES_OF_PAGES.fullmatch(code) and _NAMES_LIMIT.search(message)
    return bool(names_limit or _LIMIT_CODES.fullmatch(code))


def is_offset_refused(code: str) -> bool:
    """Return whether an error can mean that there are no rows at an offset.

    Errors about the keys, the rate, the account or the whole action cannot. A bare
    `FailedOperation` can, if the retry fails too.
    """
    is_final = choose_remedy(code).cause is Cause.FINAL or code == "FailedOperation"
    return is_final and _OFFSET_CODES.fullmatch(code) is not None


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
