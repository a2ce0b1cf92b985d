"""What a failure calls for, and how long the wait is."""

from __future__ import annotations

import time

import pytest

from pulumi_tcimages.core import retry
from pulumi_tcimages.core.retry import Cause, Remedy, choose_remedy, choose_wait_s
from tests.timeouts import PATIENCE_S


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("RequestLimitExceeded", Remedy(Cause.THROTTLE, None)),
        ("RequestLimitExceeded.NewKindOfLimit", Remedy(Cause.THROTTLE, None)),
        ("LimitExceeded", Remedy(Cause.FINAL)),
        ("LimitExceeded.RateLimitExceeded", Remedy(Cause.THROTTLE, None)),
        ("ResourceUnavailable", Remedy(Cause.TRANSIENT, 5)),
        ("ResourceUnavailable.NewReason", Remedy(Cause.TRANSIENT, 5)),
        ("ResourceUnavailable.BalanceInsufficient", Remedy(Cause.FINAL)),
        ("InternalError.NewReason", Remedy(Cause.TRANSIENT, 3)),
        ("InternalError.NotAllow", Remedy(Cause.PERMISSION)),
        ("AuthFailure", Remedy(Cause.KEYS)),
        ("AuthFailure.SignatureExpire", Remedy(Cause.CLOCK)),
        ("FailedOperation", Remedy(Cause.TRANSIENT, 2)),
        ("FailedOperation.ApiGatewayQueryFailed", Remedy(Cause.TRANSIENT, 3)),
        ("FailedOperation.StsQueryFailed", Remedy(Cause.TRANSIENT, 3)),
        ("FailedOperation.OtherException", Remedy(Cause.TRANSIENT, 3)),
        ("FailedOperation.GetUserInfoFailed", Remedy(Cause.TRANSIENT, 3)),
        ("FailedOperation.NewReason", Remedy(Cause.FINAL)),
        ("ResponseSizeLimitExceeded", Remedy(Cause.FINAL)),
        ("requestlimitexceeded", Remedy(Cause.FINAL)),
        ("NeverHeardOf", Remedy(Cause.FINAL)),
        ("", Remedy(Cause.FINAL)),
    ],
)
def test_the_exact_code_decides_before_its_prefix(code, remedy):
    assert choose_remedy(code) == remedy


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ResponseSizeLimitExceeded", ""),
        ("ResponseSizeLimitExceeded.TooManyRows", ""),
        ("PageLimitExceeded", ""),
        ("InvalidParameterValue.PageLimitExceeded", ""),
        ("InvalidParameterValue.PageSizeExceeded", ""),
        ("InvalidParameterValue.LimitExceeded", ""),
        ("InvalidParameterValue.LimitExceeded", "paging limit exceeds the limit"),
        ("InvalidParameter.Limit", ""),
        ("InvalidParameter.InvalidLimit", ""),
        ("InvalidParameter", "The value type of parameter `Limit` is not valid."),
        ("InvalidParameterValue", "The value `100` specified in the parameter `Limit` is invalid."),
        ("InvalidParameterValue", "参数 `Limit` 取值错误"),
        ("InvalidParameterValue", "参数Limit取值超过上限"),
        ("InvalidParameterValue.TooLarge", "limit must be between 1 and 50"),
        ("InvalidParameterValue.OutOfRange", "Limit exceeds 50"),
        ("InvalidParameterValue", "page size is at most 50"),
        ("InvalidParameterValue", "Page size is at most 50"),
        ("InvalidParameterValue", "pageSize is at most 50"),
        ("InvalidParameterValue", "page_size is at most 50"),
        ("InvalidParameterValue", "at most 50 rows per page"),
        ("InvalidParameterValue", "limit out of range"),
        ("InvalidParameterValue", "the limit cannot exceed 50"),
        ("InvalidParameterValue", "limit is greater than 50"),
        ("InvalidParameterValue", "invalid limit"),
        ("InvalidParameterValue", "分页限制超过上限"),
        ("InvalidParameterValue", "分页大小超过限制"),
        ("InvalidParameterValue", "每页最多50条"),
        ("InvalidParameterValue", "单页数量超过上限"),
        ("InvalidParameterValue", "参数limit不能超过50"),
        ("InvalidParameterValue", "参数名称 Limit 取值错误"),
        ("InvalidParameterValue", "limit超过上限"),
        ("InvalidParameterValue", "limit 超过上限"),
        ("InvalidParameterValue.PageLimitExceeded", "分页限制超过上限"),
        ("InvalidLimit", ""),
        ("InvalidLimit.TooLarge", ""),
        ("UnsupportedOperation", "limit too large"),
        ("UnsupportedOperation", "The limit is too large."),
        ("UnsupportedOperation.LimitTooLarge", "limit too large"),
        ("UnsupportedOperation", "分页限制超过上限"),
        ("OperationDenied", "Limit too large"),
        ("FailedOperation", "limit too large"),
        ("LimitExceeded", "limit too large"),
        ("LimitExceeded", "分页限制超过上限"),
    ],
)
def test_a_refusal_of_the_page_size_is_known(code, message):
    assert retry.is_page_too_large(code, message)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("LimitExceeded", "the quota of images is used up"),
        ("LimitExceeded.Images", "Limit"),
        ("LimitExceeded.RateLimitExceeded", ""),
        ("RequestLimitExceeded", "which exceeds the frequency limit `20` for a second"),
        ("RequestSizeLimitExceeded", ""),
        ("InvalidParameterValue.ParamLengthExceedLimit", "the length exceeds the limit"),
        ("InvalidParameterValue.LimitExceeded", "the number of `Filters` exceeds the limit"),
        ("InvalidParameterValue", "the number of values exceeds the limit of 100"),
        ("InvalidParameterValue", "Offset"),
        ("InvalidParameterValue", "offset exceeds the limit"),
        ("InvalidParameterValue", "分页偏移量超过上限"),
        ("InvalidParameterValue", "过滤条件数量超过上限"),
        ("InvalidParameterValue", "名称长度超过limit"),
        ("InvalidParameterValue", "the limit of images is reached"),
        ("UnsupportedOperation", ""),
        ("UnsupportedOperation", "the instance is limited"),
        ("UnsupportedOperation", "offset too large"),
        ("FailedOperation", "the operation exceeds the limit"),
        ("LimitExceeded", "镜像数量超过上限"),
        ("InternalError", "limit too large"),
        ("InvalidParameterValue.InvalidFilter", ""),
        ("InvalidParameter", ""),
        ("UnauthorizedOperation", "Limit"),
        ("", ""),
    ],
)
def test_a_refusal_of_something_else_does_not_make_the_page_smaller(code, message):
    assert not retry.is_page_too_large(code, message)


