"""A scripted fault: how the answer to one request differs from the usual one.

A fault takes the request at arrival, whoever sent it, as a broken load balancer would. `Fault()`
changes nothing and lets one request pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from pulumi_tcimages.emulator.fault_fields import find_problem
from pulumi_tcimages.emulator.framing import Delivery, Reply

_GATEWAY_PAGE = (
    "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One step of a script. Fields combine; those left out leave that part of the answer alone."""

    code: str = ""
    """The vendor's refusal with this code."""
    message: str = ""
    """Its text, instead of the usual one."""
    status: int = 200
    """An HTTP status. One other than 200 brings a load balancer's HTML page, unless there is a
    `code` or a `body`."""
    body: str | None = None
    """Exactly this body, instead of an answer."""
    content_type: str = ""
    """For instance `application/json; charset=utf-8`, over which some clients trip."""
    drift: int = 0
    """Added to TotalCount: the total does not agree with the rows."""
    total: str = ""
    """TotalCount is `null`, `zero`, or the number of rows on the `page`, instead of all rows."""
    repeat_page: bool = False
    """The rows of the listing's page before this one, again."""
    page_cap: int = 0
    """At most so many rows on a page, whatever Limit says; 0 for no cap."""
    rows: tuple[Any, ...] = ()
    """Rows in front of all others, as they are: null, an object with a field of a wrong type."""
    pad_bytes: int = 0
    """An unknown field of this size beside the answer."""
    clock_skew_s: float = 0.0
    """How far the gateway's clock is off, for this request's timestamp and for the Date header."""
    delay_s: float = 0.0
    """A wait before the first byte."""
    drip_s: float = 0.0
    """A pause between the pieces of the body; there are about ten."""
    truncate: bool = False
    """Half of the announced body, then the end of the connection."""
    close: bool = False
    """The end of the connection instead of an answer."""
    reset: bool = False
    """A TCP reset instead of an answer."""
    before: Callable[[], object] | None = None
    """Called first; so a test changes the catalogue between two pages. Not for JSON scripts."""
    times: int = 1
    """How many requests in a row meet this step."""

    def __post_init__(self) -> None:
        for name, kind in FIELD_TYPES.items():
            if problem := find_problem(name, kind, getattr(self, name)):
                raise ValueError(f"{name}: {problem}")

    @property
    def stands_before(self) -> bool:
        """Whether the gateway behind never gets to see the request."""
        broken = self.body is not None or self.close or self.reset
        return broken or (self.status != 200 and not self.code)

    def deliver(self, reply: Reply) -> Reply:
        """The reply with this step's ways of sending it."""
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
