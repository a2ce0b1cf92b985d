"""Read the pages of one listing, and find out whether the rows are the whole catalogue.

- The first page has the total, and the other pages are fetched side by side.
- Offsets advance by the rows received, not by the rows requested.
- A full last page is followed by one more request, which goes out beside the others. So is an
  only page, whatever its size.
- That request may be refused, or repeat rows. Both are the end if the total was reached. The
  total of an only page must then be the same on a smaller page.
- A page that the cloud refuses as too large is halved.
- A numbered page begins at a multiple of its size. The size of the first page is the largest: a
  server that sends fewer rows than requested may count its pages in that size.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from itertools import chain

from pulumi_tcimages.core.responses import MOST_ROWS, Page
from pulumi_tcimages.core.retry import is_offset_refused, is_page_too_large
from pulumi_tcimages.core.rows import Row, UnreadableRow, drop_identical, identify
from pulumi_tcimages.errors import ApiError, InvalidResponseError
from pulumi_tcimages.formatting import count_of

_MOST_BYTES = 64 * 1024 * 1024
"""Limit of a listing's estimated memory. A catalogue of 200 images takes 0.5 MiB."""
_MOST_PAGES = 2_000
"""Limit of a listing's pages: the most rows, in pages of 60. Each planned page takes memory."""

FetchPage = Callable[[int, int], Page]
"""A function that fetches a page, given its offset and number of rows."""
Note = Callable[[int, int], None]
"""Progress callback: rows received, rows in total."""


class InconsistentPages(Exception):  # noqa: N818 - reported as an InvalidResponseError in the end
    """The pages of one listing contradict each other, and rows may be missing."""


class ListingError(Exception):
    """The cloud returned no trustworthy listing. The message has the reason."""


