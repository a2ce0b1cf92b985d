"""The cache: one fetch for all callers, limited lifetime and size, no cached errors."""

from __future__ import annotations

import gc
import itertools
import threading
import weakref

import pytest

from pulumi_tcimages.cloud.cache import Cache
from pulumi_tcimages.cloud.deadline import Clock
from pulumi_tcimages.errors import CancelledError
from tests.cloud.fakes import FakeTime
from tests.timeouts import PATIENCE_S


def build_cache(fake_time: FakeTime, ttl_s: float = 300, capacity: int = 256) -> Cache[int]:
    return Cache(
        Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random),
        ttl_s,
        capacity,
    )


class Counter:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        return self.calls


def test_value_is_cached_until_it_expires(fake_time):
    cache, fetch = build_cache(fake_time), Counter()

    assert [cache.get("key", fetch) for _ in range(3)] == [1, 1, 1]
    fake_time.advance(299)
    assert cache.get("key", fetch) == 1
    fake_time.advance(1)
    assert cache.get("key", fetch) == 2


def test_nothing_is_cached_without_a_lifetime(fake_time):
    cache, fetch = build_cache(fake_time, ttl_s=0), Counter()

    assert [cache.get("key", fetch) for _ in range(3)] == [1, 2, 3]


def test_other_key_has_another_value(fake_time):
    cache, fetch = build_cache(fake_time), Counter()

    assert [cache.get(key, fetch) for key in ("one", "two", "one")] == [1, 2, 1]


def test_total_size_limit_evicts_old_values(fake_time):
    clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
    cache: Cache[int] = Cache(clock, 300, size_of=lambda _: 50 * 1024**2)
    fetch = Counter()

    values = [cache.get(key, fetch) for key in ("one", "two", "three")]

    assert values == [1, 2, 3]
    assert [cache.get(key, fetch) for key in ("three", "two", "one")] == [3, 2, 4]


def test_value_too_large_for_the_cache_is_still_returned(fake_time):
    clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
    cache: Cache[int] = Cache(clock, 300, size_of=lambda value: value * 100 * 1024**2)
    fetch = Counter()

    assert [cache.get("small", fetch), cache.get("large", fetch)] == [1, 2]
    assert cache.get("large", fetch) == 3


def test_oldest_value_is_evicted(fake_time):
    cache, fetch = build_cache(fake_time, capacity=2), Counter()

    for key in ("one", "two", "one", "three"):
        cache.get(key, fetch)

    assert cache.get("two", fetch) == 2
    assert cache.get("one", fetch) == 4


def test_refetched_value_counts_as_new(fake_time):
    cache, fetch = build_cache(fake_time, capacity=2), Counter()
    cache.get("one", fetch)
    fake_time.advance(200)
    cache.get("two", fetch)
    fake_time.advance(100)

    for key in ("one", "three"):
        cache.get(key, fetch)

    assert cache.get("one", fetch) == 3
    assert cache.get("two", fetch) == 5


def test_failed_fetch_is_not_cached(fake_time):
    cache = build_cache(fake_time)

    with pytest.raises(ZeroDivisionError):
        cache.get("key", lambda: 1 // 0)

    assert cache.get("key", lambda: 7) == 7


def test_next_caller_fetches_after_an_interrupted_fetch(fake_time):
    def interrupt() -> int:
        raise KeyboardInterrupt

    cache = build_cache(fake_time)
    with pytest.raises(KeyboardInterrupt):
        cache.get("key", interrupt)

    assert cache.get("key", lambda: 7) == 7


def test_caller_at_the_end_of_a_fetch_shares_its_value(fake_time):
    clock_reads = itertools.count(1)
    fetch, results = Counter(), []

    def get() -> None:
        results.append(cache.get("key", fetch))

    other = threading.Thread(target=get)

    def monotonic_s() -> float:
        if next(clock_reads) == 1:  # when the fetched value gets its time
            other.start()
            other.join(0.1)
        return fake_time.monotonic_s()

    clock = Clock(fake_time.unix_s, monotonic_s, fake_time.wait, fake_time.random)
    cache: Cache[int] = Cache(clock, 300)
    get()
    other.join()

    assert (results, fetch.calls) == ([1, 1], 1)


def test_caller_from_before_a_failure_shares_the_error(fake_time):
    cache, fetch = build_cache(fake_time), Counter()
    received_at = fake_time.monotonic_s()
    fake_time.advance(60)
    with pytest.raises(ZeroDivisionError):
        cache.get("key", lambda: 1 // 0, received_at)

    with pytest.raises(ZeroDivisionError):
        cache.get("key", fetch, received_at)

    assert fetch.calls == 0
    assert cache.get("key", fetch, fake_time.monotonic_s()) == 1
    assert cache.get("key", fetch, received_at) == 1


class Key:
    """A key that counts its lookups."""

    def __init__(self) -> None:
        self.lookups = threading.Semaphore(0)

    def __hash__(self) -> int:
        self.lookups.release()
        return 7


@pytest.mark.parametrize("is_failing", [False, True])
def test_callers_during_a_fetch_share_its_result(fake_time, is_failing):
    cache, key = build_cache(fake_time), Key()
    is_fetching, release = threading.Event(), threading.Event()
    results: list[object] = []

    def fetch() -> int:
        is_fetching.set()
        release.wait(PATIENCE_S)
        return 1 // 0 if is_failing else 7

    def get(fetch=fetch) -> None:
        try:
            results.append(cache.get(key, fetch))
        except ZeroDivisionError as error:
            results.append(type(error))

    threads = [threading.Thread(target=get)]
    threads[0].start()
    assert is_fetching.wait(PATIENCE_S)
    threads += [threading.Thread(target=get, args=(lambda: 99,)) for _ in range(5)]
    for thread in threads[1:]:
        thread.start()
    # Starting a fetch hashes the key four times, and each waiting caller hashes it three times.
    for _ in range(4 + 5 * 3):
        assert key.lookups.acquire(timeout=PATIENCE_S)
    release.set()
    for thread in threads:
        thread.join()

    assert results == [ZeroDivisionError if is_failing else 7] * 6


def test_error_is_dropped_when_the_next_one_is_known(fake_time):
    cache = build_cache(fake_time)
    errors = []

    def fail() -> int:
        error = CancelledError()
        errors.append(weakref.ref(error))
        raise error

    for _ in range(3):
        with pytest.raises(CancelledError):
            cache.get("key", fail, received_at=fake_time.monotonic_s())
        fake_time.advance(1)
    gc.collect()

    assert [error() is None for error in errors] == [True, True, False]
