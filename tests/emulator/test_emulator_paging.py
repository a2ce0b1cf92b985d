"""The three styles of paging, and their faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_tcimages.emulator import Fault
from tests.emulator.listing_calls import LISTINGS, PRESETS, RAY, REQUIRED, VERSIONS, list_rows
from tests.emulator.raw_client import Caller


def call_ray(caller, **parameters):
    response = caller.call(RAY, parameters).response
    numbers = tuple(response[name] for name in ("Total", "Page", "PageSize", "TotalPages"))
    return numbers, [row["Id"] for row in response["Items"]]


def test_numbered_pages_add_up_to_the_whole_listing(caller):
    assert call_ray(caller) == ((12, 1, 10, 2), list(range(4, 14)))
    assert call_ray(caller, Page=2) == ((12, 2, 10, 2), [14, 15])
    assert call_ray(caller, Page=3) == ((12, 3, 10, 2), [])
    assert call_ray(caller, Page=2, PageSize=5) == ((12, 2, 5, 3), [9, 10, 11, 12, 13])
    assert call_ray(caller, PageSize=0) == call_ray(caller)
    assert call_ray(caller, Page=2**64 - 1)[1] == []
    assert call_ray(caller, Type="None") == ((0, 1, 10, 0), [])


@pytest.fixture
def faulty_caller(caller) -> Iterator[Caller]:
    """A client. The test fails if it leaves a fault unused."""
    yield caller
    assert caller.cloud.faults.left() == {}


@pytest.mark.parametrize("action", [PRESETS, RAY, VERSIONS])
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(drift=-2), "two less"),
        (Fault(total="null"), None),
        (Fault(total="zero"), 0),
        (Fault(total="page"), "the page"),
    ],
    ids=["total too low", "total is null", "total is zero", "total of the page"],
)
def test_total_may_be_wrong_in_every_paging_style(faulty_caller, action, fault, expected):
    field = LISTINGS[action].paging.total
    size = {PRESETS: {"Limit": 5}, RAY: {"PageSize": 5}, VERSIONS: {}}[action]
    parameters = {**REQUIRED.get(action, {}), **size}
    normal_response = faulty_caller.call(action, parameters).response
    faulty_caller.cloud.faults.add(action, fault)
    faulty_response = faulty_caller.call(action, parameters).response
    rows = LISTINGS[action].rows
    numbers = {"two less": normal_response[field] - 2, "the page": len(normal_response[rows])}
    assert faulty_response[rows] == normal_response[rows]
    assert faulty_response[field] == numbers.get(expected, expected)


def test_page_count_follows_the_total_that_is_sent(faulty_caller):
    faults = Fault(drift=10), Fault(total="null"), Fault(total="zero"), Fault(total="page")
    faulty_caller.cloud.faults.add(RAY, *faults)
    assert [call_ray(faulty_caller, PageSize=5)[0][3] for _ in faults] == [5, None, 0, 1]


@pytest.mark.parametrize("action", LISTINGS)
def test_extra_rows_come_first_in_every_paging_style(faulty_caller, action):
    rows = (None, "text", {"ImageId": 5})
    faulty_caller.cloud.faults.add(action, Fault(rows=rows))
    assert list_rows(faulty_caller, action)[:4][:-1] == list(rows)


@pytest.mark.parametrize("action", LISTINGS)
def test_page_may_be_short_in_every_paging_style(faulty_caller, action):
    all_rows = list_rows(faulty_caller, action)
    faulty_caller.cloud.faults.add(action, Fault(page_cap=2))
    assert list_rows(faulty_caller, action) == all_rows[:2]


def test_capped_page_reports_its_size_and_the_page_count(faulty_caller):
    faulty_caller.cloud.faults.add(RAY, Fault(page_cap=4, times=3))
    pages = [call_ray(faulty_caller, Page=number) for number in (1, 2, 3)]
    assert [numbers for numbers, _ in pages] == [(12, n, 4, 3) for n in (1, 2, 3)]
    assert [image_id for _, ids in pages for image_id in ids] == list(range(4, 16))


@pytest.mark.parametrize(
    ("action", "first", "second"),
    [
        (PRESETS, {"Limit": 5}, {"Limit": 5, "Offset": 5}),
        (RAY, {"PageSize": 5}, {"PageSize": 5, "Page": 2}),
    ],
)
def test_page_may_repeat_in_every_paging_style(faulty_caller, action, first, second):
    faulty_caller.cloud.faults.add(action, Fault(), Fault(repeat_page=True))
    assert list_rows(faulty_caller, action, **first) == list_rows(faulty_caller, action, **second)


@pytest.mark.parametrize("action", LISTINGS)
def test_failed_listings_are_recorded(faulty_caller, action):
    faulty_caller.cloud.faults.add(action, Fault(code="InternalError"), Fault(status=502))
    parameters = REQUIRED.get(action, {})
    assert faulty_caller.call(action, parameters).code == "InternalError"
    assert faulty_caller.call(action, parameters).status == 502
    entries = faulty_caller.cloud.requests.of(action)
    assert [(entry.answer, entry.status) for entry in entries] == [
        ("InternalError", 200),
        ("", 502),
    ]
    assert entries[0].body == parameters
