"""Parallel paging: pages, errors and progress at the same time."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest

from pulumi_tcimages.cloud.listing import list_pages
from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.errors import ApiError
from tests.cloud.fake_pages import LargeTailServer, Server, api_error, build_images, list_rows
from tests.cloud.fakes import build_catalogue, list_all
from tests.timeouts import PATIENCE_S


def test_pages_after_the_first_are_fetched_in_parallel():
    barrier = threading.Barrier(9, timeout=PATIENCE_S)

    def fetch(offset: int, limit: int) -> Page:
        if offset:
            barrier.wait()
        return Page(build_images(*range(offset, min(offset + limit, 950))), 950)

    assert len(list_pages(fetch, 9, lambda _count, _total: None)[0]) == 950


def test_parallel_pages_rejected_as_too_large_are_halved_once():
    barrier = threading.Barrier(8, timeout=PATIENCE_S)

    class ParallelServer(LargeTailServer):
        def __call__(self, offset, limit):
            if offset and limit > self.max_limit:
                barrier.wait()
            return super().__call__(offset, limit)

    server = ParallelServer(900, 50)

    assert list_rows(server) == server.rows
    assert {limit for _, limit in server.requests} == {100, 50}


def test_late_rejection_does_not_enlarge_the_pages():
    is_reduced = threading.Event()

    class LateServer(LargeTailServer):
        def __call__(self, offset, limit):
            if (offset, limit) == (200, 100):
                is_reduced.wait(PATIENCE_S)
            page = super().__call__(offset, limit)
            if limit == 25:
                is_reduced.set()
            return page

    server = LateServer(300, 25)

    assert list_rows(server) == server.rows
    assert (200, 50) not in server.requests


@pytest.mark.parametrize("rejected_offset", [100, 200])
def test_rejected_page_ends_the_listing_without_waiting_pages(rejected_offset):
    class RejectingServer(Server):
        def __call__(self, offset, limit):
            if offset > rejected_offset:  # the other pages are pending when it is rejected
                time.sleep(0.3)
            return super().__call__(offset, limit)

        def page(self, offset, limit):
            if offset == rejected_offset:
                raise api_error("UnauthorizedOperation")
            return super().page(offset, limit)

    server = RejectingServer(1000)

    with pytest.raises(ApiError):
        list_pages(server, 3, lambda _count, _total: None)
    assert server.listings == 1
    assert (900, 100) not in server.requests


def test_progress_of_parallel_pages_is_in_order():
    counts: list[int] = []
    is_later_recorded = threading.Event()

    def record(count: int, _total: int) -> None:
        if count == 200:
            is_later_recorded.wait(0.1)
        counts.append(count)
        if count > 200:
            is_later_recorded.set()

    list_pages(Server(500), 8, record)

    assert counts == [100, 200, 300, 400, 500]


@pytest.mark.parametrize(("pages", "is_parallel"), [(16, True), (17, False)])
def test_at_most_16_pages_are_fetched_in_parallel(make_client, pages, is_parallel):
    barrier = threading.Barrier(pages, timeout=PATIENCE_S if is_parallel else 0.25)

    def wait_for_others() -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait()

    with Emulator(catalogue=build_catalogue(2000), requests_per_second=0) as cloud:
        cloud.faults.add(
            "DescribePlatformImages", Fault(), Fault(before=wait_for_others, times=pages)
        )
        list_all(make_client(cloud.environment, max_requests_per_second=1000))

    assert barrier.broken is not is_parallel
