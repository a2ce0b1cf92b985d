"""List every row of a paged listing, or raise an error: never return a silently short list.

A listing is complete when the cloud has been seen to have no more rows. The total alone proves
nothing: some services send the number of rows on the page.

If the total does not add up, or a row comes twice, the catalogue may have changed in between: list
again, with pages of another size. Two listings in a row with the same rows are believed, unless
they have fewer rows than the total says. After three listings it is an error.

A server that repeats a row where a page begins may leave out another there. Repeated rows are
believed if the different ones are as many as every total says and no whole page was repeated, or if
they also come with pages that begin elsewhere.
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
from pulumi_tcimages.formatting import count_of

_PAGE_SIZES = (100, 80, 60)
"""Rows per page, for each listing in turn. 100 is the documented default. Another size puts the
page boundaries elsewhere, so a server that sorts differently for each page is found out."""
LISTINGS = len(_PAGE_SIZES)


def list_pages(
    fetch: FetchPage, at_once: int, note: Note, *, is_numbered: bool = False
) -> tuple[list[Row], int]:
    """Return all rows in the cloud's order without duplicates, and their size in bytes.

    Args:
        at_once: how many pages may be fetched at the same time.
        note: progress callback, called after every page of a listing that has several.
        is_numbered: whether the cloud counts pages and not rows, so that every page must begin at a
            multiple of its size.

    Errors: ListingError; whatever `fetch` raises.
    """
    problem = ""
    before: PageReader | None = None
    largest = max(_PAGE_SIZES)
    for page_size in _PAGE_SIZES:
        reader = PageReader(fetch, at_once, note, min(page_size, largest), is_numbered=is_numbered)
        try:
            reader.read_rows()
            problem = reader.find_doubt()
        except InconsistentPages as error:
            problem, before = str(error), None
            continue
        if not problem or (before and _confirm(before, reader)):
            return drop_identical(reader.rows), reader.size_bytes
        if before and before.page_lengths == reader.page_lengths and reader.count_repeated():
            # The server's own page size is smaller, so pages began at the same rows both times.
            largest = max(1, reader.page_lengths[-1] * 3 // 5)
        before = reader
    raise ListingError(f"{LISTINGS} listings in a row did not add up: {problem}")


def _confirm(before: PageReader, after: PageReader) -> bool:
    """Return whether a second listing confirms the rows of the first, despite its doubtful rows."""
    if not after.count_repeated():
        return after.rows == before.rows
    different = drop_identical(after.rows)
    if after.totals == {len(different)} and not after.has_page_twice():
        return different == drop_identical(before.rows)
    return after.rows == before.rows and after.page_lengths != before.page_lengths


def list_whole(fetch: Callable[[], Page]) -> tuple[list[Row], int]:
    """Return the rows of a listing without pages and without duplicates, and their size in bytes.

    Errors: ListingError, and those of `fetch`.
    """
    before: list[Row] | None = None
    for _ in range(LISTINGS):
        page = fetch()
        total, count = page.total_count, len(page.rows)
        if total is None or total == count or (total < count and page.rows == before):
            return drop_identical(page.rows), page.size_bytes
        before = page.rows
    raise ListingError(
        f"{LISTINGS} listings in a row did not add up: the total says {total}, and "
        f"{count_of(count, 'row')} came."
    )
