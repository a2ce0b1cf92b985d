"""The limit of 20 requests a second: separate counts, and the error."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_tcimages.emulator import Emulator, Key
from tests.emulator.raw_client import Caller

LISTING = "DescribePlatformImages"
NOW = 1_700_000_000.2


@pytest.fixture
def now():
    return [NOW]


@pytest.fixture
def limited_caller(now):
    with Emulator(clock=lambda: now[0], requests_per_second=3) as cloud:
        yield Caller(cloud)


def call(caller, **changes):
    return caller.call(LISTING, at_unix_s=NOW, x_tc_language="en-US", **changes)


def test_requests_above_the_limit_are_rejected_with_their_count(limited_caller, now):
    assert [call(limited_caller).code for _ in range(3)] == ["", "", ""]
    now[0] += 0.7
    assert [call(limited_caller).message for _ in range(2)] == [
        f"Your current request times equals to `{count}` in a second, which exceeds the frequency "
        "limit `3` for a second. Please reduce the frequency of calls."
        for count in (4, 5)
    ]
    now[0] += 0.1
    assert call(limited_caller).code == ""


def test_rate_error_is_in_chinese_by_default(limited_caller):
    answers = [limited_caller.call(LISTING, at_unix_s=NOW) for _ in range(4)]
    assert answers[3].code == "RequestLimitExceeded"
    assert answers[3].message == "您当前每秒请求 `4` 次，超过了每秒频率上限 `3`，请稍后重试。"


def test_action_host_and_key_have_separate_counts(limited_caller):
    other_key = limited_caller.cloud.keys.add(Key("AKIDOTHER", "another key"))
    for _ in range(3):
        call(limited_caller)
    assert call(limited_caller, x_tc_region="ap-shanghai").code == "RequestLimitExceeded"
    assert call(limited_caller, host="tione.ap-shanghai.tencentcloudapi.com").code == ""
    assert limited_caller.call("GetCallerIdentity", at_unix_s=NOW).code == ""
    limited_caller.secret_id, limited_caller.secret_key = other_key.secret_id, other_key.secret_key
    assert call(limited_caller).code == ""


def test_rejected_signature_is_not_counted(limited_caller):
    limited_caller.secret_key = "wrong"
    codes = {call(limited_caller).code for _ in range(5)}
    limited_caller.secret_key = ""
    assert (codes, call(limited_caller).code) == ({"AuthFailure.SignatureFailure"}, "")


def test_concurrent_callers_share_a_count():
    with Emulator(clock=lambda: NOW) as cloud, ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: call(Caller(cloud)).code, range(60)))
    assert (codes.count(""), codes.count("RequestLimitExceeded")) == (20, 40)
