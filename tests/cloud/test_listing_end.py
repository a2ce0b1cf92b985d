"""The request after the last row: it finds rows that the total hides, or shows the end."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.core.rows import UnreadableRow
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.errors import ApiError, AuthError, ThrottledError
from tests.cloud.fake_pages import Server, failure, image, list_rows, refusal
from tests.cloud.fakes import catalogue_of, list_all
from tests.cloud.fault_cases import CANARY, response
from tests.cloud.faulty_server import Misbehaving


class Counting(Server):
    """The total is the number of rows on the page."""

    def __init__(self, size: int, most: int = 100) -> None:
        super().__init__(size)
        self.most = most

    def page(self, offset, limit):
        rows = self.rows[offset : offset + min(limit, self.most)]
        return Page(rows, len(rows))


@pytest.mark.parametrize("most", [1, 3, 7, 10, 15, 20, 25, 37, 50, 64, 99, 100])
def test_a_total_that_counts_the_rows_of_a_small_page_does_not_shorten_the_list(most):
    server = Counting(130, most)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("first", [1, 37, 64, 99])
def test_a_short_first_page_with_its_own_total_does_not_shorten_the_list(first):
    class ShortFirst(Counting):
        def page(self, offset, limit):
            return super().page(offset, limit if offset else first)

    server = ShortFirst(230)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("withheld", [0, 40, 99])
def test_a_first_page_that_withholds_a_row_and_does_not_count_it_is_an_error(withheld):
    class Withholding(Server):
        def page(self, offset, limit):
            rows = [row for row in super().page(offset, limit).rows if row != image(withheld)]
            return Page(rows, len(rows))

    assert "the total was" in failure(Withholding(230))


def test_an_empty_page_whose_total_says_that_there_are_more_rows_is_an_error():
    class Contradicting(Server):
        def page(self, offset, _limit):
            return Page([], 130) if offset else Page(self.rows[:25], 25)

    assert failure(Contradicting(130)) == "the total says 130, and 25 rows came."


@pytest.mark.parametrize("size", [1, 37, 99])
def test_a_small_catalogue_is_followed_by_one_request_for_more_rows(size):
    server = Server(size)

    assert list_rows(server) == server.rows
    assert server.requests == [(0, 100), (size, 100)]


def _ignore(_offset: int, _limit: int, _size: int) -> int:
    return 0


def _clamp_to_the_last_row(offset: int, _limit: int, size: int) -> int:
    return min(offset, size - 1)


def _clamp_to_a_full_page(offset: int, limit: int, size: int) -> int:
    return max(0, min(offset, size - limit))


def _clamp_to_the_last_page(offset: int, limit: int, size: int) -> int:
    return offset if offset < size else (size - 1) // limit * limit


class Clamping(Server):
    """An offset beyond the last row is moved to a row that exists."""

    def __init__(self, size: int, move) -> None:
        super().__init__(size)
        self.move = move

    def page(self, offset, limit):
        return super().page(self.move(offset, limit, len(self.rows)), limit)


CLAMPS = [_clamp_to_the_last_row, _clamp_to_a_full_page, _clamp_to_the_last_page]


@pytest.mark.parametrize("move", [_ignore, *CLAMPS])
@pytest.mark.parametrize("size", [1, 7, 50, 99, 100])
def test_a_small_catalogue_that_comes_again_after_its_end_is_complete(size, move):
    server = Clamping(size, move)

    assert list_rows(server) == server.rows
    assert server.listings == 1


@pytest.mark.parametrize("move", CLAMPS)
@pytest.mark.parametrize("size", [160, 200, 240, 1200])
def test_rows_that_come_again_after_the_total_are_the_end(size, move):
    server = Clamping(size, move)

    assert list_rows(server) == server.rows


def test_rows_that_cannot_be_read_may_come_again_after_the_end():
    server = Clamping(3, _ignore)
    server.rows[1] = UnreadableRow("", "", "expected an object, got null")

    assert list_rows(server) == server.rows


def test_rows_that_come_again_in_another_order_after_the_end_are_the_end():
    class Turning(Server):
        def page(self, offset, _limit):
            return Page(self.rows[::-1] if offset else self.rows, len(self.rows))

    server = Turning(50)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("most", [3, 10, 25, 50, 64, 99, 100])
def test_a_page_that_comes_again_with_its_own_number_of_rows_as_the_total_is_an_error(most):
    class Stuck(Counting):
        def page(self, _offset, limit):
            return super().page(0, limit)

    failure(Stuck(130, most))


def test_a_server_that_sends_the_same_page_whatever_is_requested_has_only_that_page(open_fake):
    rows = [{"ImageId": f"i-{number}"} for number in range(5)]
    with Misbehaving(response(TotalCount=5, PlatformImageInfos=rows)) as server:
        listing = list_all(open_fake(endpoints={"tione": server.url}, **CANARY))

    assert [image.image_id for image in listing.images] == [row["ImageId"] for row in rows]


@pytest.mark.parametrize("later", [49, 51, 130, None])
def test_rows_that_come_again_with_another_total_are_an_error(later):
    class Unstable(Server):
        def page(self, offset, _limit):
            return Page(self.rows, later if offset else 50)

    failure(Unstable(50))


ENDS = [
    "OutOfRange",
    "OutOfRange.Offset",
    "FailedOperation",
    "FailedOperation.OffsetTooLarge",
    "ResourceNotFound",
    "ResourceNotFound.Image",
    "LimitExceeded",
    "LimitExceeded.Offset",
    "InvalidParameter",
    "InvalidParameter.Offset",
    "InvalidParameterValue",
    "InvalidParameterValue.OutOfRange",
    "InvalidParameterValue.PageLimitExceeded",
    "InvalidRequest",
    "UnsupportedOperation",
    "OperationDenied",
]


class Strict(Server):
    """An offset after the last row is refused."""

    def __init__(self, size: int, code: str) -> None:
        super().__init__(size)
        self.code = code

    def page(self, offset, limit):
        if offset >= len(self.rows):
            raise refusal(self.code)
        return super().page(offset, limit)


@pytest.mark.parametrize("size", [1, 37, 100, 300])
@pytest.mark.parametrize("code", ENDS)
def test_a_refusal_of_the_offset_after_the_last_row_is_the_end(size, code):
    server = Strict(size, code)

    assert list_rows(server) == server.rows
    assert server.listings == 1


@pytest.mark.parametrize("size", [37, 300])
@pytest.mark.parametrize(
    "code",
    [
        "AuthFailure.TokenFailure",
        "UnauthorizedOperation",
        "FailedOperation.NoPermission",
        "FailedOperation.Processing",
        "RequestLimitExceeded",
        "LimitExceeded.RateLimitExceeded",
        "InternalError",
        "ResourceUnavailable",
        "ResourceUnavailable.BalanceInsufficient",
        "ServiceUnavailable",
        "InvalidAction",
        "UnsupportedRegion",
        "ResponseSizeLimitExceeded",
        "NeverHeardOf",
    ],
)
def test_a_refusal_that_is_not_about_the_offset_is_no_end(size, code):
    with pytest.raises(ApiError, match=code):
        list_rows(Strict(size, code))


@pytest.mark.parametrize("code", ENDS)
def test_a_refusal_before_the_total_is_reached_is_no_end(code):
    class Broken(Server):
        def page(self, offset, limit):
            if offset:
                raise refusal(code)
            return super().page(offset, limit)

    with pytest.raises(ApiError):
        list_rows(Broken(150))


@pytest.mark.parametrize("code", ["OutOfRange", "FailedOperation", "ResourceNotFound"])
def test_the_cloud_refuses_the_request_after_the_last_row_and_all_images_are_listed(
    open_fake, code
):
    with Emulator(catalogue=catalogue_of(37)) as cloud:
        tries = 2 if code == "FailedOperation" else 1
        cloud.faults.add("DescribePlatformImages", Fault(), Fault(code=code, times=tries))
        listing = list_all(open_fake(cloud.environment))

    assert len(listing.images) == 37


@pytest.mark.parametrize(
    ("code", "error"),
    [("AuthFailure.TokenFailure", AuthError), ("RequestLimitExceeded", ThrottledError)],
)
def test_the_request_after_the_last_row_fails_for_another_reason_and_so_does_the_listing(
    open_fake, code, error
):
    with Emulator(catalogue=catalogue_of(37)) as cloud:
        cloud.faults.add("DescribePlatformImages", Fault(), Fault(code=code, times=300))
        with pytest.raises(error):
            list_all(open_fake(cloud.environment))


def test_the_request_after_the_last_row_is_retried(open_fake):
    with Emulator(catalogue=catalogue_of(37)) as cloud:
        cloud.faults.add("DescribePlatformImages", Fault(), Fault(code="InternalError"))
        listing = list_all(open_fake(cloud.environment))
        offsets = [request.body["Offset"] for request in cloud.requests]

    assert len(listing.images) == 37
    assert offsets == [0, 37, 37]


def test_rows_after_the_total_are_listed_though_the_pages_before_came_side_by_side():
    class Modest(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, 200)

    server = Modest(450)

    assert list_rows(server) == server.rows


def test_rows_after_the_total_do_not_stand_in_for_rows_that_are_missing_before_it():
    class Holed(Server):
        def page(self, offset, limit):
            end = 190 if offset < 200 else 210
            return Page(self.rows[offset : min(offset + limit, end)], 200)

    assert failure(Holed(210)) == "the total says 200, and 190 rows came."


def test_a_refusal_after_a_page_with_its_own_total_is_no_end(cloud, open_fake):
    client = open_fake(cloud.environment)
    cloud.faults.add("DescribePlatformImages", Fault(total="page"), Fault(code="InvalidParameter"))

    assert len(list_all(client).images) == 205
