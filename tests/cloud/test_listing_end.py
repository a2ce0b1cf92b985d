"""The request after the last row finds rows beyond a wrong total, or confirms the end."""

from __future__ import annotations

import pytest

from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.core.rows import UnreadableRow
from pulumi_tcimages.emulator import Emulator, Fault
from pulumi_tcimages.errors import ApiError, AuthError, ThrottledError
from tests.cloud.fake_pages import Server, api_error, build_image, catch_listing_error, list_rows
from tests.cloud.fakes import build_catalogue, list_all
from tests.cloud.fault_cases import CANARY, response
from tests.cloud.faulty_server import FaultyServer


class PageTotalServer(Server):
    """Reports the number of rows on the page as the total."""

    def __init__(self, size: int, max_rows: int = 100) -> None:
        super().__init__(size)
        self.max_rows = max_rows

    def page(self, offset, limit):
        rows = self.rows[offset : offset + min(limit, self.max_rows)]
        return Page(rows, len(rows))


@pytest.mark.parametrize("max_rows", [1, 3, 7, 10, 15, 20, 25, 37, 50, 64, 99, 100])
def test_page_size_as_total_does_not_shorten_the_list(max_rows):
    server = PageTotalServer(130, max_rows)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("first_size", [1, 37, 64, 99])
def test_short_first_page_does_not_shorten_the_list(first_size):
    class ShortFirstServer(PageTotalServer):
        def page(self, offset, limit):
            return super().page(offset, limit if offset else first_size)

    server = ShortFirstServer(230)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("withheld", [0, 40, 99])
def test_row_missing_from_page_and_total_is_an_error(withheld):
    class WithholdingServer(Server):
        def page(self, offset, limit):
            rows = [row for row in super().page(offset, limit).rows if row != build_image(withheld)]
            return Page(rows, len(rows))

    assert "the total was" in catch_listing_error(WithholdingServer(230))


def test_empty_page_with_a_larger_total_is_an_error():
    class ContradictingServer(Server):
        def page(self, offset, _limit):
            return Page([], 130) if offset else Page(self.rows[:25], 25)

    assert catch_listing_error(ContradictingServer(130)) == "the total says 130, and 25 rows came."


@pytest.mark.parametrize("size", [1, 37, 99])
def test_small_catalogue_is_followed_by_one_request(size):
    server = Server(size)

    assert list_rows(server) == server.rows
    assert server.requests == [(0, 100), (size, 100)]


def _ignore_offset(_offset: int, _limit: int, _size: int) -> int:
    return 0


def _clamp_to_the_last_row(offset: int, _limit: int, size: int) -> int:
    return min(offset, size - 1)


def _clamp_to_a_full_page(offset: int, limit: int, size: int) -> int:
    return max(0, min(offset, size - limit))


def _clamp_to_the_last_page(offset: int, limit: int, size: int) -> int:
    return offset if offset < size else (size - 1) // limit * limit


class ClampingServer(Server):
    """Moves an offset after the last row to an existing row."""

    def __init__(self, size: int, move_offset) -> None:
        super().__init__(size)
        self.move_offset = move_offset

    def page(self, offset, limit):
        return super().page(self.move_offset(offset, limit, len(self.rows)), limit)


CLAMPS = [_clamp_to_the_last_row, _clamp_to_a_full_page, _clamp_to_the_last_page]


@pytest.mark.parametrize("move_offset", [_ignore_offset, *CLAMPS])
@pytest.mark.parametrize("size", [1, 7, 50, 99, 100])
def test_small_catalogue_repeated_after_its_end_is_complete(size, move_offset):
    server = ClampingServer(size, move_offset)

    assert list_rows(server) == server.rows
    assert server.listings == 1


@pytest.mark.parametrize("move_offset", CLAMPS)
@pytest.mark.parametrize("size", [160, 200, 240, 1200])
def test_rows_repeated_after_the_total_are_the_end(size, move_offset):
    server = ClampingServer(size, move_offset)

    assert list_rows(server) == server.rows


def test_unreadable_rows_may_be_repeated_after_the_end():
    server = ClampingServer(3, _ignore_offset)
    server.rows[1] = UnreadableRow("", "", "expected an object, got null")

    assert list_rows(server) == server.rows


def test_rows_reordered_after_the_end_are_the_end():
    class ReversingServer(Server):
        def page(self, offset, _limit):
            return Page(self.rows[::-1] if offset else self.rows, len(self.rows))

    server = ReversingServer(50)

    assert list_rows(server) == server.rows


