"""Paging: every row exactly once, or an error; with servers that behave and many that do not."""

from __future__ import annotations

import pytest

from pulumi_tcimages.cloud.listing import list_pages
from pulumi_tcimages.cloud.page_reader import ListingError
from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.core.rows import UnreadableRow
from pulumi_tcimages.errors import ApiError
from pulumi_tcimages.sources.platform_images import PlatformImage
from tests.cloud.fake_pages import Heavy, HeavyTail, Server, failure, image, images, list_rows


@pytest.mark.parametrize(
    ("size", "requests"),
    [(0, 1), (1, 2), (99, 2), (100, 2), (101, 2), (200, 3), (205, 3), (1000, 11), (10_000, 101)],
)
def test_a_full_last_page_or_an_only_page_is_followed_by_one_more_request(size, requests):
    server = Server(size)

    assert list_rows(server) == server.rows
    assert len(server.requests) == requests


def test_offsets_follow_the_rows_of_a_server_with_smaller_pages():
    class Small(Server):
        def page(self, offset, limit):
            return super().page(offset, min(limit, 30))

    server = Small(100)

    assert list_rows(server) == server.rows
    assert sorted(server.requests) == [(0, 100), (30, 30), (60, 30), (90, 30)]


class Short(Server):
    """One page comes short."""

    def page(self, offset, limit):
        return super().page(offset, 60 if offset == 100 else limit)


def test_a_page_that_comes_short_is_continued_where_it_stopped():
    server = Short(300)

    assert list_rows(server) == server.rows
    assert (160, 40) in server.requests


def test_progress_counts_each_row_once_though_a_page_comes_short():
    reports: list[tuple[int, int]] = []
    list_pages(Short(300), 1, lambda *came: reports.append(came))

    assert reports == [(100, 300), (160, 300), (200, 300), (300, 300)]


@pytest.mark.parametrize("size", [0, 50, 100, 250])
def test_without_a_total_the_pages_are_read_to_the_first_empty_one(size):
    class Silent(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, None)

    assert list_rows(Silent(size)) == images(*range(size))


@pytest.mark.parametrize("size", [1, 50, 300])
@pytest.mark.parametrize("total", [None, 0, 300])
def test_a_server_that_ignores_the_offset_is_an_error(size, total):
    class Stuck(Server):
        def page(self, _offset, limit):
            return Page(super().page(0, limit).rows, total)

    failure(Stuck(size))


@pytest.mark.parametrize("sizes", [(100, 200), (100, 80, 200)])
def test_a_page_that_is_repeated_in_one_listing_is_listed_again(sizes):
    class Repeating(Server):
        def page(self, offset, limit):
            return super().page(100 if offset in sizes else offset, limit)

    server = Repeating(300)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("total", [150, 149, None])
def test_an_identical_row_on_another_page_counts_once_when_two_listings_agree(total):
    class Twice(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, total)

    server = Twice(150)
    server.rows[120] = server.rows[3]

    assert list_rows(server) == server.rows[:120] + server.rows[121:]
    assert server.listings == 2


class SmallTwice(Server):
    """The server's own page size is small, and a row comes twice."""

    def __init__(self, most: int) -> None:
        super().__init__(150)
        self.rows[120] = self.rows[3]
        self.most = most

    def page(self, offset, limit):
        return super().page(offset, min(limit, self.most))


def test_an_identical_row_on_another_small_page_counts_once_when_smaller_pages_agree():
    server = SmallTwice(30)

    assert list_rows(server) == server.rows[:120] + server.rows[121:]
    assert server.listings == 2


def test_an_identical_row_on_another_page_of_one_row_is_an_error():
    assert failure(SmallTwice(1)) == "1 of 150 rows came twice."


@pytest.mark.parametrize("total", [50, 49])
def test_an_identical_row_on_the_same_page_counts_once(total):
    class Twice(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, total)

    server = Twice(50)
    server.rows[20] = server.rows[3]

    assert list_rows(server) == server.rows[:20] + server.rows[21:]


def test_a_server_that_sorts_differently_for_each_page_is_an_error():
    class Unsorted(Server):
        def page(self, offset, limit):
            rows = self.rows[offset : offset + limit]
            return Page([self.rows[0], *rows[1:]], len(self.rows))

    failure(Unsorted(250))


