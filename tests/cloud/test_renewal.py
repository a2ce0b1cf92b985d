"""Temporary keys: renewed before they expire, once for all threads, and once if rejected."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_tcimages.cloud.api_requests import Credential
from pulumi_tcimages.cloud.credential_provider import CachedCredentials
from pulumi_tcimages.cloud.deadline import Clock, Deadline, ProgressReporter
from pulumi_tcimages.core.api import Keys
from pulumi_tcimages.emulator import Fault
from pulumi_tcimages.errors import AuthError, CancelledError, ConfigurationError
from tests.cloud.fakes import ROLE, last_key_id, list_all
from tests.timeouts import PATIENCE_S


def test_temporary_keys_are_renewed_before_they_expire(cloud, make_client, fake_time):
    client = make_client(
        cloud.environment,
        assume_role={"role_arn": ROLE, "session_duration": 7200},
        cache_ttl_seconds=0,
    )

    list_all(client)
    fake_time.advance(6800)
    list_all(client)
    assert len(cloud.requests.of("AssumeRole")) == 1
    fake_time.advance(150)
    list_all(client)

    assert len(cloud.requests.of("AssumeRole")) == 2


def test_temporary_keys_are_used_until_they_expire_if_renewal_fails(cloud, make_client, fake_time):
    client = make_client(cloud.environment, assume_role={"role_arn": ROLE}, cache_ttl_seconds=0)
    list_all(client)
    cloud.faults.add("AssumeRole", Fault(code="UnauthorizedOperation", times=9))

    fake_time.advance(7000)
    list_all(client)
    fake_time.advance(300)

    with pytest.raises(AuthError):
        list_all(client)


def test_hanging_early_renewal_does_not_delay_lookups(cloud, make_client, fake_time):
    client = make_client(cloud.environment, assume_role={"role_arn": ROLE}, cache_ttl_seconds=0)
    list_all(client)
    slow_failure = Fault(before=lambda: fake_time.advance(12), close=True, times=99)
    cloud.faults.add("AssumeRole", slow_failure)

    fake_time.advance(7000)
    list_all(client)
    list_all(client)

    assert len(cloud.requests.of("AssumeRole")) == 2


def test_keys_of_a_removed_role_are_used_until_they_expire(cloud, keyless, make_client, fake_time):
    client = make_client(keyless, cam_role_name=cloud.keys.cvm_role, cache_ttl_seconds=0)
    list_all(client)
    cloud.faults.add("metadata", Fault(status=404, times=9))

    fake_time.advance(7000)
    list_all(client)
    fake_time.advance(300)

    with pytest.raises(ConfigurationError):
        list_all(client)


def test_rejected_temporary_key_is_renewed_once(cloud, make_client):
    client = make_client(cloud.environment, assume_role={"role_arn": ROLE}, cache_ttl_seconds=0)
    list_all(client)
    cloud.keys.revoke(last_key_id(cloud))

    list_all(client)
    assert len(cloud.requests.of("AssumeRole")) == 2

    cloud.faults.add("DescribePlatformImages", Fault(code="AuthFailure.TokenFailure", times=9))
    with pytest.raises(AuthError):
        list_all(client)
    assert len(cloud.requests.of("AssumeRole")) == 3


def test_temporary_key_without_permission_is_not_renewed(cloud, make_client):
    client = make_client(cloud.environment, assume_role={"role_arn": ROLE})
    cloud.faults.add("DescribePlatformImages", Fault(code="AuthFailure.UnauthorizedOperation"))

    with pytest.raises(AuthError):
        list_all(client)

    assert len(cloud.requests.of("AssumeRole")) == 1


def test_threads_share_one_renewal(cloud, make_client):
    client = make_client(cloud.environment, assume_role={"role_arn": ROLE}, cache_ttl_seconds=0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: list_all(client, ti_project_id=f"p-{number}"), range(8)))
        assert len(cloud.requests.of("AssumeRole")) == 1
        cloud.keys.revoke(last_key_id(cloud))
        list(pool.map(lambda number: list_all(client, ti_project_id=f"p-{number}"), range(8)))

    assert len(cloud.requests.of("AssumeRole")) == 2


def test_keys_are_used_during_their_early_renewal(fake_time):
    clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
    deadline = Deadline(clock, 60, ProgressReporter(lambda _: None, clock))
    is_renewing, release = threading.Event(), threading.Event()
    numbers = iter("12")

    def fetch(_: Deadline) -> Credential:
        number = next(numbers)
        if number == "2":
            is_renewing.set()
            release.wait(PATIENCE_S)
        return Credential(Keys(number, "key"), "the test", fake_time.unix_s() + 60)

    credential_provider = CachedCredentials(fetch, clock)
    credential_provider.current(deadline)
    fake_time.advance(59)
    thread = threading.Thread(target=credential_provider.current, args=(deadline,))
    thread.start()
    assert is_renewing.wait(PATIENCE_S)

    current_credential = credential_provider.current(deadline)
    release.set()
    thread.join()

    assert current_credential.keys.secret_id == "1"
    assert credential_provider.current(deadline).keys.secret_id == "2"


def test_cancel_ends_the_wait_for_a_renewal_by_another_thread(fake_time):
    clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
    deadline = Deadline(clock, 60, ProgressReporter(lambda _: None, clock))
    is_fetching, release = threading.Event(), threading.Event()

    def fetch(_: Deadline) -> Credential:
        is_fetching.set()
        release.wait(PATIENCE_S)
        return Credential(Keys("id", "key"), "the test")

    credential_provider = CachedCredentials(fetch, clock)
    thread = threading.Thread(target=credential_provider.current, args=(deadline,))
    thread.start()
    assert is_fetching.wait(PATIENCE_S)
    fake_time.cancelled = True

    with pytest.raises(CancelledError):
        credential_provider.current(deadline)
    release.set()
    thread.join()


def test_keys_renewed_by_another_thread_are_used(fake_time):
    def read_clock() -> float:
        for callback in callbacks[:]:
            callbacks.remove(callback)
            callback()
        return fake_time.unix_s()

    callbacks: list[Callable[[], object]] = []
    clock = Clock(read_clock, fake_time.monotonic_s, fake_time.wait, fake_time.random)
    deadline = Deadline(clock, 60, ProgressReporter(lambda _: None, clock))
    numbers = iter("12")
    credential_provider = CachedCredentials(
        lambda _: Credential(Keys(next(numbers), "key"), "the test", fake_time.unix_s() + 60), clock
    )
    credential_provider.current(deadline)
    fake_time.advance(60)
    # While this caller finds the first key expired, another caller fetches the second key.
    callbacks.append(lambda: credential_provider.current(deadline))

    assert credential_provider.current(deadline).keys.secret_id == "2"


def test_listing_does_not_mix_two_keys(cloud, make_client):
    client = make_client(cloud.environment, assume_role={"role_arn": ROLE})
    # The key is rejected after the first page, so all pages are listed again with the new key.
    cloud.faults.add("DescribePlatformImages", Fault(), Fault(code="AuthFailure.TokenFailure"))

    listing = list_all(client)

    requests = cloud.requests.of("DescribePlatformImages")
    last_key = requests[-1].secret_id
    assert len(listing.images) == 205
    assert sorted(
        request.body["Offset"] for request in requests if request.secret_id == last_key
    ) == [
        0,
        100,
        200,
    ]


def test_renewal_of_expired_keys_may_take_the_whole_deadline(fake_time):
    clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
    allowed_s: list[float] = []

    def fetch(deadline: Deadline) -> Credential:
        allowed_s.append(deadline.timeout_s)
        if len(allowed_s) == 2:
            raise ConfigurationError("gone.")
        return Credential(Keys("id", "key"), "the test", fake_time.unix_s() + 60)

    credential_provider = CachedCredentials(fetch, clock)
    credential_provider.current(Deadline(clock, 60, ProgressReporter(lambda _: None, clock)))
    fake_time.advance(60)

    with pytest.raises(ConfigurationError, match="gone"):
        credential_provider.current(Deadline(clock, 60, ProgressReporter(lambda _: None, clock)))
    assert allowed_s == [60, 60]
