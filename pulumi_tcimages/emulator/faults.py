"""Faults, which change the emulator's response to a request.

A fault applies to the next request, whichever client sends it. `Fault()` changes nothing, so the
request is handled normally.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from pulumi_tcimages.emulator.fault_fields import explain_invalid
from pulumi_tcimages.emulator.framing import Delivery, HttpReply

_GATEWAY_PAGE = (
    "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
)


@dataclass(frozen=True, kw_only=True)
class Fault(Delivery):
    """A change to a response or its delivery. Fields can be combined. Unset fields do nothing."""

    code: str = ""
    """Reject the request with this vendor error code."""
    message: str = ""
    """The error message to send instead of the usual one."""
    status: int = 200
    """The HTTP status.

    If it is not 200, the body is a load balancer's HTML page, unless `code` or `body` is set.
    """
    body: str | None = None
    """Send exactly this body."""
    content_type: str = ""
    """The content type of the response. Some clients reject `application/json; charset=utf-8`."""
    drift: int = 0
    """Add this number to a listing's total."""
    total: str = ""
    """Replace a listing's total by null (`null`), 0 (`zero`) or the page's row count (`page`)."""
    repeat_page: bool = False
    """Send the rows of the previous page again."""
    page_cap: int = 0
    """The maximum page size, even if a larger one is requested, or 0 for no limit.

    With numbered pages, the server also divides the list into pages of this size, and reports it as
    `PageSize`.
    """
    rows: tuple[Any, ...] = ()
    """Rows to insert at the beginning of a listing. They can be any JSON values."""
    pad_bytes: int = 0
    """Add an unknown field of this size to the response."""
    clock_skew_s: float = 0.0
    """Shift the server's clock, which checks the request's timestamp and sets the Date header."""
    before: Callable[[], object] | None = None
    """A function to call first, for instance to change the catalogue between pages.

    It cannot be set in JSON files.
    """
    times: int = 1
    """The number of consecutive requests to which the fault applies."""

    def __post_init__(self) -> None:
        for name, kind in FIELD_TYPES.items():
            if problem := explain_invalid(name, kind, getattr(self, name)):
                raise ValueError(f"{name}: {problem}")

    @property
    def replaces_answer(self) -> bool:
        """Whether the fault determines the whole response, so that the action does not run."""
        broken = self.body is not None or self.close or self.reset
        return broken or (self.status != 200 and not self.code)

    def deliver(self, reply: HttpReply) -> HttpReply:
        """Return a reply with the fault's status, body, content type and delivery."""
        if self.body is not None:
            reply = replace(reply, body=self.body.encode("utf-8", "backslashreplace"))
        elif self.status != 200 and not self.code:
            page = _GATEWAY_PAGE.format(f"{self.status} from the load balancer")
            reply = replace(reply, body=page.encode(), content_type="text/html")
        return replace(
            reply,
            status=reply.status if self.status == 200 else self.status,
            content_type=self.content_type or reply.content_type,
            delivery=replace(self, delay_s=self.delay_s + reply.delivery.delay_s),
        )


_FIELDS = sorted(fields(Fault), key=lambda field: field.name)
FIELD_TYPES = {field.name: str(field.type) for field in _FIELDS if field.name != "before"}
PASS = Fault()
