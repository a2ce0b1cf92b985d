"""Faults of a listing of 205 images, through the emulator."""

from __future__ import annotations

from typing import Any

from pulumi_tcimages.emulator import Fault
from pulumi_tcimages.errors import InvalidResponseError
from tests.cloud.fault_cases import FOREVER, Row
from tests.cloud.fault_targets import Target

PAGES = frozenset({"pages"})
TOTAL = frozenset({"total"})


def odd(
    name: str,
    listings: int = 1,
    images: int = 205,
    needs: frozenset[str] = frozenset(),
    **fault: Any,
) -> Row:
    """Return a row whose fault is on every page, and still lets all images be listed."""
    return Row(name, (Fault(**fault, times=FOREVER),), None, listings, images=images, needs=needs)


def build_listed(target: Target) -> list[Row]:
    name, text, row = target.name_field, target.text_field, target.row
    return [
        # A total that does not add up is listed a second time, and believed if that agrees.
        odd("no total", listings=2, needs=PAGES, total="null"),
        odd("a total of 0", listings=2, needs=TOTAL, total="zero"),
        odd("a total that is the number of rows on the page", 2, needs=PAGES, total="page"),
        odd("the same with smaller pages", 2, needs=PAGES, total="page", page_cap=50),
        odd("a total that is too small", listings=2, needs=TOTAL, drift=-3),
        odd("a total that is the size of a page", listings=2, needs=TOTAL, drift=-105),
        odd("smaller pages than requested", needs=PAGES, page_cap=30),
        odd("smaller pages, and no total", listings=2, needs=PAGES, page_cap=30, total="null"),
        odd("a row that is null", rows=(None,)),
        odd("a row that is a text", rows=("a",)),
        odd("a row without an id and a name", rows=({text: "a"},)),
        odd("a row of wrong types", rows=({name: 5}, {name: "a", text: 2.4})),
        odd(
            "a list with a null",
            images=206,
            needs=frozenset({"lists"}),
            rows=({**row, target.list_field: [None]},),
        ),
        odd("identical rows", listings=2, images=206, rows=(row, row)),
        Row(
            "a total that is too large",
            (Fault(drift=3, times=FOREVER),),
            InvalidResponseError,
            3,
            "208",
            needs=TOTAL,
        ),
        Row(
            "every page is the one before it",
            (Fault(), Fault(repeat_page=True, times=FOREVER)),
            InvalidResponseError,
            3,
            "3 listings in a row did not add up",
            needs=PAGES,
        ),
        Row(
            "a page that is repeated once",
            (Fault(), Fault(repeat_page=True)),
            None,
            2,
            images=205,
            needs=PAGES,
        ),
    ]
