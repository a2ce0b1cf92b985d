"""One fetch for all callers, cached for a while; a failed one is not cached."""

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


def cache_of(fake: FakeTime, ttl_s: float = 300, capacity: int = 256) -> Cache[int]:
    return Cache(Clock(fake.unix_s, fake.monotonic_s, fake.wait, fake.random), ttl_s, capacity)


class Counter:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        return self.calls


def test_a_value_is_cached_until_it_is_stale(fake_time):
    cache, fetch = cache_of(fake_time), Counter()

    assert [cache.get("key", fetch) for _ in range(3)] == [1, 1, 1]
    fake_time.pass_s(299)
    assert cache.get("key", fetch) == 1
    fake_time.pass_s(1)
    assert cache.get("key", fetch) == 2


def test_no_time_to_live_keeps_nothing(fake_time):
    cache, fetch = cache_of(fake_time, ttl_s=0), Counter()

    assert [cache.get("key", fetch) for _ in range(3)] == [1, 2, 3]


def test_another_key_is_another_value(fake_time):
    cache, fetch = cache_of(fake_time), Counter()

    assert [cache.get(key, fetch) for key in ("one", "two", "one")] == [1, 2, 1]


def test_values_that_take_too_much_memory_together_make_room_for_the_newest(fake_time):
    clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
    cache: Cache[int] = Cache(clock, 300, size_of=lambda _: 50 * 1024**2)
    fetch = Counter()

    first = [cache.get(key, fetch) for key in ("one", "two", "three")]

    assert first == [1, 2, 3]
    assert [cache.get(key, fetch) for key in ("three", "two", "one")] == [3, 2, 4]


def test_a_value_that_is_too_large_to_be_kept_is_still_the_answer(fake_time):
    clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
    cache: Cache[int] = Cache(clock, 300, size_of=lambda value: value * 100 * 1024**2)
    fetch = Counter()

    assert [cache.get("small", fetch), cache.get("large", fetch)] == [1, 2]
    assert cache.get("large", fetch) == 3


def test_the_oldest_makes_room(fake_time):
    cache, fetch = cache_of(fake_time, capacity=2), Counter()

    for key in ("one", "two", "one", "three"):
        cache.get(key, fetch)

    assert cache.get("two", fetch) == 2
    assert cache.get("one", fetch) == 4


def test_a_value_fetched_again_counts_as_new(fake_time):
    cache, fetch = cache_of(fake_time, capacity=2), Counter()
    cache.get("one", fetch)
    fake_time.pass_s(200)
    cache.get("two", fetch)
    fake_time.pass_s(100)

    for key in ("one", "three"):
        cache.get(key, fetch)

    assert cache.get("one", fetch) == 3
    assert cache.get("two", fetch) == 5


def test_a_failed_fetch_is_not_cached(fake_time):
    cache = cache_of(fake_time)

    with pytest.raises(ZeroDivisionError):
        cache.get("key", lambda: 1 // 0)

    assert cache.get("key", lambda: 7) == 7


def test_after_an_interrupted_fetch_the_next_caller_fetches(fake_time):
    def interrupt() -> int:
        raise KeyboardInterrupt

    cache = cache_of(fake_time)
    with pytest.raises(KeyboardInterrupt):
        cache.get("key", interrupt)

    assert cache.get("key", lambda: 7) == 7


def test_a_caller_at_the_end_of_a_fetch_gets_its_value(fake_time):
    looks = itertools.count(1)
    fetch, got = Counter(), []

    def ask() -> None:
        got.append(cache.get("key", fetch))

    other = threading.Thread(target=ask)

    def monotonic_s() -> float:
        if next(looks) == 1:  # when what has come gets its time
            other.start()
            other.join(0.1)
        return fake_time.monotonic_s()

    clock = Clock(fake_time.unix_s, monotonic_s, fake_time.wait, fake_time.random)
    cache: Cache[int] = Cache(clock, 300)
    ask()
    other.join()

    assert (got, fetch.calls) == ([1, 1], 1)


def test_a_request_received_before_a_failure_shares_it(fake_time):
    cache, fetch = cache_of(fake_time), Counter()
    before_s = fake_time.monotonic_s()
    fake_time.pass_s(60)
    with pytest.raises(ZeroDivisionError):
        cache.get("key", lambda: 1 // 0, before_s)

    with pytest.raises(ZeroDivisionError):
        cache.get("key", fetch, before_s)

    assert fetch.calls == 0
    assert cache.get("key", fetch, fake_time.monotonic_s()) == 1
    assert cache.get("key", fetch, before_s) == 1


class Key:
    """A key that tells how often it was looked up."""

    def __init__(self) -> None:
        self.looks = threading.Semaphore(0)

    def __hash__(self) -> int:
        self.looks.release()
        return 7


@pytest.mark.parametrize("fails", [False, True])
def test_callers_during_a_fetch_share_its_result(fake_time, fails):
    cache, key = cache_of(fake_time), Key()
    fetching, go = threading.Event(), threading.Event()
    got: list[object] = []

    def fetch() -> int:
        fetching.set()
        go.wait(PATIENCE_S)
        return 1 // 0 if fails else 7

    def ask(fetch=fetch) -> None:
        try:
            got.append(cache.get(key, fetch))
        except ZeroDivisionError as error:
            got.append(type(error))

    threads = [threading.Thread(target=ask)]
    threads[0].start()
    assert fetching.wait(PATIENCE_S)
    threads += [threading.Thread(target=ask, args=(lambda: 99,)) for _ in range(5)]
    for thread in threads[1:]:
        thread.start()
    # Four key lookups start a fetch, and three precede a caller's wait for it.
    for _ in range(4 + 5 * 3):
        assert key.looks.acquire(timeout=PATIENCE_S)
    go.set()
    for thread in threads:
        thread.join()

    assert got == [ZeroDivisionError if fails else 7] * 6


def test_an_error_is_dropped_when_the_next_one_is_known(fake_time):
    cache = cache_of(fake_time)
    errors = []

    def fail() -> int:
        error = CancelledError()
        errors.append(weakref.ref(error))
        raise error

    for _ in range(3):
        with pytest.raises(CancelledError):
            cache.get("key", fail, received_at=fake_time.monotonic_s())
        fake_time.pass_s(1)
    gc.collect()

    assert [error() is None for error in errors] == [True, True, False]
