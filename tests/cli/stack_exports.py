"""A recorded export of a real stack, without machine paths, times and random ids.

`TCIMAGES_RECORD=1 pytest tests/engine/test_engine_outdated.py` records it again.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "recorded" / "stack_export.json"
PIN = "tcimages:index:PlatformImagePin"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
_VOLATILE = ("sourcePosition", "stackTrace", "created", "modified", "manifest")


def anonymize(text: str) -> str:
    return json.dumps(_strip(json.loads(text)), indent=1, ensure_ascii=False) + "\n"


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _strip(part) for name, part in value.items() if name not in _VOLATILE}
    return [_strip(part) for part in value] if isinstance(value, list) else value


def load() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return document


def resource_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the resource with this name."""
    (found,) = (
        resource
        for resource in document["deployment"]["resources"]
        if resource["urn"].endswith(f"::{name}")
    )
    return found


def export_with(*names: str) -> dict[str, Any]:
    """Return the export without any other pins than these."""
    document = load()
    document["deployment"]["resources"] = [
        resource
        for resource in document["deployment"]["resources"]
        if not resource["type"].startswith("tcimages:")
        or resource["urn"].rpartition("::")[2] in names
    ]
    return document


def export_with_copies(name: str, count: int) -> dict[str, Any]:
    """Return the export with `count` copies of a pin and of a foreign resource."""
    document = load()
    resources = document["deployment"]["resources"]
    for original in (resource_of(document, name), resource_of(document, "notebook")):
        for number in range(count):
            clone = copy.deepcopy(original)
            clone["urn"] += f"-{number}"
            resources.append(clone)
    return document
