"""Paging where TotalCount is wrong: it neither shortens a list nor hides that rows are missing."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.errors import ApiError
from tests.cloud.fake_pages import Server, failure, image, list_rows, refusal


@pytest.mark.parametrize("claimed", [301, 400, 305])
def test_a_total_that_is_too_big_is_noticed(claimed):
    class Boasting(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, claimed)

    assert failure(Boasting(300)) == f"the total says {claimed}, and 300 rows came."


@pytest.mark.parametrize("claimed", [0, 5, 99, 100, 120, 200, 250])
def test_a_total_that_is_too_small_does_not_shorten_the_list(claimed):
    class Modest(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, claimed)

    server = Modest(300)

    assert list_rows(server) == server.rows
    assert server.listings == 2


@pytest.mark.parametrize("size", [1, 99, 100, 230, 300])
def test_a_total_that_counts_the_rows_of_the_page_does_not_shorten_the_list(size):
    class Counting(Server):
        def page(self, offset, limit):
            rows = super().page(offset, limit).rows
            return Page(rows, len(rows))

    server = Counting(size)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("most", [10, 20, 50])
def test_a_smaller_page_with_its_own_number_of_rows_as_the_total_does_not_shorten_the_list(most):
    class Small(Server):
        def page(self, offset, limit):
            rows = super().page(offset, min(limit, most)).rows
            return Page(rows, len(rows))

    server = Small(230)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("size", [100, 200, 300])
@pytest.mark.parametrize("code", ["InvalidParameter", "InvalidParameterValue.OutOfRange"])
def test_an_offset_at_the_total_that_is_refused_is_the_end(size, code):
    class Strict(Server):
        def page(self, offset, limit):
            if offset >= len(self.rows):
                raise refusal(code)
            return super().page(offset, limit)

    server = Strict(size)

    assert list_rows(server) == server.rows
    assert server.listings == 1


def test_an_offset_that_is_refused_where_no_total_says_the_end_is_the_clouds_refusal():
    class Strict(Server):
        def page(self, offset, limit):
            if offset >= 200:
                raise refusal("InvalidParameterValue")
            return Page(super().page(offset, limit).rows, None)

    with pytest.raises(ApiError):
        list_rows(Strict(300))


def test_a_total_of_0_on_the_empty_page_at_the_end_is_no_contradiction():
    class Zero(Server):
        def page(self, offset, limit):
            page = super().page(offset, limit)
            return page if page.rows else Page([], 0)

    server = Zero(200)

    assert list_rows(server) == server.rows
    assert server.listings == 1


def test_totals_that_never_agree_and_rows_that_do_are_listed_twice():
    class Moving(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, 300 - offset // 100)

    server = Moving(300)

    assert list_rows(server) == server.rows
    assert server.listings == 2


def test_a_total_that_grows_beyond_the_rows_is_noticed():
    class Growing(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, 300 + self.listings)

    assert failure(Growing(300)) == "the total says 303, and 300 rows came."


def test_a_catalogue_that_changes_for_every_listing_is_an_error():
    class Restless(Server):
        def page(self, offset, limit):
            if offset == 0:
                self.rows = [image(-self.listings), *self.rows[1:]]
            return Page(super().page(offset, limit).rows, None)

    failure(Restless(150))
