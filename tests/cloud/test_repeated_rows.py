"""Repeated rows, also on one page, while another row may be missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.core.rows import UnreadableRow
from pulumi_tcimages.errors import InvalidResponseError
from pulumi_tcimages.sources import SOURCES
from pulumi_tcimages.sources.platform_images import PlatformImage
from tests.cloud.fake_pages import Server, build_image, list_rows
from tests.cloud.fakes import REGION
from tests.cloud.fault_cases import CANARY
from tests.cloud.faulty_server import FaultyServer
from tests.cloud.paged_server import PagedListing, PageRequest, RowBody
from tests.cloud.test_paging_styles import cap_size, page_correctly

each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
each_total = pytest.mark.parametrize("total", ["all", "none"])
PAGED = [source for source in SOURCES if source.action.paging != "none"]


def repeat_first(page: Callable[..., list[RowBody]]) -> Callable[..., list[RowBody]]:
    """Replace the second row of every page by its first row."""

    def send(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        page_rows = page(rows, request)
        return [*page_rows[:1], *page_rows[:1], *page_rows[2:]] if len(page_rows) > 1 else page_rows

    return send


def list_source(listing: PagedListing, make_client):
    source = listing.source
    with FaultyServer(listing) as server:
        client = make_client(endpoints={source.action.action.service: server.url}, **CANARY)
        return client.list_images(source, region=REGION)


@pytest.mark.parametrize("source", PAGED, ids=lambda source: source.name)
@each_total
@pytest.mark.parametrize("size", [100, 211])
@pytest.mark.parametrize("page", [page_correctly, cap_size])
def test_row_replaced_by_another_on_its_page_is_an_error(source, page, size, total, make_client):
    listing = PagedListing(source, size, repeat_first(page), total)

    with pytest.raises(InvalidResponseError, match=r"came twice|what came differs"):
        list_source(listing, make_client)


@each_source
@each_total
def test_row_replaced_in_one_listing_is_listed_again(source, total, make_client):
    is_repeated = False

    def repeat_once(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        nonlocal is_repeated
        page = page_correctly if is_repeated else repeat_first(page_correctly)
        is_repeated = True
        return page(rows, request)

    listing = PagedListing(source, 5, repeat_once, total)

    listing_result = list_source(listing, make_client)

    assert len(listing_result.images) == 5
    assert listing_result.warnings == ()


@each_source
@each_total
@pytest.mark.parametrize("index", [4, 110])
def test_row_repeated_in_the_catalogue_counts_once(source, index, total, make_client):
    listing = PagedListing(source, 150, page_correctly, total)
    listing.rows[index] = listing.rows[3]

    listing_result = list_source(listing, make_client)

    assert len(listing_result.images) == 149
    has_total = bool(source.action.total) and total == "all"
    assert listing_result.warnings == (
        (
            "the cloud counts 150 images and lists 149 different ones: 1 image comes twice, "
            "and another may be missing",
        )
        if has_total
        else ()
    )


@pytest.mark.parametrize("source", PAGED, ids=lambda source: source.name)
@pytest.mark.parametrize("size", [50, 70, 100])
def test_server_without_paging_may_repeat_a_row(source, size, make_client):
    listing = PagedListing(source, size, lambda rows, _: rows)
    listing.rows[4] = listing.rows[3]

    assert len(list_source(listing, make_client).images) == size - 1


@pytest.mark.parametrize("source", PAGED, ids=lambda source: source.name)
def test_server_that_clamps_offsets_may_repeat_rows(source, make_client):
    def clamp(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        start = min(request.start(request.size), len(rows) - 1)
        return rows[start : start + request.size]

    listing = PagedListing(source, 50, clamp)
    listing.rows[4] = listing.rows[3]

    assert len(list_source(listing, make_client).images) == 49


def test_unpaged_listing_may_change_its_order(make_client):
    source = next(source for source in SOURCES if source.action.paging == "none")

    def reverse(rows: list[RowBody], _request: PageRequest) -> list[RowBody]:
        rows.reverse()
        return rows

    listing = PagedListing(source, 50, reverse)
    listing.rows[4] = listing.rows[3]

    assert len(list_source(listing, make_client).images) == 49


def test_changing_repeated_row_of_an_unpaged_listing_is_an_error(make_client):
    source = next(source for source in SOURCES if source.action.paging == "none")

    def repeat_another(rows: list[RowBody], _request: PageRequest) -> list[RowBody]:
        number = len(listing.requests)
        return [*rows[:number], rows[0], *rows[number + 1 :]]

    listing = PagedListing(source, 50, repeat_another)

    with pytest.raises(InvalidResponseError, match="1 of 50 rows came twice"):
        list_source(listing, make_client)


@pytest.mark.parametrize("index", [4, 110])
def test_row_replaced_by_an_unreadable_row_is_listed_again(index):
    unreadable = UnreadableRow("i-3", "", "expected a string, got null")

    class ServerWithOneFault(Server):
        def page(self, offset, limit):
            page = super().page(offset, limit)
            if self.listings == 1:
                rows = [unreadable if row == build_image(index) else row for row in page.rows]
                return Page(rows, page.total_count)
            return page

    server = ServerWithOneFault(150)

    assert list_rows(server) == server.rows
    assert server.listings == 2


def test_row_with_the_id_of_another_is_listed_again():
    class ServerWithOneFault(Server):
        def page(self, offset, limit):
            page = super().page(offset, limit)
            if self.listings == 1 and not offset:
                page.rows[4] = PlatformImage(image_id="i-3", image_name="another")
            return page

    server = ServerWithOneFault(50)

    assert list_rows(server) == server.rows
    assert server.listings == 2


def test_row_replaced_on_two_row_pages_is_listed_with_smaller_pages():
    class PairServer(Server):
        def page(self, offset, limit):
            rows = super().page(offset, min(limit, 2)).rows
            return Page([*rows[:1], *rows[:-1]], len(self.rows))

    server = PairServer(10)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("source", PAGED, ids=lambda source: source.name)
def test_row_always_replaced_by_the_previous_one_has_a_warning(source, make_client):
    def replace_second(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        return page_correctly([rows[0], rows[0], *rows[2:]], request)

    listing_result = list_source(PagedListing(source, 5, replace_second), make_client)

    assert len(listing_result.images) == 4
    assert "another may be missing" in listing_result.warnings[0]


def test_missing_row_with_a_smaller_total_has_a_warning(make_client):
    requests: list[PageRequest] = []

    def drop_second(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        """Repeat the first row for the first request, and omit the second row later."""
        requests.append(request)
        second = [rows[0]] if len(requests) == 1 else []
        return page_correctly([rows[0], *second, *rows[2:]], request)

    (platform_images,) = (source for source in PAGED if source.name == "platform_image")
    listing = PagedListing(platform_images, 5, drop_second, "page")

    listing_result = list_source(listing, make_client)

    assert len(listing_result.images) == 4
    assert "another may be missing" in listing_result.warnings[0]
