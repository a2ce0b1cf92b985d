"""Paging side by side: pages, refusals and progress that come at the same time."""

from __future__ import annotations

import threading

import pytest

from pulumi_tcimages.cloud.listing import list_pages
from pulumi_tcimages.core.replies import Page
from pulumi_tcimages.errors import RefusedError
from pulumi_tcimages.evidence import Call
from tests.cloud.paged import HeavyTail, Server, images, list_rows


def test_the_pages_after_the_first_are_asked_for_side_by_side():
    all_nine = threading.Barrier(9, timeout=5)

    def fetch(offset: int, limit: int) -> Page:
        if offset:
            all_nine.wait()
        return Page(images(*range(offset, offset + limit)), 1000)

    assert len(list_pages(fetch, 9, lambda _came, _total: None)) == 1000


def test_pages_that_are_too_large_at_the_same_time_are_halved_once():
    all_eight = threading.Barrier(8, timeout=5)

    class SideBySide(HeavyTail):
        def __call__(self, offset, limit):
            if offset and limit > self.most:
                all_eight.wait()
            return super().__call__(offset, limit)

    server = SideBySide(900, 50)

    assert list_rows(server) == server.rows
    assert {limit for _, limit in server.asked} == {100, 50}


def test_a_refused_page_ends_the_listing():
    class Refusing(Server):
        def page(self, offset, limit):
            if offset == 200:
                call = Call(service="tione", action="x", region="", endpoint="")
                raise RefusedError("UnauthorizedOperation", "", call=call)
            return super().page(offset, limit)

    server = Refusing(1000)

    with pytest.raises(RefusedError):
        list_rows(server)
    assert server.listings == 1
