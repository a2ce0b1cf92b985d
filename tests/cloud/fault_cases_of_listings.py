"""Faults in listings of 205 images, with the emulator."""

from __future__ import annotations

from typing import Any

from pulumi_tcimages.emulator import Fault
from pulumi_tcimages.errors import InvalidResponseError
from tests.cloud.fault_cases import FOREVER, FaultCase
from tests.cloud.fault_targets import Target

PAGES = frozenset({"pages"})
TOTAL = frozenset({"total"})


def listed_case(
    name: str,
    listings: int = 1,
    images: int = 205,
    needs: frozenset[str] = frozenset(),
    **fault: Any,
) -> FaultCase:
    """Return a case whose fault is on every page, but all images are listed."""
    return FaultCase(
        name, (Fault(**fault, times=FOREVER),), None, listings, images=images, needs=needs
    )


def build_listing_cases(target: Target) -> list[FaultCase]:
    name, text, row = target.name_field, target.text_field, target.row
    return [
        # A total that does not add up is listed again, and accepted if both listings agree.
        listed_case("no total", listings=2, needs=PAGES, total="null"),
        listed_case("a total of 0", listings=2, needs=TOTAL, total="zero"),
        listed_case("a total that is the number of rows on the page", 2, needs=PAGES, total="page"),
        listed_case("the same with smaller pages", 2, needs=PAGES, total="page", page_cap=50),
        listed_case("a total that is too small", listings=2, needs=TOTAL, drift=-3),
        listed_case("a total that is the size of a page", listings=2, needs=TOTAL, drift=-105),
        listed_case("smaller pages than requested", needs=PAGES, page_cap=30),
        listed_case(
            "smaller pages, and no total", listings=2, needs=PAGES, page_cap=30, total="null"
        ),
        listed_case("a row that is null", rows=(None,)),
        listed_case("a row that is a text", rows=("a",)),
        listed_case("a row without an id and a name", rows=({text: "a"},)),
        listed_case("a row of wrong types", rows=({name: 5}, {name: "a", text: 2.4})),
        listed_case(
            "a list with a null",
            images=206,
            needs=frozenset({"lists"}),
            rows=({**row, target.list_field: [None]},),
        ),
        listed_case("identical rows", listings=2, images=206, rows=(row, row)),
        FaultCase(
            "a total that is too large",
            (Fault(drift=3, times=FOREVER),),
            InvalidResponseError,
            3,
            "208",
            needs=TOTAL,
        ),
        FaultCase(
            "every page repeats the page before it",
            (Fault(), Fault(repeat_page=True, times=FOREVER)),
            InvalidResponseError,
            3,
            "3 listings in a row did not add up",
            needs=PAGES,
        ),
        FaultCase(
            "a page that is repeated once",
            (Fault(), Fault(repeat_page=True)),
            None,
            2,
            images=205,
            needs=PAGES,
        ),
    ]
