"""The threads of lookups: when each lookup came, however long it waited for one of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from pulumi_tcimages.plugin.threads import Lookups


class Hours:
    """A clock that is set by hand."""

    now_s = 1.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Hours:
    return Hours()


@pytest.fixture
def lookups(clock: Hours) -> Iterator[Lookups]:
    with Lookups(1, clock) as threads:
        yield threads


def test_a_lookup_that_waits_for_a_thread_came_before_it_begins(
    lookups: Lookups, clock: Hours
) -> None:
    go = threading.Event()
    lookups.submit(go.wait)
    waiting = lookups.submit(lookups.asked_s)
    clock.now_s = 61.0
    go.set()

    assert waiting.result(5) == 1.0
    assert lookups.submit(lookups.asked_s).result(5) == 61.0


def test_what_is_asked_by_another_thread_comes_now(lookups: Lookups, clock: Hours) -> None:
    lookups.submit(lookups.asked_s).result(5)
    clock.now_s = 61.0

    assert lookups.asked_s() == 61.0


def test_a_lookup_gets_what_it_was_handed_in_with(lookups: Lookups) -> None:
    assert lookups.submit(divmod, 17, 5).result(5) == (3, 2)
    assert lookups.submit(int, "11", base=2).result(5) == 3
