"""Fetch single pages of a listing, with limits for their number and size.

- If the API rejects a page as too large, the page size is halved.
- If the API uses page numbers instead of offsets, a page starts at a multiple of its size.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.errors import ApiError

_MOST_BYTES = 64 * 1024 * 1024
"""Limit for the estimated memory of a listing. 200 images take 0.5 MiB."""
MOST_PAGES = 2_000
"""Maximum number of pages. 2,000 pages of 60 rows, the smallest page size, exceed the limit of
100,000 rows.
"""

FetchPage = Callable[[int, int], Page]
"""A function that fetches a page. Its arguments are the offset and the maximum number of rows."""


class ListingError(Exception):
    """The API returned a listing that is incomplete or too large."""


class PageFetcher:
    """Fetches the pages of one listing. Thread-safe."""

    def __init__(self, fetch: FetchPage, page_size: int, *, is_numbered: bool) -> None:
        self._fetch = fetch
        self._is_numbered = is_numbered
        self._lock = threading.Lock()
        self._fetched = 0
        self.limit = page_size
        """The page size. It is halved if the API rejects a page as too large."""
        self.size_bytes = 0
        self.totals: set[int | None] = set()
        """The distinct totals that the pages reported. None stands for a page without a total."""

    def fetch(self, offset: int, limit: int) -> Page:
        """Fetch the page at an offset with at most `limit` rows.

        Raises: ListingError, and the errors of the function that fetches a page.
        """
        while True:
            requested = self.choose_size(offset, min(limit, self.limit))
            try:
                page = self._fetch(offset, requested)
            except ApiError as error:
                from pulumi_tcimages.core.page_refusals import is_page_too_large

                if requested <= 1 or not is_page_too_large(error.cloud_code, error.message):
                    raise
                # Halve the size of this request, because another thread may already have halved the
                # shared limit.
                self.limit = min(self.limit, requested // 2)
                continue
            self._add(page)
            return page

    def choose_size(self, offset: int, limit: int) -> int:
        """Return the page size at an offset, at most `limit`.

        If the API uses page numbers, the size must be a divisor of the offset.
        """
        if not self._is_numbered:
            return limit
        return next(size for size in range(limit, 0, -1) if offset % size == 0)

    def shorten(self, first_length: int) -> None:
        """If the API uses page numbers, limit the page size to the length of the first page.

        A server that shortens pages may also compute the offset of a page from the shorter length.
        """
        if self._is_numbered:
            self.limit = min(self.limit, first_length)

    def _add(self, page: Page) -> None:
        with self._lock:
            self._fetched += 1
            if self._fetched > MOST_PAGES:
                raise ListingError(f"the listing has more than {MOST_PAGES} pages.")
            # Ignore the total of an empty page, because it is often 0.
            if page.rows or page.total_count:
                self.totals.add(page.total_count)
            self.size_bytes += page.size_bytes
            if self.size_bytes > _MOST_BYTES:
                raise ListingError(f"the listing is larger than {_MOST_BYTES // 1024**2} MiB.")
