"""Queues of faults, one for each action. Each fault, called a step, applies to one request.

    cloud.faults.add("DescribePlatformImages", Fault(status=502), Fault(code="InternalError"))

`left()` returns the unused steps, so that a test can fail if a planned fault never occurred. The
queue `*` is used for all actions whose own queue is empty. The queue for requests to the metadata
service is `metadata`.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pulumi_tcimages.emulator.fault_fields import quote
from pulumi_tcimages.emulator.faults import FIELD_TYPES, PASS, Fault
from pulumi_tcimages.emulator.routes import ROUTES
from pulumi_tcimages.user_files import read_file

ANY_ACTION = "*"
_MAX_STEPS = 100_000
_MAX_BYTES = 16 * 1024 * 1024
_NAMES = (*ROUTES, "metadata", ANY_ACTION)


class Faults:
    """A queue of faults for each action. All methods are thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: dict[str, deque[Fault]] = {}

    def add(self, action: str, *steps: Fault) -> None:
        """Append faults, called steps, to an action's queue.

        Raises: ValueError for an unknown action, or for too many steps.
        """
        self._add({action: steps})

    def _add(self, script: Mapping[str, Sequence[Fault]]) -> None:
        for action in script:
            _check_action(action)
        added = sum(step.times for steps in script.values() for step in steps)
        with self._lock:
            if sum(map(len, self._steps.values())) + added > _MAX_STEPS:
                raise ValueError(f"at most {_MAX_STEPS} steps may wait, each counted `times`")
            for action, steps in script.items():
                queue = self._steps.setdefault(action, deque())
                for step in steps:
                    queue.extend([replace(step, times=1)] * step.times)

    def take(self, action: str) -> Fault:
        """Remove and return the next fault for an action, or `Fault()` if the queue is empty."""
        with self._lock:
            for name in (action, ANY_ACTION):
                if queue := self._steps.get(name):
                    return queue.popleft()
        return PASS

    def left(self) -> dict[str, list[Fault]]:
        """Return the faults that have not been used, by action."""
        with self._lock:
            return {action: list(queue) for action, queue in self._steps.items() if queue}

    def clear(self) -> None:
        with self._lock:
            self._steps.clear()

    def load(self, path: str | Path) -> None:
        """Add the faults in a JSON file such as {"DescribePlatformImages": [{"status": 502}]}."""
        self.read(json.loads(read_file(path, _MAX_BYTES, may_be_pipe=True).decode("utf-8")))

    def read(self, script: Mapping[str, Any]) -> None:
        """Add faults, given as a dict such as {"DescribePlatformImages": [{"status": 502}]}.

        Raises: ValueError, which names the fault and the invalid field.
        """
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
        if name not in FIELD_TYPES:
            raise ValueError(f"{where}: {quote(name)} is none of {', '.join(FIELD_TYPES)}")
    try:
        return Fault(**step)
    except ValueError as problem:
        raise ValueError(f"{where}.{problem}") from None


def _check_action(action: str) -> None:
    if action not in _NAMES:
        raise ValueError(f"{quote(action)} is none of {', '.join(_NAMES)}")
