"""Fetch single pages of a listing: choose the page size, and limit the number and size of pages.

- If the cloud rejects a page as too large, the page size is halved.
- With page numbers, a page starts at a multiple of its size.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.errors import ApiError

_MOST_BYTES = 64 * 1024 * 1024
"""Limit for the estimated memory of a listing. A catalogue of 200 images takes 0.5 MiB."""
MOST_PAGES = 2_000
"""Maximum number of pages, because each planned page takes memory. With 60 rows on each page, it is
enough for the largest allowed total.
"""

FetchPage = Callable[[int, int], Page]
"""A function that fetches a page. Its arguments are the offset and the maximum number of rows."""


class ListingError(Exception):
    """The cloud returned a listing that is incomplete or too large."""


class PageFetcher:
    """Fetches the pages of one listing. Thread-safe."""

    def __init__(self, fetch: FetchPage, page_size: int, *, is_numbered: bool) -> None:
        self._fetch = fetch
        self._is_numbered = is_numbered
        self._lock = threading.Lock()
        self._fetched = 0
        self.limit = page_size
        """The page size. It becomes smaller if the cloud rejects a page as too large."""
        self.size_bytes = 0
        self.totals: set[int | None] = set()
        """The different totals that the pages reported. None stands for a page without a total."""

    def fetch(self, offset: int, limit: int) -> Page:
        """Fetch the page at an offset with at most `limit` rows.

        Errors: ListingError, and the errors of the function that fetches a page.
        """
        while True:
            requested = self.choose_size(offset, min(limit, self.limit))
            try:
                page = self._fetch(offset, requested)
            except ApiError as error:
                from pulumi_tcimages.core.page_refusals import is_page_too_large

                if requested <= 1 or not is_page_too_large(error.cloud_code, error.message):
                    raise
                # Halve this request's size, not the shared limit, which other threads may have
                # halved already.
                self.limit = min(self.limit, requested // 2)
                continue
            self._add(page)
            return page

    def choose_size(self, offset: int, limit: int) -> int:
        """Return the page size at an offset, at most `limit`.

        With page numbers, a page must start at a multiple of its size, so the size is a divisor of
        the offset.
        """
        if not self._is_numbered:
            return limit
        return next(size for size in range(limit, 0, -1) if offset % size == 0)

    def shorten(self, first_length: int) -> None:
        """Limit numbered pages to the length of the first page.

        If the server shortened that page, its page numbers may count pages of the shorter length.
        """
        if self._is_numbered:
            self.limit = min(self.limit, first_length)

    def _add(self, page: Page) -> None:
        with self._lock:
            self._fetched += 1
            if self._fetched > MOST_PAGES:
                raise ListingError(f"the listing has more than {MOST_PAGES} pages.")
            # Ignore the total of an empty page, which is often 0.
            if page.rows or page.total_count:
                self.totals.add(page.total_count)
            self.size_bytes += page.size_bytes
            if self.size_bytes > _MOST_BYTES:
                raise ListingError(f"the listing is larger than {_MOST_BYTES // 1024**2} MiB.")
