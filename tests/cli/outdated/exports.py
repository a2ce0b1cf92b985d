"""Variants of the recorded export, and the rows that `outdated` prints."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.cli.conftest import Outcome
from tests.cli.stack_exports import SECRET, export_with, resource_of

PLATFORM = "DescribePlatformImages"
NEWER_NAME = "tf2.16-py3.11-cuda12.3-gpu"
OLD_NAME = "tf2.15-py3.10-cuda12.2-gpu"
Check = Callable[..., Outcome]


def nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"a": value}
    return value


def secret_text(value: Any) -> dict[str, str]:
    """A secret as `--show-secrets` prints it. A string is the JSON itself."""
    return {**SECRET, "plaintext": value if isinstance(value, str) else json.dumps(value)}


def with_newer(part: str, values: dict[str, Any]) -> str:
    """An export with these values in a part of a pin, or in the resource itself."""
    document = export_with("newer")
    resource = resource_of(document, "newer")
    (resource[part] if part else resource).update(values)
    return json.dumps(document)


def with_provider(**inputs: Any) -> str:
    """An export of a pin whose provider has these inputs."""
    document = export_with("newer")
    resource_of(document, "default_0_1_0")["inputs"] |= inputs
    return json.dumps(document)


def rows_of(outcome: Outcome) -> list[list[str]]:
    return [re.split(r" {2,}", line) for line in outcome.out.splitlines()]
