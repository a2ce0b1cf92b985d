"""The deadline of a lookup: remaining time, waits that fit into it, and messages."""

from __future__ import annotations

import pytest

from pulumi_tcimages.cloud.deadline import Clock, Deadline, ProgressReporter
from tests.cloud.fakes import FakeTime


class Lookup:
    """A deadline on the fake clock, with its messages."""

    def __init__(self, fake_time: FakeTime, timeout_s: float) -> None:
        clock = Clock(fake_time.unix_s, fake_time.monotonic_s, fake_time.wait, fake_time.random)
        self.messages: list[str] = []
        self.progress = ProgressReporter(self.messages.append, clock)
        self.deadline = Deadline(clock, timeout_s, self.progress)


def test_wait_longer_than_the_remaining_time_is_not_started(fake_time):
    lookup = Lookup(fake_time, timeout_s=5)

    assert lookup.deadline.pause(5, "waiting") is False
    assert (fake_time.waits, lookup.messages) == ([], [])
    assert lookup.deadline.pause(4.75, "waiting") is True
    assert (fake_time.waits, lookup.messages) == ([4.75], ["waiting"])


@pytest.mark.parametrize(("seconds", "allowed_s"), [(10, 10), (60, 20)])
def test_deadline_of_a_step_is_at_most_the_remaining_time(fake_time, seconds, allowed_s):
    deadline = Lookup(fake_time, timeout_s=50).deadline
    fake_time.advance(30)

    part = deadline.part(seconds)

    assert (part.timeout_s, part.elapsed_s, part.remaining_s) == (allowed_s, 0, allowed_s)


def test_messages_are_shown_at_most_every_ten_seconds(fake_time):
    lookup = Lookup(fake_time, timeout_s=60)

    for text, seconds in (("one", 9), ("two", 1), ("three", 9), ("four", 0)):
        lookup.progress.show(text)
        fake_time.advance(seconds)

    assert lookup.messages == ["one", "three"]
