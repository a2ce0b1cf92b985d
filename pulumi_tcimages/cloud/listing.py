"""All rows of a paged listing, each exactly once, or an error: never a silently short list.

the first page tells the total; the rest go out side by side
offsets advance by the rows that came, not by those asked for
every page must agree on the total, the rows must add up to it, no row may come twice
otherwise the catalogue moved under us: list again, twice at most, then say so
ResponseSizeLimitExceeded halves the page
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from itertools import chain

from pulumi_tcimages.core.images import PlatformImage
from pulumi_tcimages.core.replies import Page
from pulumi_tcimages.core.retry import Cause, choose_remedy
from pulumi_tcimages.errors import RefusedError

_PAGE_SIZE = 100
LISTINGS = 3

FetchPage = Callable[[int, int], Page]
"""Offset and limit in, a page out."""
Note = Callable[[int, int], None]
"""Is told how many rows have come, of how many."""


class Disagreement(Exception):  # noqa: N818 - it is an answer, told as a ReplyError in the end
    """What the pages of one listing do not agree on."""


class ListingError(Exception):
    """No listing added up; the text says what was wrong with the last one."""


def list_pages(fetch: FetchPage, at_once: int, note: Note) -> tuple[PlatformImage, ...]:
    """All rows.

    Args:
        at_once: how many pages may be asked for at the same time.
        note: is told how far it has come, after every page but one that is all there is.

    Errors: ListingError; whatever `fetch` raises.
    """
    problem = ""
    for _ in range(LISTINGS):
        try:
            return _Listing(fetch, at_once, note).rows()
        except Disagreement as found:
            problem = str(found)
    raise ListingError(problem)


class _Listing:
    """One pass over the pages."""

    def __init__(self, fetch: FetchPage, at_once: int, note: Note) -> None:
        self._fetch = fetch
        self._at_once = at_once
        self._note = note
        self._limit = _PAGE_SIZE
        self._came = 0
        self._lock = threading.Lock()

    def rows(self) -> tuple[PlatformImage, ...]:
        first = self._page(0, self._limit)
        if first.total_count is None:
            rows = self._rows_to_the_end(first.images)
        else:
            rows = [*first.images, *self._rest(len(first.images), first.total_count)]
        return _check(rows, first.total_count)

    def _rest(self, start: int, total: int) -> list[PlatformImage]:
        """Everything after the first page, in order."""
        if start >= total:
            return []
        if start == 0:
            raise Disagreement(f"the first page is empty, and the total says {total}.")
        self._count(start, total)
        step = start  # a server that sends fewer rows than asked for, or more, does so again
        spans = [(offset, min(offset + step, total)) for offset in range(start, total, step)]
        threads = min(len(spans), self._at_once) - 1
        here = spans[:1] if threads else spans  # in this thread: one less to start is 4 %
        with ThreadPoolExecutor(max(1, threads), "tcimages-page") as pool:
            futures = [pool.submit(self._span, *one, step, total) for one in spans[len(here) :]]
            try:
                rows = [row for one in here for row in self._span(*one, step, total)]
                wait(futures, return_when=FIRST_EXCEPTION)
            finally:
                for future in futures:
                    future.cancel()
            others = [future.result() for future in futures if not future.cancelled()]
        return [*rows, *chain.from_iterable(others)]

    def _span(self, offset: int, end: int, step: int, total: int) -> list[PlatformImage]:
        """The rows from one offset to another, in as many pages as it takes."""
        rows: list[PlatformImage] = []
        while offset + len(rows) < end:
            is_last = end == total
            limit = step if is_last else end - offset - len(rows)
            page = self._page(offset + len(rows), limit)
            if page.total_count != total:
                raise Disagreement(
                    f"the total was {total} on one page and {page.total_count} on another."
                )
            if not page.images:
                break
            rows += page.images
            self._count(len(page.images), total)
        return rows

    def _count(self, more: int, total: int) -> None:
        with self._lock:  # while it is told, too: a page that was counted later is told later
            self._came += more
            self._note(self._came, total)

    def _rows_to_the_end(self, rows: list[PlatformImage]) -> list[PlatformImage]:
        """Page by page until an empty one, where the server does not tell the total."""
        rows = list(rows)
        while rows:
            page = self._page(len(rows), self._limit)
            if not page.images:
                break
            rows += page.images
            _check(rows, None)
        return rows

    def _page(self, offset: int, limit: int) -> Page:
        while True:
            asked = min(limit, self._limit)
            try:
                return self._fetch(offset, asked)
            except RefusedError as error:
                is_too_large = choose_remedy(error.code).cause is Cause.TOO_LARGE
                if not is_too_large or asked <= 1:
                    raise
                # Half of what was asked: many pages at once may find that it is too much.
                self._limit = min(self._limit, asked // 2)


def _check(rows: Sequence[PlatformImage], total: int | None) -> tuple[PlatformImage, ...]:
    identities = [_identity(row) for row in rows]
    twice = len(identities) - len(set(identities))
    if twice:
        raise Disagreement(f"{twice} of {len(rows)} rows came twice.")
    if total is not None and len(rows) != total:
        raise Disagreement(f"the total says {total}, and {len(rows)} rows came.")
    return tuple(rows)


def _identity(row: PlatformImage) -> Hashable:
    return row.image_id or (row.image_name, row.image_url)
