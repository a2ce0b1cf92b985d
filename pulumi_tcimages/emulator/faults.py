"""Failing on command: a queue of steps for each action, one step for each request.

    cloud.faults.add("DescribePlatformImages", Fault(status=502), Fault(code="InternalError"))

A step takes the request at arrival, whoever sent it, as a broken load balancer would. Steps that
were never met are in `left()`: a test that planned a fault and never saw it can fail on that.
`Fault()` does nothing and lets one request pass. The action `*` is for any request without a step
of its own; metadata requests go by the name `metadata`.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pulumi_tcimages.emulator.actions import ACTIONS, TOTALS
from pulumi_tcimages.emulator.framing import Delivery, Reply

ANY_ACTION = "*"
_NAMES = (*ACTIONS, "metadata", ANY_ACTION)
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
        for name, least in (
            ("times", 1),
            ("delay_s", 0),
            ("drip_s", 0),
            ("pad_bytes", 0),
            ("page_cap", 0),
        ):
            if not getattr(self, name) >= least:
                raise ValueError(f"{name}: must be at least {least}, not {getattr(self, name)!r}")
        if self.total not in TOTALS:
            raise ValueError(f"total: must be one of {', '.join(TOTALS)}, not {self.total!r}")

    @property
    def stands_before(self) -> bool:
        """Whether the gateway behind never gets to see the request."""
        broken = self.body is not None or self.close or self.reset
        return broken or (self.status != 200 and not self.code)

    def deliver(self, reply: Reply) -> Reply:
        """The reply with this step's ways of sending it."""
        if self.body is not None:
            reply = replace(reply, body=self.body.encode())
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


PASS = Fault()


class Faults:
    """The script: which steps wait for which action. Safe to change while the emulator runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: dict[str, deque[Fault]] = {}

    def add(self, action: str, *steps: Fault) -> None:
        """Steps behind those that wait for this action already; ValueError for an unknown one."""
        _check_action(action)
        with self._lock:
            queue = self._steps.setdefault(action, deque())
            for step in steps:
                queue.extend([replace(step, times=1)] * step.times)

    def take(self, action: str) -> Fault:
        """The step that this request meets; one that does nothing where none is planned."""
        with self._lock:
            for name in (action, ANY_ACTION):
                if queue := self._steps.get(name):
                    return queue.popleft()
        return PASS

    def left(self) -> dict[str, list[Fault]]:
        """The steps that were never met, by action; empty when the script has been played."""
        with self._lock:
            return {action: list(queue) for action, queue in self._steps.items() if queue}

    def clear(self) -> None:
        with self._lock:
            self._steps.clear()

    def load(self, path: str | Path) -> None:
        """Adds the steps of a JSON file: {"DescribePlatformImages": [{"status": 502}, ...]}."""
        self.read(json.loads(Path(path).read_text(encoding="utf-8")))

    def read(self, script: Mapping[str, Any]) -> None:
        """Adds the steps of a script; ValueError names the step and the field that cannot be."""
        if not isinstance(script, dict):
            raise ValueError("a script is an object: an action's name to a list of steps")
        read = {action: _read_steps(action, steps) for action, steps in script.items()}
        for action, steps in read.items():
            self.add(action, *steps)


_TYPES = {one.name: str(one.type) for one in fields(Fault) if one.name != "before"}
_ACCEPTED: dict[str, tuple[type, ...]] = {
    "str": (str,), "str | None": (str,), "int": (int,), "float": (int, float), "bool": (bool,),
    "tuple[Any, ...]": (list,),
}  # fmt: skip


def _read_steps(action: str, steps: Any) -> list[Fault]:
    _check_action(action)
    if not isinstance(steps, list):
        raise ValueError(f"{action}: the steps must be a list")
    return [_read_step(f"{action}[{number}]", step) for number, step in enumerate(steps)]


def _read_step(where: str, step: Any) -> Fault:
    if not isinstance(step, dict):
        raise ValueError(f"{where}: a step must be an object")
    for name, value in step.items():
        if name not in _TYPES:
            raise ValueError(f"{where}: {name!r} is none of {', '.join(_TYPES)}")
        kinds = _ACCEPTED[_TYPES[name]]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise ValueError(f"{where}.{name}: must be {_TYPES[name]}, not {value!r}")
    try:
        return Fault(**step)
    except ValueError as wrong:
        raise ValueError(f"{where}.{wrong}") from None


def _check_action(action: str) -> None:
    if action not in _NAMES:
        raise ValueError(f"{action!r} is none of {', '.join(_NAMES)}")
