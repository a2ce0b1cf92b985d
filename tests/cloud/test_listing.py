"""Paging: every row exactly once, or an error; with servers that behave and many that do not."""

from __future__ import annotations

import pytest

from pulumi_tcimages.cloud.listing import ListingError, list_pages
from pulumi_tcimages.core.images import PlatformImage
from pulumi_tcimages.core.replies import Page
from pulumi_tcimages.errors import RefusedError
from tests.cloud.paged import Heavy, HeavyTail, Server, image, images, list_rows


def failure(server: Server) -> str:
    with pytest.raises(ListingError) as caught:
        list_rows(server)
    assert server.listings == 3
    return str(caught.value)


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 200, 205, 1000, 10_000])
def test_every_row_comes_once_and_in_order(size):
    server = Server(size)

    assert list_rows(server) == server.rows
    assert len(server.asked) == max(1, -(-size // 100))


def test_a_server_with_a_smaller_page_is_asked_by_the_rows_it_sends():
    class Small(Server):
        def page(self, offset, limit):
            return super().page(offset, min(limit, 30))

    server = Small(100)

    assert list_rows(server) == server.rows
    assert sorted(server.asked) == [(0, 100), (30, 30), (60, 30), (90, 30)]


class Short(Server):
    """One page comes short."""

    def page(self, offset, limit):
        return super().page(offset, 60 if offset == 100 else limit)


def test_a_page_that_comes_short_is_continued_where_it_stopped():
    server = Short(300)

    assert list_rows(server) == server.rows
    assert (160, 40) in server.asked


def test_progress_counts_each_row_once_though_a_page_comes_short():
    told: list[tuple[int, int]] = []
    list_pages(Short(300), 1, lambda *came: told.append(came))

    assert told == [(100, 300), (160, 300), (200, 300), (300, 300)]


def test_a_server_that_sends_more_than_it_is_asked_for_is_asked_by_the_rows_it_sends():
    class Generous(Server):
        def page(self, offset, _limit):
            return super().page(offset, 150)

    server = Generous(400)

    assert list_rows(server) == server.rows
    assert sorted(server.asked) == [(0, 100), (150, 100), (300, 100)]


@pytest.mark.parametrize("size", [0, 50, 100, 250])
def test_without_a_total_the_pages_are_read_to_the_first_empty_one(size):
    class Silent(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).images, None)

    assert list_rows(Silent(size)) == images(*range(size))


def test_without_a_total_a_repeated_page_ends_it():
    class Stuck(Server):
        def page(self, _offset, limit):
            return Page(super().page(0, limit).images, None)

    assert failure(Stuck(300)) == "100 of 200 rows came twice."


@pytest.mark.parametrize("claimed", [301, 400, 305])
def test_a_total_that_is_too_big_is_noticed(claimed):
    class Boasting(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).images, claimed)

    assert failure(Boasting(300)) == f"the total says {claimed}, and 300 rows came."


@pytest.mark.parametrize("claimed", [5, 99, 120, 250])
def test_a_total_that_is_too_small_is_noticed(claimed):
    class Modest(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).images, claimed)

    assert failure(Modest(300)).startswith(f"the total says {claimed}, and ")


def test_a_total_that_changes_between_pages_is_noticed():
    class Moving(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).images, 300 + offset)

    assert failure(Moving(300)).startswith("the total was 300 on one page and ")


def test_a_repeated_page_is_noticed():
    class Repeating(Server):
        def page(self, offset, limit):
            return super().page(100 if offset == 200 else offset, limit)

    assert failure(Repeating(300)) == "100 of 300 rows came twice."


def test_a_duplicated_row_is_noticed():
    server = Server(150)
    server.rows[120] = server.rows[3]

    assert failure(server) == "1 of 150 rows came twice."


def test_an_image_that_comes_again_under_another_name_is_noticed():
    server = Server(150)
    server.rows[120] = PlatformImage(image_id="i-3", image_name="renamed")

    assert failure(server) == "1 of 150 rows came twice."


def test_what_did_not_add_up_is_told_of_the_last_listing():
    class Growing(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).images, 300 + self.listings)

    assert failure(Growing(300)) == "the total says 303, and 300 rows came."


def test_rows_without_an_id_are_told_apart_by_name_and_address():
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
            if len(self.asked) == 1:
                self.rows = [image(-1), *self.rows] if change == "added" else self.rows[1:]
            return page

    server = Changing(250)

    assert list_rows(server) == server.rows
    assert server.listings == 2


@pytest.mark.parametrize("most", [99, 60, 25, 7, 1])
def test_a_reply_that_would_be_too_large_is_asked_for_in_halves(most):
    server = Heavy(120, most)

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
    with pytest.raises(RefusedError):
        list_rows(Heavy(10, 0))
