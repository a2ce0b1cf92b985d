"""Pulumi programs of the tests, and their lookups."""

from __future__ import annotations

import json
from typing import Any

from pulumi_tcimages import __version__
from pulumi_tcimages.emulator import Catalogue
from tests.engine.cli import EXAMPLES

PYTHON = {
    "name": "program",
    "runtime": {"name": "python", "options": {"virtualenv": "venv"}},
}
"""A Pulumi.yaml for a program in `__main__.py`."""

PLUGINS = {"providers": [{"name": "tcimages", "path": "venv/bin"}]}

CRITERIA = {"imageRange": "Train", "framework": "tensorflow", "device": "gpu", "latest": True}
"""Criteria that choose the image OLD in the emulator, until NEW is added."""

NEW = "tensorflow-next"


def yaml_program(**sections: Any) -> dict[str, Any]:
    """Return a YAML program."""
    return {"name": "program", "runtime": "yaml", "plugins": PLUGINS, **sections}


def offer_newer_image(catalogue: Catalogue) -> None:
    """Add the newer image of examples/pin_image to a catalogue."""
    path = EXAMPLES / "pin_image" / "newer_image.json"
    image = json.loads(path.read_text(encoding="utf-8"))
    catalogue.add_platform_image({"ImageId": NEW, **image})


def invoke(function: str, **arguments: Any) -> dict[str, Any]:
    return {"fn::invoke": {"function": f"tcimages:{function}", "arguments": arguments}}


def pin(kind: str = "PlatformImagePin", /, options: Any = None, **properties: Any) -> Any:
    return {"type": f"tcimages:{kind}", "properties": properties, "options": options or {}}


PIN_IMAGE = yaml_program(
    config={
        "frameworkVersion": {"type": "string", "default": ">=2.8,<3"},
        "chosen": {"type": "string", "default": "2026-11"},
    },
    variables={
        "newest": invoke("getPlatformImage", **CRITERIA, frameworkVersion="${frameworkVersion}")
    },
    resources={
        "training": pin(
            **CRITERIA, frameworkVersion="${frameworkVersion}", triggers={"chosen": "${chosen}"}
        )
    },
    outputs={
        "pinned_id": "${training.image.imageId}",
        "pinned_name": "${training.image.imageName}",
        "newest_id": "${newest.imageId}",
        "newer_than_pinned": "${training.newerImageId}",
        "still_offered": "${training.available}",
    },
)
"""The YAML equivalent of examples/pin_image."""


def archive_program(url: str = "", version: str = __version__) -> dict[str, Any]:
    """Return a YAML program whose plugin is installed, or downloaded from an address."""
    options = {"version": version, **({"pluginDownloadURL": url} if url else {})}
    newest = invoke("getPlatformImage", **CRITERIA)
    triggers = {"chosen": "${chosen}"}
    newest["fn::invoke"]["options"] = options
    return {
        "name": "program",
        "runtime": "yaml",
        "config": {"chosen": {"type": "string", "default": "2026-11"}},
        "variables": {"newest": newest},
        "resources": {"training": pin(options=options, **CRITERIA, triggers=triggers)},
        "outputs": {
            "newest_id": "${newest.imageId}",
            "pinned_id": "${training.image.imageId}",
            "newer_than_pinned": "${training.newerImageId}",
        },
    }
