"""List all rows of a paginated listing, or raise an error. Never return an incomplete list.

A listing is complete once a request shows that there are no more rows. The total alone proves
nothing, because some services send the number of rows on the page as the total.

If the total is wrong or a row is repeated, the catalogue may have changed in between. Then it is
listed again with another page size. Two consecutive listings with the same rows are accepted,
unless they have fewer rows than the total. After three listings an error is raised.

A server that repeats a row at a page boundary may also omit one there. Repeated rows are accepted
in two cases. Either the number of distinct rows equals every total and no whole page was repeated,
or the rows are also repeated with different page boundaries.
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
"""Page sizes for successive listings. 100 is the documented default. Other sizes move the page
boundaries, which reveals a server that sorts each page differently.
"""
LISTINGS = len(_PAGE_SIZES)


def list_pages(
    fetch: FetchPage, at_once: int, note: Note, *, is_numbered: bool = False
) -> tuple[list[Row], int]:
    """Return all rows without duplicates, in the cloud's order, and their size in bytes.

    Args:
        at_once: the maximum number of pages to fetch concurrently.
        note: progress callback, called after every page if there are several.
        is_numbered: whether the API uses page numbers instead of offsets, so that every page must
            start at a multiple of its size.

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
            # The server caps pages at a smaller size, so both listings had the same page
            # boundaries.
            largest = max(1, reader.page_lengths[-1] * 3 // 5)
        before = reader
    raise ListingError(f"{LISTINGS} listings in a row did not add up: {problem}")


def _confirm(before: PageReader, after: PageReader) -> bool:
    """Return whether a second listing confirms the rows of the first despite any doubts."""
    if not after.count_repeated():
        return after.rows == before.rows
    different = drop_identical(after.rows)
    if after.totals == {len(different)} and not after.has_page_twice():
        return different == drop_identical(before.rows)
    return after.rows == before.rows and after.page_lengths != before.page_lengths


def list_whole(fetch: Callable[[], Page]) -> tuple[list[Row], int]:
    """Return the rows of an unpaginated listing without duplicates, and their size in bytes.

    Errors: ListingError; whatever `fetch` raises.
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
