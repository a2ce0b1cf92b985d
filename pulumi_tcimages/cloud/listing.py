"""List all rows of a paginated listing. An incomplete list is never returned: it is an error.

A listing is complete once a request shows that there are no more rows. The total alone proves
nothing, because some services send the number of rows on the page as the total.

If the total is wrong or a row is repeated, the catalogue may have changed between two pages. Then
it is listed again with another page size. Two consecutive listings with the same rows are accepted,
unless they have fewer rows than the total. After three listings an error is raised.

A server that repeats a row may also omit one, on the same page or at a page boundary. Repeated rows
are accepted in two cases. Either the number of distinct rows equals every total and no whole page
was repeated, or the rows are also repeated with different page boundaries. An unpaginated listing
has no boundaries, so its rows must be repeated in a second reply.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pulumi_tcimages.cloud.page_reader import (
    FetchPage,
    InconsistentPages,
    ListingError,
    Note,
    PageReader,
)
from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.core.rows import (
    Row,
    count_repeated,
    drop_identical,
    have_same_rows,
    warn_of_missing,
)
from pulumi_tcimages.errors import InvalidResponseError
from pulumi_tcimages.formatting import count_of

_PAGE_SIZES = (100, 80, 60)
"""Page sizes for the first, second and third listing. 100 is the documented default. Other sizes
move the page boundaries, which reveals a server that sorts the rows anew for each page.
"""
LISTINGS = len(_PAGE_SIZES)


class CompleteListing(NamedTuple):
    """All rows of a listing without exact duplicates, in the cloud's order."""

    rows: list[Row]
    size_bytes: int
    warnings: tuple[str, ...] = ()
    """A warning if the total is larger than the number of rows."""


def list_pages(
    fetch: FetchPage, at_once: int, note: Note, *, is_numbered: bool = False
) -> CompleteListing:
    """List all rows of a paginated listing.

    Args:
        at_once: the maximum number of pages to fetch concurrently.
        note: progress callback, called after every page if there are several.
        is_numbered: whether the API uses page numbers instead of offsets, so that every page must
            start at a multiple of its size.

    Errors: ListingError, and the errors of `fetch`.
    """
    problem = ""
    before: PageReader | None = None
    largest = max(_PAGE_SIZES)
    for page_size in _PAGE_SIZES:
        reader = PageReader(fetch, at_once, note, min(page_size, largest), is_numbered=is_numbered)
        try:
            reader.read_rows()
            problem = reader.explain_doubt()
        except InconsistentPages as error:
            problem, before = str(error), None
            continue
        except InvalidResponseError:
            if before and len(before.page_lengths) == 1:
                # The server ignores the page size, and the last listing had a single page. So the
                # listing is not paginated.
                return list_whole(lambda: fetch(0, max(_PAGE_SIZES)))
            raise
        if not problem or (before and _confirm(before, reader)):
            return _build_listing(reader.rows, reader.size_bytes, _choose_total(before, reader))
        if reader.repeated_count:
            # Choose a page size below that of the server's pages, so that the page boundaries move.
            largest = max(1, reader.page_lengths[-1] * 4 // 5)
        before = reader
    raise _build_error(problem)


def _confirm(before: PageReader, after: PageReader) -> bool:
    """Return whether a second listing proves that the rows of both listings are complete."""
    if not after.repeated_count:
        return after.rows == before.rows
    different = drop_identical(after.rows)
    if after.totals == {len(different)} and not after.has_page_twice():
        return different == drop_identical(before.rows)
    return after.rows == before.rows and after.page_lengths != before.page_lengths


def _choose_total(before: PageReader | None, after: PageReader) -> int | None:
    """Return the total to compare the number of rows with.

    If the listing before repeated rows, the server may have omitted other rows from both listings.
    So the total of that listing counts too, if it is larger.
    """
    totals = [after.total_count]
    if before and before.repeated_count:
        totals.append(before.total_count)
    return max((total for total in totals if total is not None), default=None)


def list_whole(fetch: Callable[[], Page]) -> CompleteListing:
    """List all rows of an unpaginated listing.

    Errors: ListingError, and the errors of `fetch`.
    """
    problem = ""
    before: list[Row] = []
    for _ in range(LISTINGS):
        rows, total, size_bytes = fetch()
        problem = _explain_doubt(rows, total)
        is_short = total is not None and total > len(rows)
        if not problem or (not is_short and have_same_rows(rows, before)):
            return _build_listing(rows, size_bytes, total)
        before = rows
    raise _build_error(problem)


def _explain_doubt(rows: list[Row], total: int | None) -> str:
    """Return the reason if rows may be missing from an unpaginated listing, otherwise ""."""
    if total is not None and total != len(rows):
        return f"the total says {total}, and {count_of(len(rows), 'row')} came."
    repeated = count_repeated(rows)
    return f"{repeated} of {len(rows)} rows came twice." if repeated else ""


def _build_listing(rows: list[Row], size_bytes: int, total: int | None) -> CompleteListing:
    different = drop_identical(rows)
    return CompleteListing(different, size_bytes, warn_of_missing(total, different))


def _build_error(problem: str) -> ListingError:
    return ListingError(f"{LISTINGS} listings in a row did not add up: {problem}")
