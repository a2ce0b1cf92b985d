"""Build the archive's software bill of materials (SBOM) in CycloneDX JSON."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from plugin_archive.components import Component

_EXPRESSION = re.compile(r"[\w.+-]+( (AND|OR|WITH) [\w.+-]+)*")


def build_sbom(name: str, version: str, components: Sequence[Component], epoch_s: int) -> str:
    """Return the SBOM as text, which is reproducible for the same components."""
    root = f"pkg:generic/{name}@{version}"
    references = [component.purl for component in components]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, ' '.join([root, *references]))}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(epoch_s, timezone.utc).isoformat(),
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": name,
                "version": version,
                "purl": root,
                "licenses": [{"expression": "Apache-2.0"}],
            },
        },
        "components": [_describe(component) for component in components],
        "dependencies": [{"ref": root, "dependsOn": references}],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _describe(component: Component) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": "library",
        "bom-ref": component.purl,
        "name": component.name,
        "version": component.version,
        "purl": component.purl,
    }
    if component.license:
        is_expression = _EXPRESSION.fullmatch(component.license) and " " not in re.sub(
            r" (AND|OR|WITH) ", "", component.license
        )
        entry["licenses"] = [
            {"expression": component.license}
            if is_expression
            else {"license": {"name": component.license}}
        ]
    return entry