class PageReader:
    """One pass over the pages of a listing."""

    def __init__(
        self, fetch: FetchPage, at_once: int, note: Note, page_size: int, *, is_numbered: bool
    ) -> None:
        self._fetch = fetch
        self._at_once = at_once
        self._note = note
        self._limit = page_size
        self._is_numbered = is_numbered
        self._received = 0
        self._fetched = 0
        self.size_bytes = 0
        self.rows: list[Row] = []
        """The rows of all pages, in order."""
        self.totals: set[int | None] = set()
        """The totals of all pages; None for a page without one."""
        self._pages: list[list[Row]] = []
        self._lock = threading.Lock()

    @property
    def page_lengths(self) -> list[int]:
        """The rows on each page, the shortest page first."""
        return sorted(map(len, self._pages))

    def count_repeated(self) -> int:
        """Count the rows that repeat a row of another page, or its id with other values."""
        pages = [drop_identical(page) for page in self._pages]
        identities = [
            identify(row) for page in pages for row in page if not isinstance(row, UnreadableRow)
        ]
        return len(identities) - len(set(identities))

    def has_page_twice(self) -> bool:
        """Return whether two pages have the same rows."""
        pages = {tuple(map(_key_of, page)) for page in self._pages}
        return len(pages) < len(self._pages)

    def read_rows(self) -> None:
        """Read the rows of all pages.

        Errors: InconsistentPages; ListingError; whatever `fetch` raises.
        """
        self.rows = self._read_rows()

    def _read_rows(self) -> list[Row]:
        first = self._page(0, self._limit)
        count, total = len(first.rows), first.total_count
        if not count:
            if total:
                raise InconsistentPages(f"the first page is empty, and the total says {total}.")
            return []
        if self._is_numbered:
            self._limit = min(self._limit, count)
        if total is None or total <= count:
            return self._read_to_the_end(first.rows, total)
        rows, after = self._read_side_by_side(count, total)
        rows = [*first.rows, *rows]
        if len(rows) < total or (len(rows) == total and after is None):
            return rows
        return self._read_to_the_end(rows, total, after if len(rows) == total else None)

    def find_doubt(self) -> str:
        """Return why rows may be missing, or "".

        Errors: InconsistentPages if the cloud says that there are more rows.
        """
        rows = self.rows
        totals = sorted(total for total in self.totals if total is not None)
        if totals and totals[-1] > len(rows):
            raise InconsistentPages(f"the total says {totals[-1]}, and {len(rows)} rows came.")
        if len(totals) > 1:
            return f"the total was {totals[0]} on one page and {totals[-1]} on another."
        if totals and totals[0] != len(rows):
            return f"the total says {totals[0]}, and {len(rows)} rows came."
        repeated = self.count_repeated()
        if repeated:
            return f"{repeated} of {len(rows)} rows came twice."
        if not totals and len(self._pages) > 1:
            return "the cloud does not say how many rows there are, and what came differs."
        return ""

    def _read_side_by_side(self, start: int, total: int) -> tuple[list[Row], list[Row] | None]:
        """Return the rows after the first page, and any rows after the total."""
        self._count(start, total)
        step = start  # a server that sends fewer rows than requested will do so again
        if total > step * _MOST_PAGES:
            raise ListingError(
                f"the listing would take more than {_MOST_PAGES} pages: the total says {total} "
                f"rows, and the first page has {count_of(step, 'row')}."
            )
        spans = [(offset, min(offset + step, total)) for offset in range(start, total, step)]
        is_full = total % step == 0
        if is_full:
            spans.append((total, total + step))
        threads = min(len(spans), self._at_once) - 1
        here = spans[:1] if threads else spans  # on this thread, because one thread less saves 4 %
        with ThreadPoolExecutor(max(1, threads), "tcimages-page") as pool:
            futures = [pool.submit(self._span, *span, step, total) for span in spans[len(here) :]]
            try:
                parts = [self._span(*span, step, total) for span in here]
                wait(futures, return_when=FIRST_EXCEPTION)
            finally:
                for future in futures:
                    future.cancel()
            parts += [future.result() for future in futures if not future.cancelled()]
        after = parts.pop() if is_full else None
        return list(chain.from_iterable(parts)), after

    def _span(self, offset: int, end: int, step: int, total: int) -> list[Row]:
        """Return the rows from one offset to another, in as many pages as needed."""
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
        with self._lock:  # held while reporting, so that progress is reported in order
            self._received += more
            self._note(self._received, total)

    def _read_to_the_end(
        self,
        rows: list[Row],
        total: int | None,
        after: list[Row] | None = None,
    ) -> list[Row]:
        """Return the rows and those after them, page by page until a page is empty.

        Args:
            after: the page after these rows, if it has been fetched.
        """
        rows = list(rows)
        while True:
            if after is None:
                after = self._fetch_after_the_end(len(rows), self._limit, total)
            if not after or self._has_all(rows, after):
                return rows
            if after == rows[-len(after) :]:
                raise InconsistentPages(f"{count_of(len(after), 'row')} came twice.")
            self._pages.append(after)
            rows += after
            if len(rows) > MOST_ROWS:
                raise ListingError(f"the listing has more than {MOST_ROWS} rows.")
            after = None

    def _has_all(self, rows: list[Row], after: list[Row]) -> bool:
        """Return whether all totals equal the number of rows, and no other rows follow.

        Some servers move an offset after the last row back to existing rows.
        """
        if self.totals != {len(rows)} or self.count_repeated():
            return False
        if not {_key_of(row) for row in after} <= {_key_of(row) for row in rows}:
            return False
        return len(self._pages) > 1 or self._is_total_fixed(len(rows))

    def _is_total_fixed(self, total: int, offset: int = 1) -> bool:
        """Return whether a smaller page has the same total.

        The total of a single page may be its number of rows, which changes with the page's size.
        """
        if total == 1:
            return True
        try:
            return self._fetch_page(offset, total - 1).total_count == total
        except InvalidResponseError:  # more rows than requested: the server ignores the limit too
            return True
        except ApiError as error:
            if not offset or not is_offset_refused(error.cloud_code):
                raise
        # The server may have a page size of its own, and so no second page.
        return self._is_total_fixed(total, offset=0)

    def _fetch_after_the_end(self, offset: int, limit: int, total: int | None) -> list[Row]:
        """Return the rows at an offset where no rows are expected.

        A refusal counts as no rows, because only the offset differs from the successful requests.
        The total must agree, and must not be only the number of rows on the page.
        """
        try:
            return self._fetch_page(offset, limit).rows
        except ApiError as error:
            if offset != total or not is_offset_refused(error.cloud_code):
                raise
        if len(self._pages) == 1 and not self._is_total_fixed(total):
            raise InconsistentPages("the total is the number of rows on the page.")
        return []

    def _page(self, offset: int, limit: int) -> Page:
        """Fetch a page and record its rows."""
        page = self._fetch_page(offset, limit)
        if page.rows:
            with self._lock:
                self._pages.append(page.rows)
        return page

    def _fetch_page(self, offset: int, limit: int) -> Page:
        while True:
            requested = self._choose_size(offset, min(limit, self._limit))
            try:
                page = self._fetch(offset, requested)
            except ApiError as error:
                if requested <= 1 or not is_page_too_large(error.cloud_code, error.message):
                    raise
                # Half of this request's size, because other threads may have halved the shared
                # limit.
                self._limit = min(self._limit, requested // 2)
                continue
            self._add_totals(page)
            return page

    def _choose_size(self, offset: int, limit: int) -> int:
        """Return the size of a page at the offset: the limit or the next smaller size that fits."""
        if not self._is_numbered:
            return limit
        return next(size for size in range(limit, 0, -1) if offset % size == 0)

    def _add_totals(self, page: Page) -> None:
        with self._lock:
            self._fetched += 1
            if self._fetched > _MOST_PAGES:
                raise ListingError(f"the listing has more than {_MOST_PAGES} pages.")
            if page.rows or page.total_count:  # the total of an empty page is often 0
                self.totals.add(page.total_count)
            self.size_bytes += page.size_bytes
            if self.size_bytes > _MOST_BYTES:
                raise ListingError(f"the listing is larger than {_MOST_BYTES // 1024**2} MiB.")


def _key_of(row: Row) -> Hashable:
    return row if isinstance(row, UnreadableRow) else identify(row)
