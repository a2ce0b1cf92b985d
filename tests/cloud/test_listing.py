"""Paging: every row exactly once, or an error, for correct and misbehaving servers."""

from __future__ import annotations

import pytest

from pulumi_tcimages.cloud.listing import list_pages
from pulumi_tcimages.cloud.page_fetcher import ListingError
from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.core.rows import UnreadableRow
from pulumi_tcimages.errors import ApiError
from pulumi_tcimages.sources.platform_images import PlatformImage
from tests.cloud.fake_pages import (
    LargePageServer,
    LargeTailServer,
    Server,
    build_image,
    build_images,
    catch_listing_error,
    list_rows,
)


@pytest.mark.parametrize(
    ("size", "requests"),
    [(0, 1), (1, 2), (99, 2), (100, 2), (101, 2), (200, 3), (205, 3), (1000, 11), (10_000, 101)],
)
def test_full_or_only_page_is_followed_by_one_more_request(size, requests):
    server = Server(size)

    assert list_rows(server) == server.rows
    assert len(server.requests) == requests


def test_offsets_follow_the_rows_of_smaller_pages():
    class SmallPageServer(Server):
        def page(self, offset, limit):
            return super().page(offset, min(limit, 30))

    server = SmallPageServer(100)

    assert list_rows(server) == server.rows
    assert sorted(server.requests) == [(0, 100), (30, 30), (60, 30), (90, 30)]


class ShortPageServer(Server):
    """One page is shorter than requested."""

    def page(self, offset, limit):
        return super().page(offset, 60 if offset == 100 else limit)


def test_short_page_is_continued_at_its_end():
    server = ShortPageServer(300)

    assert list_rows(server) == server.rows
    assert (160, 40) in server.requests


def test_progress_counts_each_row_once_despite_a_short_page():
    progress: list[tuple[int, int]] = []
    list_pages(ShortPageServer(300), 1, lambda *counts: progress.append(counts))

    assert progress == [(100, 300), (160, 300), (200, 300), (300, 300)]


@pytest.mark.parametrize("size", [0, 50, 100, 250])
def test_pages_without_a_total_are_read_until_empty(size):
    class NoTotalServer(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, None)

    assert list_rows(NoTotalServer(size)) == build_images(*range(size))


@pytest.mark.parametrize("size", [1, 50, 300])
@pytest.mark.parametrize("total", [None, 0, 300])
def test_ignored_offset_is_an_error(size, total):
    class IgnoredOffsetServer(Server):
        def page(self, _offset, limit):
            return Page(super().page(0, limit).rows, total)

    catch_listing_error(IgnoredOffsetServer(size))


@pytest.mark.parametrize("repeated_offsets", [(100, 200), (100, 80, 200)])
def test_page_repeated_once_is_listed_again(repeated_offsets):
    class RepeatedPageServer(Server):
        def page(self, offset, limit):
            return super().page(100 if offset in repeated_offsets else offset, limit)

    server = RepeatedPageServer(300)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("total", [150, 149, None])
def test_repeated_row_on_another_page_counts_once(total):
    class OtherTotalServer(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, total)

    server = OtherTotalServer(150)
    server.rows[120] = server.rows[3]

    assert list_rows(server) == server.rows[:120] + server.rows[121:]
    assert server.listings == 2


class SmallRepeatingServer(Server):
    """A server with small pages and a repeated row."""

    def __init__(self, max_limit: int) -> None:
        super().__init__(150)
        self.rows[120] = self.rows[3]
        self.max_limit = max_limit

    def page(self, offset, limit):
        return super().page(offset, min(limit, self.max_limit))


def test_repeated_row_on_a_small_page_counts_once():
    server = SmallRepeatingServer(30)

    assert list_rows(server) == server.rows[:120] + server.rows[121:]
    assert server.listings == 2


def test_repeated_row_on_single_row_pages_is_an_error():
    assert catch_listing_error(SmallRepeatingServer(1)) == "1 of 150 rows came twice."


@pytest.mark.parametrize("total", [50, 49])
def test_repeated_row_on_the_same_page_counts_once(total):
    class OtherTotalServer(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, total)

    server = OtherTotalServer(50)
    server.rows[20] = server.rows[3]

    assert list_rows(server) == server.rows[:20] + server.rows[21:]


def test_different_order_for_each_page_is_an_error():
    class UnsortedServer(Server):
        def page(self, offset, limit):
            rows = self.rows[offset : offset + limit]
            return Page([self.rows[0], *rows[1:]], len(self.rows))

    catch_listing_error(UnsortedServer(250))


