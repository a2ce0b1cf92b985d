"""Fetch a complete listing of images. An incomplete listing is an error.

A listing is complete once a short page or a further request shows that there are no more rows. The
total alone proves nothing, because some services return the number of rows on the page as the
total.

If the total is wrong or a row is repeated, the images may have changed between two pages. They are
then listed again with smaller pages. Two consecutive listings with the same rows are accepted,
unless they have fewer rows than the total. A listing that lacks images of an earlier listing must
be repeated too, even if it seems complete. So must an empty listing without a total, which may come
from a broken gateway. After three listings an error is raised.

A server that repeats a row may also omit another row. So repeated rows are accepted in two cases:
the number of distinct rows equals every total and no whole page was repeated, or a listing with
different page boundaries has the same rows. If the API does not paginate, a second response with
the same rows is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from pulumi_tcimages.cloud.page_fetcher import FetchPage, ListingError
from pulumi_tcimages.cloud.page_reader import (
    EMPTY_WITHOUT_TOTAL,
    InconsistentPages,
    PageReader,
    ProgressCallback,
)
from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.core.rows import (
    Row,
    count_repeated,
    drop_identical,
    have_same_rows,
    list_identities,
    warn_of_missing,
    warn_of_shared_ids,
)
from pulumi_tcimages.errors import InvalidResponseError
from pulumi_tcimages.formatting import count_of

_PAGE_SIZES = (100, 80, 60)
"""Page sizes for the first, second and third listing. 100 is the documented default. Different
sizes have different page boundaries, which reveals servers with an unstable sort order.
"""
LISTINGS = len(_PAGE_SIZES)


class CompleteListing(NamedTuple):
    """All rows of a listing without exact duplicates, in the order of the response."""

    rows: list[Row]
    size_bytes: int
    warnings: tuple[str, ...] = ()
    """Warnings about a total that is larger than the number of rows, and about ids that several
    images share.
    """


class _EarlierListings:
    """The images and totals of listings that may be incomplete."""

    def __init__(self) -> None:
        self._identities: set[Hashable] = set()
        self._total = 0
        self._total_with_repeated = 0

    def add(self, rows: Sequence[Row], total: int | None) -> None:
        self._identities.update(list_identities(rows))
        self._total = max(self._total, total or 0)
        if count_repeated(rows):
            self._total_with_repeated = max(self._total_with_repeated, total or 0)

    def explain_missing(self, rows: Sequence[Row]) -> str:
        """Return a sentence about rows that a later listing lacks, or "" if it lacks none."""
        missing = len(self._identities.difference(list_identities(rows)))
        if missing:
            return f"{count_of(missing, 'image')} of an earlier listing did not come again."
        if self._total > len(rows):
            return f"the total said {self._total}, and later {count_of(len(rows), 'row')} came."
        return ""

    def choose_total(self, total: int | None) -> int | None:
        """Return the expected number of rows. If a listing has fewer rows, a warning is shown.

        A server that repeats rows may also omit rows. So the totals of earlier listings with
        repeated rows count too.
        """
        return max(total or 0, self._total_with_repeated) or total


def list_pages(
    fetch: FetchPage, at_once: int, on_progress: ProgressCallback, *, is_numbered: bool = False
) -> CompleteListing:
    """List all rows of a paginated listing.

    Args:
        at_once: the maximum number of pages to fetch concurrently.
        on_progress: progress callback, called after every page of a listing with several pages.
        is_numbered: whether the API uses page numbers instead of offsets, so that every page must
            start at a multiple of its size.

    Raises: ListingError, and the errors of `fetch`.
    """
    problem = ""
    before: PageReader | None = None
    earlier = _EarlierListings()
    largest = max(_PAGE_SIZES)
    for page_size in _PAGE_SIZES:
        reader = PageReader(
            fetch, at_once, on_progress, min(page_size, largest), is_numbered=is_numbered
        )
        try:
            reader.read_rows()
            problem = reader.explain_doubt() or earlier.explain_missing(reader.rows)
        except InconsistentPages as error:
            problem, before = str(error), None
            earlier.add(reader.received_rows, reader.total_count)
            continue
        except InvalidResponseError:
            if not before or largest == max(_PAGE_SIZES):
                raise
            # The server ignored the smaller page size. If the previous listing had a single page,
            # the API does not paginate. Otherwise list again with the usual page size.
            if len(before.page_lengths) == 1:
                return _list_whole(lambda: fetch(0, max(_PAGE_SIZES)), earlier)
            largest = max(_PAGE_SIZES)
            continue
        if not problem or (before and _confirm(before, reader)):
            total = earlier.choose_total(reader.total_count)
            return _build_listing(reader.rows, reader.size_bytes, total)
        if reader.page_lengths:
            # Choose a size smaller than the server's own pages, so that the page boundaries move.
            largest = max(1, reader.page_lengths[-1] * 4 // 5)
        earlier.add(reader.rows, reader.total_count)
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


def list_whole(fetch: Callable[[], Page], *, has_total: bool = False) -> CompleteListing:
    """List all rows of an unpaginated listing.

    Args:
        has_total: whether the API documents a total, so that a reply without one is suspicious.

    Raises: ListingError, and the errors of `fetch`.
    """
    return _list_whole(fetch, _EarlierListings(), has_total=has_total)


def _list_whole(
    fetch: Callable[[], Page], earlier: _EarlierListings, *, has_total: bool = False
) -> CompleteListing:
    problem = ""
    before: list[Row] | None = None
    for _ in range(LISTINGS):
        rows, total, size_bytes = fetch()
        problem = _explain_doubt(rows, total, has_total=has_total) or earlier.explain_missing(rows)
        is_short = total is not None and total > len(rows)
        is_confirmed = before is not None and have_same_rows(rows, before)
        if not problem or (is_confirmed and not is_short):
            return _build_listing(rows, size_bytes, earlier.choose_total(total))
        earlier.add(rows, total)
        before = rows
    raise _build_error(problem)


def _explain_doubt(rows: list[Row], total: int | None, *, has_total: bool) -> str:
    """Return a sentence that says why rows may be missing, or "" if the listing seems complete."""
    if has_total and total is None and not rows:
        return EMPTY_WITHOUT_TOTAL
    if total is not None and total != len(rows):
        return f"the total says {total}, and {count_of(len(rows), 'row')} came."
    repeated = count_repeated(rows)
    return f"{repeated} of {len(rows)} rows came twice." if repeated else ""


def _build_listing(rows: list[Row], size_bytes: int, total: int | None) -> CompleteListing:
    different = drop_identical(rows)
    warnings = (*warn_of_missing(total, different), *warn_of_shared_ids(different))
    return CompleteListing(different, size_bytes, warnings)


def _build_error(problem: str) -> ListingError:
    return ListingError(f"{LISTINGS} listings in a row did not add up: {problem}")
