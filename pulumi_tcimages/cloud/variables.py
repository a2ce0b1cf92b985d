"""Read environment variables. A placeholder, such as the word None, counts as unset."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pulumi_tcimages.cloud.setting_sources import VARIABLES, VariableGroup
from pulumi_tcimages.core.configuration_keys import KEY_PARTS
from pulumi_tcimages.core.placeholders import Placeholder, find_key_placeholder, find_placeholder

ENVIRONMENT = "environment "
_KEY_VARIABLES = {variable for part in KEY_PARTS for variable in VARIABLES[part]}


class Variables:
    """Environment variables, read with placeholders counted as unset."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str) -> str:
        """Return the value of a variable, or "" if it is unset or a placeholder."""
        return "" if self.placeholder(name) else self._environ.get(name, "").strip()

    def placeholder(self, name: str) -> Placeholder | None:
        """Return the placeholder in a variable's value, or None."""
        text = self._environ.get(name)
        if text is None:
            return None
        return find_key_placeholder(text) if name in _KEY_VARIABLES else find_placeholder(text)

    def place(self, name: str) -> str:
        """Format a variable for the list of searched places in an error."""
        return annotate(f"{ENVIRONMENT}{name}", self.placeholder(name))

    def is_described(self, group: VariableGroup) -> bool:
        """Return whether at least one essential variable of a group is set.

        A template such as `<role-arn>` counts as set, but the word None does not.
        """
        return any(self._has_content(group.variables[part]) for part in group.essential)

    def is_partial(self, group: VariableGroup) -> bool:
        """Return whether a group has only variables that mean nothing without the essential ones.

        An example is the name of a session without the ARN of a role.
        """
        has_dependent = any(self._has_content(group.variables[part]) for part in group.dependent)
        return has_dependent and not self.is_described(group)

    def _has_content(self, name: str) -> bool:
        placeholder = self.placeholder(name)
        return name in self._environ and not (placeholder and placeholder.is_blank)

    def placeholders(self, names: Iterable[str]) -> Iterator[tuple[str, Placeholder]]:
        """Yield each variable that contains a placeholder, and the placeholder."""
        for name in dict.fromkeys(names):
            if placeholder := self.placeholder(name):
                yield f"{ENVIRONMENT}{name}", placeholder


_VENDOR = re.compile(r"TENCENT|QCLOUD|TCCLI|^TC_", re.IGNORECASE)
_ALIKE = 0.85
"""Minimum similarity of a misspelled name to a real one. 0.85 accepts TENCENT_SECRET_ID and
TENCENTCLOUD_SECERT_KEY.
"""


def find_misspelt(environ: Mapping[str, str], right: Sequence[str]) -> dict[str, str]:
    """Map environment variables with misspelled names to the correct names in `right`."""
    known = {variable for variables in VARIABLES.values() for variable in variables}
    names = {name.replace("_", "").upper(): name for name in right}
    corrections: dict[str, str] = {}
    for variable in environ:
        if variable in known or not _VENDOR.search(variable):
            continue
        plain = variable.replace("_", "").upper()
        ends = [name for name in names if plain.endswith(name.removeprefix("TENCENTCLOUD"))]
        near = ends or difflib.get_close_matches(plain, names, n=1, cutoff=_ALIKE)
        if near:
            corrections[variable] = names[near[0]]
    return corrections


def annotate(place: str, placeholder: Placeholder | None) -> str:
    """Format a searched place for an error: `environment TENCENTCLOUD_REGION (is empty)`."""
    return f"{place} ({placeholder.holds})" if placeholder else place
