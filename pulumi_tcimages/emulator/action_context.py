"""One call as an action sees it: who asks what, and what there is to answer from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_tcimages.emulator.assumptions import Assumptions
from pulumi_tcimages.emulator.catalogue import Catalogue
from pulumi_tcimages.emulator.faults import PASS, Fault
from pulumi_tcimages.emulator.keys import Key, Keys


@dataclass(frozen=True, kw_only=True)
class ActionContext:
    """Checked parameters and everything an answer may depend on."""

    parameters: Mapping[str, Any]
    region: str
    caller: Key | None
    """Whose signature it was; None for an action that needs none."""
    now_unix_s: float
    catalogue: Catalogue
    keys: Keys
    choices: Assumptions
    fault: Fault = PASS
    """The scripted fault that this request meets."""

    def text(self, name: str) -> str:
        """A text parameter; empty when it was not given."""
        return str(self.parameters.get(name, ""))
