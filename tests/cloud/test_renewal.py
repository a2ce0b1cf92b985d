"""Lent keys: renewed ahead of their end, once for all threads, and once when they are refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_tcimages.cloud.credential_provider import CachedCredentials
from pulumi_tcimages.cloud.deadline import Clock, Deadline, ProgressReporter
from pulumi_tcimages.cloud.sender import Credential
from pulumi_tcimages.core.api import Keys
from pulumi_tcimages.emulator import Fault
from pulumi_tcimages.errors import AuthError, CancelledError, ConfigurationError
from tests.cloud.fakes import ROLE, keys_used, list_all
from tests.timeouts import PATIENCE_S


def test_lent_keys_are_renewed_ahead_of_their_end(cloud, open_fake, fake_time):
    client = open_fake(
        cloud.environment,
        assume_role={"role_arn": ROLE, "session_duration": 7200},
        cache_ttl_seconds=0,
    )

    list_all(client)
    fake_time.pass_s(6800)
    list_all(client)
    assert len(cloud.requests.of("AssumeRole")) == 1
    fake_time.pass_s(150)
    list_all(client)

    assert len(cloud.requests.of("AssumeRole")) == 2


def test_lent_keys_that_cannot_be_renewed_are_used_to_their_end(cloud, open_fake, fake_time):
    client = open_fake(cloud.environment, assume_role={"role_arn": ROLE}, cache_ttl_seconds=0)
    list_all(client)
    cloud.faults.add("AssumeRole", Fault(code="UnauthorizedOperation", times=9))

    fake_time.pass_s(7000)
    list_all(client)
    fake_time.pass_s(300)

    with pytest.raises(AuthError):
        list_all(client)


def test_a_renewal_ahead_of_the_end_that_hangs_does_not_take_the_time_of_the_lookups(
    cloud, open_fake, fake_time
):
    client = open_fake(cloud.environment, assume_role={"role_arn": ROLE}, cache_ttl_seconds=0)
    list_all(client)
    hanging = Fault(before=lambda: fake_time.pass_s(12), close=True, times=99)
    cloud.faults.add("AssumeRole", hanging)

    fake_time.pass_s(7000)
    list_all(client)
    list_all(client)

    assert len(cloud.requests.of("AssumeRole")) == 2


def test_keys_of_a_machine_whose_role_is_gone_are_used_to_their_end(
    cloud, keyless, open_fake, fake_time
):
    client = open_fake(keyless, cam_role_name=cloud.keys.cvm_role, cache_ttl_seconds=0)
    list_all(client)
    cloud.faults.add("metadata", Fault(status=404, times=9))

    fake_time.pass_s(7000)
    list_all(client)
    fake_time.pass_s(300)

    with pytest.raises(ConfigurationError):
        list_all(client)


def test_a_refused_lent_key_is_renewed_once(cloud, open_fake):
    client = open_fake(cloud.environment, assume_role={"role_arn": ROLE}, cache_ttl_seconds=0)
    list_all(client)
    cloud.keys.revoke(keys_used(cloud))

    list_all(client)
    assert len(cloud.requests.of("AssumeRole")) == 2

    cloud.faults.add("DescribePlatformImages", Fault(code="AuthFailure.TokenFailure", times=9))
    with pytest.raises(AuthError):
        list_all(client)
    assert len(cloud.requests.of("AssumeRole")) == 3


def test_a_lent_key_without_the_permission_is_not_renewed(cloud, open_fake):
    client = open_fake(cloud.environment, assume_role={"role_arn": ROLE})
    cloud.faults.add("DescribePlatformImages", Fault(code="AuthFailure.UnauthorizedOperation"))

    with pytest.raises(AuthError):
        list_all(client)

    assert len(cloud.requests.of("AssumeRole")) == 1


def test_many_threads_share_one_renewal_and_a_refusal_renews_once_for_all(cloud, open_fake):
    client = open_fake(cloud.environment, assume_role={"role_arn": ROLE}, cache_ttl_seconds=0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: list_all(client, ti_project_id=f"p-{number}"), range(8)))
        assert len(cloud.requests.of("AssumeRole")) == 1
        cloud.keys.revoke(keys_used(cloud))
        list(pool.map(lambda number: list_all(client, ti_project_id=f"p-{number}"), range(8)))

    assert len(cloud.requests.of("AssumeRole")) == 2


def test_keys_that_are_renewed_ahead_of_their_end_are_used_meanwhile(fake_time):
    clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
    deadline = Deadline(clock, 60, ProgressReporter(lambda _: None, clock))
    renewing, go = threading.Event(), threading.Event()
    numbers = iter("12")

    def fetch(_: Deadline) -> Credential:
        number = next(numbers)
        if number == "2":
            renewing.set()
            go.wait(PATIENCE_S)
        return Credential(Keys(number, "key"), "the test", fake_time.unix_s() + 60)

    credential_provider = CachedCredentials(fetch, clock)
    credential_provider.current(deadline)
    fake_time.pass_s(59)
    thread = threading.Thread(target=credential_provider.current, args=(deadline,))
    thread.start()
    assert renewing.wait(PATIENCE_S)

    meanwhile = credential_provider.current(deadline)
    go.set()
    thread.join()

    assert meanwhile.keys.secret_id == "1"
    assert credential_provider.current(deadline).keys.secret_id == "2"


def test_being_cancelled_ends_the_wait_for_somebody_elses_renewal(fake_time):
    clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
    deadline = Deadline(clock, 60, ProgressReporter(lambda _: None, clock))
    fetching, go = threading.Event(), threading.Event()

    def fetch(_: Deadline) -> Credential:
        fetching.set()
        go.wait(PATIENCE_S)
        return Credential(Keys("id", "key"), "the test")

    credential_provider = CachedCredentials(fetch, clock)
    thread = threading.Thread(target=credential_provider.current, args=(deadline,))
    thread.start()
    assert fetching.wait(PATIENCE_S)
    fake_time.cancelled = True

    with pytest.raises(CancelledError):
        credential_provider.current(deadline)
    go.set()
    thread.join()


def test_keys_that_are_renewed_while_the_old_ones_are_looked_at_are_used(fake_time):
    def look() -> float:
        for meanwhile in looks[:]:
            looks.remove(meanwhile)
            meanwhile()
        return fake_time.unix_s()

    looks: list[Callable[[], object]] = []
    clock = Clock(look, fake_time.monotonic_s, fake_time.wait, fake_time.random)
    deadline = Deadline(clock, 60, ProgressReporter(lambda _: None, clock))
    numbers = iter("12")
    credential_provider = CachedCredentials(
        lambda _: Credential(Keys(next(numbers), "key"), "the test", fake_time.unix_s() + 60), clock
    )
    credential_provider.current(deadline)
    fake_time.pass_s(60)
    # While the first key, which is over, is looked at, somebody else fetches the second.
    looks.append(lambda: credential_provider.current(deadline))

    assert credential_provider.current(deadline).keys.secret_id == "2"


def test_a_listing_under_way_does_not_mix_two_keys(cloud, open_fake):
    client = open_fake(cloud.environment, assume_role={"role_arn": ROLE})
    # The first page comes, then the key is refused: everything is listed again with the new one.
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


def test_keys_that_are_over_are_not_used_and_their_renewal_may_take_all_the_time(fake_time):
    clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
    allowed_s: list[float] = []

    def fetch(deadline: Deadline) -> Credential:
        allowed_s.append(deadline.timeout_s)
        if len(allowed_s) == 2:
            raise ConfigurationError("gone.")
        return Credential(Keys("id", "key"), "the test", fake_time.unix_s() + 60)

    credential_provider = CachedCredentials(fetch, clock)
    credential_provider.current(Deadline(clock, 60, ProgressReporter(lambda _: None, clock)))
    fake_time.pass_s(60)

    with pytest.raises(ConfigurationError, match="gone"):
        credential_provider.current(Deadline(clock, 60, ProgressReporter(lambda _: None, clock)))
    assert allowed_s == [60, 60]
