"""One call as an action sees it: who asks what, and what there is to answer from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_tcimages.emulator.assumptions import Assumptions
from pulumi_tcimages.emulator.catalogue import Catalogue
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
    drift: int = 0
    """A fault: added to the total."""
    repeat_page: bool = False
    """A fault: the page before this one, again."""
    total: str = ""
    """A fault: another TotalCount, one of `actions.TOTALS`."""
    page_cap: int = 0
    """A fault: at most so many rows on a page."""
    rows: Sequence[Any] = ()
    """A fault: rows in front of all others."""

    def text(self, name: str) -> str:
        """A text parameter; empty when it was not given."""
        return str(self.parameters.get(name, ""))