def test_an_image_that_changes_between_two_pages_is_listed_again():
    class Renaming(Server):
        def page(self, offset, limit):
            if self.listings == 1 and offset:
                return Page([PlatformImage(image_id="i-3", image_name="new")], 101)
            return super().page(offset, limit)

    server = Renaming(101)

    assert list_rows(server) == server.rows
    assert server.listings == 2


def test_two_rows_of_one_id_that_differ_are_both_listed():
    server = Server(150)
    server.rows[120] = PlatformImage(image_id="i-3", image_name="another")

    assert list_rows(server) == server.rows


def test_rows_that_cannot_be_read_count_towards_the_total():
    server = Server(120)
    server.rows[7] = server.rows[110] = UnreadableRow("", "", "expected an object, got null")

    assert list_rows(server) == server.rows
    assert server.listings == 1


def test_a_listing_that_takes_too_much_memory_is_an_error_at_once():
    class Large(Server):
        def page(self, offset, limit):
            return super().page(offset, limit)._replace(size_bytes=30 * 1024**2)

    server = Large(1000)

    with pytest.raises(ListingError, match="larger than 64 MiB"):
        list_rows(server)
    assert server.listings == 1


def test_endless_pages_without_a_total_end_in_an_error():
    class Endless(Server):
        def page(self, offset, limit):
            return Page(images(*range(offset, offset + limit)), None)

    server = Endless(0)

    with pytest.raises(ListingError, match="more than 100000 rows"):
        list_rows(server)
    assert server.listings == 1


def test_rows_without_an_id_are_identified_by_name_and_address():
    server = Server(0)
    server.rows = [
        PlatformImage(image_name="a", image_url="x"),
        PlatformImage(image_name="a", image_url="y"),
        PlatformImage(image_name="b", image_url="x"),
    ]

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("change", ["added", "removed"])
def test_a_row_that_comes_or_goes_while_paging_makes_it_list_again(change):
    class Changing(Server):
        def page(self, offset, limit):
            page = super().page(offset, limit)
            if len(self.requests) == 1:
                self.rows = [image(-1), *self.rows] if change == "added" else self.rows[1:]
            return page

    server = Changing(250)

    assert list_rows(server) == server.rows
    assert server.listings == 2


TOO_LARGE = [
    ("ResponseSizeLimitExceeded", ""),
    ("InvalidParameterValue.PageLimitExceeded", ""),
    ("InvalidParameterValue.LimitExceeded", ""),
    ("InvalidParameter", "The value `100` specified in the parameter `Limit` is not valid."),
    ("InvalidParameterValue", "分页限制超过上限"),
    ("UnsupportedOperation", "limit too large"),
]


@pytest.mark.parametrize("refused", TOO_LARGE)
@pytest.mark.parametrize("most", [99, 60, 25, 7, 1])
def test_a_page_that_is_refused_as_too_large_is_halved(most, refused):
    server = Heavy(120, most, refused)

    assert list_rows(server) == server.rows


def test_a_page_that_is_too_large_later_is_halved_too():
    server = HeavyTail(330, 40)

    assert list_rows(server) == server.rows


def test_two_rows_that_are_too_large_together_come_one_by_one():
    class Pairs(HeavyTail):
        def page(self, offset, limit):
            return super().page(offset, limit if offset else 2)

    server = Pairs(6, 1)

    assert list_rows(server) == server.rows


def test_a_single_row_that_is_too_large_is_the_clouds_refusal():
    with pytest.raises(ApiError):
        list_rows(Heavy(10, 0))


class OneRowPages(Server):
    """Sends one row a page, whatever the limit."""

    def __init__(self, size: int, total: int | None) -> None:
        super().__init__(size)
        self.total = total

    def page(self, offset, limit):
        return Page(self.rows[offset : offset + min(limit, 1)], self.total)


def test_a_total_that_would_take_too_many_pages_is_an_error_after_the_first():
    server = OneRowPages(1, total=100_000)

    with pytest.raises(ListingError, match="100000 rows, and the first page has 1 row"):
        list_rows(server)

    assert server.requests == [(0, 100)]


def test_a_listing_without_a_total_ends_after_too_many_pages():
    server = OneRowPages(5_000, total=None)

    with pytest.raises(ListingError, match="the listing has more than 2000 pages"):
        list_rows(server)

    assert len(server.requests) == 2_001
