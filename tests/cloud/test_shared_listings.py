"""Deadlines, rate limits, cancelling and progress messages of listings."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest

from pulumi_tcimages.advice import Advice
from pulumi_tcimages.cloud import open_client, sender
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.errors import ApiError, CancelledError, NetworkError, ThrottledError
from pulumi_tcimages.sources.session_images import SESSION_IMAGES
from tests.cloud.fakes import ENGINE, build_catalogue, list_all, list_session
from tests.cloud.fault_cases import CANARY
from tests.cloud.fault_targets import PLATFORM
from tests.cloud.faulty_server import FaultyServer, Step, close, drip, raw, silence


def busy_response(status: bytes, retry_after: bytes) -> Step:
    head = b"HTTP/1.1 %b\r\nRetry-After: %b\r\n" % (status, retry_after)
    return raw(head + b"Connection: close\r\nContent-Length: 0\r\n\r\n")


def test_deadline_includes_all_waits(cloud, make_client, fake_time):
    cloud.faults.add("DescribePlatformImages", Fault(code="RequestLimitExceeded", times=99))

    with pytest.raises(ThrottledError) as caught:
        list_all(make_client(cloud.environment, timeout_seconds=7))

    assert sum(fake_time.waits) <= 7
    assert caught.value.call.elapsed_s <= 7


def test_lookup_without_a_permit_before_its_deadline_is_an_error(cloud, make_client):
    client = make_client(
        cloud.environment, timeout_seconds=0.5, max_requests_per_second=1, cache_ttl_seconds=0
    )
    list_session(client)

    with pytest.raises(ThrottledError) as caught:
        list_session(client)

    assert caught.value.text("getSessionImages") == (
        "getSessionImages: too many requests. [throttled]\n"
        "Said     Not sent: at most 1 of its kind is sent in a second, and its turn\n"
        "         comes after the deadline of 0.5 s.\n"
        f"Where    dlc DescribeSessionImageVersion, ap-singapore, {cloud.address}\n"
        "Sent     0 attempts, 0.0 s\n"
        "Keys     from environment TENCENTCLOUD_SECRET_ID\n"
        "Next     allow more time, or more requests in a second (the cloud accepts 20\n"
        "         of an account):\n"
        "           pulumi config set tcimages:timeoutSeconds 60\n"
        "           pulumi config set tcimages:maxRequestsPerSecond 2"
    )


def test_slow_wait_does_not_hide_the_original_error(cloud, make_client, fake_time):
    cloud.faults.add("DescribePlatformImages", Fault(code="InternalError", times=99))
    with pytest.raises(ApiError):
        list_all(make_client(cloud.environment))
    total_wait_s, wait = sum(fake_time.waits), fake_time.wait

    fake_time.wait = lambda seconds: wait(seconds + 0.015 if seconds else 0)
    with pytest.raises(ApiError) as caught:
        list_all(make_client(cloud.environment, timeout_seconds=total_wait_s + 0.02))

    assert (caught.value.cloud_code, caught.value.call.attempts) == ("InternalError", 2)
    assert caught.value.call.request_id == cloud.requests[-1].request_id


def test_regions_at_one_address_share_permits(cloud, make_client, fake_time):
    client = make_client(cloud.environment, max_requests_per_second=1)

    for region in ("ap-singapore", "ap-hongkong"):
        parameters = {"data_engine_id": ENGINE, "framework_type": "python"}
        client.list_images(SESSION_IMAGES, region=region, parameters=parameters)

    assert fake_time.waits == [1.0]


def test_actions_at_one_address_do_not_wait_for_each_other(cloud, make_client, fake_time):
    client = make_client(cloud.environment, max_requests_per_second=1)

    list_session(client)
    list_all(client, filters=[{"name": "ImageId", "values": ["none"]}])

    assert fake_time.waits == []


def test_addresses_of_one_action_do_not_wait_for_each_other(make_client, fake_time):
    fake_time.random = lambda: 0.0  # no backoff, so only the rate limit delays attempts
    with FaultyServer(close) as proxy:
        client = make_client({"HTTPS_PROXY": proxy.url}, max_requests_per_second=1, **CANARY)
        for region in ("ap-guangzhou", "ap-shanghai-fsi"):
            with pytest.raises(NetworkError):
                list_all(client, region=region)

    assert len(proxy.requests) == 10
    # All but the first of the five attempts to each address wait.
    assert fake_time.waits == [1.0] * 8


def test_request_after_the_deadline_is_not_reported_as_rate_limited(make_client, fake_time):
    slow_fault = Fault(before=lambda: fake_time.advance(40), times=2)
    with Emulator(catalogue=build_catalogue(300), clock=fake_time.unix_s) as cloud:
        cloud.faults.add("DescribePlatformImages", slow_fault)
        with pytest.raises(NetworkError) as caught:
            list_all(make_client(cloud.environment, max_requests_per_second=1))
        address = cloud.address

    assert caught.value.text("getPlatformImages") == (
        "getPlatformImages: Tencent Cloud could not be reached. [network]\n"
        "Problem  the deadline of 60 s came before this was sent: what had to be done\n"
        "         first took all the time.\n"
        f"Where    tione DescribePlatformImages, ap-guangzhou, {address}\n"
        "Sent     0 attempts, 81.0 s\n"
        "Keys     from environment TENCENTCLOUD_SECRET_ID\n"
        "Next     pulumi config set tcimages:timeoutSeconds 120"
    )


@pytest.mark.parametrize("step", [silence, drip(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 999)])
def test_response_after_the_deadline_suggests_the_setting(make_client, step):
    with FaultyServer(step) as server, pytest.raises(NetworkError) as caught:
        list_all(make_client(endpoints={"tione": server.url}, timeout_seconds=0.1, **CANARY))

    *lines, command = caught.value.text().splitlines()
    assert " ".join(" ".join(lines).split()).endswith(
        " allow more time than the 0.1 s of timeoutSeconds:"
    )
    assert command.strip() == "pulumi config set tcimages:timeoutSeconds 60"


@pytest.mark.parametrize(("timeout_s", "attempts"), [(0.05, 1), (60, 5)])
def test_request_with_the_full_timeout_does_not_suggest_the_setting(
    make_client, monkeypatch, timeout_s, attempts
):
    monkeypatch.setattr(sender, "LONGEST_ATTEMPT_S", 0.05)
    with FaultyServer(silence) as server, pytest.raises(NetworkError) as caught:
        list_all(make_client(endpoints={"tione": server.url}, timeout_seconds=timeout_s, **CANARY))

    assert caught.value.problem.endswith(" in time.")
    assert (caught.value.call.attempts, caught.value.more_time) == (attempts, Advice())


def test_closed_connection_does_not_suggest_the_setting(make_client, fake_time):
    fake_time.random = lambda: 99.0
    with FaultyServer(close) as server, pytest.raises(NetworkError) as caught:
        list_all(make_client(endpoints={"tione": server.url}, timeout_seconds=9, **CANARY))

    assert (caught.value.call.attempts, caught.value.more_time) == (1, Advice())


@pytest.mark.parametrize("status", [b"429 Slow", b"503 Busy"])
@pytest.mark.parametrize(("retry_after", "minimum_s"), [(b"7", 7), (b"00042", 42)])
def test_retry_after_is_respected(make_client, fake_time, status, retry_after, minimum_s):
    with FaultyServer(busy_response(status, retry_after), PLATFORM.good) as server:
        list_all(make_client(endpoints={"tione": server.url}, **CANARY))

    assert fake_time.waits == [minimum_s]


@pytest.mark.parametrize("retry_after", [b"", b"000007", b"-7", b"soon", b"\xb2"])
def test_invalid_retry_after_is_ignored(make_client, fake_time, retry_after):
    with FaultyServer(busy_response(b"503 Busy", retry_after), PLATFORM.good) as server:
        list_all(make_client(endpoints={"tione": server.url}, **CANARY))

    assert fake_time.waits == [0.25]


def test_retry_after_the_deadline_does_not_suggest_the_setting(make_client, fake_time):
    fake_time.random = lambda: 0.0
    with FaultyServer(close, silence) as server, pytest.raises(NetworkError) as caught:
        list_all(make_client(endpoints={"tione": server.url}, timeout_seconds=0.1, **CANARY))

    assert (caught.value.call.attempts, caught.value.more_time) == (5, Advice())


def test_long_wait_is_shown(cloud, make_client):
    messages: list[str] = []
    cloud.faults.add("DescribePlatformImages", Fault(code="RequestLimitExceeded", times=4))

    list_all(make_client(cloud.environment, on_message=messages.append))

    assert messages == ["waiting: Tencent Cloud limits the rate of tione DescribePlatformImages"]


def test_short_wait_is_not_shown(cloud, make_client):
    messages: list[str] = []
    cloud.faults.add("DescribePlatformImages", Fault(code="RequestLimitExceeded"))

    list_all(make_client(cloud.environment, on_message=messages.append))

    assert messages == []


def test_long_listing_shows_its_progress(make_client, fake_time):
    messages: list[str] = []
    with Emulator(catalogue=build_catalogue(850), clock=fake_time.unix_s) as cloud:
        list_all(
            make_client(cloud.environment, on_message=messages.append, max_requests_per_second=1)
        )

    assert messages[0] in (
        "waiting for a turn: at most 1 request a second",
        "listing images: 300 of 900",
    )


def test_progress_is_shown_at_most_every_ten_seconds(make_client, fake_time):
    times_s: list[float] = []
    with Emulator(catalogue=build_catalogue(4500), clock=fake_time.unix_s) as cloud:
        list_all(
            make_client(
                cloud.environment,
                on_message=lambda _: times_s.append(fake_time.monotonic_s()),
                max_requests_per_second=1,
            )
        )

    assert 1 <= len(times_s) <= fake_time.monotonic_s() / 10 + 1
    assert all(later - earlier >= 10 for earlier, later in pairwise(times_s))


def test_progress_callback_gets_every_page_and_wait(make_client, fake_time):
    messages, progress = [], []
    with Emulator(catalogue=build_catalogue(850), clock=fake_time.unix_s) as cloud:
        list_all(
            make_client(
                cloud.environment,
                on_message=messages.append,
                on_progress=lambda *counts: progress.append(counts),
                max_requests_per_second=1,
            )
        )

    assert progress == [(min(count, 850), 850) for count in range(100, 901, 100)]
    # Only waits longer than two seconds are shown.
    assert messages == ["waiting for a turn: at most 1 request a second"] * 6


@pytest.mark.parametrize("wait", ["the reply", "a retry", "a turn"])
def test_cancel_ends_a_lookup(tmp_path, wait):
    cancelled = threading.Event()
    with Emulator() as cloud:
        if wait == "the reply":
            cloud.faults.add("DescribePlatformImages", Fault(delay_s=3600))
        if wait == "a retry":
            cloud.faults.add("DescribePlatformImages", Fault(code="RequestLimitExceeded", times=99))
        rate = 1 if wait == "a turn" else 15
        client = open_client(
            read_configuration({"max_requests_per_second": rate}),
            environ=cloud.environment,
            home=tmp_path,
            cancelled=cancelled,
        )
        timer = threading.Timer(0.1, cancelled.set)
        timer.start()
        # Without a cancellation, the lookup ends with images or another error.
        with pytest.raises(CancelledError):
            list_all(client)
        timer.join()
        client.close()
