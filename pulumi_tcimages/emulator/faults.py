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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pulumi_tcimages.emulator.actions import ACTIONS
from pulumi_tcimages.emulator.fault_fields import find_problem, quote
from pulumi_tcimages.emulator.framing import Delivery, Reply

ANY_ACTION = "*"
_MAX_STEPS = 100_000
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
        for name, kind in _TYPES.items():
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


_TYPES = {field.name: str(field.type) for field in fields(Fault) if field.name != "before"}
PASS = Fault()


class Faults:
    """The script: which steps wait for which action. Safe to change while the emulator runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: dict[str, deque[Fault]] = {}

    def add(self, action: str, *steps: Fault) -> None:
        """Add steps behind those that wait for this action already.

        Errors: ValueError for an unknown action, or if too many steps would wait.
        """
        self._add({action: steps})

    def _add(self, script: Mapping[str, Sequence[Fault]]) -> None:
        for action in script:
            _check_action(action)
        more = sum(step.times for steps in script.values() for step in steps)
        with self._lock:
            if sum(map(len, self._steps.values())) + more > _MAX_STEPS:
                raise ValueError(f"at most {_MAX_STEPS} steps may wait, each counted `times`")
            for action, steps in script.items():
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
        self._add({action: _read_steps(action, steps) for action, steps in script.items()})


def _read_steps(action: str, steps: Any) -> list[Fault]:
    _check_action(action)
    if not isinstance(steps, list):
        raise ValueError(f"{action}: the steps must be a list")
    return [_read_step(f"{action}[{number}]", step) for number, step in enumerate(steps)]


def _read_step(where: str, step: Any) -> Fault:
    if not isinstance(step, dict):
        raise ValueError(f"{where}: a step must be an object")
    for name in step:
        if name not in _TYPES:
            raise ValueError(f"{where}: {quote(name)} is none of {', '.join(_TYPES)}")
    try:
        return Fault(**step)
    except ValueError as wrong:
        raise ValueError(f"{where}.{wrong}") from None


def _check_action(action: str) -> None:
    if action not in _NAMES:
        raise ValueError(f"{quote(action)} is none of {', '.join(_NAMES)}")
