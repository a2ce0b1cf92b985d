"""Permits: the server sees at most the allowed requests per second, and no permit is lost."""

from __future__ import annotations

import itertools
import threading
import time

import pytest

from pulumi_tcimages.cloud import limiter as limiter_module
from pulumi_tcimages.cloud.deadline import Clock, Deadline, ProgressReporter
from pulumi_tcimages.cloud.limiter import Limiter, RateLimitTimeout
from pulumi_tcimages.errors import CancelledError
from tests.cloud.fakes import FakeTime
from tests.timeouts import PATIENCE_S


def fake_deadline(
    fake_time: FakeTime, timeout_s: float = 60, on_message=lambda _: None
) -> Deadline:
    clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
    return Deadline(clock, timeout_s, ProgressReporter(on_message, clock))


def real_deadline(fake_time: FakeTime, timeout_s: float) -> Deadline:
    """Return a deadline on the real clock, for permits that others hold."""
    clock = Clock(time.time, time.monotonic, fake_time.wait, fake_time.random)
    return Deadline(clock, timeout_s, ProgressReporter(lambda _: None, clock))


def test_first_permits_are_free_and_the_next_waits_a_second(fake_time):
    limiter, deadline = Limiter(3), fake_deadline(fake_time)

    for _ in range(7):
        with limiter.permit("bucket", deadline):
            pass

    assert fake_time.waits == [1.0, 1.0]


def test_permit_is_held_until_a_second_after_the_response(fake_time):
    limiter, deadline = Limiter(1), fake_deadline(fake_time)

    with limiter.permit("bucket", deadline):
        fake_time.advance(5)
    with limiter.permit("bucket", deadline):
        pass

    assert fake_time.waits == [1.0]


def test_buckets_do_not_wait_for_each_other(fake_time):
    limiter, deadline = Limiter(1), fake_deadline(fake_time)

    for bucket in ("one", "two"):
        with limiter.permit(bucket, deadline):
            pass

    assert fake_time.waits == []


def test_permit_after_the_deadline_is_rejected_and_not_lost(fake_time):
    limiter = Limiter(1)
    with limiter.permit("bucket", fake_deadline(fake_time)):
        pass

    with pytest.raises(RateLimitTimeout), limiter.permit("bucket", fake_deadline(fake_time, 0.5)):
        pass
    with limiter.permit("bucket", fake_deadline(fake_time)):
        pass

    assert fake_time.waits == [1.0]


def test_returned_permit_is_free_at_its_former_time(fake_time):
    limiter = Limiter(1)
    with limiter.permit("bucket", fake_deadline(fake_time)):
        pass
    fake_time.advance(0.25)

    with pytest.raises(RateLimitTimeout), limiter.permit("bucket", fake_deadline(fake_time, 0.5)):
        pass
    with limiter.permit("bucket", fake_deadline(fake_time)):
        pass

    assert fake_time.waits == [0.75]


def test_failed_request_releases_its_permit(fake_time):
    limiter = Limiter(1)
    with pytest.raises(ZeroDivisionError), limiter.permit("bucket", fake_deadline(fake_time)):
        raise ZeroDivisionError
    with limiter.permit("bucket", real_deadline(fake_time, 0.05)):
        pass


def test_cancelled_wait_releases_its_permit(fake_time):
    limiter, deadline = Limiter(1), fake_deadline(fake_time)
    with limiter.permit("bucket", deadline):
        pass

    fake_time.cancelled = True
    with pytest.raises(CancelledError), limiter.permit("bucket", deadline):
        pass
    fake_time.cancelled = False
    with limiter.permit("bucket", deadline):
        pass


def test_wait_of_more_than_two_seconds_is_shown_once(fake_time):
    messages: list[str] = []
    limiter, deadline = Limiter(1), fake_deadline(fake_time, on_message=messages.append)

    for _ in range(6):
        with limiter.permit("bucket", deadline):
            pass

    assert messages == ["waiting for a turn: at most 1 request a second"]


def test_wait_for_permits_of_others_is_shown(fake_time):
    def fail(text: str) -> None:
        raise RuntimeError(text)

    limiter, seconds = Limiter(1), itertools.count()
    clock = Clock(fake_time.unix_s, lambda: next(seconds), fake_time.wait, fake_time.random)
    deadline = Deadline(clock, 10, ProgressReporter(fail, clock))

    with (
        limiter.permit("bucket", fake_deadline(fake_time)),
        pytest.raises(RuntimeError, match="waiting for a turn: at most 1 request a second"),
        limiter.permit("bucket", deadline),
    ):
        pass


def test_permit_held_past_the_deadline_times_out(fake_time, monkeypatch):
    monkeypatch.setattr(limiter_module, "POLL_INTERVAL_S", PATIENCE_S)
    limiter, deadline = Limiter(1), real_deadline(fake_time, 0.05)

    with (
        limiter.permit("bucket", fake_deadline(fake_time)),
        pytest.raises(RateLimitTimeout),
        limiter.permit("bucket", deadline),
    ):
        pass

    assert deadline.elapsed_s < PATIENCE_S


def test_cancelled_wait_for_permits_of_others_ends_early(fake_time, monkeypatch):
    monkeypatch.setattr(limiter_module, "POLL_INTERVAL_S", 0.01)
    limiter, deadline = Limiter(1), real_deadline(fake_time, PATIENCE_S)

    with limiter.permit("bucket", fake_deadline(fake_time)):
        fake_time.cancelled = True
        with pytest.raises(CancelledError), limiter.permit("bucket", deadline):
            pass

    assert deadline.elapsed_s < PATIENCE_S


def test_simultaneous_callers_of_a_new_bucket_share_its_permits(fake_time):
    limiter = Limiter(1)

    class CollidingKey:
        """A key whose second hash starts another caller while its bucket is created."""

        hashes = itertools.count(1)

        def __hash__(self) -> int:
            if next(self.hashes) == 2:
                other.start()
                other.join(0.1)
            return 7

    def take_permit() -> None:
        with limiter.permit(bucket, fake_deadline(fake_time)):
            pass

    bucket, other = CollidingKey(), threading.Thread(target=take_permit)
    take_permit()
    other.join()

    assert fake_time.waits == [1.0]


def test_slow_network_never_exceeds_the_rate_at_the_server():
    fake, limiter, arrivals = FakeTime(), Limiter(5), []

    def send(number: int) -> None:
        with limiter.permit("bucket", fake_deadline(fake, 1000)):
            fake.advance(number % 7 * 0.05)  # time to the server
            arrivals.append(fake.monotonic_s())
            fake.advance(number % 3 * 0.05)  # time back

    threads = [threading.Thread(target=send, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    arrivals.sort()
    assert len(arrivals) == 60
    assert all(arrivals[index + 5] - arrivals[index] >= 1 - 1e-9 for index in range(55))
