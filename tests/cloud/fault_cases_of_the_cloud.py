"""Faults of the cloud, through the emulator."""

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
from tests.cloud.fault_cases import FOREVER, PERMISSION, Row


def refused(
    code: str, error: type[TcImagesError] = ApiError, tries: int = 1, text: str = ""
) -> Row:
    fault = Fault(code=code, times=FOREVER)
    return Row(f"always {code}", (fault,), error, tries, text or code, code=code)


def passing(code: str) -> Row:
    return Row(f"once {code}", (Fault(code=code),), None, 2)


MISSING = f"ask for the CAM action {PERMISSION}"
PAGES = frozenset({"pages"})
API = frozenset({"api"})

REFUSED = [
    refused("AuthFailure.SecretIdNotFound", AuthError, text="tcimages:site intl"),
    refused("AuthFailure.InvalidSecretId", AuthError, text="tcimages:site intl"),
    refused("AuthFailure.SignatureFailure", AuthError, text="copy the secret key again"),
    refused(
        "AuthFailure.TokenFailure",
        AuthError,
        text="This secret id looks permanent",
    ),
    refused("AuthFailure.MFAFailure", AuthError, text="second factor"),
    refused("AuthFailure.InvalidAuthorization", AuthError, text="check these keys"),
    refused("AuthFailure.SignatureExpire", AuthError, text="and they agree: try again"),
    refused("AuthFailure.UnauthorizedOperation", AuthError, text=MISSING),
    refused("AuthFailure.CamException", AuthError, text=MISSING),
    refused("AuthFailure.NoPermission", AuthError, text=MISSING),
    refused("UnauthorizedOperation", AuthError, text=MISSING),
    refused("UnauthorizedOperation.NoPermission", AuthError, text=MISSING),
    refused("FailedOperation.NotAllow", AuthError, text=MISSING),
    refused("InternalError.NoPermission", AuthError, text=MISSING),
    refused("InternalError.NotAllow", AuthError, text=MISSING),
    # One try a second and a bit, growing, until the minute is over.
    refused("RequestLimitExceeded", ThrottledError, 36, "at most 15 (maxRequestsPerSecond)"),
    refused("RequestLimitExceeded.UinLimitExceeded", ThrottledError, 36),
    refused("LimitExceeded.RateLimitExceeded", ThrottledError, 36),
    passing("RequestLimitExceeded"),
    passing("RequestLimitExceeded.IPLimitExceeded"),
    passing("RequestLimitExceeded.GlobalRegionUinLimitExceeded"),
    refused("LimitExceeded"),
    refused("InternalError", tries=3, text="try again later; if it fails again, give"),
    refused("InternalError.InternalSystemException", tries=3),
    refused("InternalError.DBError", tries=3),
    passing("InternalError"),
    refused("ServiceUnavailable", tries=5),
    passing("ServiceUnavailable"),
    refused("ResourceUnavailable", tries=5),
    refused("ResourceUnavailable.BalanceInsufficient", text="top up the account"),
    refused("ResourceUnavailable.WhiteListFunction"),
    refused("ResourceInUse", tries=5),
    refused("FailedOperation", tries=2),
    passing("FailedOperation"),
    refused("FailedOperation.Processing", tries=3),
    refused("FailedOperation.SomethingNew"),
    refused("UnsupportedRegion", text="another region"),
    refused("InvalidAction", text="tcimages:endpoints"),
    refused("NoSuchVersion", text="tcimages:endpoints"),
    refused("NoSuchProduct", text="tcimages:endpoints"),
    refused("ActionOffline", text="tcimages:endpoints"),
    refused("UnsupportedProtocol", text="tcimages:protocol"),
    refused("UnsupportedOperation"),
    refused("InvalidParameter", text="correct the argument"),
    refused("InvalidParameterValue.BadName", text="correct the argument"),
    refused("InvalidParameterValue.InvalidFilter", text="correct the argument"),
    refused("MissingParameter", text="correct the argument"),
    refused("UnknownParameter", text="correct the argument"),
    refused("InvalidParameter.ParameterNotFoundOrBeNone", text="correct the argument"),
    refused("ResourceNotFound", text="give the vendor's support the request id"),
    refused("IpInBlacklist", text="this machine's IP address"),
    refused("IpNotInWhitelist", text="this machine's IP address"),
    refused("RequestSizeLimitExceeded"),
    refused("ResourceInsufficient"),
    refused("DryRunOperation"),
    refused("Something.New"),
    # 100, 50, 25, 12, 6, 3, 1 rows a page, and no smaller.
    replace(refused("ResponseSizeLimitExceeded", tries=7), attempts=1, needs=PAGES),
    replace(refused("InvalidParameterValue.PageLimitExceeded", tries=7), attempts=1, needs=PAGES),
    replace(refused("InvalidParameterValue.LimitExceeded", tries=7), attempts=1, needs=PAGES),
    Row(
        "a page that is too large, twice",
        (Fault(code="InvalidParameterValue.PageLimitExceeded", times=2),),
        None,
        3,
        needs=PAGES,
    ),
    Row(
        "a parameter Limit that is not valid, once",
        (Fault(code="InvalidParameter", message="The parameter `Limit` is not valid."),),
        None,
        2,
        needs=PAGES,
    ),
    Row(
        "a page that is too large, in Chinese, once",
        (Fault(code="InvalidParameterValue", message="分页限制超过上限"),),
        None,
        2,
        needs=PAGES,
    ),
    Row(
        "a limit that is too large as an unsupported operation, once",
        (Fault(code="UnsupportedOperation", message="limit too large"),),
        None,
        2,
        needs=PAGES,
    ),
    Row(
        "throttled and failing: each cause has attempts of its own",
        (Fault(code="RequestLimitExceeded", times=3), Fault(code="InternalError", times=2)),
        None,
        6,
    ),
    Row(
        "throttled, then refused: the error counts all attempts",
        (Fault(code="RequestLimitExceeded", times=3), Fault(code="InvalidAction")),
        ApiError,
        4,
        "Sent 4 attempts",
    ),
    Row(
        "the clock is off",
        (Fault(clock_skew_s=600),),
        AuthError,
        1,
        "the cloud's",
        needs=API,
    ),
    Row("502 with a page, once", (Fault(status=502),), None, 2),
    Row(
        "502 with a page, always",
        (Fault(status=502, times=9),),
        InvalidResponseError,
        5,
        "HTTP 502",
    ),
    Row("503, always", (Fault(status=503, times=9),), InvalidResponseError, 5, "HTTP 503"),
    Row("504, twice", (Fault(status=504, times=2),), None, 3),
    Row("403 with a page", (Fault(status=403),), InvalidResponseError, 1, "HTTP 403, text/html"),
    Row(
        "404 with a page",
        (Fault(status=404),),
        InvalidResponseError,
        1,
        "HTTP 404",
        needs=API,
    ),
    Row("429 with a page, once", (Fault(status=429),), None, 2),
    Row("429, always", (Fault(status=429, times=FOREVER),), ThrottledError, 36, "HTTP 429"),
    Row(
        "429 with a refusal of the keys",
        (Fault(status=429, code="AuthFailure.SecretIdNotFound"),),
        AuthError,
        1,
        "check the secret id",
    ),
    Row(
        "429 with a code of somebody else",
        (Fault(status=429, code="Slow"),),
        None,
        2,
        needs=API,
    ),
    Row("reset, once", (Fault(reset=True),), None, 2),
    Row("closed, once", (Fault(close=True),), None, 2),
    Row("cut off, once", (Fault(truncate=True),), None, 2),
    Row("cut off, always", (Fault(truncate=True, times=9),), NetworkError, 5, "in the middle"),
    Row(
        "a refusal with a charset",
        (Fault(code="InvalidAction", content_type="application/json; charset=utf-8"),),
        ApiError,
        1,
        "InvalidAction",
    ),
    Row("an answer as text", (Fault(content_type="text/plain"),), None, 1),
]
