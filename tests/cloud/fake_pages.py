"""Fake paged listings, for tests of paging without a socket."""

from __future__ import annotations

import threading

import pytest

from pulumi_tcimages.cloud.listing import list_pages
from pulumi_tcimages.cloud.page_reader import ListingError
from pulumi_tcimages.core.responses import Page
from pulumi_tcimages.core.rows import Row
from pulumi_tcimages.diagnostics import Call
from pulumi_tcimages.errors import ApiError
from pulumi_tcimages.sources.platform_images import PlatformImage


def refusal(code: str, message: str = "") -> ApiError:
    return ApiError(code, message, call=Call(service="tione", action="x", region="", endpoint=""))


def image(number: int) -> PlatformImage:
    return PlatformImage(image_id=f"i-{number}")


def images(*numbers: int) -> list[PlatformImage]:
    return [image(number) for number in numbers]


class Server:
    """A server that pages correctly; subclasses misbehave."""

    def __init__(self, size: int) -> None:
        self.rows: list[Row] = [*images(*range(size))]
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


def list_rows(server: Server) -> list[Row]:
    return list_pages(server, 8, lambda _came, _total: None).rows


class Heavy(Server):
    """Rows that are too large to be sent together."""

    def __init__(
        self, size: int, most: int, refused: tuple[str, str] = ("ResponseSizeLimitExceeded", "")
    ) -> None:
        super().__init__(size)
        self.most = most
        self.refused = refused

    def page(self, offset, limit):
        if limit > self.most:
            raise refusal(*self.refused)
        return super().page(offset, limit)


class HeavyTail(Heavy):
    """Only the pages after the first are too large."""

    def page(self, offset, limit):
        return super().page(offset, limit) if offset else Server.page(self, offset, limit)


def failure(server: Server) -> str:
    with pytest.raises(ListingError) as caught:
        list_rows(server)
    assert server.listings == 3
    return str(caught.value).partition(": ")[2]
