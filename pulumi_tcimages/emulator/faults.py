"""A fault: how the answer to one request differs from the usual one.

A fault applies to the next request, whoever sends it, like a broken load balancer. `Fault()`
changes nothing, so it lets one request pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from pulumi_tcimages.emulator.fault_fields import find_problem
from pulumi_tcimages.emulator.framing import Delivery, HttpReply

_GATEWAY_PAGE = (
    "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A change of one answer. Fields combine; each one left out changes nothing."""

    code: str = ""
    """Refuse with this code of the vendor."""
    message: str = ""
    """The text of the refusal, instead of the usual one."""
    status: int = 200
    """An HTTP status. Any status but 200 has a load balancer's HTML page, unless `code` or `body`
    is set.
    """
    body: str | None = None
    """Send exactly this body."""
    content_type: str = ""
    """For instance `application/json; charset=utf-8`, which some clients cannot handle."""
    drift: int = 0
    """Add this number to a listing's total."""
    total: str = ""
    """Make a listing's total `null`, `zero`, or the number of rows on the `page`."""
    repeat_page: bool = False
    """Send the rows of the previous page again."""
    page_cap: int = 0
    """The largest page, regardless of the requested size; 0 for no limit. Numbered pages are
    counted in this size, and `PageSize` has it.
    """
    rows: tuple[Any, ...] = ()
    """Rows to put before all others, unchecked: null, or an object with a wrong type."""
    pad_bytes: int = 0
    """Add an unknown field of this size to the answer."""
    clock_skew_s: float = 0.0
    """Shift the clock for checking the request's timestamp and for the Date header."""
    delay_s: float = 0.0
    """Wait before the first byte."""
    drip_s: float = 0.0
    """Pause between the pieces of the body; there are about ten."""
    truncate: bool = False
    """Send half of the announced body, then close the connection."""
    close: bool = False
    """Close the connection instead of answering."""
    reset: bool = False
    """Reset the connection instead of answering."""
    before: Callable[[], object] | None = None
    """Call this first, for instance to change the catalogue between two pages. Not in JSON."""
    times: int = 1
    """Apply to this many requests in a row."""

    def __post_init__(self) -> None:
        for name, kind in FIELD_TYPES.items():
            if problem := find_problem(name, kind, getattr(self, name)):
                raise ValueError(f"{name}: {problem}")

    @property
    def replaces_answer(self) -> bool:
        """Whether the fault answers without asking the gateway."""
        broken = self.body is not None or self.close or self.reset
        return broken or (self.status != 200 and not self.code)

    def deliver(self, reply: HttpReply) -> HttpReply:
        """Return the reply with the fault applied."""
        if self.body is not None:
            reply = replace(reply, body=self.body.encode("utf-8", "backslashreplace"))
        elif self.status != 200 and not self.code:
            page = _GATEWAY_PAGE.format(f"{self.status} from the load balancer")
            reply = replace(reply, body=page.encode(), content_type="text/html")
        return replace(
            reply,
            status=reply.status if self.status == 200 else self.status,
            content_type=self.content_type or reply.content_type,
            delivery=Delivery(
                delay_s=self.delay_s + reply.delivery.delay_s,
                drip_s=self.drip_s,
                truncate=self.truncate,
                close=self.close,
                reset=self.reset,
            ),
        )


FIELD_TYPES = {field.name: str(field.type) for field in fields(Fault) if field.name != "before"}
PASS = Fault()