@pytest.mark.parametrize(
    "code",
    [
        "PageSize." * 14_000 + "\n",
        "PageLimit" * 14_000 + "!",
        "Invalid" * 18_000 + ".",
        "." * 128_000,
    ],
    ids=lambda code: code[:9],
)
def test_a_hostile_code_is_judged_in_good_time(code):
    begun = time.perf_counter()
    for _ in range(20):
        retry.is_page_too_large(code, "")
        retry.is_offset_refused(code)

    assert time.perf_counter() - begun < PATIENCE_S


@pytest.mark.parametrize("text", ["limit ", "limit`", "page ", "Limit.", "分 页", "paging_"])
def test_a_hostile_message_is_judged_in_good_time(text):
    begun = time.perf_counter()
    for _ in range(20):
        retry.is_page_too_large("InvalidParameter", text * (128_000 // len(text)))

    assert time.perf_counter() - begun < PATIENCE_S


@pytest.mark.parametrize(
    ("status", "tries"), [(200, 3), (302, 1), (403, 1), (429, None), (500, 5), (504, 5)]
)
def test_a_status_decides_where_there_is_no_envelope(status, tries):
    assert retry.choose_status_remedy(status).tries == tries


@pytest.mark.parametrize("tries", [5, 6, 50])
def test_the_last_try_is_followed_by_no_wait(tries):
    assert choose_wait_s(retry.NETWORK, tries, 0.5) is None


def test_a_transient_failure_backs_off_with_full_jitter_up_to_a_cap():
    remedy = Remedy(Cause.TRANSIENT, 100)

    longest = [choose_wait_s(remedy, tries, 1.0) for tries in range(1, 8)]

    assert longest == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0]
    assert choose_wait_s(remedy, 6, 0.0) == 0.0


def test_a_throttled_request_waits_for_a_later_second_and_never_gives_up():
    throttled = choose_remedy("RequestLimitExceeded")

    assert choose_wait_s(throttled, 1, 0.0) == 0.5
    assert choose_wait_s(throttled, 1, 1.0) == 1.75
    assert choose_wait_s(throttled, 1000, 1.0) == 3.0


def test_what_the_server_asks_for_is_the_least():
    assert choose_wait_s(retry.NETWORK, 1, 0.5, retry_after_s=7) == 7
    assert choose_wait_s(choose_remedy("RequestLimitExceeded"), 1, 0.5, retry_after_s=0.1) > 0.5


def test_three_hundred_throttled_requests_get_through_in_little_more_than_their_share():
    """60 processes with 5 lookups each, on 20 a second: the limit alone takes 15 seconds."""
    throttled = choose_remedy("RequestLimitExceeded")
    waiting = [(number / 300, number, 0) for number in range(300)]
    served: dict[int, int] = {}
    last_s = 0.0
    while waiting:
        waiting.sort()
        at_s, number, tries = waiting.pop(0)
        if served.get(int(at_s), 0) < 20:
            served[int(at_s)] = served.get(int(at_s), 0) + 1
            last_s = at_s
            continue
        chance = (number * 7919 + tries * 104729) % 1000 / 1000
        waiting.append((at_s + choose_wait_s(throttled, tries + 1, chance), number, tries + 1))

    assert last_s < 15 * 1.3
