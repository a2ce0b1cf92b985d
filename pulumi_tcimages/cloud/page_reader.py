"""Fetch all pages of a listing, and check that no rows are missing.

- The first page states the total, and the remaining pages are fetched concurrently.
- Offsets advance by the number of rows that were received, not requested.
- If the last page is full, one more page is requested, because the total may be too low. The same
  is done if there is only one page.
- If the server rejects that request or repeats rows, the listing is complete if it has as many rows
  as the total. If there is only one page, a request for a smaller page must report the same total.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from itertools import chain

from pulumi_tcimages.cloud.page_fetcher import MOST_PAGES, FetchPage, ListingError, PageFetcher
from pulumi_tcimages.core.responses import MOST_ROWS, Page
from pulumi_tcimages.core.rows import Row, UnreadableRow, count_repeated, drop_identical, identify
from pulumi_tcimages.errors import ApiError, InvalidResponseError
from pulumi_tcimages.formatting import count_of

EMPTY_WITHOUT_TOTAL = "no rows came, and no total."
"""The reason to list again if a listing is empty and lacks the total that the API documents."""
ProgressCallback = Callable[[int, int], None]
"""Progress callback: rows received, rows in total."""


class InconsistentPages(Exception):  # noqa: N818 - reported as an InvalidResponseError in the end
    """The pages of a listing contradict each other, so rows may be missing."""


class PageReader:
    """Reads all pages of one listing."""

    def __init__(
        self,
        fetch: FetchPage,
        at_once: int,
        on_progress: ProgressCallback,
        page_size: int,
        *,
        is_numbered: bool,
    ) -> None:
        self._fetcher = PageFetcher(fetch, page_size, is_numbered=is_numbered)
        self._at_once = at_once
        self._on_progress = on_progress
        self._received = 0
        self._is_empty_without_total = False
        self.rows: list[Row] = []
        """The rows of all pages, in order."""
        self._pages: list[list[Row]] = []
        self._lock = threading.Lock()

    @property
    def size_bytes(self) -> int:
        """The estimated memory of all pages."""
        return self._fetcher.size_bytes

    @property
    def totals(self) -> set[int | None]:
        """The distinct totals that the pages reported. None stands for a page without a total."""
        return self._fetcher.totals

    @property
    def page_lengths(self) -> list[int]:
        """The number of rows on each page, in ascending order."""
        return sorted(map(len, self._pages))

    @property
    def received_rows(self) -> list[Row]:
        """The rows of all pages received so far, even if the listing is incomplete."""
        return list(chain.from_iterable(self._pages))

    @property
    def repeated_count(self) -> int:
        """The number of rows with the same image as an earlier row, even if fields differ."""
        return count_repeated(self.rows)

    @property
    def total_count(self) -> int | None:
        """The largest total that a page reported, or None."""
        return max((total for total in self.totals if total is not None), default=None)

    def has_page_twice(self) -> bool:
        """Return whether two pages have the same rows."""
        pages = {tuple(map(_key_of, page)) for page in self._pages}
        return len(pages) < len(self._pages)

    def read_rows(self) -> None:
        """Read the rows of all pages.

        Raises: InconsistentPages, ListingError, and the errors of `fetch`.
        """
        self.rows = self._read_rows()

    def _read_rows(self) -> list[Row]:
        first = self._page(0, self._fetcher.limit)
        count, total = len(first.rows), first.total_count
        if not count:
            if total:
                raise InconsistentPages(f"the first page is empty, and the total says {total}.")
            self._is_empty_without_total = total is None
            return []
        self._fetcher.shorten(count)
        if total is None or total <= count:
            return self._read_to_the_end(first.rows, total)
        rows, after = self._fetch_concurrently(count, total)
        rows = [*first.rows, *rows]
        if len(rows) < total or (len(rows) == total and after is None):
            return rows
        return self._read_to_the_end(rows, total, after if len(rows) == total else None)

    def explain_doubt(self) -> str:
        """Return a sentence that says why rows may be missing, or "" if the listing seems complete.

        Raises: InconsistentPages if there are fewer rows than a page's total.
        """
        rows = self.rows
        totals = sorted(total for total in self.totals if total is not None)
        if totals and totals[-1] > len(rows):
            raise InconsistentPages(f"the total says {totals[-1]}, and {len(rows)} rows came.")
        if len(totals) > 1:
            return f"the total was {totals[0]} on one page and {totals[-1]} on another."
        if totals and totals[0] != len(rows):
            return f"the total says {totals[0]}, and {len(rows)} rows came."
        if repeated := self.repeated_count:
            return f"{repeated} of {len(rows)} rows came twice."
        if self._is_empty_without_total:
            return EMPTY_WITHOUT_TOTAL
        if not totals and len(self._pages) > 1:
            return "the cloud does not say how many rows there are, and what came differs."
        return ""

    def _fetch_concurrently(self, start: int, total: int) -> tuple[list[Row], list[Row] | None]:
        """Fetch the pages after the first one concurrently.

        Return the rows up to the total, and the rows past the total, or None if these were not
        requested.
        """
        self._count(start, total)
        # Use the length of the first page: a server that shortened it shortens all pages.
        step = start
        if total > step * MOST_PAGES:
            raise ListingError(
                f"the listing would take more than {MOST_PAGES} pages: the total says {total} "
                f"rows, and the first page has {count_of(step, 'row')}."
            )
        ranges = [(offset, min(offset + step, total)) for offset in range(start, total, step)]
        is_full = total % step == 0
        if is_full:
            ranges.append((total, total + step))
        threads = min(len(ranges), self._at_once) - 1
        # The calling thread fetches pages too, which makes a listing 4 % faster.
        own_ranges = ranges[:1] if threads else ranges
        with ThreadPoolExecutor(max(1, threads), "tcimages-page") as pool:
            futures = [
                pool.submit(self._fetch_range, *offsets, step, total)
                for offsets in ranges[len(own_ranges) :]
            ]
            try:
                fetched = [self._fetch_range(*offsets, step, total) for offsets in own_ranges]
                wait(futures, return_when=FIRST_EXCEPTION)
            finally:
                for future in futures:
                    future.cancel()
            fetched += [future.result() for future in futures if not future.cancelled()]
        after = fetched.pop() if is_full else None
        return list(chain.from_iterable(fetched)), after

    def _fetch_range(self, offset: int, end: int, step: int, total: int) -> list[Row]:
        """Fetch the rows between two offsets, in several requests if the server shortens pages."""
        if offset == total:
            return self._fetch_after_the_end(offset, step, total)
        rows: list[Row] = []
        while offset + len(rows) < end:
            is_last = end == total
            limit = step if is_last else end - offset - len(rows)
            page = self._page(offset + len(rows), limit)
            if not page.rows:
                break
            rows += page.rows
            self._count(len(page.rows), total)
        return rows

    def _count(self, more: int, total: int) -> None:
        # Report while holding the lock, so that the reported count never decreases.
        with self._lock:
            self._received += more
            self._on_progress(self._received, total)

    def _read_to_the_end(
        self, rows: list[Row], total: int | None, after: list[Row] | None = None
    ) -> list[Row]:
        """Fetch further pages, one after another, until a page is empty. Return all rows.

        Args:
            after: the page after `rows`, if it has already been fetched.
        """
        rows = list(rows)
        while True:
            if after is None:
                after = self._fetch_after_the_end(len(rows), self._fetcher.limit, total)
            if not after or self._is_complete(rows, after):
                return rows
            if after == rows[-len(after) :]:
                raise InconsistentPages(f"{count_of(len(after), 'row')} came twice.")
            self._pages.append(after)
            rows += after
            if len(rows) > MOST_ROWS:
                raise ListingError(f"the listing has more than {MOST_ROWS} rows.")
            after = None

    def _is_complete(self, rows: list[Row], after: list[Row]) -> bool:
        """Return whether `rows` is complete, although the server sent the further page `after`.

        Some servers repeat rows if the offset is past the last row. So `rows` is complete if its
        length equals every total, and `after` only repeats rows.
        """
        if self.totals != {len(rows)} or self._has_rows_on_two_pages():
            return False
        if not {_key_of(row) for row in after} <= {_key_of(row) for row in rows}:
            return False
        return len(self._pages) > 1 or self._is_total_fixed(len(rows))

    def _has_rows_on_two_pages(self) -> bool:
        pages = [drop_identical(page) for page in self._pages]
        on_one_page = sum(map(count_repeated, pages))
        return count_repeated(chain.from_iterable(pages)) > on_one_page

    def _is_total_fixed(self, total: int, offset: int = 1) -> bool:
        """Return whether a smaller page reports the same total as the only page.

        Some servers return the number of rows on the page instead of the total.
        """
        if total == 1:
            return True
        try:
            return self._fetcher.fetch(offset, total - 1).total_count == total
        # A page with more rows than requested means that the server ignores the limit. So there is
        # no smaller page whose total could be compared.
        except InvalidResponseError:
            return True
        except ApiError as error:
            from pulumi_tcimages.core.page_refusals import is_offset_refused

            if not offset or not is_offset_refused(error.cloud_code):
                raise
        # The server rejected the offset 1, perhaps because it ignores the page size. Try offset 0.
        return self._is_total_fixed(total, offset=0)

    def _fetch_after_the_end(self, offset: int, limit: int, total: int | None) -> list[Row]:
        """Fetch the rows at an offset where no rows are expected.

        A server may reject an offset past the last row. Such an error counts as "no rows" if the
        offset equals the total, because requests with smaller offsets succeeded. If there is only
        one page, its total is checked first.

        Raises: InconsistentPages if the total is the number of rows on the page; ApiError.
        """
        try:
            rows = self._fetcher.fetch(offset, limit).rows
            if not rows and offset != total:
                self._check_next_page(offset, limit)
            return rows
        except ApiError as error:
            from pulumi_tcimages.core.page_refusals import is_offset_refused

            if offset != total or not is_offset_refused(error.cloud_code):
                raise
        if len(self._pages) == 1 and not self._is_total_fixed(total):
            raise InconsistentPages("the total is the number of rows on the page.")
        return []

    def _check_next_page(self, offset: int, limit: int) -> None:
        """Check that no rows follow an empty page that was smaller than usual.

        If the API uses page numbers, the page size must divide the offset, so it may be as small as
        1. A server that omits single rows can then return an empty page before the end.

        Raises: InconsistentPages if rows follow.
        """
        if self._fetcher.choose_size(offset, min(limit, self._fetcher.limit)) < limit:
            next_offset = -(-offset // limit) * limit
            if self._fetcher.fetch(next_offset, limit).rows:
                raise InconsistentPages(f"there are rows after {count_of(offset, 'row')}.")

    def _page(self, offset: int, limit: int) -> Page:
        """Fetch a page and store its rows."""
        page = self._fetcher.fetch(offset, limit)
        if page.rows:
            with self._lock:
                self._pages.append(page.rows)
        return page


def _key_of(row: Row) -> Hashable:
    return row if isinstance(row, UnreadableRow) else identify(row)
