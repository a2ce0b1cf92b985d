"""Faults of the API, with the emulator."""

from __future__ import annotations

from dataclasses import replace

from pulumi_tcimages.emulator import Fault
from pulumi_tcimages.errors import (
    ApiError,
    AuthError,
    InvalidResponseError,
    NetworkError,
    TcImagesError,
    ThrottledError,
)
from tests.cloud.fault_cases import FOREVER, PERMISSION, FaultCase


def rejected_case(
    code: str, error: type[TcImagesError] = ApiError, attempts: int = 1, text: str = ""
) -> FaultCase:
    fault = Fault(code=code, times=FOREVER)
    return FaultCase(f"always {code}", (fault,), error, attempts, text or code, code=code)


def retried_case(code: str) -> FaultCase:
    return FaultCase(f"once {code}", (Fault(code=code),), None, 2)


PERMISSION_ADVICE = f"ask for the CAM action {PERMISSION}"
PAGES = frozenset({"pages"})
API = frozenset({"api"})

API_CASES = [
    rejected_case("AuthFailure.SecretIdNotFound", AuthError, text="tcimages:site intl"),
    rejected_case("AuthFailure.InvalidSecretId", AuthError, text="tcimages:site intl"),
    rejected_case("AuthFailure.SignatureFailure", AuthError, text="copy the secret key again"),
    rejected_case(
        "AuthFailure.TokenFailure",
        AuthError,
        text="This secret id looks permanent",
    ),
    rejected_case("AuthFailure.MFAFailure", AuthError, text="second factor"),
    rejected_case("AuthFailure.InvalidAuthorization", AuthError, text="check these keys"),
    rejected_case("AuthFailure.SignatureExpire", AuthError, text="and they agree: try again"),
    rejected_case("AuthFailure.UnauthorizedOperation", AuthError, text=PERMISSION_ADVICE),
    rejected_case("AuthFailure.CamException", AuthError, text=PERMISSION_ADVICE),
    rejected_case("AuthFailure.NoPermission", AuthError, text=PERMISSION_ADVICE),
    rejected_case("UnauthorizedOperation", AuthError, text=PERMISSION_ADVICE),
    rejected_case("UnauthorizedOperation.NoPermission", AuthError, text=PERMISSION_ADVICE),
    rejected_case("FailedOperation.NotAllow", AuthError, text=PERMISSION_ADVICE),
    rejected_case("InternalError.NoPermission", AuthError, text=PERMISSION_ADVICE),
    rejected_case("InternalError.NotAllow", AuthError, text=PERMISSION_ADVICE),
    # The waits grow from a little over one second, until the minute is over.
    rejected_case("RequestLimitExceeded", ThrottledError, 36, "at most 15 (maxRequestsPerSecond)"),
    rejected_case("RequestLimitExceeded.UinLimitExceeded", ThrottledError, 36),
    rejected_case("LimitExceeded.RateLimitExceeded", ThrottledError, 36),
    retried_case("RequestLimitExceeded"),
    retried_case("RequestLimitExceeded.IPLimitExceeded"),
    retried_case("RequestLimitExceeded.GlobalRegionUinLimitExceeded"),
    rejected_case("LimitExceeded"),
    rejected_case("InternalError", attempts=3, text="try again later; if it fails again, give"),
    rejected_case("InternalError.InternalSystemException", attempts=3),
    rejected_case("InternalError.DBError", attempts=3),
    retried_case("InternalError"),
    rejected_case("ServiceUnavailable", attempts=5),
    retried_case("ServiceUnavailable"),
    rejected_case("ResourceUnavailable", attempts=5),
    rejected_case("ResourceUnavailable.BalanceInsufficient", text="top up the account"),
    rejected_case("ResourceUnavailable.WhiteListFunction"),
    rejected_case("ResourceInUse", attempts=5),
    rejected_case("FailedOperation", attempts=2),
    retried_case("FailedOperation"),
    rejected_case("FailedOperation.Processing", attempts=3),
    rejected_case("FailedOperation.SomethingNew"),
    rejected_case("UnsupportedRegion", text="another region"),
    rejected_case("InvalidAction", text="tcimages:endpoints"),
    rejected_case("NoSuchVersion", text="tcimages:endpoints"),
    rejected_case("NoSuchProduct", text="tcimages:endpoints"),
    rejected_case("ActionOffline", text="tcimages:endpoints"),
    rejected_case("UnsupportedProtocol", text="without http://, and use https"),
    rejected_case("UnsupportedOperation"),
    rejected_case("InvalidParameter", text="correct the argument"),
    rejected_case("InvalidParameterValue.BadName", text="correct the argument"),
    rejected_case("InvalidParameterValue.InvalidFilter", text="correct the argument"),
    rejected_case("MissingParameter", text="correct the argument"),
    rejected_case("UnknownParameter", text="correct the argument"),
    rejected_case("InvalidParameter.ParameterNotFoundOrBeNone", text="correct the argument"),
    rejected_case("ResourceNotFound", text="give the vendor's support the request id"),
    rejected_case("IpInBlacklist", text="this machine's IP address"),
    rejected_case("IpNotInWhitelist", text="this machine's IP address"),
    rejected_case("RequestSizeLimitExceeded"),
    rejected_case("ResourceInsufficient"),
    rejected_case("DryRunOperation"),
    rejected_case("Something.New"),
    # Pages of 100, 50, 25, 12, 6, 3 and 1 rows; no page is smaller.
    replace(rejected_case("ResponseSizeLimitExceeded", attempts=7), attempts=1, needs=PAGES),
    replace(
        rejected_case("InvalidParameterValue.PageLimitExceeded", attempts=7),
        attempts=1,
        needs=PAGES,
    ),
    replace(
        rejected_case("InvalidParameterValue.LimitExceeded", attempts=7), attempts=1, needs=PAGES
    ),
    FaultCase(
        "a page that is too large, twice",
        (Fault(code="InvalidParameterValue.PageLimitExceeded", times=2),),
        None,
        3,
        needs=PAGES,
    ),
    FaultCase(
        "a parameter Limit that is not valid, once",
        (Fault(code="InvalidParameter", message="The parameter `Limit` is not valid."),),
        None,
        2,
        needs=PAGES,
    ),
    FaultCase(
        "a page that is too large, in Chinese, once",
        (Fault(code="InvalidParameterValue", message="分页限制超过上限"),),
        None,
        2,
        needs=PAGES,
    ),
    FaultCase(
        "a limit that is too large as an unsupported operation, once",
        (Fault(code="UnsupportedOperation", message="limit too large"),),
        None,
        2,
        needs=PAGES,
    ),
    FaultCase(
        "throttled and failing: each cause has attempts of its own",
        (Fault(code="RequestLimitExceeded", times=3), Fault(code="InternalError", times=2)),
        None,
        6,
    ),
    FaultCase(
        "throttled, then rejected: the error counts all attempts",
        (Fault(code="RequestLimitExceeded", times=3), Fault(code="InvalidAction")),
        ApiError,
        4,
        "Sent 4 attempts",
    ),
    FaultCase(
        "a wrong clock",
        (Fault(clock_skew_s=600),),
        AuthError,
        1,
        "the cloud's",
        needs=API,
    ),
    FaultCase("502 with an HTML page, once", (Fault(status=502),), None, 2),
    FaultCase(
        "502 with an HTML page, always",
        (Fault(status=502, times=9),),
        InvalidResponseError,
        5,
        "HTTP 502",
    ),
    FaultCase("503, always", (Fault(status=503, times=9),), InvalidResponseError, 5, "HTTP 503"),
    FaultCase("504, twice", (Fault(status=504, times=2),), None, 3),
    FaultCase(
        "403 with an HTML page",
        (Fault(status=403),),
        InvalidResponseError,
        1,
        "HTTP 403, text/html",
    ),
    FaultCase(
        "404 with an HTML page",
        (Fault(status=404),),
        InvalidResponseError,
        1,
        "HTTP 404",
        needs=API,
    ),
    FaultCase("429 with an HTML page, once", (Fault(status=429),), None, 2),
    FaultCase("429, always", (Fault(status=429, times=FOREVER),), ThrottledError, 36, "HTTP 429"),
    FaultCase(
        "429 with an error about the keys",
        (Fault(status=429, code="AuthFailure.SecretIdNotFound"),),
        AuthError,
        1,
        "check the secret id",
    ),
    FaultCase(
        "429 with an unknown error code",
        (Fault(status=429, code="Slow"),),
        None,
        2,
        needs=API,
    ),
    FaultCase("reset, once", (Fault(reset=True),), None, 2),
    FaultCase("closed, once", (Fault(close=True),), None, 2),
    FaultCase("cut off, once", (Fault(truncate=True),), None, 2),
    FaultCase(
        "cut off, always", (Fault(truncate=True, times=9),), NetworkError, 5, "in the middle"
    ),
    FaultCase(
        "an API error with a charset",
        (Fault(code="InvalidAction", content_type="application/json; charset=utf-8"),),
        ApiError,
        1,
        "InvalidAction",
    ),
    FaultCase("a result with the type text/plain", (Fault(content_type="text/plain"),), None, 1),
]
