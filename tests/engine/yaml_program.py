"""A YAML program with every function and every pin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.engine.programs import invoke, pin, yaml_program
from tests.engine.source_uses import Use


def write_yaml(uses: Iterable[Use]) -> dict[str, Any]:
    """Return Pulumi.yaml. A function has one form in YAML, so nothing is exported as `plain`."""
    # An object, not strings: Pulumi would read an id of only digits as a number.
    config = {"pinned": {"type": "object"}}
    variables, resources, outputs = {}, {}, {}
    for use in uses:
        name, source = use.name, use.source
        image, images = f"{name}Chosen", f"{name}List"
        variables[image] = invoke(source.single_function, **use.scope, **use.criterion)
        variables[images] = invoke(source.list_function, **use.scope)
        outputs[name] = {
            "image": _read_fields(image, [*use.texts, "region"]),
            "lists": _read_fields(image, use.lists),
            "first": _read_fields(f"{images}.images[0]", use.texts),
            "count": f"${{{images}.totalCount}}",
        }
        if source.pin_name:
            criteria = {**use.scope, use.id_argument: f"${{pinned.{name}}}"}
            resources[name] = pin(source.pin_name, **criteria)
            outputs[f"{name}Pin"] = {
                "image": _read_fields(f"{name}.image", use.texts),
                "newer": {
                    "id": f"${{{name}.newerImageId}}",
                    "version": f"${{{name}.newerVersion}}",
                },
                "available": f"${{{name}.available}}",
            }
    return yaml_program(config=config, variables=variables, resources=resources, outputs=outputs)


def _read_fields(value: str, fields: Iterable[str]) -> dict[str, str]:
    return {field: f"${{{value}.{field}}}" for field in fields}
