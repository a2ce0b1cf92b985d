"""Paged listings in memory, without a socket."""

from __future__ import annotations

import threading

import pytest

from pulumi_tcimages.cloud.listing import list_pages
from pulumi_tcimages.cloud.page_fetcher import ListingError
from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.core.rows import Row
from pulumi_tcimages.diagnostics import Call
from pulumi_tcimages.errors import ApiError
from pulumi_tcimages.sources.platform_images import PlatformImage


def api_error(code: str, message: str = "") -> ApiError:
    return ApiError(code, message, call=Call(service="tione", action="x", region="", endpoint=""))


def build_image(number: int) -> PlatformImage:
    return PlatformImage(image_id=f"i-{number}")


def build_images(*numbers: int) -> list[PlatformImage]:
    return [build_image(number) for number in numbers]


class Server:
    """A server that pages correctly. Subclasses misbehave."""

    def __init__(self, size: int) -> None:
        self.rows: list[Row] = [*build_images(*range(size))]
        self.requests: list[tuple[int, int]] = []
        self._lock = threading.Lock()

    def __call__(self, offset: int, limit: int) -> Page:
        with self._lock:
            self.requests.append((offset, limit))
            return self.page(offset, limit)

    def page(self, offset: int, limit: int) -> Page:
        return Page(self.rows[offset : offset + limit], len(self.rows))

    @property
    def listings(self) -> int:
        return sum(1 for offset, _ in self.requests if offset == 0)


def list_rows(server: Server, *, is_numbered: bool = False) -> list[Row]:
    return list_pages(server, 8, lambda _count, _total: None, is_numbered=is_numbered).rows


class LargePageServer(Server):
    """Rejects pages with more rows than the maximum."""

    def __init__(
        self, size: int, max_limit: int, error: tuple[str, str] = ("ResponseSizeLimitExceeded", "")
    ) -> None:
        super().__init__(size)
        self.max_limit = max_limit
        self.error = error

    def page(self, offset, limit):
        if limit > self.max_limit:
            raise api_error(*self.error)
        return super().page(offset, limit)


class LargeTailServer(LargePageServer):
    """Accepts a large first page, but rejects large pages after it."""

    def page(self, offset, limit):
        return super().page(offset, limit) if offset else Server.page(self, offset, limit)


def catch_listing_error(server: Server, *, is_numbered: bool = False) -> str:
    with pytest.raises(ListingError) as caught:
        list_rows(server, is_numbered=is_numbered)
    assert server.listings == 3
    return str(caught.value).partition(": ")[2]
