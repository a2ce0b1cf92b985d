"""Turns: never more than so many in a second as the server counts, and none lost."""

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


def deadline_of(fake: FakeTime, timeout_s: float = 60, on_message=lambda _: None) -> Deadline:
    clock = Clock(fake.unix_s, fake.monotonic_s, fake.wait, fake.random)
    return Deadline(clock, timeout_s, ProgressReporter(on_message, clock))


def ticking_deadline_of(fake: FakeTime, timeout_s: float) -> Deadline:
    """One whose time passes by itself, for turns that others hold."""
    clock = Clock(time.time, time.monotonic, fake.wait, fake.random)
    return Deadline(clock, timeout_s, ProgressReporter(lambda _: None, clock))


def test_the_first_turns_are_free_and_the_next_waits_a_second(fake_time):
    limiter, deadline = Limiter(3), deadline_of(fake_time)

    for _ in range(7):
        with limiter.permit("bucket", deadline):
            pass

    assert fake_time.waits == [1.0, 1.0]


def test_a_turn_is_held_from_the_sending_to_a_second_after_the_reply(fake_time):
    limiter, deadline = Limiter(1), deadline_of(fake_time)

    with limiter.permit("bucket", deadline):
        fake_time.pass_s(5)
    with limiter.permit("bucket", deadline):
        pass

    assert fake_time.waits == [1.0]


def test_lanes_do_not_wait_for_each_other(fake_time):
    limiter, deadline = Limiter(1), deadline_of(fake_time)

    for bucket in ("one", "two"):
        with limiter.permit(bucket, deadline):
            pass

    assert fake_time.waits == []


def test_a_turn_behind_the_deadline_is_refused_at_once_and_not_lost(fake_time):
    limiter = Limiter(1)
    with limiter.permit("bucket", deadline_of(fake_time)):
        pass

    with pytest.raises(RateLimitTimeout), limiter.permit("bucket", deadline_of(fake_time, 0.5)):
        pass
    with limiter.permit("bucket", deadline_of(fake_time)):
        pass

    assert fake_time.waits == [1.0]


def test_a_returned_permit_is_free_at_its_former_time(fake_time):
    limiter = Limiter(1)
    with limiter.permit("bucket", deadline_of(fake_time)):
        pass
    fake_time.pass_s(0.25)

    with pytest.raises(RateLimitTimeout), limiter.permit("bucket", deadline_of(fake_time, 0.5)):
        pass
    with limiter.permit("bucket", deadline_of(fake_time)):
        pass

    assert fake_time.waits == [0.75]


def test_a_request_that_fails_does_not_keep_its_turn(fake_time):
    limiter = Limiter(1)
    with pytest.raises(ZeroDivisionError), limiter.permit("bucket", deadline_of(fake_time)):
        raise ZeroDivisionError
    with limiter.permit("bucket", ticking_deadline_of(fake_time, 0.05)):
        pass


def test_a_cancelled_wait_gives_its_turn_back(fake_time):
    limiter, deadline = Limiter(1), deadline_of(fake_time)
    with limiter.permit("bucket", deadline):
        pass

    fake_time.cancelled = True
    with pytest.raises(CancelledError), limiter.permit("bucket", deadline):
        pass
    fake_time.cancelled = False
    with limiter.permit("bucket", deadline):
        pass


def test_a_wait_of_more_than_two_seconds_is_shown_once(fake_time):
    messages: list[str] = []
    limiter, deadline = Limiter(1), deadline_of(fake_time, on_message=messages.append)

    for _ in range(6):
        with limiter.permit("bucket", deadline):
            pass

    assert messages == ["waiting for a turn: at most 1 request a second"]


def test_a_wait_for_a_permit_of_others_is_shown_too(fake_time):
    def tell(text: str) -> None:
        raise RuntimeError(text)

    limiter, seconds = Limiter(1), itertools.count()
    clock = Clock(fake_time.unix_s, lambda: next(seconds), fake_time.wait, fake_time.random)
    waiting = Deadline(clock, 10, ProgressReporter(tell, clock))

    with (
        limiter.permit("bucket", deadline_of(fake_time)),
        pytest.raises(RuntimeError, match="waiting for a turn: at most 1 request a second"),
        limiter.permit("bucket", waiting),
    ):
        pass


def test_a_turn_that_others_hold_beyond_the_deadline_is_refused_when_it_comes(
    fake_time, monkeypatch
):
    monkeypatch.setattr(limiter_module, "POLL_INTERVAL_S", PATIENCE_S)
    limiter, late = Limiter(1), ticking_deadline_of(fake_time, 0.05)

    with (
        limiter.permit("bucket", deadline_of(fake_time)),
        pytest.raises(RateLimitTimeout),
        limiter.permit("bucket", late),
    ):
        pass

    assert late.elapsed_s < PATIENCE_S


def test_a_cancelled_wait_for_a_turn_that_others_hold_ends_long_before_the_deadline(
    fake_time, monkeypatch
):
    monkeypatch.setattr(limiter_module, "POLL_INTERVAL_S", 0.01)
    limiter, waiting = Limiter(1), ticking_deadline_of(fake_time, PATIENCE_S)

    with limiter.permit("bucket", deadline_of(fake_time)):
        fake_time.cancelled = True
        with pytest.raises(CancelledError), limiter.permit("bucket", waiting):
            pass

    assert waiting.elapsed_s < PATIENCE_S


def test_two_who_come_to_a_new_lane_at_the_same_moment_share_its_turns(fake_time):
    limiter = Limiter(1)

    class Lane:
        """A key in which the other comes while the first one's turns are laid out."""

        looks = itertools.count(1)

        def __hash__(self) -> int:
            if next(self.looks) == 2:
                other.start()
                other.join(0.1)
            return 7

    def come() -> None:
        with limiter.permit(bucket, deadline_of(fake_time)):
            pass

    bucket, other = Lane(), threading.Thread(target=come)
    come()
    other.join()

    assert fake_time.waits == [1.0]


def test_however_slow_the_network_no_second_sees_more_arrivals_than_there_are_turns():
    fake, limiter, arrivals = FakeTime(), Limiter(5), []

    def work(number: int) -> None:
        with limiter.permit("bucket", deadline_of(fake, 1000)):
            fake.pass_s(number % 7 * 0.05)  # on the way there
            arrivals.append(fake.monotonic_s())
            fake.pass_s(number % 3 * 0.05)  # on the way back

    threads = [threading.Thread(target=work, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    arrivals.sort()
    assert len(arrivals) == 60
    assert all(arrivals[n + 5] - arrivals[n] >= 1 - 1e-9 for n in range(55))
