"""A listing that lacks images of an earlier one is accepted only if another one agrees."""

from __future__ import annotations

import pytest

from pulumi_tcimages.cloud.listing import list_whole
from pulumi_tcimages.cloud.page_fetcher import ListingError
from pulumi_tcimages.core.responses import Page
from tests.cloud.fake_pages import Server, build_images, catch_listing_error, list_rows


class Changing(Server):
    """A server with other rows and another total for each listing. The last ones stay."""

    def __init__(self, *listings: tuple[list[int], int | None]) -> None:
        super().__init__(0)
        self.contents = listings

    def page(self, offset, limit):
        numbers, total = self.contents[min(self.listings, len(self.contents)) - 1]
        return Page(build_images(*numbers[offset : offset + limit]), total)


DOUBTFUL = [([1, 2], 1), ([1, 2], 0), ([1, 2, 2], None), ([1, 2, 2], 1)]
SHORTER = [([], 0), ([], None), ([1], 1), ([1], None)]


@pytest.mark.parametrize("shorter", SHORTER)
@pytest.mark.parametrize("doubtful", DOUBTFUL)
def test_a_single_shorter_listing_after_a_doubtful_one_is_not_accepted(doubtful, shorter):
    server = Changing(doubtful, shorter, ([1, 2], 2))

    assert list_rows(server) == build_images(1, 2)
    assert server.listings == 3


@pytest.mark.parametrize("shorter", SHORTER)
@pytest.mark.parametrize("doubtful", [*DOUBTFUL, ([1, 2], 3)])
def test_two_equal_shorter_listings_after_a_doubtful_one_are_accepted(doubtful, shorter):
    server = Changing(doubtful, shorter)

    assert list_rows(server) == build_images(*shorter[0])
    assert server.listings == 3


def test_three_listings_that_lack_different_images_are_an_error():
    server = Changing(([1, 2, 3], 1), ([1, 2], 2), ([2, 3], 2))

    assert catch_listing_error(server) == "1 image of an earlier listing did not come again."


def test_a_listing_with_fewer_rows_than_an_earlier_total_is_confirmed():
    server = Changing(([1], 2), ([1], 1))

    assert list_rows(server) == build_images(1)
    assert server.listings == 3


@pytest.mark.parametrize("shorter", [[], [1]])
def test_a_single_shorter_reply_without_pages_is_not_accepted(shorter):
    replies = [build_images(1, 2, 2), build_images(*shorter), build_images(1, 2)]

    found = list_whole(lambda: Page(replies.pop(0), None))

    assert found.rows == build_images(1, 2)


def test_two_equal_shorter_replies_without_pages_are_accepted():
    replies = [build_images(1, 2, 2), [], []]

    assert list_whole(lambda: Page(replies.pop(0), None)).rows == []


@pytest.mark.parametrize(("has_total", "calls"), [(True, 2), (False, 1)])
def test_an_empty_reply_without_its_documented_total_is_confirmed(has_total, calls):
    replies = [[], []]

    assert list_whole(lambda: Page(replies.pop(0), None), has_total=has_total).rows == []
    assert len(replies) == 2 - calls


def test_three_replies_without_pages_that_lack_different_images_are_an_error():
    replies = [build_images(1, 2, 2), build_images(1), build_images(2)]

    with pytest.raises(ListingError, match="1 image of an earlier listing did not come again"):
        list_whole(lambda: Page(replies.pop(0), None))


def test_a_server_with_small_pages_that_lack_their_first_row_is_an_error():
    class Hiding(Server):
        def page(self, offset, limit):
            rows = super().page(offset, min(limit, 10)).rows
            return Page(rows[1:] if offset else rows, None)

    assert "what came differs" in catch_listing_error(Hiding(95))


def test_a_hidden_row_at_the_end_of_a_numbered_page_is_an_error():
    class Hiding(Server):
        def page(self, offset, limit):
            start = offset // limit * min(limit, 10)
            rows = self.rows[start : start + min(limit, 10)]
            return Page([row for row in rows if row != self.rows[29]], 0)

    assert "there are rows after 29 rows" in catch_listing_error(Hiding(59), is_numbered=True)
