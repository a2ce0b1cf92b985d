"""The threads of lookups: how many work, what waits for the cloud meanwhile, and since when."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

import pytest

from pulumi_tcimages.plugin.threads import Lookups
from tests.patience import PATIENCE_S


class Hours:
    """A clock that is set by hand."""

    now_s = 1.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Hours:
    return Hours()


@pytest.fixture
def lookups(clock: Hours) -> Lookups:
    return Lookups(at_work=1, most=3, monotonic_s=clock)


class Held:
    """A lookup that goes on when it is told to; in the cloud, or at work."""

    def __init__(self, lookups: Lookups, *, in_cloud: bool) -> None:
        self._lookups, self._in_cloud = lookups, in_cloud
        self._is_there, self._go = threading.Event(), threading.Event()
        self.answer: Future[Any] = lookups.submit(self._hold)

    def _hold(self) -> str:
        if not self._in_cloud:
            return self._stay()
        with self._lookups.waiting():
            return self._stay()

    def _stay(self) -> str:
        self._is_there.set()
        self._go.wait(PATIENCE_S)
        return threading.current_thread().name

    def begins(self, within_s: float = PATIENCE_S) -> bool:
        return self._is_there.wait(within_s)

    def end(self) -> None:
        self._go.set()
        self.answer.result(PATIENCE_S)


def test_a_lookup_that_waits_for_a_thread_came_before_it_begins(
    lookups: Lookups, clock: Hours
) -> None:
    working = Held(lookups, in_cloud=False)
    queued = lookups.submit(lookups.asked_s)
    clock.now_s = 61.0
    working.end()

    assert queued.result(PATIENCE_S) == 1.0
    assert lookups.submit(lookups.asked_s).result(PATIENCE_S) == 61.0


def test_what_is_asked_by_another_thread_comes_now(lookups: Lookups, clock: Hours) -> None:
    lookups.submit(lookups.asked_s).result(PATIENCE_S)
    clock.now_s = 61.0

    assert lookups.asked_s() == 61.0


def test_a_lookup_gets_what_it_was_handed_in_with(lookups: Lookups) -> None:
    assert lookups.submit(divmod, 17, 5).result(PATIENCE_S) == (3, 2)
    assert lookups.submit(int, "11", base=2).result(PATIENCE_S) == 3


def test_what_a_lookup_raises_is_raised_to_who_asked_and_the_next_is_answered(
    lookups: Lookups,
) -> None:
    assert isinstance(lookups.submit(int, "x").exception(PATIENCE_S), ValueError)
    assert lookups.submit(int, "7").result(PATIENCE_S) == 7


def test_who_works_keeps_the_next_from_beginning(lookups: Lookups) -> None:
    working, next_one = Held(lookups, in_cloud=False), Held(lookups, in_cloud=False)
    assert working.begins()

    assert not next_one.begins(within_s=0.05)
    working.end()
    assert next_one.begins()
    next_one.end()


def test_who_waits_for_the_cloud_lets_the_next_begin_whenever_that_comes(lookups: Lookups) -> None:
    first, before = Held(lookups, in_cloud=True), Held(lookups, in_cloud=True)
    assert first.begins()
    assert before.begins()

    after = Held(lookups, in_cloud=False)

    assert after.begins()
    for one in (first, before, after):
        one.end()


def test_no_more_wait_at_once_than_there_may_be_threads(lookups: Lookups) -> None:
    waiting = [Held(lookups, in_cloud=True) for _ in range(3)]
    assert all(one.begins() for one in waiting)
    one_more = Held(lookups, in_cloud=True)

    assert not one_more.begins(within_s=0.05)
    waiting[0].end()
    assert one_more.begins()
    for one in (*waiting[1:], one_more):
        one.end()


def test_those_who_are_back_from_the_cloud_do_not_all_go_on_working(lookups: Lookups) -> None:
    waiting = [Held(lookups, in_cloud=True) for _ in range(3)]
    assert all(one.begins() for one in waiting)
    for one in waiting:
        one.end()

    working, next_one = Held(lookups, in_cloud=False), Held(lookups, in_cloud=False)

    assert working.begins()
    assert not next_one.begins(within_s=0.05)
    working.end()
    next_one.end()
