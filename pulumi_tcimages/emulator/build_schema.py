"""Print the JSON Schema of a catalogue file: `python -m pulumi_tcimages.emulator.build_schema`."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from pulumi_tcimages.emulator.models import CatalogueDocument


def build_schema() -> dict[str, Any]:
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **CatalogueDocument.model_json_schema(),
    }


if __name__ == "__main__":
    print(json.dumps(build_schema(), indent=1, ensure_ascii=False))
