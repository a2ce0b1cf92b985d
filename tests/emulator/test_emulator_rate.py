"""Twenty in a second: who is counted together, and what the refusal says."""

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
def limited(now):
    with Emulator(clock=lambda: now[0], requests_per_second=3) as cloud:
        yield Caller(cloud)


def ask(caller, **spoil):
    return caller.call(LISTING, at_unix_s=NOW, x_tc_language="en-US", **spoil)


def test_the_first_of_a_second_pass_and_the_others_are_told_the_true_count(limited, now):
    assert [ask(limited).code for _ in range(3)] == ["", "", ""]
    now[0] += 0.7
    assert [ask(limited).message for _ in range(2)] == [
        f"Your current request times equals to `{count}` in a second, which exceeds the frequency "
        "limit `3` for a second. Please reduce the frequency of calls."
        for count in (4, 5)
    ]
    now[0] += 0.1
    assert ask(limited).code == ""


def test_the_refusal_is_chinese_by_default(limited):
    answers = [limited.call(LISTING, at_unix_s=NOW) for _ in range(4)]
    assert answers[3].code == "RequestLimitExceeded"
    assert answers[3].message == "您当前每秒请求 `4` 次，超过了每秒频率上限 `3`，请稍后重试。"


def test_action_host_and_key_are_counted_apart_and_the_region_is_not(limited):
    other = limited.cloud.keys.add(Key("AKIDOTHER", "another key"))
    for _ in range(3):
        ask(limited)
    assert ask(limited, x_tc_region="ap-shanghai").code == "RequestLimitExceeded"
    assert ask(limited, host="tione.ap-shanghai.tencentcloudapi.com").code == ""
    assert limited.call("GetCallerIdentity", at_unix_s=NOW).code == ""
    limited.secret_id, limited.secret_key = other.secret_id, other.secret_key
    assert ask(limited).code == ""


def test_a_refused_signature_is_not_counted(limited):
    limited.secret_key = "wrong"
    codes = {ask(limited).code for _ in range(5)}
    limited.secret_key = ""
    assert (codes, ask(limited).code) == ({"AuthFailure.SignatureFailure"}, "")


def test_callers_side_by_side_share_one_count():
    with Emulator(clock=lambda: NOW) as cloud, ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: ask(Caller(cloud)).code, range(60)))
    assert (codes.count(""), codes.count("RequestLimitExceeded")) == (20, 40)
