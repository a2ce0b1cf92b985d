"""Listings in every paging style from servers that page oddly: all rows, or an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from pulumi_tcimages.cloud import Client
from pulumi_tcimages.core.api import Paging
from pulumi_tcimages.errors import InvalidResponseError
from pulumi_tcimages.sources import SOURCES
from tests.cloud.fakes import REGION
from tests.cloud.fault_cases import CANARY
from tests.cloud.faulty_server import Misbehaving
from tests.cloud.paged_server import PagedListing, PageRequest, RefusedError, RowBody, build_row

WITH_TOTAL = [
    next(source for source in SOURCES if source.action.paging == style and source.action.total)
    for style in get_args(Paging)
]
PAGED = [source for source in WITH_TOTAL if source.action.paging != "none"]
CAP = 30


def honour(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    start = request.start(request.size)
    return rows[start : start + request.size]


def cap_size(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """A larger page size means the largest allowed one."""
    size = min(request.size, CAP)
    start = request.start(size)
    return rows[start : start + size]


def send_fewer(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """Pages begin where the requested size says, and have fewer rows."""
    start = request.start(request.size)
    return rows[start : start + min(request.size, CAP)]


def ignore_size(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    start = request.start(CAP)
    return rows[start : start + CAP]


def repeat_last(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """A page after the last one is the last one."""
    last = (len(rows) - 1) // request.size * request.size
    start = min(request.start(request.size), last)
    return rows[start : start + request.size]


def overlap(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """Every page begins with the last row of the page before it."""
    start = max(0, request.start(request.size) - 1)
    return rows[start : start + request.size]


def repeat_in_place(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """Every page has the last row of the page before it in place of its first row."""
    page = cap_size(rows, request)
    start = request.start(min(request.size, CAP))
    return [rows[start - 1], *page[1:]] if start and page else page


def leave_out_first(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """Every page but the first lacks its first row."""
    page = honour(rows, request)
    return page[1:] if request.start(request.size) else page


def count_from_zero(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    start = request.start(request.size) + request.size
    return rows[start : start + request.size]


def always_the_first(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    return rows[: request.size]


def send_more(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """The third page comes short, and the one after it has a row too many."""
    page = honour(rows, request)
    start = request.start(request.size)
    return page[:60] if start == 200 else rows[-request.size - 1 :] if start == 260 else page


class Listed:
    """Lists the images of a server that pages in a certain way."""

    def __init__(self, open_fake: Callable[..., Client]) -> None:
        self._open = open_fake

    def __call__(self, listing: PagedListing) -> list[str]:
        source = listing.source
        with Misbehaving(listing) as server:
            client = self._open(endpoints={source.action.action.service: server.url}, **CANARY)
            images = client.list_images(source, region=REGION).images
        return [image.identifier for image in images]

    def error(self, listing: PagedListing) -> str:
        with pytest.raises(InvalidResponseError) as caught:
            self(listing)
        return " ".join(caught.value.text("f").split())


@pytest.fixture
def listed(open_fake: Callable[..., Client]) -> Listed:
    return Listed(open_fake)


each_style = pytest.mark.parametrize("source", WITH_TOTAL, ids=lambda source: source.action.paging)
each_paged_style = pytest.mark.parametrize("source", PAGED, ids=lambda source: source.action.paging)
each_total = pytest.mark.parametrize("total", ["all", "page", "none"])


@each_paged_style
@each_total
@pytest.mark.parametrize("size", [1, 30, 100, 211])
@pytest.mark.parametrize("page", [honour, cap_size, send_fewer, ignore_size])
def test_pages_smaller_than_requested_do_not_shorten_the_listing(source, page, size, total, listed):
    listing = PagedListing(source, size, page, total)

    assert listed(listing) == listing.ids


@each_paged_style
@pytest.mark.parametrize("size", [1, 30, 100, 211])
def test_a_last_page_that_is_repeated_after_the_total_is_the_end(source, size, listed):
    listing = PagedListing(source, size, repeat_last)

    assert listed(listing) == listing.ids


@each_paged_style
@pytest.mark.parametrize("total", ["page", "none"])
@pytest.mark.parametrize("page", [repeat_last, always_the_first])
def test_rows_that_come_again_before_a_total_is_reached_are_an_error(source, page, total, listed):
    assert "came twice" in listed.error(PagedListing(source, 211, page, total))


@each_paged_style
@pytest.mark.parametrize("size", [1, 30, 100, 211])
def test_rows_that_come_twice_where_pages_begin_count_once_if_the_total_is_reached(
    source, size, listed
):
    listing = PagedListing(source, size, overlap)

    assert listed(listing) == listing.ids


@each_paged_style
@pytest.mark.parametrize("page", [repeat_in_place, always_the_first])
def test_rows_that_come_twice_in_place_of_others_are_an_error(source, page, listed):
    assert "came twice" in listed.error(PagedListing(source, 211, page))


@each_paged_style
@each_total
@pytest.mark.parametrize("page", [leave_out_first, count_from_zero])
def test_rows_that_are_left_out_are_an_error(source, page, total, listed):
    listed.error(PagedListing(source, 211, page, total))


@each_paged_style
def test_more_rows_than_the_page_that_was_requested_are_an_error(source, listed):
    listing = PagedListing(source, 290, send_more)

    error = listed.error(listing)

    size = next(request.size for request in listing.requests if request.start(request.size) == 260)
    assert f"has {size + 1} rows, but {size} were requested" in error


@each_style
@pytest.mark.parametrize("size", [5, 211])
@pytest.mark.parametrize("total", ["less", "zero"])
def test_a_total_that_is_too_small_does_not_shorten_the_listing(source, total, size, listed):
    listing = PagedListing(source, size, honour, total)

    assert listed(listing) == listing.ids


@each_style
@pytest.mark.parametrize("size", [0, 5, 100, 211])
def test_a_total_that_is_too_large_is_an_error(source, size, listed):
    error = listed.error(PagedListing(source, size, honour, "more"))

    assert f"the total says {size + 3}" in error


TOO_LARGE = [
    ("ResponseSizeLimitExceeded", ""),
    (
        "InvalidParameterValue",
        "The value of the parameter `PageSize` is not valid.",
    ),
]


@each_paged_style
@pytest.mark.parametrize("refusal", TOO_LARGE, ids=lambda refusal: refusal[0])
@pytest.mark.parametrize("most", [60, 7])
@pytest.mark.parametrize("is_later", [False, True])
@pytest.mark.parametrize("total", ["all", "none"])
def test_a_page_that_is_refused_as_too_large_is_halved_and_no_row_is_skipped(
    source, refusal, most, is_later, total, listed
):
    def refuse_large(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        if request.size > most and (request.start(request.size) or not is_later):
            raise RefusedError(*refusal)
        return honour(rows, request)

    listing = PagedListing(source, 131, refuse_large, total)

    assert listed(listing) == listing.ids


@each_paged_style
@pytest.mark.parametrize("size", [1, 7, 30, 100, 210, 211])
@pytest.mark.parametrize("page", [honour, cap_size, send_fewer, ignore_size])
@pytest.mark.parametrize("code", ["InvalidParameterValue", "OutOfRange"])
def test_a_refusal_of_the_page_after_the_total_is_the_end(source, code, page, size, listed):
    def refuse_after_the_end(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        found = page(rows, request)
        if not found:
            raise RefusedError(code, "The value specified in the parameter `Page` is not valid.")
        return found

    listing = PagedListing(source, size, refuse_after_the_end)

    assert listed(listing) == listing.ids


@each_paged_style
@pytest.mark.parametrize("total", ["all", "none"])
@pytest.mark.parametrize("change", ["added", "removed"])
def test_a_row_that_comes_or_goes_between_two_pages_makes_it_list_again(
    source, change, total, listed
):
    is_changed = False

    def change_once(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        nonlocal is_changed
        page = honour(rows, request)
        if not is_changed:
            is_changed = True
            if change == "added":
                rows.insert(0, build_row(source, 999))
            else:
                del rows[0]
        return page

    listing = PagedListing(source, 211, change_once, total)

    assert listed(listing) == listing.ids


@each_paged_style
def test_no_request_asks_for_a_page_before_the_first(source, listed):
    listing = PagedListing(source, 211, cap_size, "none")

    listed(listing)

    assert min(request.number for request in listing.requests) == 1