@pytest.mark.parametrize("max_rows", [3, 10, 25, 50, 64, 99, 100])
def test_repeated_page_with_its_size_as_total_is_an_error(max_rows):
    class IgnoredOffsetServer(PageTotalServer):
        def page(self, _offset, limit):
            return super().page(0, limit)

    catch_listing_error(IgnoredOffsetServer(130, max_rows))


def test_server_that_ignores_paging_has_only_one_page(make_client):
    rows = [{"ImageId": f"i-{number}"} for number in range(5)]
    with FaultyServer(response(TotalCount=5, PlatformImageInfos=rows)) as server:
        listing = list_all(make_client(endpoints={"tione": server.url}, **CANARY))

    assert [image.image_id for image in listing.images] == [row["ImageId"] for row in rows]


@pytest.mark.parametrize("later_total", [49, 51, 130, None])
def test_repeated_rows_with_another_total_are_an_error(later_total):
    class UnstableTotalServer(Server):
        def page(self, offset, _limit):
            return Page(self.rows, later_total if offset else 50)

    catch_listing_error(UnstableTotalServer(50))


END_CODES = [
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


class StrictServer(Server):
    """Rejects an offset after the last row."""

    def __init__(self, size: int, code: str) -> None:
        super().__init__(size)
        self.code = code

    def page(self, offset, limit):
        if offset >= len(self.rows):
            raise api_error(self.code)
        return super().page(offset, limit)


@pytest.mark.parametrize("size", [1, 37, 100, 300])
@pytest.mark.parametrize("code", END_CODES)
def test_rejected_offset_after_the_last_row_is_the_end(size, code):
    server = StrictServer(size, code)

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
def test_other_rejection_after_the_last_row_is_an_error(size, code):
    with pytest.raises(ApiError, match=code):
        list_rows(StrictServer(size, code))


@pytest.mark.parametrize("code", END_CODES)
def test_rejection_before_the_total_is_an_error(code):
    class RejectingServer(Server):
        def page(self, offset, limit):
            if offset:
                raise api_error(code)
            return super().page(offset, limit)

    with pytest.raises(ApiError):
        list_rows(RejectingServer(150))


@pytest.mark.parametrize("code", ["OutOfRange", "FailedOperation", "ResourceNotFound"])
def test_cloud_rejects_the_request_after_the_last_row(make_client, code):
    with Emulator(catalogue=build_catalogue(37)) as cloud:
        attempts = 2 if code == "FailedOperation" else 1
        cloud.faults.add("DescribePlatformImages", Fault(), Fault(code=code, times=attempts))
        listing = list_all(make_client(cloud.environment))

    assert len(listing.images) == 37


@pytest.mark.parametrize(
    ("code", "error"),
    [("AuthFailure.TokenFailure", AuthError), ("RequestLimitExceeded", ThrottledError)],
)
def test_other_failure_after_the_last_row_fails_the_listing(make_client, code, error):
    with Emulator(catalogue=build_catalogue(37)) as cloud:
        cloud.faults.add("DescribePlatformImages", Fault(), Fault(code=code, times=300))
        with pytest.raises(error):
            list_all(make_client(cloud.environment))


def test_request_after_the_last_row_is_retried(make_client):
    with Emulator(catalogue=build_catalogue(37)) as cloud:
        cloud.faults.add("DescribePlatformImages", Fault(), Fault(code="InternalError"))
        listing = list_all(make_client(cloud.environment))
        offsets = [request.body["Offset"] for request in cloud.requests]

    assert len(listing.images) == 37
    assert offsets == [0, 37, 37]


def test_rows_after_the_total_of_parallel_pages_are_listed():
    class SmallTotalServer(Server):
        def page(self, offset, limit):
            return Page(super().page(offset, limit).rows, 200)

    server = SmallTotalServer(450)

    assert list_rows(server) == server.rows


def test_rows_after_the_total_do_not_replace_missing_rows():
    class MissingRowsServer(Server):
        def page(self, offset, limit):
            end = 190 if offset < 200 else 210
            return Page(self.rows[offset : min(offset + limit, end)], 200)

    assert catch_listing_error(MissingRowsServer(210)) == "the total says 200, and 190 rows came."


def test_rejection_after_a_page_size_total_is_not_the_end(cloud, make_client):
    client = make_client(cloud.environment)
    cloud.faults.add("DescribePlatformImages", Fault(total="page"), Fault(code="InvalidParameter"))

    assert len(list_all(client).images) == 205
