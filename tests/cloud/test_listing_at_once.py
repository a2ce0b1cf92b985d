"""Paging side by side: pages, refusals and progress that come at the same time."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest

from pulumi_tcimages.cloud.listing import list_pages
from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.errors import ApiError
from tests.cloud.fake_pages import HeavyTail, Server, images, list_rows, refusal
from tests.cloud.fakes import catalogue_of, list_all
from tests.timeouts import PATIENCE_S


def test_the_pages_after_the_first_are_fetched_side_by_side():
    all_nine = threading.Barrier(9, timeout=PATIENCE_S)

    def fetch(offset: int, limit: int) -> Page:
        if offset:
            all_nine.wait()
        return Page(images(*range(offset, min(offset + limit, 950))), 950)

    assert len(list_pages(fetch, 9, lambda _came, _total: None)[0]) == 950


def test_pages_that_are_too_large_at_the_same_time_are_halved_once():
    all_eight = threading.Barrier(8, timeout=PATIENCE_S)

    class SideBySide(HeavyTail):
        def __call__(self, offset, limit):
            if offset and limit > self.most:
                all_eight.wait()
            return super().__call__(offset, limit)

    server = SideBySide(900, 50)

    assert list_rows(server) == server.rows
    assert {limit for _, limit in server.requests} == {100, 50}


def test_a_page_that_is_found_too_large_late_does_not_make_the_pages_larger_again():
    small = threading.Event()

    class Late(HeavyTail):
        def __call__(self, offset, limit):
            if (offset, limit) == (200, 100):
                small.wait(PATIENCE_S)
            page = super().__call__(offset, limit)
            if limit == 25:
                small.set()
            return page

    server = Late(300, 25)

    assert list_rows(server) == server.rows
    assert (200, 50) not in server.requests


@pytest.mark.parametrize("refused", [100, 200])
def test_a_refused_page_ends_the_listing_without_the_waiting_pages(refused):
    class Refusing(Server):
        def __call__(self, offset, limit):
            if offset > refused:  # the others are under way when it is refused
                time.sleep(0.3)
            return super().__call__(offset, limit)

        def page(self, offset, limit):
            if offset == refused:
                raise refusal("UnauthorizedOperation")
            return super().page(offset, limit)

    server = Refusing(1000)

    with pytest.raises(ApiError):
        list_pages(server, 3, lambda _came, _total: None)
    assert server.listings == 1
    assert (900, 100) not in server.requests


def test_progress_of_simultaneous_pages_is_shown_in_order():
    counts: list[int] = []
    is_later_told = threading.Event()

    def note(came: int, _total: int) -> None:
        if came == 200:
            is_later_told.wait(0.1)
        counts.append(came)
        if came > 200:
            is_later_told.set()

    list_pages(Server(500), 8, note)

    assert counts == [100, 200, 300, 400, 500]


@pytest.mark.parametrize(("pages", "are_together"), [(16, True), (17, False)])
def test_pages_come_side_by_side_but_no_more_than_16_however_high_the_rate(
    open_fake, pages, are_together
):
    together = threading.Barrier(pages, timeout=PATIENCE_S if are_together else 0.25)

    def meet() -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait()

    with Emulator(catalogue=catalogue_of(2000), requests_per_second=0) as cloud:
        cloud.faults.add("DescribePlatformImages", Fault(), Fault(before=meet, times=pages))
        list_all(open_fake(cloud.environment, max_requests_per_second=1000))

    assert together.broken is not are_together
