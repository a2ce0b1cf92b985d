"""The time of a lookup: what is left of it, what fits into it, and when somebody is told."""

from __future__ import annotations

import pytest

from pulumi_tcimages.cloud.deadline import Clock, Deadline, ProgressReporter
from tests.cloud.fakes import FakeTime


class Given:
    """A budget of so many seconds, and what it told."""

    def __init__(self, fake: FakeTime, timeout_s: float) -> None:
        clock = Clock(fake.unix_s, fake.monotonic_s, fake.wait, fake.random)
        self.told: list[str] = []
        self.progress = ProgressReporter(self.told.append, clock)
        self.deadline = Deadline(clock, timeout_s, self.progress)


def test_a_wait_that_would_take_all_that_is_left_is_neither_begun_nor_told(fake_time):
    given = Given(fake_time, timeout_s=5)

    assert given.deadline.pause(5, "waiting") is False
    assert (fake_time.waits, given.told) == ([], [])
    assert given.deadline.pause(4.75, "waiting") is True
    assert (fake_time.waits, given.told) == ([4.75], ["waiting"])


@pytest.mark.parametrize(("seconds", "allowed_s"), [(10, 10), (60, 20)])
def test_a_part_begins_now_and_is_no_more_than_what_is_left(fake_time, seconds, allowed_s):
    whole = Given(fake_time, timeout_s=50).deadline
    fake_time.pass_s(30)

    part = whole.part(seconds)

    assert (part.timeout_s, part.elapsed_s, part.remaining_s) == (allowed_s, 0, allowed_s)


def test_after_ten_seconds_and_not_before_something_is_told_again(fake_time):
    given = Given(fake_time, timeout_s=60)

    for text, seconds in (("one", 9), ("two", 1), ("three", 9), ("four", 0)):
        given.progress.say(text)
        fake_time.pass_s(seconds)

    assert given.told == ["one", "three"]
