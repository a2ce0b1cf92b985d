"""Wrong totals neither shorten a list nor hide missing rows."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.errors import ApiError
from tests.cloud.fake_pages import Server, api_error, build_image, catch_listing_error, list_rows


@pytest.mark.parametrize("total", [301, 400, 305])
def test_large_total_is_an_error(total):
    class LargeTotalServer(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, total)

    assert (
        catch_listing_error(LargeTotalServer(300)) == f"the total says {total}, and 300 rows came."
    )


@pytest.mark.parametrize("total", [0, 5, 99, 100, 120, 200, 250])
def test_small_total_does_not_shorten_the_list(total):
    class SmallTotalServer(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, total)

    server = SmallTotalServer(300)

    assert list_rows(server) == server.rows
    assert server.listings == 2


class EmptyFirstServer(Server):
    """Sends an empty first page without a total in the first listings."""

    def __init__(self, size: int, empty_listings: int) -> None:
        super().__init__(size)
        self.empty_listings = empty_listings

    def page(self, offset, limit):
        return (
            Page([], None) if self.listings <= self.empty_listings else super().page(offset, limit)
        )


def test_empty_page_without_a_total_does_not_empty_the_list():
    server = EmptyFirstServer(130, 1)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize(("empty_listings", "listings"), [(9, 2), (1, 2), (0, 1)])
def test_empty_list_without_a_total_is_accepted_the_second_time(empty_listings, listings):
    server = EmptyFirstServer(0, empty_listings)

    assert list_rows(server) == []
    assert server.listings == listings


@pytest.mark.parametrize("size", [1, 99, 100, 230, 300])
def test_page_size_as_total_does_not_shorten_the_list(size):
    class PageTotalServer(Server):
        def page(self, offset, limit):
            rows = super().page(offset, limit).rows
            return Page(rows, len(rows))

    server = PageTotalServer(size)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("max_rows", [10, 20, 50])
def test_small_page_sizes_as_totals_do_not_shorten_the_list(max_rows):
    class SmallPageServer(Server):
        def page(self, offset, limit):
            rows = super().page(offset, min(limit, max_rows)).rows
            return Page(rows, len(rows))

    server = SmallPageServer(230)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("size", [100, 200, 300])
@pytest.mark.parametrize("code", ["InvalidParameter", "InvalidParameterValue.OutOfRange"])
def test_rejected_offset_at_the_total_is_the_end(size, code):
    class StrictServer(Server):
        def page(self, offset, limit):
            if offset >= len(self.rows):
                raise api_error(code)
            return super().page(offset, limit)

    server = StrictServer(size)

    assert list_rows(server) == server.rows
    assert server.listings == 1


def test_rejected_offset_without_a_total_is_an_api_error():
    class StrictServer(Server):
        def page(self, offset, limit):
            if offset >= 200:
                raise api_error("InvalidParameterValue")
            return Page(super().page(offset, limit).rows, None)

    with pytest.raises(ApiError):
        list_rows(StrictServer(300))


def test_total_of_zero_on_the_empty_last_page_is_accepted():
    class ZeroTotalServer(Server):
        def page(self, offset, limit):
            page = super().page(offset, limit)
            return page if page.rows else Page([], 0)

    server = ZeroTotalServer(200)

    assert list_rows(server) == server.rows
    assert server.listings == 1


def test_changing_totals_with_equal_rows_are_listed_twice():
    class ChangingTotalServer(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, 300 - offset // 100)

    server = ChangingTotalServer(300)

    assert list_rows(server) == server.rows
    assert server.listings == 2


def test_total_that_exceeds_the_rows_is_an_error():
    class GrowingTotalServer(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, 300 + self.listings)

    assert catch_listing_error(GrowingTotalServer(300)) == "the total says 303, and 300 rows came."


def test_catalogue_that_changes_in_every_listing_is_an_error():
    class ChangingServer(Server):
        def page(self, offset, limit):
            if offset == 0:
                self.rows = [build_image(-self.listings), *self.rows[1:]]
            return Page(super().page(offset, limit).rows, None)

    catch_listing_error(ChangingServer(150))
