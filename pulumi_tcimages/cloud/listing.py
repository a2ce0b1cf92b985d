"""List every row of a paged listing, or raise an error: never return a silently short list.

A listing is complete when the cloud has been seen to have no more rows. The total alone proves
nothing: some services send the number of rows on the page.

If the total does not add up, or a row comes twice, the catalogue may have changed in between: list
again, with pages of another size. Two equal listings in a row are believed, unless they have fewer
rows than the total says. After three listings it is an error.
"""

from __future__ import annotations

from collections.abc import Callable

from pulumi_tcimages.cloud.page_reader import (
    FetchPage,
    InconsistentPages,
    ListingError,
    Note,
    PageReader,
)
from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.core.rows import Row, drop_identical

_PAGE_SIZES = (100, 80, 60)
"""Rows per page, for each listing in turn. 100 is the documented default. Another size puts the
page boundaries elsewhere, so a server that sorts differently for each page is found out."""
LISTINGS = len(_PAGE_SIZES)


def list_pages(
    fetch: FetchPage, at_once: int, note: Note, *, is_numbered: bool = False
) -> tuple[list[Row], int]:
    """Return all rows in the cloud's order, identical rows once, and the bytes that they take.

    Args:
        at_once: how many pages may be fetched at the same time.
        note: progress callback, called after every page of a listing that has several.
        is_numbered: whether the cloud counts pages and not rows, so that every page must begin at a
            multiple of its size.

    Errors: ListingError; whatever `fetch` raises.
    """
    problem = ""
    before: list[Row] | None = None
    for page_size in _PAGE_SIZES:
        listing = PageReader(fetch, at_once, note, page_size, is_numbered=is_numbered)
        try:
            rows = listing.read_rows()
            doubt = listing.find_doubt(rows)
        except InconsistentPages as found:
            problem, before = str(found), None
            continue
        if not doubt or rows == before:
            return drop_identical(rows), listing.size_bytes
        problem, before = doubt, rows
    raise ListingError(f"{LISTINGS} listings in a row did not add up: {problem}")


def list_whole(fetch: Callable[[], Page]) -> tuple[list[Row], int]:
    """Return the rows of a listing without pages, identical rows once, and the bytes they take.

    Errors: ListingError; whatever `fetch` raises.
    """
    for _ in range(LISTINGS):
        page = fetch()
        if page.total_count in (None, len(page.rows)):
            return drop_identical(page.rows), page.size_bytes
    raise ListingError(
        f"{LISTINGS} listings in a row did not add up: the total says {page.total_count}, and "
        f"{len(page.rows)} rows came."
    )
