"""The input of an emulated API action: the request's parameters and the emulator's state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi_tcimages.emulator.assumptions import Assumptions
from pulumi_tcimages.emulator.faults import PASS, Fault
from pulumi_tcimages.emulator.keys import Key, Keys

if TYPE_CHECKING:
    from pulumi_tcimages.emulator.catalogue import Catalogue


@dataclass(frozen=True, kw_only=True)
class ActionContext:
    """The validated parameters of a request and the state that determines the response."""

    parameters: Mapping[str, Any]
    region: str
    caller: Key | None
    """The key that signed the call, or None for an unsigned call."""
    now_unix_s: float
    catalogue: Catalogue
    keys: Keys
    assumptions: Assumptions
    fault: Fault = PASS
    """The fault to apply to the call."""

    def text(self, name: str) -> str:
        """Return a string parameter, or "" if it is missing."""
        return str(self.parameters.get(name, ""))