def test_image_changed_between_two_pages_is_listed_again():
    class RenamingServer(Server):
        def page(self, offset, limit):
            if self.listings == 1 and offset:
                return Page([PlatformImage(image_id="i-3", image_name="new")], 101)
            return super().page(offset, limit)

    server = RenamingServer(101)

    assert list_rows(server) == server.rows
    assert server.listings == 2


def test_different_rows_with_one_id_are_both_listed_with_a_warning():
    server = Server(150)
    server.rows[120] = PlatformImage(image_id="i-3", image_name="another")

    listing = list_pages(server, 8, lambda _count, _total: None)

    assert listing.rows == server.rows
    assert listing.warnings == (
        'the cloud lists different images with the same id: "i-3" (2 images)',
    )


def test_unreadable_rows_count_towards_the_total():
    server = Server(120)
    server.rows[7] = server.rows[110] = UnreadableRow("", "", "expected an object, got null")

    assert list_rows(server) == server.rows
    assert server.listings == 1


def test_listing_that_exceeds_the_memory_limit_is_an_error():
    class LargeServer(Server):
        def page(self, offset, limit):
            return super().page(offset, limit)._replace(size_bytes=30 * 1024**2)

    server = LargeServer(1000)

    with pytest.raises(ListingError, match="larger than 64 MiB"):
        list_rows(server)
    assert server.listings == 1


def test_endless_pages_are_an_error():
    class EndlessServer(Server):
        def page(self, offset, limit):
            return Page(build_images(*range(offset, offset + limit)), None)

    server = EndlessServer(0)

    with pytest.raises(ListingError, match="more than 100000 rows"):
        list_rows(server)
    assert server.listings == 1


def test_rows_without_id_are_identified_by_name_and_address():
    server = Server(0)
    server.rows = [
        PlatformImage(image_name="a", image_url="x"),
        PlatformImage(image_name="a", image_url="y"),
        PlatformImage(image_name="b", image_url="x"),
    ]

    assert list_rows(server) == server.rows


@pytest.mark.parametrize(("change", "listings"), [("added", 2), ("removed", 3)])
def test_row_added_or_removed_between_pages_is_listed_again(change, listings):
    class ChangingServer(Server):
        def page(self, offset, limit):
            page = super().page(offset, limit)
            if len(self.requests) == 1:
                self.rows = [build_image(-1), *self.rows] if change == "added" else self.rows[1:]
            return page

    server = ChangingServer(250)

    assert list_rows(server) == server.rows
    assert server.listings == listings


TOO_LARGE = [
    ("ResponseSizeLimitExceeded", ""),
    ("InvalidParameterValue.PageLimitExceeded", ""),
    ("InvalidParameterValue.LimitExceeded", ""),
    ("InvalidParameter", "The value `100` specified in the parameter `Limit` is not valid."),
    ("InvalidParameterValue", "分页限制超过上限"),
    ("UnsupportedOperation", "limit too large"),
]


@pytest.mark.parametrize("error", TOO_LARGE)
@pytest.mark.parametrize("max_limit", [99, 60, 25, 7, 1])
def test_page_rejected_as_too_large_is_halved(max_limit, error):
    server = LargePageServer(120, max_limit, error)

    assert list_rows(server) == server.rows


def test_later_page_rejected_as_too_large_is_halved():
    server = LargeTailServer(330, 40)

    assert list_rows(server) == server.rows


def test_two_rows_too_large_together_are_listed_separately():
    class PairServer(LargeTailServer):
        def page(self, offset, limit):
            return super().page(offset, limit if offset else 2)

    server = PairServer(6, 1)

    assert list_rows(server) == server.rows


def test_single_row_too_large_is_an_api_error():
    with pytest.raises(ApiError):
        list_rows(LargePageServer(10, 0))


class OneRowPages(Server):
    """Sends one row per page, whatever the limit."""

    def __init__(self, size: int, total: int | None) -> None:
        super().__init__(size)
        self.total = total

    def page(self, offset, limit):
        return Page(self.rows[offset : offset + min(limit, 1)], self.total)


def test_total_that_requires_too_many_pages_is_an_error():
    server = OneRowPages(1, total=100_000)

    with pytest.raises(ListingError, match="100000 rows, and the first page has 1 row"):
        list_rows(server)

    assert server.requests == [(0, 100)]


def test_listing_without_total_ends_after_too_many_pages():
    server = OneRowPages(5_000, total=None)

    with pytest.raises(ListingError, match="the listing has more than 2000 pages"):
        list_rows(server)

    assert len(server.requests) == 2_001
