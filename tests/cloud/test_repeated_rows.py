"""A row that comes twice, also inside one page, while another row may be missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.core.rows import UnreadableRow
from pulumi_tcimages.errors import InvalidResponseError
from pulumi_tcimages.sources import SOURCES
from pulumi_tcimages.sources.platform_images import PlatformImage
from tests.cloud.fake_pages import Server, image, list_rows
from tests.cloud.fakes import REGION
from tests.cloud.fault_cases import CANARY
from tests.cloud.faulty_server import Misbehaving
from tests.cloud.paged_server import PagedListing, PageRequest, RowBody
from tests.cloud.test_paging_styles import cap_size, honour

each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
each_total = pytest.mark.parametrize("total", ["all", "none"])
PAGED = [source for source in SOURCES if source.action.paging != "none"]


def repeat_first(page: Callable[..., list[RowBody]]) -> Callable[..., list[RowBody]]:
    """Send the first row of every page in place of its second one."""

    def send(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        sent = page(rows, request)
        return [*sent[:1], *sent[:1], *sent[2:]] if len(sent) > 1 else sent

    return send


def list_source(listing: PagedListing, open_fake):
    source = listing.source
    with Misbehaving(listing) as server:
        client = open_fake(endpoints={source.action.action.service: server.url}, **CANARY)
        return client.list_images(source, region=REGION)


@pytest.mark.parametrize("source", PAGED, ids=lambda source: source.name)
@each_total
@pytest.mark.parametrize("size", [100, 211])
@pytest.mark.parametrize("page", [honour, cap_size])
def test_a_row_in_place_of_another_on_the_same_page_is_an_error(
    source, page, size, total, open_fake
):
    listing = PagedListing(source, size, repeat_first(page), total)

    with pytest.raises(InvalidResponseError, match=r"came twice|what came differs"):
        list_source(listing, open_fake)


@each_source
@each_total
def test_a_row_in_place_of_another_in_one_listing_is_listed_again(source, total, open_fake):
    is_repeated = False

    def repeat_once(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        nonlocal is_repeated
        page = honour if is_repeated else repeat_first(honour)
        is_repeated = True
        return page(rows, request)

    listing = PagedListing(source, 5, repeat_once, total)

    found = list_source(listing, open_fake)

    assert len(found.images) == 5
    assert found.warnings == ()


@each_source
@each_total
@pytest.mark.parametrize("copy_at", [4, 110])
def test_a_row_that_the_catalogue_has_twice_counts_once(source, copy_at, total, open_fake):
    listing = PagedListing(source, 150, honour, total)
    listing.rows[copy_at] = listing.rows[3]

    found = list_source(listing, open_fake)

    assert len(found.images) == 149
    has_total = bool(source.action.total) and total == "all"
    assert found.warnings == (
        (
            "the cloud counts 150 images and lists 149 different ones: 1 image comes twice, "
            "and another may be missing",
        )
        if has_total
        else ()
    )


@pytest.mark.parametrize("source", PAGED, ids=lambda source: source.name)
@pytest.mark.parametrize("size", [50, 70, 100])
def test_a_server_without_pages_may_have_a_row_twice(source, size, open_fake):
    listing = PagedListing(source, size, lambda rows, _: rows)
    listing.rows[4] = listing.rows[3]

    assert len(list_source(listing, open_fake).images) == size - 1


@pytest.mark.parametrize("source", PAGED, ids=lambda source: source.name)
def test_rows_of_a_server_that_moves_the_offset_to_the_last_row_may_come_twice(source, open_fake):
    def clamp(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        start = min(request.start(request.size), len(rows) - 1)
        return rows[start : start + request.size]

    listing = PagedListing(source, 50, clamp)
    listing.rows[4] = listing.rows[3]

    assert len(list_source(listing, open_fake).images) == 49


def test_rows_of_an_unpaged_listing_may_come_in_another_order_each_time(open_fake):
    source = next(source for source in SOURCES if source.action.paging == "none")

    def turn(rows: list[RowBody], _request: PageRequest) -> list[RowBody]:
        rows.reverse()
        return rows

    listing = PagedListing(source, 50, turn)
    listing.rows[4] = listing.rows[3]

    assert len(list_source(listing, open_fake).images) == 49


def test_another_row_in_place_of_a_row_each_time_is_an_error_of_an_unpaged_listing(open_fake):
    source = next(source for source in SOURCES if source.action.paging == "none")

    def repeat_another(rows: list[RowBody], _request: PageRequest) -> list[RowBody]:
        number = len(listing.requests)
        return [*rows[:number], rows[0], *rows[number + 1 :]]

    listing = PagedListing(source, 50, repeat_another)

    with pytest.raises(InvalidResponseError, match="1 of 50 rows came twice"):
        list_source(listing, open_fake)


@pytest.mark.parametrize("where", [4, 110])
def test_a_row_that_cannot_be_read_in_place_of_another_is_listed_again(where):
    broken = UnreadableRow("i-3", "", "expected a string, got null")

    class Once(Server):
        def page(self, offset, limit):
            page = super().page(offset, limit)
            if self.listings == 1:
                rows = [broken if row == image(where) else row for row in page.rows]
                return Page(rows, page.total_count)
            return page

    server = Once(150)

    assert list_rows(server) == server.rows
    assert server.listings == 2


def test_a_row_with_the_id_of_another_on_its_page_is_listed_again():
    class Once(Server):
        def page(self, offset, limit):
            page = super().page(offset, limit)
            if self.listings == 1 and not offset:
                page.rows[4] = PlatformImage(image_id="i-3", image_name="another")
            return page

    server = Once(50)

    assert list_rows(server) == server.rows
    assert server.listings == 2


def test_a_row_in_place_of_another_on_pages_of_two_rows_is_listed_with_smaller_pages():
    class Pairs(Server):
        def page(self, offset, limit):
            rows = super().page(offset, min(limit, 2)).rows
            return Page([*rows[:1], *rows[:-1]], len(self.rows))

    server = Pairs(10)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("source", PAGED, ids=lambda source: source.name)
def test_a_row_that_is_always_replaced_by_the_row_before_it_brings_a_warning(source, open_fake):
    def replace_second(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        return honour([rows[0], rows[0], *rows[2:]], request)

    found = list_source(PagedListing(source, 5, replace_second), open_fake)

    assert len(found.images) == 4
    assert "another may be missing" in found.warnings[0]


def test_a_row_that_is_missing_beside_a_total_that_became_smaller_brings_a_warning(open_fake):
    requests: list[PageRequest] = []

    def drop_second(rows: list[RowBody], request: PageRequest) -> list[RowBody]:
        """Send the first row twice to the first request, and leave out the second one later."""
        requests.append(request)
        second = [rows[0]] if len(requests) == 1 else []
        return honour([rows[0], *second, *rows[2:]], request)

    (platform_images,) = (source for source in PAGED if source.name == "platform_image")
    listing = PagedListing(platform_images, 5, drop_second, "page")

    found = list_source(listing, open_fake)

    assert len(found.images) == 4
    assert "another may be missing" in found.warnings[0]
