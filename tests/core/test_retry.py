"""Retry policies for failed requests, and waits between attempts."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core import retry
from pulumi_tcimages.core.retry import Cause, RetryPolicy, choose_retry_policy, choose_wait_s


@pytest.mark.parametrize(
    ("code", "retry_policy"),
    [
        ("RequestLimitExceeded", RetryPolicy(Cause.THROTTLE, None)),
        ("RequestLimitExceeded.NewKindOfLimit", RetryPolicy(Cause.THROTTLE, None)),
        ("LimitExceeded", RetryPolicy(Cause.FINAL)),
        ("LimitExceeded.RateLimitExceeded", RetryPolicy(Cause.THROTTLE, None)),
        ("ResourceUnavailable", RetryPolicy(Cause.TRANSIENT, 5)),
        ("ResourceUnavailable.NewReason", RetryPolicy(Cause.TRANSIENT, 5)),
        ("ResourceUnavailable.BalanceInsufficient", RetryPolicy(Cause.FINAL)),
        ("InternalError.NewReason", RetryPolicy(Cause.TRANSIENT, 3)),
        ("InternalError.NotAllow", RetryPolicy(Cause.PERMISSION)),
        ("AuthFailure", RetryPolicy(Cause.KEYS)),
        ("AuthFailure.SignatureExpire", RetryPolicy(Cause.CLOCK)),
        ("FailedOperation", RetryPolicy(Cause.TRANSIENT, 2)),
        ("FailedOperation.ApiGatewayQueryFailed", RetryPolicy(Cause.TRANSIENT, 3)),
        ("FailedOperation.StsQueryFailed", RetryPolicy(Cause.TRANSIENT, 3)),
        ("FailedOperation.OtherException", RetryPolicy(Cause.TRANSIENT, 3)),
        ("FailedOperation.GetUserInfoFailed", RetryPolicy(Cause.TRANSIENT, 3)),
        ("FailedOperation.NewReason", RetryPolicy(Cause.FINAL)),
        ("ResponseSizeLimitExceeded", RetryPolicy(Cause.FINAL)),
        ("requestlimitexceeded", RetryPolicy(Cause.FINAL)),
        ("NeverHeardOf", RetryPolicy(Cause.FINAL)),
        ("", RetryPolicy(Cause.FINAL)),
    ],
)
def test_exact_code_precedes_its_prefix(code, retry_policy):
    assert choose_retry_policy(code) == retry_policy


@pytest.mark.parametrize(
    ("status", "tries"), [(200, 3), (302, 1), (403, 1), (429, None), (500, 5), (504, 5)]
)
def test_status_decides_without_an_api_error(status, tries):
    assert retry.choose_status_policy(status).tries == tries


@pytest.mark.parametrize("tries", [5, 6, 50])
def test_last_attempt_is_not_followed_by_a_wait(tries):
    assert choose_wait_s(retry.NETWORK, tries, 0.5) is None


def test_transient_failure_backs_off_with_full_jitter_and_cap():
    retry_policy = RetryPolicy(Cause.TRANSIENT, 100)

    longest = [choose_wait_s(retry_policy, tries, 1.0) for tries in range(1, 8)]

    assert longest == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0]
    assert choose_wait_s(retry_policy, 6, 0.0) == 0.0


def test_throttled_request_waits_and_never_gives_up():
    throttled = choose_retry_policy("RequestLimitExceeded")

    assert choose_wait_s(throttled, 1, 0.0) == 0.5
    assert choose_wait_s(throttled, 1, 1.0) == 1.75
    assert choose_wait_s(throttled, 1000, 1.0) == 3.0


def test_retry_after_is_the_minimum_wait():
    assert choose_wait_s(retry.NETWORK, 1, 0.5, retry_after_s=7) == 7
    assert (
        choose_wait_s(choose_retry_policy("RequestLimitExceeded"), 1, 0.5, retry_after_s=0.1) > 0.5
    )


def test_300_throttled_requests_finish_close_to_the_rate_limit():
    """60 processes with 5 lookups each, on 20 a second: the limit alone takes 15 seconds."""
    throttled = choose_retry_policy("RequestLimitExceeded")
    queue = [(number / 300, number, 0) for number in range(300)]
    served: dict[int, int] = {}
    last_s = 0.0
    while queue:
        queue.sort()
        at_s, number, tries = queue.pop(0)
        if served.get(int(at_s), 0) < 20:
            served[int(at_s)] = served.get(int(at_s), 0) + 1
            last_s = at_s
            continue
        random = (number * 7919 + tries * 104729) % 1000 / 1000
        queue.append((at_s + choose_wait_s(throttled, tries + 1, random), number, tries + 1))

    assert last_s < 15 * 1.3
