"""Listings in every paging style from misbehaving servers: all rows, or an error."""

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
from tests.cloud.faulty_server import FaultyServer
from tests.cloud.paged_server import (
    PagedListing,
    PageRequest,
    RejectedPageError,
    RowBody,
    build_row,
)

WITH_TOTAL = [
    next(source for source in SOURCES if source.action.paging == style and source.action.total)
    for style in get_args(Paging)
]
PAGED = [source for source in WITH_TOTAL if source.action.paging != "none"]
MAX_SIZE = 30


def page_correctly(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    start = request.start(request.size)
    return rows[start : start + request.size]


def cap_size(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """Reduce a larger page size to the maximum."""
    size = min(request.size, MAX_SIZE)
    start = request.start(size)
    return rows[start : start + size]


def shorten_pages(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """Start pages at the requested size, but send fewer rows."""
    start = request.start(request.size)
    return rows[start : start + min(request.size, MAX_SIZE)]


def use_own_size(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    start = request.start(MAX_SIZE)
    return rows[start : start + MAX_SIZE]


def repeat_last_page(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """Repeat the last page after the end."""
    last = (len(rows) - 1) // request.size * request.size
    start = min(request.start(request.size), last)
    return rows[start : start + request.size]


def overlap_pages(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """Begin every page with the last row of the page before."""
    start = max(0, request.start(request.size) - 1)
    return rows[start : start + request.size]


def repeat_row(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """Replace the first row of every page by the last row of the page before."""
    page = cap_size(rows, request)
    start = request.start(min(request.size, MAX_SIZE))
    return [rows[start - 1], *page[1:]] if start and page else page


def omit_first_row(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """Omit the first row of every page but the first page."""
    page = page_correctly(rows, request)
    return page[1:] if request.start(request.size) else page


def count_from_zero(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    start = request.start(request.size) + request.size
    return rows[start : start + request.size]


def always_first_page(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    return rows[: request.size]


def send_extra_row(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
    """Send a short third page, and then a page with one row too many."""
    page = page_correctly(rows, request)
    start = request.start(request.size)
    return page[:60] if start == 200 else rows[-request.size - 1 :] if start == 260 else page


class ImageLister:
    """Lists the images of a server that pages in a particular way."""

    def __init__(self, make_client: Callable[..., Client]) -> None:
        self._open = make_client

    def __call__(self, listing: PagedListing) -> list[str]:
        source = listing.source
        with FaultyServer(listing) as server:
            client = self._open(endpoints={source.action.action.service: server.url}, **CANARY)
            images = client.list_images(source, region=REGION).images
        return [image.identifier for image in images]

    def error(self, listing: PagedListing) -> str:
        with pytest.raises(InvalidResponseError) as caught:
            self(listing)
        return " ".join(caught.value.text("f").split())


@pytest.fixture
def lister(make_client: Callable[..., Client]) -> ImageLister:
    return ImageLister(make_client)


each_style = pytest.mark.parametrize("source", WITH_TOTAL, ids=lambda source: source.action.paging)
each_paged_style = pytest.mark.parametrize("source", PAGED, ids=lambda source: source.action.paging)
each_total = pytest.mark.parametrize("total", ["all", "page", "none"])


@each_paged_style
@each_total
@pytest.mark.parametrize("size", [1, 30, 100, 211])
@pytest.mark.parametrize("page", [page_correctly, cap_size, shorten_pages, use_own_size])
def test_small_pages_do_not_shorten_the_listing(source, page, size, total, lister):
    listing = PagedListing(source, size, page, total)

    assert lister(listing) == listing.ids


@each_paged_style
@pytest.mark.parametrize("size", [1, 30, 100, 211])
def test_last_page_repeated_after_the_total_is_the_end(source, size, lister):
    listing = PagedListing(source, size, repeat_last_page)

    assert lister(listing) == listing.ids


@each_paged_style
@pytest.mark.parametrize("total", ["page", "none"])
@pytest.mark.parametrize("page", [repeat_last_page, always_first_page])
def test_rows_repeated_before_the_total_are_an_error(source, page, total, lister):
    assert "came twice" in lister.error(PagedListing(source, 211, page, total))


@each_paged_style
@pytest.mark.parametrize("size", [1, 30, 100, 211])
def test_rows_repeated_at_page_starts_count_once(source, size, lister):
    listing = PagedListing(source, size, overlap_pages)

    assert lister(listing) == listing.ids


@each_paged_style
@pytest.mark.parametrize("page", [repeat_row, always_first_page])
def test_rows_repeated_in_place_of_others_are_an_error(source, page, lister):
    assert "came twice" in lister.error(PagedListing(source, 211, page))


@each_paged_style
@each_total
@pytest.mark.parametrize("page", [omit_first_row, count_from_zero])
def test_omitted_rows_are_an_error(source, page, total, lister):
    lister.error(PagedListing(source, 211, page, total))


@each_paged_style
def test_more_rows_than_requested_are_an_error(source, lister):
    listing = PagedListing(source, 290, send_extra_row)

    error = lister.error(listing)

    size = next(request.size for request in listing.requests if request.start(request.size) == 260)
    assert f"has {size + 1} rows, but {size} were requested" in error


@each_style
@pytest.mark.parametrize("size", [5, 211])
@pytest.mark.parametrize("total", ["less", "zero"])
def test_small_total_does_not_shorten_the_listing(source, total, size, lister):
    listing = PagedListing(source, size, page_correctly, total)

    assert lister(listing) == listing.ids


@each_style
@pytest.mark.parametrize("size", [0, 5, 100, 211])
def test_large_total_is_an_error(source, size, lister):
    error = lister.error(PagedListing(source, size, page_correctly, "more"))

    assert f"the total says {size + 3}" in error


TOO_LARGE = [
    ("ResponseSizeLimitExceeded", ""),
    (
        "InvalidParameterValue",
        "The value of the parameter `PageSize` is not valid.",
    ),
]


@each_paged_style
@pytest.mark.parametrize("error", TOO_LARGE, ids=lambda error: error[0])
@pytest.mark.parametrize("max_size", [60, 7])
@pytest.mark.parametrize("only_later_pages", [False, True])
@pytest.mark.parametrize("total", ["all", "none"])
def test_page_rejected_as_too_large_is_halved_without_skipping_rows(
    source, error, max_size, only_later_pages, total, lister
):
    def refuse_large(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        if request.size > max_size and (request.start(request.size) or not only_later_pages):
            raise RejectedPageError(*error)
        return page_correctly(rows, request)

    listing = PagedListing(source, 131, refuse_large, total)

    assert lister(listing) == listing.ids


@each_paged_style
@pytest.mark.parametrize("size", [1, 7, 30, 100, 210, 211])
@pytest.mark.parametrize("page", [page_correctly, cap_size, shorten_pages, use_own_size])
@pytest.mark.parametrize("code", ["InvalidParameterValue", "OutOfRange"])
def test_rejected_page_after_the_total_is_the_end(source, code, page, size, lister):
    def refuse_after_the_end(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        page_rows = page(rows, request)
        if not page_rows:
            raise RejectedPageError(
                code, "The value specified in the parameter `Page` is not valid."
            )
        return page_rows

    listing = PagedListing(source, size, refuse_after_the_end)

    assert lister(listing) == listing.ids


@each_paged_style
@pytest.mark.parametrize("total", ["all", "none"])
@pytest.mark.parametrize("change", ["added", "removed"])
def test_row_added_or_removed_between_pages_is_listed_again(source, change, total, lister):
    is_changed = False

    def change_once(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        nonlocal is_changed
        page = page_correctly(rows, request)
        if not is_changed:
            is_changed = True
            if change == "added":
                rows.insert(0, build_row(source, 999))
            else:
                del rows[0]
        return page

    listing = PagedListing(source, 211, change_once, total)

    assert lister(listing) == listing.ids


@each_paged_style
def test_no_page_before_the_first_is_requested(source, lister):
    listing = PagedListing(source, 211, cap_size, "none")

    lister(listing)

    assert min(request.number for request in listing.requests) == 1
