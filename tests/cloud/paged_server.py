"""Image listings on a socket in all paging styles, for servers with odd paging."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_tcimages.naming import pascal_case
from pulumi_tcimages.sources.source import Source
from tests.cloud.fault_cases import response
from tests.cloud.faulty_server import Peer

RowBody = dict[str, Any]


@dataclass(frozen=True)
class PageRequest:
    """The paging parameters of a request, in the style of its source."""

    offset: int | None
    number: int
    """The page number, from 1."""
    size: int

    def start(self, size: int) -> int:
        """Return the index of the first row for pages of this size."""
        return (self.number - 1) * size if self.offset is None else self.offset


class RejectedPageError(Exception):
    """The API rejects a page, with code and message."""


Paging = Callable[[list[RowBody], PageRequest], list[RowBody]]
"""Return the rows of a page, or raise RejectedPageError."""


def read_page_request(body: Mapping[str, Any]) -> PageRequest:
    if "PageSize" in body:
        return PageRequest(None, body["Page"], body["PageSize"])
    return PageRequest(body.get("Offset", 0), 1, body.get("Limit", 1_000))


class PagedListing:
    """A step of a `FaultyServer` that serves all pages of a listing."""

    def __init__(self, source: Source, size: int, page: Paging, total: str = "all") -> None:
        self.source = source
        self.rows = [build_row(source, number) for number in range(size)]
        self.page = page
        self.total = total
        """`all` rows, 3 `less`, 3 `more`, the rows of the `page`, `zero`, or `none`."""
        self.requests: list[PageRequest] = []

    @property
    def ids(self) -> list[str]:
        return [str(next(iter(row.values()))) for row in self.rows]

    def __call__(self, peer: Peer) -> None:
        request = read_page_request(json.loads(peer.request.partition(b"\r\n\r\n")[2]))
        self.requests.append(request)
        count = len(self.rows)
        try:
            rows = self.page(self.rows, request)
        except RejectedPageError as rejection:
            code, message = rejection.args
            response(Error={"Code": code, "Message": message})(peer)
            return
        totals = {"all": count, "less": count - 3, "more": count + 3, "page": len(rows), "zero": 0}
        action = self.source.action
        fields = {pascal_case(action.total): totals.get(self.total)} if action.total else {}
        response(**fields, **{pascal_case(action.rows): rows})(peer)


def build_row(source: Source, number: int) -> RowBody:
    """Return a row with an id, as the API sends it."""
    name = source.image.id_field or source.image.name_field
    is_number = "int" in str(source.image.model_fields[name].annotation)
    return {pascal_case(name): number + 1 if is_number else f"i-{number + 1}"}
